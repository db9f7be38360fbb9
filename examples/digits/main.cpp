// The same classifier in C++17: digits.hpp owns the workspace and the results.
// Prints how many digits of each class are recognised.
//
// Usage: digits HELDOUT.BIN

#include "digits.hpp"
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

constexpr std::size_t headerSize = 12, pixelCount = 64, recordSize = 66;

// Bytes of the records behind the header; layout in train.py.
std::vector<unsigned char> readRecords(const char *path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < headerSize || (bytes.size() - headerSize) % recordSize)
    return {};
  bytes.erase(bytes.begin(), bytes.begin() + headerSize);
  return bytes;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s HELDOUT.BIN\n", argv[0]);
    return 2;
  }
  const std::vector<unsigned char> records = readRecords(argv[1]);
  if (records.empty()) {
    std::fprintf(stderr, "%s: not a file of held-out digits\n", argv[1]);
    return 2;
  }

  digits::Model net;
  static_assert(digits::Model::images_shape[1] == 8);
  std::array<int, 10> total{}, right{};
  int different = 0;
  for (std::size_t at = 0; at < records.size(); at += recordSize) {
    std::array<float, pixelCount> image;
    for (std::size_t i = 0; i < pixelCount; ++i)
      image[i] = static_cast<float>(records[at + i]) / 16.0f;
    digits::Model::Inputs inputs;
    inputs.images = image;
    const auto outputs = net.run(inputs);
    if (net.status()) {
      std::fprintf(stderr, "digits: %s\n", net.status_text());
      return 2;
    }
    const float *probs = outputs.probs.data();
    const auto answer = std::max_element(probs, probs + 10) - probs;
    const unsigned label = records[at + pixelCount];
    ++total[label];
    right[label] += answer == label;
    different += answer != records[at + pixelCount + 1];
  }

  for (std::size_t digit = 0; digit < 10; ++digit)
    std::printf("%zu: %d of %d\n", digit, right[digit], total[digit]);
  std::printf("answers that differ from TensorFlow's: %d\n", different);
  return different ? 1 : 0;
}
