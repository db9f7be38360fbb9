//===- Bundle.cpp - Tensors of a checkpoint (format V2) -------------------===//

#include "compiler/Import/TensorFlow/Reader/Bundle.h"

#include "compiler/Import/TensorFlow/Proto/bundle.pb.h"
#include "compiler/Import/TensorFlow/Reader/Crc32c.h"
#include "compiler/Import/TensorFlow/Reader/ModelFile.h"
#include "compiler/Import/TensorFlow/Reader/Table.h"
#include "compiler/Import/TensorFlow/Reader/TensorSlice.h"
#include "compiler/Import/TensorFlow/Reader/TensorValue.h"
#include "compiler/Import/TensorFlow/Reader/Varint.h"
#include "compiler/Support/ModelError.h"
#include "llvm/Support/Format.h"
#include <cinttypes>

namespace sluice {
namespace tensorflow {

Bundle::~Bundle() = default;

llvm::Error Bundle::error(llvm::StringRef key, const llvm::Twine &message,
                          ErrorKind kind) const {
  return makeFileError(prefix + ".index", "entry '" + key + "': " + message,
                       kind);
}

llvm::Expected<std::unique_ptr<Bundle>>
Bundle::open(llvm::StringRef prefix, const ReadBudgets &budgets) {
  std::string file = (prefix + ".index").str();
  llvm::Expected<std::string> bytes = readRegularFile(file, budgets.fileBytes);
  if (!bytes)
    return bytes.takeError();
  llvm::Expected<TableEntries> entries = readTable(*bytes, file);
  if (!entries)
    return entries.takeError();
  std::unique_ptr<Bundle> bundle(new Bundle);
  bundle->prefix = prefix.str();
  bundle->budgets = budgets;
  bundle->entries = std::move(*entries);
  if (llvm::Error wrong = bundle->readHeader())
    return wrong;
  if (llvm::Error wrong = bundle->checkExtents())
    return wrong;
  return bundle;
}

llvm::Error Bundle::readHeader() {
  std::string file = prefix + ".index";
  auto it = entries.find("");
  if (it == entries.end())
    return makeFileError(file, "checkpoint index has no header (key \"\")");
  tf::BundleHeaderProto header;
  std::vector<std::string> warnings;
  if (llvm::Error wrong = parseMessage(it->second, /*isText=*/false, file,
                                       "checkpoint header", header, warnings))
    return wrong;
  if (header.endianness() != tf::BundleHeaderProto::LITTLE)
    return makeFileError(file,
                         "checkpoint was written on a big-endian machine, "
                         "which is not supported");
  if (header.num_shards() < 1)
    return makeFileError(file, "checkpoint says it has " +
                                   llvm::Twine(header.num_shards()) +
                                   " data files, expected at least 1");
  shards = header.num_shards();
  return llvm::Error::success();
}

bool Bundle::contains(llvm::StringRef key) const {
  return !key.empty() && entries.find(key) != entries.end();
}

std::vector<std::string> Bundle::keys() const {
  std::vector<std::string> names;
  for (const auto &[key, value] : entries)
    if (!key.empty() && key[0] != '\0') // keys of slices start with NUL
      names.push_back(key);
  return names;
}

llvm::Expected<tf::BundleEntryProto> Bundle::entry(llvm::StringRef key) const {
  auto it = entries.find(key);
  if (key.empty() || it == entries.end())
    return error(key, "is not in the checkpoint");
  tf::BundleEntryProto proto;
  std::vector<std::string> warnings;
  if (llvm::Error wrong = parseMessage(
          it->second, /*isText=*/false, prefix + ".index",
          ("checkpoint entry '" + key + "'").str(), proto, warnings))
    return wrong;
  return proto;
}

std::string Bundle::shardFile(int32_t shard) const {
  char suffix[40];
  std::snprintf(suffix, sizeof(suffix), ".data-%05" PRId32 "-of-%05" PRId32,
                shard, shards);
  return prefix + suffix;
}

llvm::Error Bundle::checkExtents() const {
  std::map<int32_t, uint64_t> sizes;
  for (const auto &[key, value] : entries) {
    if (key.empty())
      continue;
    llvm::Expected<tf::BundleEntryProto> proto = entry(key);
    if (!proto)
      return proto.takeError();
    if (proto->slices_size() != 0) // its parts are entries of their own
      continue;
    if (proto->shard_id() < 0 || proto->shard_id() >= shards)
      return error(key, "lies in data file " + llvm::Twine(proto->shard_id()) +
                            ", but the checkpoint has " + llvm::Twine(shards));
    if (proto->offset() < 0 || proto->size() < 0)
      return error(key, "has offset " + llvm::Twine(proto->offset()) +
                            " and size " + llvm::Twine(proto->size()) +
                            ", which may not be negative");
    auto [found, isNew] = sizes.try_emplace(proto->shard_id());
    if (isNew) {
      llvm::Expected<uint64_t> size =
          sizeOfRegularFile(shardFile(proto->shard_id()));
      if (!size)
        return llvm::joinErrors(error(key, "cannot be read from its data file"),
                                size.takeError());
      found->second = *size;
    }
    uint64_t offset = static_cast<uint64_t>(proto->offset());
    uint64_t size = static_cast<uint64_t>(proto->size());
    if (offset > found->second || size > found->second - offset)
      return llvm::joinErrors(
          error(key, "reaches past the end of its data file"),
          makeFileError(shardFile(proto->shard_id()),
                        "has " + llvm::Twine(found->second) + " bytes, but " +
                            llvm::Twine(size) + " are wanted from offset " +
                            llvm::Twine(offset) + " on"));
  }
  return llvm::Error::success();
}

/// The bytes of an entry without slices, from its shard.
llvm::Expected<std::string>
Bundle::readBytes(llvm::StringRef key,
                  const tf::BundleEntryProto &proto) const {
  // Where it lies was checked when the checkpoint was opened.
  llvm::Expected<std::string> bytes = readRange(
      shardFile(proto.shard_id()), static_cast<uint64_t>(proto.offset()),
      static_cast<uint64_t>(proto.size()));
  if (bytes)
    return bytes;
  return llvm::joinErrors(error(key, "cannot be read from its data file"),
                          bytes.takeError());
}

/// Strings: the lengths, a checksum of them, then all bytes.
static std::string decodeStrings(llvm::StringRef bytes, HostTensor &value,
                                 uint32_t &crc) {
  std::vector<uint64_t> lengths(static_cast<size_t>(value.size()));
  for (uint64_t &length : lengths) {
    if (!takeVarint(bytes, length))
      return "has a broken string length";
    char raw[8];
    llvm::support::endian::write64le(raw, length);
    crc = crc32c(llvm::StringRef(raw, length <= UINT32_MAX ? 4 : 8), crc);
  }
  llvm::StringRef checksum = bytes.take_front(4);
  uint32_t stored = 0;
  if (!takeFixed32(bytes, stored))
    return "ends before the checksum of its string lengths";
  if (maskCrc(crc) != stored)
    return "has a wrong checksum (crc32c) of its string lengths";
  crc = crc32c(checksum, crc);
  crc = crc32c(bytes, crc);
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] > bytes.size())
      return ("string " + llvm::Twine(i) + " reaches past the end of the entry")
          .str();
    value.strings[i] = bytes.take_front(lengths[i]).str();
    bytes = bytes.drop_front(lengths[i]);
  }
  return bytes.empty() ? "" : "is longer than its strings";
}

llvm::Expected<HostTensor>
Bundle::readEntry(llvm::StringRef key,
                  const tf::BundleEntryProto &proto) const {
  std::optional<ElementKind> kind = elementKindOf(proto.dtype());
  if (!kind)
    return error(key, "has type " + dataTypeName(proto.dtype()) +
                          ", which is not supported");
  llvm::SmallVector<int64_t> shape;
  if (std::optional<ValueProblem> wrong = readFullShape(
          proto.shape(), elementSize(*kind), budgets.tensorBytes, shape))
    return error(key, wrong->text,
                 wrong->limit ? ErrorKind::Limit : ErrorKind::Model);
  if (proto.slices_size() != 0)
    return readSlices(key, proto);
  uint64_t expected =
      static_cast<uint64_t>(*elementCount(shape)) * elementSize(*kind);
  bool isString = *kind == ElementKind::String;
  if (!isString && static_cast<uint64_t>(proto.size()) != expected)
    return error(key, "has " + llvm::Twine(proto.size()) +
                          " bytes, but its shape " +
                          shapeText(PartialShape(shape)) + " and type " +
                          dataTypeName(proto.dtype()) + " need " +
                          llvm::Twine(expected));
  // The file is read before room for many strings is made, so a short file
  // cannot ask for much.
  llvm::Expected<std::string> bytes = readBytes(key, proto);
  if (!bytes)
    return bytes.takeError();
  if (isString && bytes->size() < static_cast<uint64_t>(*elementCount(shape)))
    return error(key, "has " + llvm::Twine(bytes->size()) +
                          " bytes, too few for " +
                          llvm::Twine(*elementCount(shape)) + " strings");
  HostTensor value(*kind, shape);
  uint32_t crc = 0;
  if (isString) {
    std::string problem = decodeStrings(*bytes, value, crc);
    if (!problem.empty())
      return error(key, problem);
  } else {
    crc = crc32c(*bytes);
    copyElements(*bytes, value);
  }
  if (maskCrc(crc) != proto.crc32c())
    return error(key, "has a wrong checksum (crc32c): its data file is "
                      "damaged");
  return value;
}

llvm::Expected<HostTensor>
Bundle::readSlices(llvm::StringRef key,
                   const tf::BundleEntryProto &proto) const {
  llvm::SmallVector<int64_t> shape;
  for (const tf::TensorShapeProto::Dim &dim : proto.shape().dim())
    shape.push_back(dim.size()); // checked by the caller
  std::vector<TensorSlice> slices;
  uint64_t covered = 0;
  constexpr int maxSlices = 10000; // the check for overlaps is quadratic
  if (proto.slices_size() > maxSlices)
    return error(key,
                 "was saved in " + llvm::Twine(proto.slices_size()) +
                     " parts, more than the limit of " + llvm::Twine(maxSlices),
                 ErrorKind::Limit);
  HostTensor whole(*elementKindOf(proto.dtype()), shape);
  for (const tf::TensorSliceProto &part : proto.slices()) {
    TensorSlice slice = readSlice(part);
    std::string partKey = sliceKey(key, slice);
    std::string problem = slice.fit(shape);
    if (!problem.empty())
      return error(key, problem);
    for (const TensorSlice &other : slices)
      if (overlap(slice, other))
        return error(key, "was saved in parts that overlap");
    llvm::Expected<tf::BundleEntryProto> entryProto = entry(partKey);
    if (!entryProto)
      return llvm::joinErrors(error(key, "lacks one of its parts"),
                              entryProto.takeError());
    if (entryProto->slices_size() != 0 || entryProto->dtype() != proto.dtype())
      return error(key, "has a part of another type");
    llvm::Expected<HostTensor> value = readEntry(partKey, *entryProto);
    if (!value)
      return value.takeError();
    if (value->shape() != llvm::ArrayRef(slice.lengths))
      return error(key, "has a part whose shape differs from its slice");
    copySliceIn(*value, slice, whole);
    covered += static_cast<uint64_t>(value->size());
    slices.push_back(std::move(slice));
  }
  // Without overlaps, equal counts mean no gap.
  if (covered != static_cast<uint64_t>(whole.size()))
    return error(key, "was saved in parts that leave a gap: they hold " +
                          llvm::Twine(covered) + " of " +
                          llvm::Twine(whole.size()) + " elements");
  return whole;
}

llvm::Expected<HostTensor> Bundle::read(llvm::StringRef key,
                                        llvm::StringRef sliceSpec) const {
  llvm::Expected<tf::BundleEntryProto> proto = entry(key);
  if (!proto)
    return proto.takeError();
  llvm::Expected<HostTensor> whole = readEntry(key, *proto);
  if (!whole || sliceSpec.empty())
    return whole;
  llvm::SmallVector<int64_t> shape;
  TensorSlice slice;
  std::string problem = parseSliceSpec(sliceSpec, shape, slice);
  if (!problem.empty())
    return error(key, problem);
  if (whole->shape() != llvm::ArrayRef(shape))
    return error(key, "slice '" + sliceSpec +
                          "' is of a tensor of another "
                          "shape");
  HostTensor part(whole->kind(), slice.lengths);
  copySliceOut(*whole, slice, part);
  return part;
}

} // namespace tensorflow
} // namespace sluice
