//===- Contraction.cpp - Importers of the contraction family ------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addContractionImporters(ImporterTable &table) {}
