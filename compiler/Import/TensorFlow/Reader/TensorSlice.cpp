//===- TensorSlice.cpp - Parts of tensors ---------------------------------===//

#include "compiler/Import/TensorFlow/Reader/TensorSlice.h"

#include "compiler/Import/TensorFlow/Proto/bundle.pb.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

namespace sluice {
namespace tensorflow {

std::string TensorSlice::fit(llvm::ArrayRef<int64_t> shape) {
  if (starts.size() != shape.size())
    return ("slice has " + llvm::Twine(starts.size()) +
            " dimensions, the tensor has " + llvm::Twine(shape.size()))
        .str();
  for (size_t i = 0; i < shape.size(); ++i) {
    if (lengths[i] == -1 && starts[i] == 0)
      lengths[i] = shape[i];
    if (starts[i] < 0 || lengths[i] < 0 || starts[i] > shape[i] ||
        lengths[i] > shape[i] - starts[i])
      return ("slice takes " + llvm::Twine(lengths[i]) + " from " +
              llvm::Twine(starts[i]) + " of dimension " + llvm::Twine(i) +
              ", which has a size of " + llvm::Twine(shape[i]))
          .str();
  }
  return "";
}

TensorSlice readSlice(const tf::TensorSliceProto &proto) {
  TensorSlice slice;
  for (const tf::TensorSliceProto::Extent &extent : proto.extent()) {
    slice.starts.push_back(extent.start());
    slice.lengths.push_back(extent.has_length() ? extent.length() : -1);
  }
  return slice;
}

std::string parseSliceSpec(llvm::StringRef spec,
                           llvm::SmallVectorImpl<int64_t> &shape,
                           TensorSlice &slice) {
  auto malformed = [&] {
    return ("slice '" + spec +
            "' is malformed, expected a form like "
            "'10 4 0,5:-'")
        .str();
  };
  auto [sizes, extents] = spec.rsplit(' ');
  if (extents.empty())
    return malformed();
  for (llvm::StringRef size : llvm::split(sizes, ' ')) {
    int64_t value = 0;
    if (size.getAsInteger(10, value) || value < 0)
      return malformed();
    shape.push_back(value);
  }
  for (llvm::StringRef extent : llvm::split(extents, ':')) {
    int64_t start = 0, length = -1;
    if (extent != "-") {
      auto [first, second] = extent.split(',');
      if (first.getAsInteger(10, start) || second.getAsInteger(10, length) ||
          start < 0 || length < 0)
        return malformed();
    }
    slice.starts.push_back(start);
    slice.lengths.push_back(length);
  }
  return slice.fit(shape);
}

/// Numbers whose encoding sorts like the number: the count of significant
/// bytes, then these, most significant first.
static void writeOrdered(uint64_t value, std::string &out) {
  unsigned bytes = (llvm::bit_width(value) + 7) / 8;
  out += static_cast<char>(bytes);
  for (unsigned i = bytes; i-- > 0;)
    out += static_cast<char>(value >> (8 * i));
}

/// Signed numbers: as many leading one bits (of the sign's complement) as
/// bytes follow, then the two's complement; 6 bits fit one byte, each further
/// byte adds 7.
static void writeOrderedSigned(int64_t value, std::string &out) {
  uint64_t magnitude =
      value < 0 ? ~static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  unsigned length = llvm::bit_width(magnitude) / 7 + 1;
  static constexpr uint8_t headers[11][2] = {
      {0, 0},    {0x80, 0}, {0xc0, 0}, {0xe0, 0},    {0xf0, 0},   {0xf8, 0},
      {0xfc, 0}, {0xfe, 0}, {0xff, 0}, {0xff, 0x80}, {0xff, 0xc0}};
  char buffer[10];
  std::memset(buffer, value < 0 ? 0xff : 0, sizeof(buffer));
  llvm::support::endian::write64be(buffer + 2, static_cast<uint64_t>(value));
  char *begin = buffer + sizeof(buffer) - length;
  begin[0] ^= static_cast<char>(headers[length][0]);
  if (length > 1)
    begin[1] ^= static_cast<char>(headers[length][1]);
  out.append(begin, length);
}

std::string sliceKey(llvm::StringRef name, const TensorSlice &slice) {
  std::string key;
  writeOrdered(0, key);
  for (char c : name) { // 00 and ff are escaped, 00 01 ends
    key += c;
    if (c == '\0')
      key += '\xff';
    else if (c == '\xff')
      key += '\0';
  }
  key += '\0';
  key += '\1';
  writeOrdered(slice.starts.size(), key);
  for (size_t i = 0; i < slice.starts.size(); ++i) {
    writeOrderedSigned(slice.starts[i], key);
    writeOrderedSigned(slice.lengths[i], key);
  }
  return key;
}

bool overlap(const TensorSlice &a, const TensorSlice &b) {
  for (size_t i = 0; i < a.starts.size(); ++i)
    if (a.starts[i] >= b.starts[i] + b.lengths[i] ||
        b.starts[i] >= a.starts[i] + a.lengths[i])
      return false;
  return true;
}

/// Calls `copy(whole element, part element, count)` for every run of elements
/// that lie side by side in both.
template <typename Copy>
static void forEachRun(llvm::ArrayRef<int64_t> whole, const TensorSlice &slice,
                       Copy copy) {
  size_t rank = whole.size();
  int64_t run = rank == 0 ? 1 : slice.lengths[rank - 1];
  for (int64_t length : slice.lengths)
    if (length == 0)
      return;
  llvm::SmallVector<int64_t> at(rank, 0);
  int64_t partOffset = 0;
  while (true) {
    int64_t offset = 0;
    for (size_t i = 0; i < rank; ++i)
      offset = offset * whole[i] + slice.starts[i] + at[i];
    copy(offset, partOffset, run);
    partOffset += run;
    size_t dim = rank == 0 ? 0 : rank - 1;
    while (dim > 0 && ++at[dim - 1] == slice.lengths[dim - 1])
      at[--dim] = 0;
    if (dim == 0)
      return;
  }
}

void copySliceIn(const HostTensor &part, const TensorSlice &slice,
                 HostTensor &whole) {
  size_t width = elementSize(part.kind());
  forEachRun(whole.shape(), slice,
             [&](int64_t to, int64_t from, int64_t count) {
               if (width == 0)
                 std::copy_n(part.strings.begin() + from, count,
                             whole.strings.begin() + to);
               else
                 std::memcpy(whole.data() + to * width,
                             part.data() + from * width, count * width);
             });
}

void copySliceOut(const HostTensor &whole, const TensorSlice &slice,
                  HostTensor &part) {
  size_t width = elementSize(part.kind());
  forEachRun(whole.shape(), slice,
             [&](int64_t from, int64_t to, int64_t count) {
               if (width == 0)
                 std::copy_n(whole.strings.begin() + from, count,
                             part.strings.begin() + to);
               else
                 std::memcpy(part.data() + to * width,
                             whole.data() + from * width, count * width);
             });
}

} // namespace tensorflow
} // namespace sluice
