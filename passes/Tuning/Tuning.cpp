//===- Tuning.cpp - How to compute an operator, as measured ---------------===//

#include "passes/Tuning/Tuning.h"
#include "dialects/Graph/Constants.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace sluice;

static constexpr StringLiteral attributeName = "graph.tuning";

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

TuningChoice TuningChoice::with(const TuningChoice &other) const {
  TuningChoice result = *this;
  if (other.winograd)
    result.winograd = other.winograd;
  if (other.rows)
    result.rows = other.rows;
  if (other.vectors)
    result.vectors = other.vectors;
  if (other.block)
    result.block = other.block;
  if (other.panelsOutside)
    result.panelsOutside = other.panelsOutside;
  if (other.prefetch)
    result.prefetch = other.prefetch;
  return result;
}

std::string TuningChoice::text() const {
  SmallVector<std::string> parts;
  auto add = [&](const Twine &part) { parts.push_back(part.str()); };
  if (winograd)
    add(*winograd ? "Winograd" : "direct");
  if (rows)
    add("rows " + Twine(*rows));
  if (vectors)
    add("vectors " + Twine(*vectors));
  if (panelsOutside)
    add(*panelsOutside ? "panels outside" : "tiles outside");
  if (block)
    add("block " + Twine(*block));
  if (prefetch)
    add(*prefetch ? "prefetch" : "no prefetch");
  return llvm::join(parts, ", ");
}

TuningChoice sluice::getTuning(Operation *op, int64_t vectorBits) {
  // Counts beyond this are as good as this, and their sums do not overflow.
  constexpr int64_t most = 1 << 30;
  TuningChoice choice;
  auto found = op->getAttrOfType<DictionaryAttr>(attributeName);
  if (!found)
    return choice;
  TuningFields::visit(
      choice,
      [&](StringRef name, std::optional<int64_t> &field) {
        auto value = found.getAs<IntegerAttr>(name);
        if (!value || value.getValue().getBitWidth() > 64)
          return;
        int64_t number = value.getValue().getSExtValue();
        if (number >= 1)
          field = std::min(number, most);
      },
      [&](StringRef name, std::optional<bool> &field) {
        if (auto value = found.getAs<BoolAttr>(name))
          field = value.getValue();
      });
  auto bits = found.getAs<IntegerAttr>("vector_bits");
  if (vectorBits && bits && bits.getValue() != uint64_t(vectorBits)) {
    TuningChoice algorithm;
    algorithm.winograd = choice.winograd;
    return algorithm;
  }
  return choice;
}

void sluice::setTuning(Operation *op, const TuningChoice &choice,
                       int64_t vectorBits) {
  op->removeAttr(attributeName);
  if (!choice.any())
    return;
  Builder builder(op->getContext());
  NamedAttrList list;
  TuningFields::visit(
      choice,
      [&](StringRef name, const std::optional<int64_t> &field) {
        if (field)
          list.set(name, builder.getI64IntegerAttr(*field));
      },
      [&](StringRef name, const std::optional<bool> &field) {
        if (field)
          list.set(name, builder.getBoolAttr(*field));
      });
  list.set("vector_bits", builder.getI64IntegerAttr(vectorBits));
  op->setAttr(attributeName, list.getDictionary(op->getContext()));
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

static void appendSizes(std::string &text, ArrayRef<int64_t> sizes) {
  llvm::raw_string_ostream os(text);
  llvm::interleave(sizes, os, "x");
}

std::string sluice::getTuningKey(Operation *op) {
  auto root = dyn_cast<graph::KernelRootOp>(op);
  if (!root || root.getRootKind() != graph::RootKind::Contraction)
    return "";
  std::string key = op->getName().stripDialect().str();
  for (Type type : op->getOperandTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    std::optional<ElementKind> kind;
    if (tensor && tensor.hasStaticShape())
      kind = graph::getElementKind(tensor.getElementType());
    if (!kind)
      return "";
    key += " " + elementName(*kind).str() + ":";
    appendSizes(key, tensor.getShape());
  }
  for (NamedAttribute attribute : op->getAttrDictionary()) {
    StringRef name = attribute.getName();
    if (name.contains('.')) // none of the operator's own
      continue;
    std::string value;
    if (auto list = dyn_cast<DenseI64ArrayAttr>(attribute.getValue()))
      appendSizes(value, list.asArrayRef());
    else if (auto number = dyn_cast<IntegerAttr>(attribute.getValue()))
      value = llvm::toString(number.getValue(), 10, /*Signed=*/true);
    else if (!isa<UnitAttr>(attribute.getValue()))
      llvm::raw_string_ostream(value) << attribute.getValue();
    key += " " + name.str() + (value.empty() ? "" : "=" + value);
  }
  return key;
}
