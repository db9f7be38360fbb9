//===- Space.cpp - Importers of moves between space, depth and batch ------===//

#include "compiler/Import/TensorFlow/NodeContext.h"
#include "dialects/Graph/Builders/Movement.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

//===----------------------------------------------------------------------===//
// Depth
//===----------------------------------------------------------------------===//

using BuildDepth = Value (*)(graph::GraphBuilder &, Value, ArrayRef<int64_t>);

template <BuildDepth build> static void importDepth(NodeContext &node) {
  if (!node.expectInputs(1))
    return;
  Value x = node.input(0);
  int64_t block = node.intAttr("block_size");
  std::string format = node.stringAttr("data_format", StringRef("NHWC"));
  if (!x || node.failed())
    return;
  if (format != "NHWC" && format != "NCHW")
    return format == "NCHW_VECT_C"
               ? node.unsupported("data format " + format)
               : node.error("must be NHWC or NCHW, found '" + format + "'",
                            "data_format");
  if (node.builder.rank(x) != 4)
    return node.error("expected rank 4, found " +
                      llvm::Twine(node.builder.rank(x)));
  if (block < 2 || block > 65536)
    return node.error("must be from 2 to 65536, found " + llvm::Twine(block),
                      "block_size");
  bool channelsFirst = format == "NCHW";
  if (channelsFirst)
    x = graph::buildMoveDim(node.builder, x, 1, 3);
  x = build(node.builder, x, {block, block});
  if (channelsFirst)
    x = graph::buildMoveDim(node.builder, x, 3, 1);
  node.setOutput(x);
}

//===----------------------------------------------------------------------===//
// Batch
//===----------------------------------------------------------------------===//

using BuildBatch = Value (*)(graph::GraphBuilder &, Value, ArrayRef<int64_t>,
                             ArrayRef<int64_t>, ArrayRef<int64_t>);

// Inputs: x, [block shape,] pads or crops as rows of [before, after].
template <BuildBatch build> static void importBatch(NodeContext &node) {
  bool hasShape = node.op().ends_with("ND");
  if (!node.expectInputs(hasShape ? 3 : 2))
    return;
  Value x = node.input(0);
  std::optional<SmallVector<int64_t>> block;
  if (hasShape) {
    block = node.constantInts(1, "block_shape");
  } else {
    int64_t size = node.intAttr("block_size");
    block.emplace(2, size);
  }
  std::optional<HostTensor> amounts = node.constant(
      hasShape ? 2 : 1,
      hasShape && node.op().starts_with("Batch") ? "crops" : "paddings");
  if (!x || !block || !amounts || node.failed())
    return;
  int64_t count = block->size();
  if (node.builder.rank(x) < count + 1)
    return node.error("rank " + llvm::Twine(node.builder.rank(x)) +
                      " is too small for " + llvm::Twine(count) +
                      " block sizes");
  if (amounts->rank() != 2 || amounts->shape()[0] != count ||
      amounts->shape()[1] != 2 || !isInteger(amounts->kind()))
    return node.error("paddings or crops must be integers of shape [" +
                      llvm::Twine(count) + ", 2]");
  SmallVector<int64_t> low, high;
  for (int64_t d = 0; d < count; ++d) {
    low.push_back(amounts->getInt(2 * d));
    high.push_back(amounts->getInt(2 * d + 1));
    if (low.back() < 0 || high.back() < 0)
      return node.error("paddings and crops must not be negative");
    if ((*block)[d] < 1)
      return node.error("block sizes must be positive, found " +
                        llvm::Twine((*block)[d]));
  }
  node.setOutput(build(node.builder, x, *block, low, high));
}

void sluice::tensorflow::addSpaceImporters(ImporterTable &table) {
  table["SpaceToDepth"] = importDepth<graph::buildSpaceToDepth>;
  table["DepthToSpace"] = importDepth<graph::buildDepthToSpace>;
  for (const char *name : {"SpaceToBatch", "SpaceToBatchND"})
    table[name] = importBatch<graph::buildSpaceToBatch>;
  for (const char *name : {"BatchToSpace", "BatchToSpaceND"})
    table[name] = importBatch<graph::buildBatchToSpace>;
}
