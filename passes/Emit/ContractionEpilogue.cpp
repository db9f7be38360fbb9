//===- ContractionEpilogue.cpp - What follows a tile's sums ---------------===//

#include "passes/Emit/ContractionEpilogue.h"
#include "passes/Emit/SideBySide.h"

using namespace mlir;
using namespace sluice;

// Tiles go through a result in steps that hardware does not follow. The same
// holds for other tensors of its size, such as residuals.
ContractionEpilogue::ContractionEpilogue(KernelContext &context,
                                         NestBuilder &nest,
                                         const ContractionRows &rows,
                                         Type result)
    : context(context), nest(nest), rows(rows), result(result) {
  if (!context.isFar(context.output))
    return;
  touched.push_back(context.output);
  for (auto &[value, buffer] : context.others)
    touched.push_back(buffer);
  written = touched.size();
  auto shape =
      cast<RankedTensorType>(context.root->getResult(0).getType()).getShape();
  for (BlockArgument tensor : context.body.getArguments())
    if (Value buffer = context.buffers.lookup(tensor))
      if (cast<RankedTensorType>(tensor.getType()).getShape() == shape &&
          cast<MemRefType>(buffer.getType()).getRank() ==
              int64_t(shape.size()) &&
          tensor != context.overwritten &&
          !llvm::is_contained(context.root->getOperands(), tensor))
        touched.push_back(buffer);
}

void ContractionEpilogue::forPositions(
    const TilePlace &place, ArrayRef<Value> indices,
    function_ref<void(MutableArrayRef<Value>)> body) {
  SmallVector<Value> at(indices);
  at.back() = place.channel;
  for (int64_t r = 0; r < place.rows; ++r) {
    if (rows.plan.rows.dim < at.size())
      at[rows.plan.rows.dim] = nest.add(place.row, r);
    for (int64_t c = 0; c < place.columns; ++c) {
      at[rows.plan.columns.dim] = nest.add(place.column, c);
      body(at);
    }
  }
}

void ContractionEpilogue::prefetch(const TilePlace &place,
                                   ArrayRef<Value> indices) {
  constexpr int64_t lineBits = 64 * 8;
  for (size_t i = 0; i < touched.size(); ++i) {
    Value buffer = touched[i];
    bool toWrite = i < written;
    if (toWrite && rows.moveStore)
      continue;
    auto type = cast<MemRefType>(buffer.getType());
    int64_t line = lineBits / type.getElementTypeBitWidth();
    forPositions(place, indices, [&](MutableArrayRef<Value> at) {
      for (int64_t c = 0; c < place.vectors * rows.plan.lanes; c += line) {
        at.back() = nest.add(place.channel, c);
        context.prefetch(buffer, at, toWrite);
      }
    });
  }
}

void ContractionEpilogue::emit(ArrayRef<Value> sums, const TilePlace &place,
                               ArrayRef<Value> indices) {
  const Value *sum = sums.begin();
  forPositions(place, indices, [&](MutableArrayRef<Value> at) {
    for (int64_t v = 0; v < place.vectors; ++v) {
      at.back() = nest.add(place.channel, v * rows.plan.lanes);
      waiting.push_back(
          compute(*sum++, at, v + 1 == place.vectors ? place.mask : Value()));
      if (waiting.size() == 2)
        store();
    }
  });
  store();
}

ContractionEpilogue::Finished
ContractionEpilogue::compute(Value sum, ArrayRef<Value> at, Value mask) {
  Finished done = {context.makeElementBuilder(rows.plan.lanes),
                   SmallVector<Value, 4>(at),
                   {}};
  done.elements.mask = mask;
  done.elements.bind(context.root->getResult(0), nest.narrow(sum, result));
  done.results = context.readResults(done.elements, at);
  return done;
}

// Two vectors at a time, where there are as many.
void ContractionEpilogue::store() {
  if (waiting.size() == 2)
    for (auto [x, y] : llvm::zip_equal(waiting[0].results, waiting[1].results))
      pairUp(context.builder, context.loc, x, y);
  for (Finished &done : waiting) {
    if (rows.moveStore)
      context.store(done.elements, done.results.front(),
                    rows.moveStore(done.at));
    else
      context.storeResults(done.elements, done.results, done.at);
  }
  waiting.clear();
}
