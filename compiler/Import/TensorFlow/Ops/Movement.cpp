//===- Movement.cpp - Importers of the movement family ------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addMovementImporters(ImporterTable &table) {}
