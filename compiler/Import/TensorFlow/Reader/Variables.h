//===- Variables.h - Values of variables ------------------------*- C++ -*-===//

#ifndef SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARIABLES_H
#define SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARIABLES_H

#include "compiler/Import/TensorFlow/Reader/ModelData.h"

namespace sluice {
namespace tensorflow {

/// VarHandleOp, VariableV2 and their like.
bool isVariableOp(llvm::StringRef op);

/// The variable that output 0 of `node` stands for, through nodes that hand it
/// on.
std::optional<uint32_t> followToVariable(llvm::ArrayRef<Node> nodes,
                                         uint32_t node);

/// Works out, without running anything, which checkpoint entry or constant
/// each variable of a SavedModel gets from its restore and init operators.
llvm::Error bindVariables(const std::shared_ptr<ModelData> &data);

/// The value of a variable node; checked against its type and shape.
llvm::Expected<HostTensor> readVariable(const ModelData &data,
                                        const Node &node);

} // namespace tensorflow
} // namespace sluice

#endif // SLUICE_COMPILER_IMPORT_TENSORFLOW_READER_VARIABLES_H
