//===- BundleTest.cpp - Checkpoint index and data files -------------------===//

#include "compiler/Import/TensorFlow/Reader/Snappy.h"
#include "test/unit/tensorflow/BundleFiles.h"

using namespace sluice;
using namespace sluice::tensorflow;
using namespace sluice::tensorflow::test;

static llvm::Expected<std::unique_ptr<Bundle>>
openIndex(const std::string &bytes) {
  Folder folder("index");
  folder.write("v.index", bytes);
  return Bundle::open(folder.file("v"), ReadBudgets());
}

static std::vector<double> numbers(const std::optional<HostTensor> &value) {
  std::vector<double> list;
  for (int64_t i = 0; value && i < value->size(); ++i)
    list.push_back(value->getDouble(i));
  return list;
}
using Numbers = std::vector<double>;

TEST(Crc32c, KnownValues) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c("56789", crc32c("1234")), 0xe3069283u);
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(maskCrc(0), 0xa282ead8u);
}

TEST(Snappy, Elements) {
  std::string out;
  EXPECT_EQ(unpackSnappy(packSnappy(std::string(1000, 'x') + "y"), out), "");
  EXPECT_EQ(out, std::string(1000, 'x') + "y");
  // "ab", then a copy of 6 from 2 back, overlapping its own output.
  EXPECT_EQ(unpackSnappy(std::string("\x08\x04"
                                     "ab\x09\x02",
                                     6),
                         out),
            "");
  EXPECT_EQ(out, "abababab");
  // The same with 2 and 4 bytes of offset, and a long literal's length byte.
  EXPECT_EQ(unpackSnappy(std::string("\x05\x04"
                                     "ab\x0a\x02\x00",
                                     7),
                         out),
            "");
  EXPECT_EQ(out, "ababa");
  EXPECT_EQ(unpackSnappy(std::string("\x05\x04"
                                     "ab\x0b\x02\x00\x00\x00",
                                     9),
                         out),
            "");
  EXPECT_EQ(out, "ababa");
  std::string big = "\x64";
  big += '\xf0'; // one byte of length follows
  big += '\x63';
  big += std::string(100, 'q');
  EXPECT_EQ(unpackSnappy(big, out), "");
  EXPECT_EQ(out, std::string(100, 'q'));
}

TEST(Snappy, BrokenBlocks) {
  auto problem = [](std::string bytes) {
    std::string out;
    return unpackSnappy(bytes, out);
  };
  expectHolds(problem(""), {"no length"});
  expectHolds(problem("\xff\xff\xff\xff\x0f"), {"claims to unpack"}); // 4 GiB
  expectHolds(problem(std::string("\x08\x04"
                                  "ab\x09\x00",
                                  6)),
              {"reaches back 0"});
  expectHolds(problem(std::string("\x08\x04"
                                  "ab\x09\x03",
                                  6)),
              {"reaches back 3 of 2"});
  expectHolds(problem("\x08\x1c"
                      "ab"),
              {"literal runs past"});
  expectHolds(problem("\x08\xf4\x01"), {"literal runs past"});
  expectHolds(problem("\x04\x04"
                      "ab\x0a\x02"),
              {"copy runs past"});
  expectHolds(problem("\x03\x04"
                      "ab"),
              {"unpacks to 2 bytes, its header says 3"});
  expectHolds(problem("\x01\x04"
                      "ab"),
              {"more than its header"});
  expectHolds(problem(std::string("\x04\x04"
                                  "ab\x09\x02",
                                  6)),
              {"more than its header"});
}

TEST(Bundle, ReadsTensors) {
  for (bool snappy : {false, true}) {
    Folder folder("bundle");
    Checkpoint checkpoint;
    checkpoint.addFloats("a/w", {2, 2}, {1, 2, 3, 4});
    checkpoint.add("a/x", tf::DT_INT8, {3}, std::string("\x01\xff\x03"));
    checkpoint.addFloats("scalar", {}, {0.5f});
    checkpoint.addFloats("empty", {0, 7}, {});
    auto bundle = expectOk(
        Bundle::open(checkpoint.write(folder, "v", snappy), ReadBudgets()));
    ASSERT_TRUE(bundle);
    EXPECT_EQ((*bundle)->keys(),
              (std::vector<std::string>{"a/w", "a/x", "empty", "scalar"}));
    EXPECT_TRUE((*bundle)->contains("a/w"));
    EXPECT_FALSE((*bundle)->contains(""));
    EXPECT_EQ(numbers(expectOk((*bundle)->read("a/w"))), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(numbers(expectOk((*bundle)->read("a/x"))), (Numbers{1, -1, 3}));
    EXPECT_EQ(numbers(expectOk((*bundle)->read("scalar"))), (Numbers{0.5}));
    EXPECT_EQ(expectOk((*bundle)->read("empty"))->size(), 0);
    EXPECT_EQ(numbers(expectOk((*bundle)->read("a/w", "2 2 1,1:-"))),
              (Numbers{3, 4}));
    EXPECT_EQ(numbers(expectOk((*bundle)->read("a/w", "2 2 -:1,1"))),
              (Numbers{2, 4}));
    for (const char *bad : {"2 2", "2 2 x:-", "2 2 0,1", "2 2 1,2:-",
                            "2 2 -:0,-3", "3 2 -:-", "-", "2 -2 -:-"})
      expectError((*bundle)->read("a/w", bad), {"v.index", "'a/w'", "slice"});
    expectError((*bundle)->read("b"), {"'b'", "not in the checkpoint"});
  }
}

TEST(Bundle, BrokenFooter) {
  expectError(openIndex(""), {"v.index", "0 bytes, too few"});
  expectError(openIndex(std::string(47, 'x')), {"too few"});
  expectError(openIndex(std::string(100, 'x')), {"offset 52", "wrong magic"});
  IndexFile file;
  std::string handle = file.addBlock(makeBlock({{"", header()}}));
  file.addMeta();
  file.addIndex(makeBlock({{"~", handle}}));
  IndexFile good = file;
  good.addFooter();
  EXPECT_TRUE(expectOk(openIndex(good.bytes)));
  for (uint64_t offset : {uint64_t(1) << 20, ~uint64_t(0),
                          static_cast<uint64_t>(file.bytes.size())}) {
    IndexFile past = file;
    past.indexOffset = offset;
    past.addFooter();
    expectError(openIndex(past.bytes), {"reaches past the end of the file"});
  }
  IndexFile wide = file;
  wide.metaSize = ~uint64_t(0) - 3;
  wide.addFooter();
  expectError(openIndex(wide.bytes), {"reaches past"});
  IndexFile same = file;
  same.metaOffset = same.indexOffset;
  same.metaSize = same.indexSize;
  same.addFooter();
  expectError(openIndex(same.bytes), {"overlap"});
  std::string varint = file.bytes + std::string(40, '\xff');
  putFixed(varint, 0xdb4775248b80fb57ull, 8);
  expectError(openIndex(varint), {"broken block handle"});
}

TEST(Bundle, BrokenBlocks) {
  std::string head = makeBlock({{"", header()}});
  expectError(openIndex(makeIndex(head, 2)),
              {"offset 0", "unknown compression type 2"});
  expectError(openIndex(makeIndex(head, 0, 1)), {"offset 0", "wrong checksum"});
  expectError(openIndex(makeIndex(head, 1)), {"snappy"});
  expectError(openIndex(makeIndex("ab")), {"too short"});
  std::string many;
  putFixed(many, 1000000, 4);
  expectError(openIndex(makeIndex(many)), {"1000000 restart points"});
  std::string order;
  putEntry(order, 0, "", header());
  for (uint32_t restart : {5, 3, 2})
    putFixed(order, restart, 4);
  expectError(openIndex(makeIndex(order)), {"restart points"});
  std::string disorder;
  putEntry(disorder, 0, "", header());
  for (uint32_t number : {0, 3, 3, 3})
    putFixed(disorder, number, 4);
  expectError(openIndex(makeIndex(disorder)),
              {"restart points of the block are out of order"});
  std::string shared;
  putEntry(shared, 0, "ab", "1");
  putEntry(shared, 3, "c", "1");
  expectError(openIndex(makeIndex(finishBlock(shared))),
              {"shares 3 bytes with a key of 2"});
  expectError(openIndex(makeIndex(makeBlock({{"b", "1"}, {"a", "1"}}))),
              {"keys of the block are out of order"});
  expectError(openIndex(makeIndex(makeBlock({{"a", "1"}, {"a", "1"}}))),
              {"out of order"});
  std::string past;
  putVarint(past, 0);
  putVarint(past, 1);
  putVarint(past, 500);
  expectError(openIndex(makeIndex(finishBlock(past + "k"))),
              {"reaches past its end"});
  expectError(openIndex(makeIndex(finishBlock(std::string(12, '\xff')))),
              {"broken length"});
  expectError(openIndex(makeIndex(makeBlock({{"a", "1"}}))), {"no header"});
  expectError(openIndex(makeIndex(makeBlock({}))), {"no header"});
  // Two data blocks with the same keys.
  IndexFile twice;
  std::string handle = twice.addBlock(head);
  twice.addMeta();
  twice.addIndex(makeBlock({{"a", handle}, {"b", handle}}));
  twice.addFooter();
  expectError(openIndex(twice.bytes), {"keys of the index are out of order"});
  IndexFile broken;
  broken.addMeta();
  broken.addIndex(makeBlock({{"a", "\xff"}}));
  broken.addFooter();
  expectError(openIndex(broken.bytes), {"broken block handle"});
}

TEST(Bundle, BrokenHeader) {
  auto with = [](const std::string &head) {
    return openIndex(makeIndex(makeBlock({{"", head}})));
  };
  expectError(with(header(1, true)), {"big-endian"});
  expectError(with(header(0)), {"has 0 data files"});
  expectError(with(header(-1)), {"has -1 data files"});
  expectError(with("\xff"), {"checkpoint header"});
}

TEST(Bundle, BrokenEntries) {
  auto with = [](auto bend, std::initializer_list<std::string> parts,
                 ErrorKind kind = ErrorKind::Model) {
    Folder folder("entry");
    Checkpoint checkpoint;
    tf::BundleEntryProto entry = checkpoint.addFloats("w", {2}, {1, 2});
    bend(entry);
    checkpoint.put("w", entry);
    auto bundle = Bundle::open(checkpoint.write(folder, "v"), ReadBudgets());
    if (!bundle)
      return expectError(std::move(bundle), parts, kind);
    expectError((*bundle)->read("w"), parts, kind);
  };
  using Entry = tf::BundleEntryProto;
  with([](Entry &e) { e.set_dtype(tf::DT_INVALID); },
       {"v.index", "entry 'w'", "DT_INVALID"});
  with([](Entry &e) { e.set_dtype(static_cast<tf::DataType>(999)); },
       {"DT_999"});
  with([](Entry &e) { e.set_dtype(tf::DT_VARIANT); }, {"DT_VARIANT"});
  with(
      [](Entry &e) {
        e.mutable_shape()->add_dim()->set_size(int64_t(1) << 62);
      },
      {"more elements than 64 bits"});
  with(
      [](Entry &e) {
        e.mutable_shape()->mutable_dim(0)->set_size(int64_t(1) << 60);
      },
      {"larger than the limit"}, ErrorKind::Limit);
  with([](Entry &e) { e.mutable_shape()->mutable_dim(0)->set_size(-1); },
       {"known shape"});
  with([](Entry &e) { e.set_shard_id(-1); }, {"data file -1", "has 1"});
  with([](Entry &e) { e.set_shard_id(1); }, {"data file 1", "has 1"});
  with([](Entry &e) { e.set_offset(4); },
       {"8 bytes, but 8 are wanted from offset 4"});
  with([](Entry &e) { e.set_offset(-1); }, {"may not be negative"});
  with([](Entry &e) { e.set_offset(INT64_MAX); }, {"are wanted from offset"});
  with([](Entry &e) { e.set_size(4); }, {"has 4 bytes", "need 8"});
  with([](Entry &e) { e.set_size(-8); }, {"size -8", "may not be negative"});
  with([](Entry &e) { e.set_crc32c(e.crc32c() + 1); },
       {"wrong checksum (crc32c)"});
  with([](Entry &e) { e.set_dtype(tf::DT_STRING); }, {"entry 'w'"});

  Folder folder("shard");
  Checkpoint checkpoint;
  checkpoint.addFloats("w", {2}, {1, 2});
  std::string prefix = checkpoint.write(folder, "v");
  std::filesystem::remove(prefix + ".data-00000-of-00001");
  expectError(Bundle::open(prefix, ReadBudgets()),
              {"'w'", "data-00000-of-00001"});
  checkpoint.entries["x"] = "\xff\xff";
  expectError(Bundle::open(checkpoint.write(folder, "v"), ReadBudgets()),
              {"checkpoint entry 'x'"});
}

// Whether or not anything reads it.
TEST(Bundle, EveryEntryLiesInItsDataFile) {
  Folder folder("cut");
  Checkpoint checkpoint;
  checkpoint.addFloats("a", {2}, {1, 2});
  checkpoint.addFloats("b", {2}, {3, 4});
  checkpoint.addFloats("c", {0}, {});
  EXPECT_TRUE(
      expectOk(Bundle::open(checkpoint.write(folder, "v"), ReadBudgets())));
  checkpoint.data.resize(15);
  expectError(Bundle::open(checkpoint.write(folder, "v"), ReadBudgets()),
              {"entry 'b': reaches past the end of its data file",
               "has 15 bytes, but 8 are wanted from offset 8"});
}

/// Strings with their lengths and both checksums.
static std::string stringBytes(const std::vector<std::string> &strings,
                               uint32_t &crc) {
  std::string bytes;
  crc = 0;
  for (const std::string &s : strings) {
    putVarint(bytes, s.size());
    std::string raw;
    putFixed(raw, s.size(), 4);
    crc = crc32c(raw, crc);
  }
  std::string checksum;
  putFixed(checksum, maskCrc(crc), 4);
  crc = crc32c(checksum, crc);
  bytes += checksum;
  for (const std::string &s : strings) {
    bytes += s;
    crc = crc32c(s, crc);
  }
  return bytes;
}

TEST(Bundle, Strings) {
  uint32_t crc = 0;
  std::string bytes = stringBytes({"a", "", std::string(300, 'b')}, crc);
  auto with = [&](const std::string &content, uint32_t checksum) {
    Folder folder("strings");
    Checkpoint checkpoint;
    tf::BundleEntryProto entry =
        checkpoint.add("s", tf::DT_STRING, {3}, content);
    entry.set_crc32c(maskCrc(checksum));
    checkpoint.put("s", entry);
    auto bundle =
        expectOk(Bundle::open(checkpoint.write(folder, "v"), ReadBudgets()));
    return (*bundle)->read("s");
  };
  auto value = expectOk(with(bytes, crc));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->strings,
            (std::vector<std::string>{"a", "", std::string(300, 'b')}));
  expectError(with(bytes, crc + 1), {"wrong checksum"});
  expectError(with(bytes.substr(0, bytes.size() - 1), crc),
              {"string 2 reaches past the end"});
  expectError(with(bytes + "x", crc), {"longer than its strings"});
  expectError(with("\x01", crc), {"too few for 3 strings"});
  expectError(with(std::string(11, '\xff'), crc), {"broken string length"});
  std::string lengths = bytes;
  lengths[0] = 2;
  expectError(with(lengths, crc), {"checksum (crc32c) of its string lengths"});
  expectError(with(std::string(3, '\0') + "ab", crc), {"ends before"});
}

/// The key under which TensorFlow stores a slice of a matrix `w`: bytes
/// recorded from its own writer for small starts and lengths.
static std::string matrixSliceKey(int start, int length) {
  std::string key("\0w\0\1\1\2", 6);
  key += static_cast<char>(0x80 ^ start);
  key += static_cast<char>(0x80 ^ length);
  key += '\x80';
  key += '\x7f'; // the whole second dimension: 0, -1
  return key;
}

TEST(Bundle, Slices) {
  struct Part {
    int start, length;
  };
  auto with = [](std::vector<Part> parts, auto bend) {
    Folder folder("slices");
    Checkpoint checkpoint;
    tf::BundleEntryProto whole;
    whole.set_dtype(tf::DT_FLOAT);
    setShape(whole.mutable_shape(), {3, 2});
    for (Part part : parts) {
      tf::TensorSliceProto *slice = whole.add_slices();
      tf::TensorSliceProto::Extent *rows = slice->add_extent();
      rows->set_start(part.start);
      rows->set_length(part.length);
      slice->add_extent();
      std::vector<float> values;
      for (int i = 0; i < part.length * 2; ++i)
        values.push_back(static_cast<float>(part.start * 2 + i));
      checkpoint.addFloats(matrixSliceKey(part.start, part.length),
                           {part.length, 2}, values);
    }
    bend(whole, checkpoint);
    checkpoint.put("w", whole);
    auto bundle =
        expectOk(Bundle::open(checkpoint.write(folder, "v"), ReadBudgets()));
    EXPECT_EQ((*bundle)->keys(), std::vector<std::string>{"w"});
    return (*bundle)->read("w", "");
  };
  using Entry = tf::BundleEntryProto;
  auto none = [](Entry &, Checkpoint &) {};
  EXPECT_EQ(numbers(expectOk(with({{0, 1}, {1, 2}}, none))),
            (Numbers{0, 1, 2, 3, 4, 5}));
  expectError(with({{0, 2}, {1, 2}}, none), {"'w'", "overlap"});
  expectError(with({{0, 1}, {2, 1}}, none), {"gap", "4 of 6 elements"});
  expectError(with({{0, 1}, {1, 2}},
                   [](Entry &e, Checkpoint &) {
                     e.mutable_slices(1)->mutable_extent(0)->set_start(-1);
                   }),
              {"takes 2 from -1"});
  expectError(with({{0, 1}, {1, 2}},
                   [](Entry &e, Checkpoint &) {
                     e.mutable_slices(1)->mutable_extent(0)->set_length(
                         INT64_MAX);
                   }),
              {"slice takes"});
  expectError(
      with({{0, 1}, {1, 2}},
           [](Entry &e, Checkpoint &) { e.mutable_slices(1)->add_extent(); }),
      {"slice has 3 dimensions"});
  expectError(with({{0, 1}, {1, 2}},
                   [](Entry &, Checkpoint &c) {
                     c.entries.erase(matrixSliceKey(1, 2));
                   }),
              {"lacks one of its parts"});
  expectError(with({{0, 1}, {1, 2}},
                   [](Entry &, Checkpoint &c) {
                     c.addFloats(matrixSliceKey(1, 2), {2, 1}, {1, 2});
                   }),
              {"shape differs from its slice"});
}
