//===- Npz.cpp - NumPy's npz archives -------------------------------------===//

#include "dialects/Support/Failure.h"
#include "dialects/Support/Npy.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <zlib.h>

using namespace sluice;
using llvm::Expected;
using llvm::StringRef;
using llvm::support::endian::read16le;
using llvm::support::endian::read32le;

namespace {

constexpr uint32_t localSignature = 0x04034b50;
constexpr uint32_t centralSignature = 0x02014b50;
constexpr uint32_t endSignature = 0x06054b50;
constexpr size_t localSize = 30, centralSize = 46, endSize = 22;

/// Names come from the file: nothing that a terminal would act on.
std::string printable(StringRef name) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::printEscapedString(name.take_front(200), stream);
  return text;
}

struct Member {
  StringRef name;
  unsigned method = 0;
  uint32_t crc = 0;
  uint64_t packed = 0, size = 0, offset = 0;
};

/// The directory at the end of a zip file.
Expected<std::vector<Member>> readDirectory(StringRef bytes, StringRef where) {
  if (bytes.size() < endSize)
    return failure(where, "not an npz file (shorter than a zip directory)");
  // A comment of at most 65535 bytes may follow the end record.
  size_t first =
      bytes.size() > endSize + 65535 ? bytes.size() - endSize - 65535 : 0;
  size_t end = bytes.size() - endSize;
  for (;; --end) {
    const char *at = bytes.data() + end;
    if (read32le(at) == endSignature &&
        read16le(at + 20) == bytes.size() - endSize - end)
      break;
    if (end == first)
      return failure(where, "not an npz file (no zip directory at its end)");
  }
  const char *record = bytes.data() + end;
  unsigned count = read16le(record + 10);
  uint64_t size = read32le(record + 12), start = read32le(record + 16);
  if (read16le(record + 4) || read16le(record + 6) ||
      read16le(record + 8) != count)
    return failure(where, "zip files in several parts are not supported");
  if (start == UINT32_MAX || size == UINT32_MAX || count == UINT16_MAX)
    return failure(where, "zip64 directories are not supported");
  if (start > end || size > end - start)
    return failure(where, "zip directory lies outside the file");

  StringRef rest = bytes.substr(start, size);
  std::vector<Member> members;
  for (unsigned i = 0; i < count; ++i) {
    if (rest.size() < centralSize || read32le(rest.data()) != centralSignature)
      return failure(where, "zip directory entry ", i, " of ", count,
                     " is malformed");
    const char *at = rest.data();
    uint64_t nameSize = read16le(at + 28);
    uint64_t total =
        centralSize + nameSize + read16le(at + 30) + read16le(at + 32);
    if (total > rest.size())
      return failure(where, "zip directory entry ", i, " of ", count,
                     " is cut off");
    Member member;
    member.name = rest.substr(centralSize, nameSize);
    member.method = read16le(at + 10);
    member.crc = read32le(at + 16);
    member.packed = read32le(at + 20);
    member.size = read32le(at + 24);
    member.offset = read32le(at + 42);
    if (read16le(at + 8) & 1)
      return failure(where, "member '", printable(member.name),
                     "' is encrypted");
    if (member.size == UINT32_MAX || member.packed == UINT32_MAX ||
        member.offset == UINT32_MAX)
      return failure(where, "member '", printable(member.name),
                     "' needs zip64, which is not supported");
    members.push_back(member);
    rest = rest.drop_front(total);
  }
  return members;
}

llvm::Error inflateInto(StringRef packed, std::string &target,
                        StringRef where) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return failure(where, "zlib cannot be started");
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef *>(target.data());
  stream.avail_out = static_cast<uInt>(target.size());
  int status = inflate(&stream, Z_FINISH);
  bool complete =
      status == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!complete)
    return failure(where,
                   "deflated bytes are corrupt or not of the announced "
                   "size (",
                   target.size(), ")");
  return llvm::Error::success();
}

Expected<HostTensor> readMember(StringRef bytes, const Member &member,
                                StringRef where) {
  if (member.offset > bytes.size() ||
      bytes.size() - member.offset < localSize ||
      read32le(bytes.data() + member.offset) != localSignature)
    return failure(where, "zip member header lies outside the file or is "
                          "malformed");
  const char *local = bytes.data() + member.offset;
  uint64_t start =
      member.offset + localSize + read16le(local + 26) + read16le(local + 28);
  if (start > bytes.size() || member.packed > bytes.size() - start)
    return failure(where, "zip member lies outside the file");
  StringRef packed = bytes.substr(start, member.packed);

  std::string unpacked;
  StringRef content = packed;
  if (member.method == 8) {
    // Deflate cannot pack better than 1 : 1032, so a larger claim is a lie.
    if (member.size / 1032 > member.packed + 1)
      return failure(where, "announces ", member.size, " bytes packed into ",
                     member.packed, ", more than deflate can do");
    unpacked.resize(member.size);
    if (llvm::Error error = inflateInto(packed, unpacked, where))
      return error;
    content = unpacked;
  } else if (member.method != 0) {
    return failure(where, "zip method ", member.method,
                   " is not supported (stored and deflated are)");
  } else if (member.size != member.packed) {
    return failure(where, "stored member announces ", member.size,
                   " bytes and holds ", member.packed);
  }
  uint32_t crc = crc32(0, reinterpret_cast<const Bytef *>(content.data()),
                       static_cast<uInt>(content.size()));
  if (crc != member.crc)
    return failure(where, "checksum mismatch in the zip member");
  return parseNpy(content, where);
}

std::string memberWhere(StringRef where, const Member &member) {
  return (where + ":" + printable(member.name)).str();
}

StringRef arrayName(const Member &member) {
  StringRef name = member.name;
  name.consume_back(".npy");
  return name;
}

void append16(std::string &out, uint32_t value) {
  char bytes[2];
  llvm::support::endian::write16le(bytes, static_cast<uint16_t>(value));
  out.append(bytes, 2);
}
void append32(std::string &out, uint32_t value) {
  char bytes[4];
  llvm::support::endian::write32le(bytes, value);
  out.append(bytes, 4);
}

/// The fields that local and central headers share, from "version needed" on.
void appendCommon(std::string &out, StringRef name, uint32_t crc,
                  uint32_t size) {
  append16(out, 20);
  append16(out, 1 << 11);    // names are UTF-8
  append16(out, 0);          // stored
  append16(out, 0);          // 00:00
  append16(out, 1 << 5 | 1); // 1980-01-01: equal input gives equal bytes
  append32(out, crc);
  append32(out, size);
  append32(out, size);
  append16(out, static_cast<uint32_t>(name.size()));
  append16(out, 0);
}

} // namespace

Expected<std::vector<NpzEntry>>
sluice::parseNpz(StringRef bytes, StringRef where, uint64_t limit) {
  Expected<std::vector<Member>> members = readDirectory(bytes, where);
  if (!members)
    return members.takeError();
  std::vector<NpzEntry> entries;
  llvm::StringSet<> seen;
  uint64_t total = 0;
  for (const Member &member : *members) {
    total += member.size; // 65535 members below 2^32 each: no overflow
    if (total > limit)
      return failure(where, "members unpack to more than the limit of ", limit,
                     " bytes");
    if (!seen.insert(arrayName(member)).second)
      return failure(where, "member '", printable(member.name),
                     "' occurs twice");
    Expected<HostTensor> tensor =
        readMember(bytes, member, memberWhere(where, member));
    if (!tensor)
      return tensor.takeError();
    entries.push_back({arrayName(member).str(), std::move(*tensor)});
  }
  return entries;
}

Expected<std::vector<NpzEntry>> sluice::readNpzFile(StringRef path,
                                                    uint64_t limit) {
  auto buffer = readRegularFile(path, limit);
  if (!buffer)
    return buffer.takeError();
  return parseNpz((*buffer)->getBuffer(), path, limit);
}

Expected<HostTensor> sluice::readNpzMember(StringRef path, StringRef name,
                                           uint64_t limit) {
  auto buffer = readRegularFile(path, limit);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes = (*buffer)->getBuffer();
  Expected<std::vector<Member>> members = readDirectory(bytes, path);
  if (!members)
    return members.takeError();
  std::vector<std::string> names;
  for (const Member &member : *members) {
    if (arrayName(member) == name) {
      if (member.size > limit)
        return failure(path, "member '", printable(name),
                       "' is larger than the limit of ", limit, " bytes");
      return readMember(bytes, member, memberWhere(path, member));
    }
    if (names.size() < 20)
      names.push_back(printable(arrayName(member)));
  }
  return failure(path, "no member '", printable(name), "'; it has ",
                 members->size(), ": ", llvm::join(names, ", "));
}

llvm::Error sluice::writeNpzFile(StringRef path,
                                 llvm::ArrayRef<NpzEntry> entries) {
  if (entries.size() >= UINT16_MAX)
    return failure(path, "an npz file holds at most 65534 arrays");
  return llvm::writeToOutput(
      path, [&](llvm::raw_ostream &stream) -> llvm::Error {
        std::string directory;
        uint64_t offset = 0;
        for (const NpzEntry &entry : entries) {
          std::string name = entry.name + ".npy";
          std::string content = formatNpy(entry.tensor);
          if (name.size() > UINT16_MAX || content.size() >= UINT32_MAX ||
              offset + content.size() >= UINT32_MAX - (uint64_t(1) << 20))
            return failure(path,
                           "npz files of 4 GiB and more are not supported");
          uint32_t size = static_cast<uint32_t>(content.size());
          uint32_t crc =
              crc32(0, reinterpret_cast<const Bytef *>(content.data()), size);
          std::string local;
          append32(local, localSignature);
          appendCommon(local, name, crc, size);
          local += name;
          stream << local << content;

          append32(directory, centralSignature);
          append16(directory, 20);
          appendCommon(directory, name, crc, size);
          directory.append(10, '\0'); // comment size, disk, attributes
          append32(directory, static_cast<uint32_t>(offset));
          directory += name;
          offset += local.size() + content.size();
        }
        std::string end;
        append32(end, endSignature);
        append32(end, 0);
        append16(end, static_cast<uint32_t>(entries.size()));
        append16(end, static_cast<uint32_t>(entries.size()));
        append32(end, static_cast<uint32_t>(directory.size()));
        append32(end, static_cast<uint32_t>(offset));
        append16(end, 0);
        stream << directory << end;
        return llvm::Error::success();
      });
}

std::optional<CaseKey> sluice::parseCaseKey(StringRef name) {
  CaseKey key;
  auto [role, tensor] = name.split('/');
  key.isBfloat = role.consume_back(".bf16");
  key.isFeed = role == "feed";
  key.tensor = tensor;
  if ((!key.isFeed && role != "fetch") || tensor.empty())
    return std::nullopt;
  return key;
}

Expected<CaseFile> sluice::readCaseFile(StringRef path, uint64_t limit) {
  Expected<std::vector<NpzEntry>> entries = readNpzFile(path, limit);
  if (!entries)
    return entries.takeError();
  CaseFile result;
  for (NpzEntry &entry : *entries) {
    std::optional<CaseKey> key = parseCaseKey(entry.name);
    if (!key)
      return failure(path, "member '", printable(entry.name),
                     "' is neither feed/TENSOR nor fetch/TENSOR");
    if (key->isBfloat) {
      if (entry.tensor.kind() != ElementKind::U16)
        return failure(path, "member '", printable(entry.name),
                       "' must hold bfloat16 bits as u16, found ",
                       elementName(entry.tensor.kind()));
      entry.tensor = reinterpretAsBfloat(entry.tensor);
    }
    auto &list = key->isFeed ? result.feeds : result.fetches;
    list.push_back({key->tensor.str(), std::move(entry.tensor)});
  }
  return result;
}
