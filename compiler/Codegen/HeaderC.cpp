//===- HeaderC.cpp - NAME.h -----------------------------------------------===//

#include "compiler/Codegen/Headers.h"
#include "compiler/Codegen/RuntimeObjects.h"
#include "compiler/Codegen/Version.h"
#include "llvm/Support/raw_ostream.h"

using namespace sluice;
using llvm::raw_ostream;
using llvm::StringRef;

StringRef sluice::cType(ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
  case ElementKind::U8:
    return "uint8_t";
  case ElementKind::I8:
    return "int8_t";
  case ElementKind::I16:
    return "int16_t";
  case ElementKind::I32:
    return "int32_t";
  case ElementKind::I64:
    return "int64_t";
  case ElementKind::U16:
  case ElementKind::F16:
  case ElementKind::BF16:
    return "uint16_t";
  case ElementKind::U32:
    return "uint32_t";
  case ElementKind::U64:
    return "uint64_t";
  case ElementKind::F32:
  case ElementKind::C64:
    return "float";
  case ElementKind::F64:
  case ElementKind::C128:
    return "double";
  case ElementKind::String:
    return "sluice_string";
  }
  return "";
}

std::string sluice::shapeText(const InterfaceTensor &tensor,
                              const EntryNames &names) {
  std::string text = "[";
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    if (i)
      text += ", ";
    bool dynamic = tensor.shape[i] < 0;
    text += dynamic ? names.dims[static_cast<size_t>(tensor.dimArgs[i])]
                    : std::to_string(tensor.shape[i]);
  }
  return text + "]";
}

std::string sluice::sizeLiteral(int64_t value) {
  return std::to_string(value) + (value > INT64_C(0xffffffff) ? "ull" : "u");
}

// What the C type does not say.
static StringRef typeNote(ElementKind kind) {
  switch (kind) {
  case ElementKind::Bool:
    return ", bool: 0 or 1";
  case ElementKind::F16:
    return ", bits of IEEE half";
  case ElementKind::BF16:
    return ", bits of bfloat16";
  case ElementKind::C64:
  case ElementKind::C128:
    return ", complex: pairs of real and imaginary part";
  default:
    return "";
  }
}

static const InterfaceTensor &tensorAt(const InterfaceEntry &entry, size_t i) {
  return i < entry.inputs.size() ? entry.inputs[i]
                                 : entry.outputs[i - entry.inputs.size()];
}

static bool isBounded(const InterfaceEntry &entry) {
  for (const InterfaceDim &dim : entry.dims)
    if (dim.max < 0)
      return false;
  return true;
}

static void writeDims(raw_ostream &out, const InterfaceEntry &entry,
                      const EntryNames &names) {
  if (entry.dims.empty())
    return;
  out << "typedef struct " << names.prefix << "_dims {\n";
  for (size_t i = 0; i < entry.dims.size(); ++i) {
    const InterfaceDim &dim = entry.dims[i];
    out << "  int64_t " << names.dims[i] << "; /* \"" << inComment(dim.name)
        << "\": " << dim.min << " to ";
    if (dim.max < 0)
      out << "any size */\n";
    else
      out << dim.max << " */\n";
  }
  out << "} " << names.prefix << "_dims;\n";
  for (size_t i = 0; i < entry.dims.size(); ++i)
    if (entry.dims[i].max >= 0)
      out << "#define " << upperCase(names.prefix) << "_"
          << upperCase(names.dims[i]) << "_MAX " << entry.dims[i].max << "\n";
  out << "\n";
}

static void writeArgs(raw_ostream &out, const InterfaceEntry &entry,
                      const EntryNames &names) {
  out << "typedef struct " << names.prefix << "_args {\n";
  if (!entry.dims.empty())
    out << "  " << names.prefix << "_dims dims;\n";
  for (size_t i = 0; i < names.tensors.size(); ++i) {
    const InterfaceTensor &tensor = tensorAt(entry, i);
    bool input = i < entry.inputs.size();
    out << "  " << (input ? "const " : "") << cType(tensor.kind) << " *"
        << names.tensors[i] << "; /* " << (input ? "in" : "out") << ": "
        << shapeText(tensor, names) << typeNote(tensor.kind)
        << (tensor.unused ? ", no output depends on it" : "");
    if (tensor.name != names.tensors[i])
      out << ", \"" << inComment(tensor.name) << "\"";
    out << " */\n";
  }
  out << "} " << names.prefix << "_args;\n\n";
}

// What the size does not cover.
static StringRef sizeNote(const InterfaceEntry &entry) {
  return entry.makesStrings
             ? "/* Without the characters of strings that a run makes, which "
               "lie in the rest of\n   the workspace: a run that finds no room "
               "returns SLUICE_WORKSPACE_TOO_SMALL with\n   what it needs in "
               "error.required. */\n"
             : "";
}

static void writeEntry(raw_ostream &out, const InterfaceEntry &entry,
                       const EntryNames &names, const std::string &model) {
  writeDims(out, entry, names);
  writeArgs(out, entry, names);
  if (!names.suffix.empty() && isBounded(entry))
    out << "#define " << upperCase(names.prefix) << "_WORKSPACE_SIZE "
        << sizeLiteral(workspaceSizeWithSlack(entry)) << "\n";
  out << sizeNote(entry) << "int " << names.prefix << "_workspace_size(";
  if (!entry.dims.empty())
    out << "const " << names.prefix << "_dims *dims, ";
  out << "size_t *size);\n";
  out << "/* Never allocates or locks. Returns 0 or a status. */\n";
  out << "int " << names.prefix << "_run(" << model << " *self, "
      << names.prefix << "_args *args);\n\n";
}

static void writeSummary(raw_ostream &out, const ModelInterface &model,
                         const InterfaceNames &names) {
  out << "/* Generated by Sluice " << compilerVersion() << " from \""
      << inComment(model.source) << "\" (" << inComment(model.sourceKind)
      << ") for " << inComment(model.triple) << ",";
  for (const InterfaceLevel &level : model.levels)
    out << " " << inComment(level.name);
  out << ".\n";
  for (const std::string &flag : model.relaxations)
    out << " * Arithmetic relaxed: " << inComment(flag) << ".\n";
  for (size_t e = 0; e < model.entries.size(); ++e) {
    const InterfaceEntry &entry = model.entries[e];
    out << " *\n * Signature \"" << inComment(entry.name) << "\"\n";
    for (size_t i = 0; i < names.entries[e].tensors.size(); ++i) {
      const InterfaceTensor &tensor = tensorAt(entry, i);
      out << " *   " << (i < entry.inputs.size() ? "in  " : "out ")
          << names.entries[e].tensors[i] << ": " << elementName(tensor.kind)
          << " " << shapeText(tensor, names.entries[e]) << "  \""
          << inComment(tensor.name) << "\"";
      if (!tensor.source.empty())
        out << " (" << inComment(tensor.source) << ")";
      out << "\n";
    }
  }
  out << " */\n\n";
}

std::string sluice::renderHeader(const ModelInterface &model) {
  InterfaceNames names = resolveNames(model);
  const std::string &name = names.model;
  std::string text;
  llvm::raw_string_ostream out(text);
  std::string guard = "SLUICE_GENERATED_" + names.macro + "_H";
  writeSummary(out, model, names);
  out << "#ifndef " << guard << "\n#define " << guard << "\n\n";
  out << runtimeHeaderC() << "\n";
  out << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";

  out << "/* Owned by the caller, one per concurrent run. */\n"
      << "typedef struct " << name << " {\n  sluice_instance base;\n"
      << "#ifdef __cplusplus\n  class Model; /* in the .hpp */\n#endif\n} "
      << name << ";\n\n"
      << "/* Zero-initialise; every field may stay 0. */\n"
      << "typedef sluice_options " << name << "_options;\n\n";
  bool bounded = true, makesStrings = false;
  for (const InterfaceEntry &entry : model.entries) {
    bounded &= isBounded(entry);
    makesStrings |= entry.makesStrings;
  }
  if (bounded)
    out << "/* Bytes, enough for any call, whatever the block's alignment"
        << (makesStrings ? ";\n   characters of strings come on top" : "")
        << ". */\n"
        << "#define " << names.macro << "_WORKSPACE_SIZE "
        << sizeLiteral(workspaceSizeWithSlack(model)) << "\n\n";
  out << "int " << name << "_init(" << name << " *self, const " << name
      << "_options *options);\n"
      << "int " << name << "_set_workspace(" << name
      << " *self, void *workspace, size_t size);\n"
      << "void " << name << "_release(" << name << " *self);\n\n"
      << "/* Reflection, and generic runs by sluice_run. */\n"
      << "extern const sluice_model " << name << "_model;\n\n";
  for (size_t i = 0; i < model.entries.size(); ++i)
    writeEntry(out, model.entries[i], names.entries[i], name);
  out << "#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
  return text;
}
