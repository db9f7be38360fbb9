//===- Normalization.cpp - Importers of the normalization family
//------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addNormalizationImporters(ImporterTable &table) {}
