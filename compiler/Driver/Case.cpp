//===- Case.cpp - Recorded test cases -------------------------------------===//

#include "compiler/Driver/Case.h"
#include "compiler/Support/ModelError.h"
#include "dialects/Support/Npy.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

using namespace sluice;
using llvm::StringRef;

Tolerance CaseTolerance::of(ElementKind kind) const {
  Tolerance tolerance = defaultTolerance(kind);
  if (isFloat(kind) || isComplex(kind)) {
    tolerance.rtol = rtol.value_or(tolerance.rtol);
    tolerance.atol = atol.value_or(tolerance.atol);
  }
  return tolerance;
}

llvm::Expected<CaseTolerance> sluice::readCaseTolerance(StringRef npzPath) {
  llvm::SmallString<256> path(npzPath);
  llvm::sys::path::replace_extension(path, "json");
  CaseTolerance tolerance;
  if (!llvm::sys::fs::exists(path))
    return tolerance;
  auto bytes = readRegularFile(path, 1 << 20);
  if (!bytes)
    return makeFileError(path, llvm::toString(bytes.takeError()),
                         ErrorKind::Io);
  llvm::Expected<llvm::json::Value> parsed =
      llvm::json::parse((*bytes)->getBuffer());
  if (!parsed)
    return makeFileError(path, llvm::toString(parsed.takeError()),
                         ErrorKind::Io);
  const llvm::json::Object *object = parsed->getAsObject();
  if (!object)
    return makeFileError(path, "expected a JSON object", ErrorKind::Io);
  for (auto [key, value] : {std::pair("rtol", &tolerance.rtol),
                            std::pair("atol", &tolerance.atol)}) {
    const llvm::json::Value *member = object->get(key);
    if (!member)
      continue;
    std::optional<double> number = member->getAsNumber();
    if (!number || !(*number >= 0))
      return makeFileError(path,
                           llvm::Twine(key) + " must be a number, at least 0",
                           ErrorKind::Io);
    *value = *number;
  }
  return tolerance;
}

bool sluice::isSavedModel(StringRef path) {
  StringRef file = llvm::sys::path::filename(path);
  return file == "saved_model.pb" || file == "saved_model.pbtxt" ||
         llvm::sys::fs::is_directory(path);
}
