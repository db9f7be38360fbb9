//===- ReleaseConstants.cpp - Free the weights of past stages -------------===//

#include "compiler/Driver/ReleaseConstants.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

void sluice::releaseUnusedConstants(ModuleOp module) {
  llvm::StringSet<> used;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](DenseResourceElementsAttr resource) {
        used.insert(resource.getRawHandle().getKey());
      });
  });
  auto &manager =
      DenseResourceElementsHandle::getManagerInterface(module.getContext());
  SmallVector<std::string> unused;
  manager.getBlobManager().getBlobMap(
      [&](const llvm::StringMap<DialectResourceBlobManager::BlobEntry> &blobs) {
        for (const auto &entry : blobs)
          if (entry.second.getBlob() && !used.contains(entry.first()))
            unused.push_back(entry.first().str());
      });
  for (const std::string &key : unused)
    manager.update(key, AsmResourceBlob());
}
