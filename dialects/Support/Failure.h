//===- Failure.h - Errors from streamed parts -------------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_SUPPORT_FAILURE_H
#define SLUICE_DIALECTS_SUPPORT_FAILURE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace sluice {

/// The error "WHERE: PARTS..."; `where` is the file the reader should look at.
template <typename... Ts>
llvm::Error failure(llvm::StringRef where, const Ts &...parts) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << where << ": ";
  (stream << ... << parts);
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

} // namespace sluice

#endif // SLUICE_DIALECTS_SUPPORT_FAILURE_H
