//===- TensorTest.cpp - Tensor values of constants ------------------------===//

#include "test/unit/tensorflow/Build.h"

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

/// Decodes the value of a Const built by `fill(tensor)`.
template <typename Fill>
static llvm::Expected<HostTensor> decode(tf::DataType type,
                                         std::initializer_list<int64_t> shape,
                                         Fill fill, ReadBudgets budgets = {}) {
  tf::GraphDef graph;
  tf::NodeDef &c = add(graph, "c", "Const");
  attr(c, "dtype").set_type(type);
  tf::TensorProto *tensor = attr(c, "value").mutable_tensor();
  tensor->set_dtype(type);
  setShape(tensor->mutable_tensor_shape(), shape);
  fill(*tensor);
  ReadOptions options;
  options.budgets = budgets;
  auto flat = read(graph, options);
  if (!flat)
    return flat.takeError();
  return (*flat)->decode((*flat)->node(0), "value");
}

static std::vector<double> numbers(const std::optional<HostTensor> &value) {
  std::vector<double> list;
  for (int64_t i = 0; value && i < value->size(); ++i)
    list.push_back(value->getDouble(i));
  return list;
}
using Numbers = std::vector<double>;

TEST(Tensor, SizesThatCannotBe) {
  auto none = [](tf::TensorProto &) {};
  const int64_t big = int64_t(1) << 32;
  expectError(
      decode(tf::DT_FLOAT, {big, big, 16}, none), // T126
      {"node 'c' (Const): attribute 'value'", "more elements than 64 bits"});
  expectError(decode(tf::DT_FLOAT, {(int64_t(1) << 62) + 1, 4}, none), // T127
              {"more elements than 64 bits"});
  expectError(decode(tf::DT_FLOAT, {-1}, none), // T128
              {"must have a known shape, got [?]"});
  expectError(decode(tf::DT_FLOAT, {INT64_MIN}, none), // T129
              {"size of -9223372036854775808"});
  expectError(decode(tf::DT_FLOAT, {}, // T130
                     [](tf::TensorProto &t) {
                       t.mutable_tensor_shape()->set_unknown_rank(true);
                     }),
              {"got an unknown rank"});
  expectError(decode(tf::DT_FLOAT, {4}, // T131
                     [](tf::TensorProto &t) {
                       t.mutable_tensor_shape()->set_unknown_rank(true);
                     }),
              {"rank is unknown but lists 1 sizes"});
  for (int rank : {255, 1000}) // T132
    expectError(decode(tf::DT_FLOAT, {},
                       [&](tf::TensorProto &t) {
                         for (int i = 0; i < rank; ++i)
                           t.mutable_tensor_shape()->add_dim()->set_size(1);
                       }),
                {"rank must be at most 254"});
  expectError(decode(tf::DT_FLOAT, {1 << 30, 1 << 30}, // T141
                     [](tf::TensorProto &t) { t.add_float_val(1); }),
              {"larger than the limit"}, ErrorKind::Limit);
  ReadBudgets budgets;
  budgets.tensorBytes = 16;
  EXPECT_TRUE(expectOk(decode(tf::DT_FLOAT, {4}, none, budgets)));
  expectError(decode(tf::DT_FLOAT, {5}, none, budgets),
              {"larger than the limit of 16 bytes"}, ErrorKind::Limit);
}

TEST(Tensor, ContentLength) { // T133 to T136
  for (size_t length : {4, 15, 24})
    expectError(
        decode(tf::DT_FLOAT, {4},
               [&](tf::TensorProto &t) {
                 t.set_tensor_content(std::string(length, 'x'));
               }),
        {"needs 16 bytes of tensor_content, got " + std::to_string(length)});
  expectError(decode(tf::DT_FLOAT, {1},
                     [](tf::TensorProto &t) {
                       t.set_tensor_content(std::string(4, '\0'));
                       t.add_float_val(1);
                     }),
              {"both tensor_content and a list"});
  auto value = expectOk(decode(tf::DT_INT16, {2}, [](tf::TensorProto &t) {
    t.set_tensor_content(std::string("\x01\x02\xff\xff", 4));
  }));
  EXPECT_EQ(numbers(value), (Numbers{513, -1}));
}

TEST(Tensor, LastValueFills) { // T137 to T140
  for (int given : {0, 1, 2, 4, 5}) {
    auto value = expectOk(decode(tf::DT_FLOAT, {4}, [&](tf::TensorProto &t) {
      for (int i = 0; i < given; ++i)
        t.add_float_val(static_cast<float>(i + 1));
    }));
    Numbers expected;
    for (int i = 1; i <= 4; ++i)
      expected.push_back(std::min(i, given));
    EXPECT_EQ(numbers(value), expected) << given;
  }
  auto strings = expectOk(decode(tf::DT_STRING, {3}, [](tf::TensorProto &t) {
    t.add_string_val("a");
    t.add_string_val("b");
  }));
  ASSERT_TRUE(strings);
  EXPECT_EQ(strings->strings, (std::vector<std::string>{"a", "b", "b"}));
  expectError(decode(tf::DT_STRING, {1000000},
                     [](tf::TensorProto &t) {
                       t.add_string_val(std::string(100000, 'a'));
                     }),
              {"repeating the last string"}, ErrorKind::Limit);
}

TEST(Tensor, MissingAndOtherTypes) {
  tf::GraphDef graph; // T142
  tf::NodeDef &c = add(graph, "c", "Const");
  auto flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  expectError((*flat)->decode((*flat)->node(0), "value"), {"is missing"});
  attr(c, "value").set_i(1);
  flat = expectOk(read(graph));
  ASSERT_TRUE(flat);
  expectError((*flat)->decode((*flat)->node(0), "value"),
              {"must be a tensor, got an int"});
  expectError(decode(tf::DT_FLOAT, {1}, // T143
                     [](tf::TensorProto &t) { t.set_dtype(tf::DT_INT32); }),
              {"DT_INT32", "'dtype' says DT_FLOAT"});
  // T080 to T084
  for (int type : {0, 999, 101, 20, 21, 24, 29, 31})
    expectError(
        decode(static_cast<tf::DataType>(type), {1}, [](tf::TensorProto &) {}),
        {dataTypeName(type), "not supported"});
}

TEST(Tensor, StringContent) {
  auto strings = [](const std::string &content) {
    return decode(tf::DT_STRING, {2},
                  [&](tf::TensorProto &t) { t.set_tensor_content(content); });
  };
  auto value = expectOk(strings(std::string("\x01\x02") + "abc"));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->strings, (std::vector<std::string>{"a", "bc"}));
  expectError(strings("\x01\x09"
                      "abc"), // T144
              {"string 1 has a length of 9"});
  expectError(strings(std::string(11, '\xff')), {"over 10 bytes"}); // T145
  expectError(strings("\x01"), {"ends inside the length of string 1"});
  expectError(strings(std::string("\x01\x01") + "abc"), {"1 bytes more"});
}

TEST(Tensor, NarrowTypes) {
  auto flags = expectOk(decode(tf::DT_BOOL, {3}, [](tf::TensorProto &t) {
    t.set_tensor_content(std::string("\x02\x00\x01", 3)); // T146
  }));
  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->data()[0], 1);
  EXPECT_EQ(numbers(flags), (Numbers{1, 0, 1}));
  auto half = expectOk(decode(tf::DT_HALF, {2}, [](tf::TensorProto &t) {
    t.add_half_val(0x3c00);
    t.add_half_val(0x10000 + 0x4000); // T147: the low 16 bits
  }));
  EXPECT_EQ(numbers(half), (Numbers{1, 2}));
  auto brain = expectOk(decode(tf::DT_BFLOAT16, {1}, [](tf::TensorProto &t) {
    t.add_half_val(0x3fc0);
  }));
  EXPECT_EQ(numbers(brain), (Numbers{1.5}));
  auto bytes = expectOk(decode(tf::DT_INT8, {2}, [](tf::TensorProto &t) {
    t.add_int_val(300); // T148: the low 8 bits
    t.add_int_val(-1);
  }));
  EXPECT_EQ(numbers(bytes), (Numbers{44, -1}));
}

TEST(Tensor, EveryTypedList) {
  EXPECT_EQ(numbers(expectOk(
                decode(tf::DT_DOUBLE, {1},
                       [](tf::TensorProto &t) { t.add_double_val(0.1); }))),
            (Numbers{0.1}));
  for (tf::DataType type :
       {tf::DT_INT32, tf::DT_INT16, tf::DT_UINT16, tf::DT_UINT8, tf::DT_QINT8,
        tf::DT_QUINT8, tf::DT_QINT32, tf::DT_QINT16, tf::DT_QUINT16})
    EXPECT_EQ(numbers(expectOk(decode(
                  type, {1}, [](tf::TensorProto &t) { t.add_int_val(100); }))),
              (Numbers{100}));
  EXPECT_EQ(
      numbers(expectOk(decode(
          tf::DT_INT64, {1}, [](tf::TensorProto &t) { t.add_int64_val(-5); }))),
      (Numbers{-5}));
  EXPECT_EQ(numbers(expectOk(decode(
                tf::DT_UINT32, {1},
                [](tf::TensorProto &t) { t.add_uint32_val(4000000000u); }))),
            (Numbers{4000000000.0}));
  EXPECT_EQ(numbers(expectOk(
                decode(tf::DT_UINT64, {1},
                       [](tf::TensorProto &t) { t.add_uint64_val(7); }))),
            (Numbers{7}));
  EXPECT_EQ(
      numbers(expectOk(decode(
          tf::DT_BOOL, {2}, [](tf::TensorProto &t) { t.add_bool_val(true); }))),
      (Numbers{1, 1}));
  auto complex = expectOk(decode(tf::DT_COMPLEX64, {2}, [](tf::TensorProto &t) {
    t.add_scomplex_val(1);
    t.add_scomplex_val(-2);
  }));
  ASSERT_TRUE(complex);
  EXPECT_EQ(complex->getComplex(1), std::complex<double>(1, -2));
  expectError(decode(tf::DT_COMPLEX128, {1},
                     [](tf::TensorProto &t) { t.add_dcomplex_val(1); }),
              {"needs pairs"});
  auto empty = expectOk(decode(tf::DT_FLOAT, {0, 3}, [](tf::TensorProto &) {}));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->size(), 0);
}
