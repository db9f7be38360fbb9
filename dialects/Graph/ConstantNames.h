//===- ConstantNames.h - Names of large constants ---------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_CONSTANTNAMES_H
#define SLUICE_DIALECTS_GRAPH_CONSTANTNAMES_H

#include "mlir/IR/DialectInterface.h"
#include "llvm/ADT/Twine.h"
#include <atomic>
#include <string>

namespace sluice::graph {

/// Numbers the blobs of a context. The blob manager makes names unique too, but
/// tries all that are taken: quadratic in the number of constants.
class ConstantNames : public mlir::DialectInterface::Base<ConstantNames> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConstantNames)

  explicit ConstantNames(mlir::Dialect *dialect) : Base(dialect) {}

  std::string next() const {
    int64_t number = count++;
    return number ? ("constant_" + llvm::Twine(number)).str() : "constant";
  }

private:
  mutable std::atomic<int64_t> count{0};
};

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_CONSTANTNAMES_H
