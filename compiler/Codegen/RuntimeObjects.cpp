//===- RuntimeObjects.cpp - The runtime's objects, built with Sluice ------===//

#include "compiler/Codegen/RuntimeObjects.h"
#include "compiler/Codegen/Version.h"
// Generated: arrays of bytes and `embeddedFiles`, see CMakeLists.txt.
#include "EmbeddedRuntime.inc"

using namespace sluice;
using llvm::StringRef;

static StringRef embedded(StringRef name) {
  for (const EmbeddedFile &file : embeddedFiles)
    if (name == file.name)
      return StringRef(reinterpret_cast<const char *>(file.bytes), file.size);
  return {};
}

std::vector<RuntimeObject> sluice::runtimeObjects(StringRef arch) {
  std::vector<RuntimeObject> objects;
  for (const EmbeddedFile &file : embeddedFiles) {
    auto [folder, name] = StringRef(file.name).split('/');
    if (folder == arch)
      objects.push_back({name, embedded(file.name)});
  }
  return objects;
}

static StringRef fromGuard(StringRef text) {
  size_t guard = text.find("#ifndef ");
  return guard == StringRef::npos ? text : text.drop_front(guard);
}

StringRef sluice::runtimeHeaderC() { return fromGuard(embedded("sluice.h")); }

StringRef sluice::runtimeHeaderCxx() {
  return fromGuard(embedded("sluice.hpp"));
}

const char *sluice::compilerVersion() { return SLUICE_VERSION; }
