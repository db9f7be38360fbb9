//===- NpzTest.cpp - npz archives -----------------------------------------===//

#include "dialects/Support/Npy.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace sluice;

namespace {

class Npz : public ::testing::Test {
protected:
  void SetUp() override {
    int descriptor;
    llvm::SmallString<128> name;
    ASSERT_FALSE(
        llvm::sys::fs::createTemporaryFile("sluice", "npz", descriptor, name));
    llvm::sys::fs::closeFile(descriptor);
    path = std::string(name);
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  /// An archive of a float and a string array.
  std::string sample() {
    HostTensor numbers(ElementKind::F32, {2, 2});
    for (int i = 0; i < 4; ++i)
      numbers.setDouble(i, i + 0.5);
    HostTensor text(ElementKind::String, {1});
    text.strings = {"hello"};
    EXPECT_FALSE(
        writeNpzFile(path, {{"feed/x:0", numbers}, {"fetch/y:0", text}}));
    return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  }
  std::string errorOf(llvm::StringRef bytes, uint64_t limit = 1 << 20) {
    auto entries = parseNpz(bytes, "a.npz", limit);
    return entries ? "" : llvm::toString(entries.takeError());
  }

  std::string path;
};

// A deflated member: np.savez_compressed(f, a=np.arange(100) % 3) in int8.
const unsigned char deflated[] = {
#include "deflated.inc"
};
llvm::StringRef deflatedBytes() {
  return {reinterpret_cast<const char *>(deflated), sizeof(deflated)};
}

TEST_F(Npz, RoundTrips) {
  sample();
  auto entries = readNpzFile(path);
  ASSERT_TRUE(!!entries) << llvm::toString(entries.takeError());
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[0].name, "feed/x:0");
  EXPECT_EQ((*entries)[0].tensor.getDouble(3), 3.5);
  EXPECT_EQ((*entries)[1].tensor.strings[0], "hello");
}

TEST_F(Npz, ReadsOneMemberAndListsTheOthers) {
  sample();
  auto tensor = readNpzMember(path, "feed/x:0");
  ASSERT_TRUE(!!tensor);
  EXPECT_EQ(tensor->size(), 4);
  tensor = readNpzMember(path, "z");
  ASSERT_FALSE(!!tensor);
  EXPECT_NE(llvm::toString(tensor.takeError()).find("feed/x:0, fetch/y:0"),
            std::string::npos);
}

TEST_F(Npz, ReadsDeflatedMembers) {
  auto entries = parseNpz(deflatedBytes(), "d", 1 << 20);
  ASSERT_TRUE(!!entries) << llvm::toString(entries.takeError());
  ASSERT_EQ(entries->size(), 1u);
  const HostTensor &tensor = (*entries)[0].tensor;
  EXPECT_EQ(tensor.kind(), ElementKind::I8);
  ASSERT_EQ(tensor.size(), 100);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(tensor.getInt(i), i % 3);
}

TEST_F(Npz, EqualInputGivesEqualBytes) { EXPECT_EQ(sample(), sample()); }

TEST_F(Npz, RefusesPrefixesAndChangedBytes) {
  for (std::string whole : {sample(), deflatedBytes().str()}) {
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_NE(errorOf(llvm::StringRef(whole).take_front(size)), "") << size;
    // Any changed byte: an error or another name, never a crash. Bytes of the
    // arrays are guarded by the checksum.
    for (size_t at = 0; at < whole.size(); ++at)
      for (int flip : {1, 0x80, 0xff}) {
        std::string bytes = whole;
        bytes[at] ^= flip;
        errorOf(bytes);
      }
    std::string bytes = whole;
    bytes[whole.find("NUMPY") == std::string::npos ? 60
                                                   : whole.find("NUMPY")] ^= 1;
    EXPECT_NE(errorOf(bytes), "");
  }
}

TEST_F(Npz, RefusesLyingSizesAndRepeatedNames) {
  std::string whole = sample();
  EXPECT_NE(errorOf(whole, 100).find("limit of 100"), std::string::npos);

  // The size field of the first directory entry.
  std::string bytes = deflatedBytes().str();
  size_t entry = bytes.find("PK\1\2");
  bytes[entry + 26] = 0x40;
  EXPECT_NE(errorOf(bytes, 1u << 31).find("more than deflate"),
            std::string::npos);
  bytes = deflatedBytes().str();
  bytes[entry + 24] ^= 1;
  EXPECT_NE(errorOf(bytes).find("announced size"), std::string::npos);
  bytes[entry + 10] = 12;
  EXPECT_NE(errorOf(bytes).find("method 12"), std::string::npos);

  HostTensor one(ElementKind::F32, {1});
  ASSERT_FALSE(writeNpzFile(path, {{"a", one}, {"a", one}}));
  auto twice = readNpzFile(path);
  ASSERT_FALSE(!!twice);
  EXPECT_NE(llvm::toString(twice.takeError()).find("occurs twice"),
            std::string::npos);
}

TEST_F(Npz, CaseFilesSplitIntoFeedsAndFetches) {
  HostTensor bits(ElementKind::U16, {1});
  bits.setInt(0, 0x3f80);
  ASSERT_FALSE(
      writeNpzFile(path, {{"feed.bf16/x:0", bits}, {"fetch/y:0", bits}}));
  auto file = readCaseFile(path);
  ASSERT_TRUE(!!file) << llvm::toString(file.takeError());
  ASSERT_EQ(file->feeds.size(), 1u);
  EXPECT_EQ(file->feeds[0].name, "x:0");
  EXPECT_EQ(file->feeds[0].tensor.kind(), ElementKind::BF16);
  EXPECT_EQ(file->feeds[0].tensor.getDouble(0), 1.0);
  EXPECT_EQ(file->fetches[0].tensor.kind(), ElementKind::U16);

  EXPECT_FALSE(parseCaseKey("feeds/x").has_value());
  EXPECT_FALSE(parseCaseKey("feed/").has_value());
  EXPECT_EQ(parseCaseKey("feed/a/b:0")->tensor, "a/b:0");

  ASSERT_FALSE(writeNpzFile(path, {{"other", bits}}));
  auto wrong = readCaseFile(path);
  ASSERT_FALSE(!!wrong);
  EXPECT_NE(llvm::toString(wrong.takeError()).find("neither feed/TENSOR"),
            std::string::npos);
}

} // namespace
