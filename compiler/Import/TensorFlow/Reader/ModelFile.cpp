//===- ModelFile.cpp - Read and recognise model files ---------------------===//

#include "compiler/Import/TensorFlow/Reader/ModelFile.h"

#include "compiler/Support/ModelError.h"
#include "llvm/ADT/StringExtras.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {
namespace tensorflow {

static llvm::StringRef fileTypeName(mode_t mode) {
  if (S_ISDIR(mode))
    return "a folder";
  if (S_ISFIFO(mode))
    return "a named pipe";
  if (S_ISCHR(mode) || S_ISBLK(mode))
    return "a device";
  if (S_ISSOCK(mode))
    return "a socket";
  return "not a regular file";
}

namespace {
struct OpenFile {
  int descriptor = -1;
  uint64_t size = 0;
  OpenFile() = default;
  OpenFile(OpenFile &&other) : descriptor(other.descriptor), size(other.size) {
    other.descriptor = -1;
  }
  ~OpenFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
};
} // namespace

static llvm::Error ioError(llvm::StringRef path, llvm::StringRef action) {
  return makeFileError(path, action + ": " + std::strerror(errno),
                       ErrorKind::Io);
}

static llvm::Expected<OpenFile> openRegularFile(llvm::StringRef path) {
  // The name would end early for the system but not for our messages.
  if (path.contains('\0'))
    return makeFileError(path, "file name holds a NUL byte", ErrorKind::Io);
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  OpenFile file;
  file.descriptor =
      ::open(path.str().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file.descriptor < 0)
    return ioError(path, "cannot be opened");
  struct stat info;
  if (::fstat(file.descriptor, &info) != 0)
    return ioError(path, "cannot be examined");
  if (!S_ISREG(info.st_mode))
    return makeFileError(path, "is " + fileTypeName(info.st_mode) +
                                   ", expected a regular file");
  file.size = static_cast<uint64_t>(info.st_size);
  return file;
}

/// Reads all of a regular file, or the part [offset, offset + size).
static llvm::Expected<std::string>
readPart(llvm::StringRef path, uint64_t limit,
         std::optional<std::pair<uint64_t, uint64_t>> part) {
  llvm::Expected<OpenFile> file = openRegularFile(path);
  if (!file)
    return file.takeError();
  uint64_t offset = part ? part->first : 0;
  uint64_t size = part ? part->second : file->size;
  if (offset > file->size || size > file->size - offset)
    return makeFileError(path, "has " + llvm::Twine(file->size) +
                                   " bytes, but " + llvm::Twine(size) +
                                   " are wanted from offset " +
                                   llvm::Twine(offset) + " on");
  if (size > limit)
    return makeFileError(path,
                         "has " + llvm::Twine(size) +
                             " bytes, more than the limit of " +
                             llvm::Twine(limit),
                         ErrorKind::Limit);
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t got = ::pread(file->descriptor, &bytes[done], bytes.size() - done,
                          static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ioError(path, "cannot be read");
    if (got == 0)
      return makeFileError(path, "became shorter while it was read",
                           ErrorKind::Io);
    done += static_cast<size_t>(got);
  }
  return bytes;
}

llvm::Expected<std::string> readRegularFile(llvm::StringRef path,
                                            uint64_t limit) {
  return readPart(path, limit, std::nullopt);
}

llvm::Expected<uint64_t> sizeOfRegularFile(llvm::StringRef path) {
  llvm::Expected<OpenFile> file = openRegularFile(path);
  if (!file)
    return file.takeError();
  return file->size;
}

llvm::Expected<std::string> readRange(llvm::StringRef path, uint64_t offset,
                                      uint64_t size) {
  return readPart(path, ~uint64_t(0), std::make_pair(offset, size));
}

bool isDirectory(llvm::StringRef path) {
  struct stat info;
  return ::stat(path.str().c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool exists(llvm::StringRef path) {
  struct stat info;
  return ::stat(path.str().c_str(), &info) == 0;
}

/// No control characters but white space in the first pages. Wire bytes have
/// small tags and lengths everywhere.
static bool looksLikeText(llvm::StringRef bytes) {
  for (char c : bytes.take_front(4096)) {
    uint8_t byte = static_cast<uint8_t>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f)
      return false;
  }
  return true;
}

/// ONNX's ModelProto starts with its ir_version (3 to 99) and goes on with one
/// of its own first fields; a SavedModel starts with version 1.
static bool looksLikeOnnx(llvm::StringRef bytes) {
  if (bytes.size() < 4 || bytes[0] != 0x08 || bytes[1] < 2 || bytes[1] > 99)
    return false;
  switch (bytes[2]) {
  case 0x12: // producer_name
  case 0x1a: // producer_version
  case 0x22: // domain
  case 0x28: // model_version
  case 0x32: // doc_string
  case 0x3a: // graph
  case 0x42: // opset_import
    return true;
  default:
    return false;
  }
}

Recognised recognise(llvm::StringRef bytes, bool mayBeOnnx) {
  auto foreign = [](llvm::StringRef what, llvm::StringRef help) {
    return Recognised{Content::Foreign, what.str(), help.str()};
  };
  constexpr llvm::StringLiteral expected =
      "give a GraphDef (.pb, .pbtxt) or a SavedModel folder";
  if (bytes.empty())
    return {Content::Empty, "", ""};
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xff\xd8\xff") ||
      bytes.starts_with("GIF8"))
    return foreign("a picture", expected);
  if (bytes.starts_with("\x89HDF"))
    return foreign("an HDF5 file (Keras weights)",
                   "export the model as a SavedModel first");
  if (bytes.starts_with("PK\x03\x04"))
    return foreign("a zip archive (perhaps a .keras file)",
                   "export the model as a SavedModel first");
  if (bytes.starts_with("\x1f\x8b"))
    return foreign("a gzip file", "unpack it first");
  if (bytes.starts_with("\x7f"
                        "ELF") ||
      bytes.starts_with("!<arch>"))
    return foreign("an object file or program", expected);
  if (bytes.size() >= 8 && bytes.substr(4, 4) == "TFL3")
    return foreign("a TFLite model", "give the model it was converted from");
  if (mayBeOnnx && looksLikeOnnx(bytes))
    return foreign("an ONNX model",
                   "give the TensorFlow model that it was converted from");
  if (!looksLikeText(bytes))
    return {Content::Binary, "", ""};
  llvm::StringRef start = bytes.ltrim();
  if (start.starts_with("{") || start.starts_with("["))
    return foreign(start.take_front(4096).contains("modelTopology")
                       ? "a TF.js model"
                       : "a JSON file",
                   expected);
  if (start.empty())
    return {Content::Empty, "", ""};
  bool startsField = llvm::isAlpha(start[0]) || start[0] == '_';
  if (!startsField && start[0] != '#')
    return {Content::Binary, "", ""};
  return {Content::Text, "", ""};
}

} // namespace tensorflow
} // namespace sluice
