//===- Window.cpp - Importers of the window family ------------===//

#include "compiler/Import/TensorFlow/NodeContext.h"

using namespace mlir;
using namespace sluice;
using namespace sluice::tensorflow;

void sluice::tensorflow::addWindowImporters(ImporterTable &table) {}
