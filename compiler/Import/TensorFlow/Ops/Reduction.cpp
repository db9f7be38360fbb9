//===- Reduction.cpp - Importers of the reduction family ------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addReductionImporters(ImporterTable &table) {}
