//===- Shape.cpp - Importers of the shape family ------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addShapeImporters(ImporterTable &table) {}
