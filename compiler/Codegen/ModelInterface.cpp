//===- ModelInterface.cpp - What a compiled model shows its users ---------===//

#include "compiler/Codegen/ModelInterface.h"
#include "compiler/Codegen/Names.h"
#include "llvm/Support/MathExtras.h"

using namespace sluice;
using llvm::Error;
using llvm::StringRef;
using llvm::Twine;

std::string sluice::entrySymbol(StringRef model, unsigned entry,
                                StringRef level) {
  std::string middle = level.empty() ? "" : "_" + toIdentifier(level);
  return "sluice_" + modelIdentifier(model) + middle + "_entry_" +
         std::to_string(entry);
}

std::string sluice::entrySymbol(const ModelInterface &model, unsigned entry,
                                size_t level) {
  return entrySymbol(model.name, entry,
                     model.levels.size() > 1
                         ? StringRef(model.levels[level].name)
                         : StringRef());
}

std::string sluice::workspaceSymbol(StringRef model, unsigned entry) {
  return "sluice_" + modelIdentifier(model) + "_workspace_" +
         std::to_string(entry);
}

std::string sluice::constantSymbol(StringRef model, unsigned index) {
  return "sluice_" + modelIdentifier(model) + "_constant_" +
         std::to_string(index);
}

// A string travels as pointer and size.
static int64_t slotSize(ElementKind kind) {
  return kind == ElementKind::String ? 16 : elementSize(kind);
}

std::optional<int64_t> sluice::tensorBytes(const InterfaceTensor &tensor) {
  std::optional<int64_t> count = elementCount(tensor.shape);
  int64_t bytes = 0;
  if (!count || llvm::MulOverflow(*count, slotSize(tensor.kind), bytes))
    return std::nullopt;
  return bytes;
}

static Error failed(const Twine &message) {
  return llvm::createStringError(message);
}

static Error checkTensor(const InterfaceEntry &entry,
                         const InterfaceTensor &tensor) {
  auto fail = [&](const Twine &message) {
    return failed("entry '" + Twine(entry.name) + "', tensor '" + tensor.name +
                  "': " + message);
  };
  bool dynamic = false;
  if (!tensor.dimArgs.empty() && tensor.dimArgs.size() != tensor.shape.size())
    return fail("found " + Twine(tensor.dimArgs.size()) +
                " dimension arguments, expected one per axis (" +
                Twine(tensor.shape.size()) + ")");
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    int32_t arg = tensor.dimArgs.empty() ? -1 : tensor.dimArgs[i];
    if (tensor.shape[i] < -1)
      return fail("axis " + Twine(i) + " has size " + Twine(tensor.shape[i]));
    if (arg >= static_cast<int64_t>(entry.dims.size()))
      return fail("axis " + Twine(i) + " names dimension " + Twine(arg) +
                  " of " + Twine(entry.dims.size()));
    if ((tensor.shape[i] == -1) != (arg >= 0))
      return fail("axis " + Twine(i) +
                  " must be either static or bound to a dimension");
    dynamic |= arg >= 0;
  }
  if (!dynamic && !tensorBytes(tensor))
    return fail("its size in bytes does not fit 64 bits");
  return Error::success();
}

Error sluice::checkInterface(const ModelInterface &model) {
  if (model.entries.empty())
    return failed("the model has no entry to compile");
  if (model.levels.empty())
    return failed("no CPU level was compiled");
  for (const InterfaceEntry &entry : model.entries) {
    if (entry.outputs.empty())
      return failed("entry '" + Twine(entry.name) + "' has no outputs");
    if (entry.workspaceBytes < 0 || entry.workspaceBytes > INT64_MAX - 4096)
      return failed("entry '" + Twine(entry.name) + "' needs a workspace of " +
                    Twine(entry.workspaceBytes) + " bytes");
    for (const InterfaceDim &dim : entry.dims)
      if (dim.min < 0 || (dim.max >= 0 && dim.max < dim.min))
        return failed("entry '" + Twine(entry.name) + "', dimension '" +
                      dim.name + "': bounds " + Twine(dim.min) + " to " +
                      Twine(dim.max));
    for (const InterfaceTensor &tensor : entry.inputs)
      if (Error error = checkTensor(entry, tensor))
        return error;
    for (const InterfaceTensor &tensor : entry.outputs)
      if (Error error = checkTensor(entry, tensor))
        return error;
  }
  return Error::success();
}
