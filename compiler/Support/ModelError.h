//===- ModelError.h - What is wrong with a model ----------------*- C++ -*-===//
//
// The one error type of everything that reads or checks a model. It names the
// file, the node, its operator and the attribute, and prints as
//
//   FILE: error: node 'conv1' (Conv2D): attribute 'strides' must be positive,
//   got 0
//   note: ...
//   help: ...
//
// Several of them travel together as an llvm::Error made by llvm::joinErrors.
//
//===----------------------------------------------------------------------===//

#ifndef SLUICE_COMPILER_SUPPORT_MODELERROR_H
#define SLUICE_COMPILER_SUPPORT_MODELERROR_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace sluice {

/// Decides the exit code of a tool; the numbers are those codes.
enum class ErrorKind { Model = 1, Usage = 2, Limit = 3, Io = 4 };

/// What an error says. All texts are raw; printing escapes them.
struct ModelErrorText {
  std::string file;
  unsigned line = 0; ///< 1-based, of a text file; 0 when not known
  unsigned column = 0;
  std::string node;      ///< empty when the error is not about a node
  std::string op;        ///< the source format's operator name
  std::string attribute; ///< empty when not about an attribute
  /// Lower-case start, no full stop. With an attribute it reads on from
  /// "attribute 'x' ".
  std::string message;
  std::vector<std::string> notes;
  std::vector<std::string> help;
  ErrorKind kind = ErrorKind::Model;
};

class ModelError : public llvm::ErrorInfo<ModelError> {
public:
  static char ID;

  explicit ModelError(ModelErrorText text) : text(std::move(text)) {}

  const ModelErrorText &get() const { return text; }
  ModelErrorText &get() { return text; }
  ErrorKind kind() const { return text.kind; }

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  ModelErrorText text;
};

llvm::Error makeModelError(ModelErrorText text);
/// An error about a file as a whole.
llvm::Error makeFileError(llvm::StringRef file, const llvm::Twine &message,
                          ErrorKind kind = ErrorKind::Model,
                          llvm::StringRef help = "");

/// `name` fit for a terminal or a log: control characters, escape sequences,
/// bytes that are not UTF-8 and direction marks become \xHH; over `maxLength`
/// bytes the middle is left out and a hash of the whole name is shown.
std::string escapeForTerminal(llvm::StringRef name, size_t maxLength = 200);

/// Prints every error of the list, one after the other, and returns the exit
/// code: that of the first error. Consumes `error`.
int printErrors(llvm::Error error, llvm::raw_ostream &os);

/// The list in one string (for tests and for messages inside messages).
std::string errorText(llvm::Error error);

} // namespace sluice

#endif // SLUICE_COMPILER_SUPPORT_MODELERROR_H
