//===- NpyTest.cpp - npy arrays -------------------------------------------===//

#include "dialects/Support/Npy.h"
#include "gtest/gtest.h"

using namespace sluice;

namespace {

std::string npy(llvm::StringRef dict, llvm::StringRef data) {
  std::string bytes("\x93NUMPY\1\0", 8);
  std::string header = dict.str() + "\n";
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data.str();
}

std::string dict(llvm::StringRef descr, llvm::StringRef shape,
                 llvm::StringRef fortran = "False") {
  return ("{'descr': '" + descr + "', 'fortran_order': " + fortran +
          ", 'shape': " + shape + ", }")
      .str();
}

std::string errorOf(llvm::StringRef bytes) {
  auto tensor = parseNpy(bytes, "a.npy");
  if (tensor)
    return "";
  return llvm::toString(tensor.takeError());
}

TEST(Npy, RoundTripsEveryKind) {
  for (unsigned k = 0; k <= static_cast<unsigned>(ElementKind::C128); ++k) {
    ElementKind kind = static_cast<ElementKind>(k);
    HostTensor tensor(kind, {2, 3});
    for (int i = 0; i < 6; ++i)
      tensor.setComplex(i, {i % 2 ? 1.0 : 0.0, -2.0});
    auto back = parseNpy(formatNpy(tensor), "t");
    ASSERT_TRUE(!!back) << llvm::toString(back.takeError());
    HostTensor result = kind == ElementKind::BF16 ? reinterpretAsBfloat(*back)
                                                  : std::move(*back);
    EXPECT_EQ(result.kind(), kind);
    EXPECT_EQ(result.shape(), tensor.shape());
    ASSERT_EQ(result.byteSize(), tensor.byteSize());
    EXPECT_EQ(std::string(result.data(), result.byteSize()),
              std::string(tensor.data(), tensor.byteSize()));
  }
}

TEST(Npy, RoundTripsStringsScalarsAndEmptyTensors) {
  HostTensor text(ElementKind::String, {2});
  text.strings = {"abc", ""};
  auto back = parseNpy(formatNpy(text), "t");
  ASSERT_TRUE(!!back);
  EXPECT_EQ(back->strings, text.strings);

  HostTensor scalar(ElementKind::I64, {});
  scalar.setInt(0, -5);
  back = parseNpy(formatNpy(scalar), "t");
  ASSERT_TRUE(!!back);
  EXPECT_EQ(back->rank(), 0);
  EXPECT_EQ(back->getInt(0), -5);

  back = parseNpy(formatNpy(HostTensor(ElementKind::F32, {3, 0})), "t");
  ASSERT_TRUE(!!back);
  EXPECT_EQ(back->shape(), llvm::ArrayRef<int64_t>({3, 0}));
}

TEST(Npy, ElementsStartAtAMultipleOf64) {
  std::string bytes = formatNpy(HostTensor(ElementKind::F64, {1}));
  EXPECT_EQ((bytes.size() - 8) % 64, 0u);
}

TEST(Npy, ReadsColumnMajorBigEndianAndBool) {
  auto tensor = parseNpy(
      npy(dict("|i1", "(2, 3)", "True"), llvm::StringRef("\1\4\2\5\3\6", 6)),
      "t");
  ASSERT_TRUE(!!tensor);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(tensor->getInt(i), i + 1);

  tensor = parseNpy(npy(dict(">i2", "(1,)"), llvm::StringRef("\1\2", 2)), "t");
  ASSERT_TRUE(!!tensor);
  EXPECT_EQ(tensor->getInt(0), 258);

  tensor = parseNpy(npy(dict("|b1", "(2,)"), llvm::StringRef("\0\7", 2)), "t");
  ASSERT_TRUE(!!tensor);
  EXPECT_EQ(tensor->data()[0], 0);
  EXPECT_EQ(tensor->data()[1], 1);
}

TEST(Npy, RefusesMalformedFiles) {
  struct {
    std::string bytes;
    const char *error;
  } cases[] = {
      {"", "magic number"},
      {"\x93NUMPY", "magic number"},
      {std::string("\x93NUMPY\4\0\0\0", 10), "version"},
      {std::string("\x93NUMPY\2\0\0\0", 10), "cut off"},
      {std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12), "cut off"},
      {npy("", ""), "expected '{'"},
      {npy("{'descr': '<f4'", ""), "',' or '}'"},
      {npy("{'descr': '<f4', }", ""), "must have descr"},
      {npy("{'descr': '<f4', 'descr': '<f4'}", ""), "repeated key"},
      {npy("{'x': 1}", ""), "unexpected"},
      {npy(dict("<f4", "(1,)") + "x", "abcd"), "nothing behind"},
      {npy(dict("<f4", "(-1,)"), ""), "dimension"},
      {npy(dict("<f4", "(99999999999999999999,)"), ""), "dimension"},
      {npy(dict("<f4", "(4611686018427387904, 4611686018427387904)"), ""),
       "too many elements"},
      {npy(dict("<f4", "(4611686018427387904,)"), ""), "too many elements"},
      {npy(dict("<f4", "(2,)"), "abcd"), "announces 8 bytes"},
      {npy(dict("<f4", "(1,)"), "abcdefgh"), "found 8"},
      {npy(dict("<U4", "(1,)"), "abcdabcdabcdabcd"), "type U"},
      {npy(dict("|S0", "(9223372036854775807,)"), ""), "width"},
      {npy(dict("|O", "(1,)"), "abcdefgh"), "not supported"},
      {npy(dict("<f16", "(1,)"), "abcdefghabcdefgh"), "not supported"},
      {npy(dict("", "(1,)"), ""), "not supported"},
      {npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
           "abcd"),
       "structured"},
  };
  for (auto &test : cases) {
    std::string error = errorOf(test.bytes);
    EXPECT_NE(error.find(test.error), std::string::npos)
        << "wanted '" << test.error << "', got '" << error << "'";
    EXPECT_EQ(error.find("a.npy: "), 0u) << error;
  }
  std::string deep = "(";
  for (int i = 0; i < 300; ++i)
    deep += "1,";
  EXPECT_NE(errorOf(npy(dict("<f4", deep + ")"), "abcd")).find("rank"),
            std::string::npos);
}

TEST(Npy, EveryPrefixIsRefused) {
  std::string whole = formatNpy(HostTensor(ElementKind::I32, {3}));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(llvm::StringRef(whole).take_front(size)), "") << size;
}

TEST(Npy, RefusesWhatIsNoRegularFile) {
  for (const char *path : {"/dev/zero", "/", "/nonexistent/a.npy"}) {
    auto tensor = readNpyFile(path);
    ASSERT_FALSE(!!tensor);
    EXPECT_EQ(llvm::toString(tensor.takeError()).find(path), 0u);
  }
}

} // namespace
