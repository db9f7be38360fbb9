//===- ModelFile.h - Read and recognise model files -------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELFILE_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace google::protobuf {
class Message;
} // namespace google::protobuf

namespace sluice {
namespace tensorflow {

/// The bytes of a regular file, copied: a mapped file could be cut short by
/// another process. Anything else than a regular file is refused, and so is a
/// file of more than `limit` bytes.
llvm::Expected<std::string> readRegularFile(llvm::StringRef path,
                                            uint64_t limit);

llvm::Expected<uint64_t> sizeOfRegularFile(llvm::StringRef path);

/// `size` bytes from `offset` on of a regular file.
llvm::Expected<std::string> readRange(llvm::StringRef path, uint64_t offset,
                                      uint64_t size);

bool isDirectory(llvm::StringRef path);
bool exists(llvm::StringRef path);

/// What a model's bytes look like.
enum class Content { Empty, Binary, Text, Foreign };

/// For Foreign, `foreign` says what it is ("an ONNX model") and what to do.
struct Recognised {
  Content content;
  std::string foreign, help;
};
/// A SavedModel of a wrong version starts like an ONNX model.
Recognised recognise(llvm::StringRef bytes, bool mayBeOnnx = true);

/// Parses text or wire bytes into `message` with nesting limits. Fields of the
/// text form that are not known are added to `warnings`.
llvm::Error parseMessage(llvm::StringRef bytes, bool isText,
                         llvm::StringRef file, llvm::StringRef what,
                         google::protobuf::Message &message,
                         std::vector<std::string> &warnings);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_MODELFILE_H
