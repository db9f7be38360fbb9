//===- HeaderCxx.cpp - NAME.hpp -------------------------------------------===//

#include "compiler/Codegen/Headers.h"
#include "compiler/Codegen/RuntimeObjects.h"
#include "llvm/Support/raw_ostream.h"

using namespace sluice;
using llvm::Expected;
using llvm::raw_ostream;
using llvm::StringRef;

StringRef sluice::cxxType(ElementKind kind) {
  switch (kind) {
  case ElementKind::F16:
    return "sluice::Half";
  case ElementKind::BF16:
    return "sluice::BFloat16";
  case ElementKind::C64:
    return "std::complex<float>";
  case ElementKind::C128:
    return "std::complex<double>";
  default:
    return cType(kind);
  }
}

namespace {
/// Writes the part of Model that belongs to one entry.
class EntryWriter {
public:
  EntryWriter(raw_ostream &out, const InterfaceEntry &entry,
              const EntryNames &names, const std::string &model, unsigned index)
      : out(out), entry(entry), names(names), model(model), index(index),
        tag(names.suffix.empty() ? "" : "_" + names.suffix) {}

  void write();

private:
  const InterfaceTensor &tensor(size_t i) const {
    return isInput(i) ? entry.inputs[i]
                      : entry.outputs[i - entry.inputs.size()];
  }
  bool isInput(size_t i) const { return i < entry.inputs.size(); }
  size_t count() const { return names.tensors.size(); }
  std::string dims() const {
    return entry.dims.empty() ? "nullptr"
                              : "reinterpret_cast<const std::int64_t *>(&dims)";
  }
  void writeShapes();
  void writeTypes();
  void writeRun();
  void writeOwningRun();

  raw_ostream &out;
  const InterfaceEntry &entry;
  const EntryNames &names;
  const std::string &model;
  unsigned index;
  std::string tag;
};
} // namespace

void EntryWriter::writeShapes() {
  for (size_t i = 0; i < count(); ++i) {
    const InterfaceTensor &described = tensor(i);
    out << "  static constexpr std::array<std::int64_t, "
        << described.shape.size() << "> " << names.tensors[i] << "_shape" << tag
        << "{";
    for (size_t d = 0; d < described.shape.size(); ++d)
      out << (d ? ", " : "") << described.shape[d];
    out << "};\n";
  }
  out << "\n";
}

void EntryWriter::writeTypes() {
  auto fields = [&](bool inputs, const char *pointee) {
    if (!entry.dims.empty())
      out << "    " << names.prefix << "_dims dims{};\n";
    for (size_t i = 0; i < count(); ++i) {
      if (isInput(i) != inputs)
        continue;
      StringRef type = cxxType(tensor(i).kind);
      bool scalar = tensor(i).shape.empty();
      if (scalar && pointee[0] != '&')
        out << "    " << type << " " << names.tensors[i] << "{};\n";
      else if (pointee[0] == '&')
        out << "    sluice::Span<" << type << "> " << names.tensors[i] << ";\n";
      else
        out << "    " << pointee << type << "> " << names.tensors[i] << ";\n";
    }
  };
  out << "  /// Borrowed inputs; scalars by value.\n  struct Inputs" << tag
      << " {\n";
  fields(true, "sluice::Span<const ");
  out << "  };\n  /// The caller's buffers, one element for scalars.\n"
      << "  struct Results" << tag << " {\n";
  for (size_t i = entry.inputs.size(); i < count(); ++i)
    out << "    sluice::Span<" << cxxType(tensor(i).kind) << "> "
        << names.tensors[i] << ";\n";
  out << "  };\n  /// Owned outputs; empty where status() is not 0.\n"
      << (entry.makesStrings
              ? "  /// Characters of strings are valid until the next run.\n"
              : "")
      << "  struct Outputs" << tag << " {\n";
  for (size_t i = entry.inputs.size(); i < count(); ++i) {
    StringRef type = cxxType(tensor(i).kind);
    if (tensor(i).shape.empty())
      out << "    " << type << " " << names.tensors[i] << "{};\n";
    else
      out << "    sluice::Buffer<" << type << "> " << names.tensors[i] << ";\n";
  }
  out << "  };\n\n";
}

// run(inputs, results): no allocation but for a workspace that must grow.
void EntryWriter::writeRun() {
  out << "  int run" << tag << "(const Inputs" << tag
      << " &inputs, const Results" << tag << " &results) {\n";
  if (!entry.dims.empty())
    out << "    const " << names.prefix << "_dims &dims = inputs.dims;\n"
        << "    std::size_t bytes = 0;\n"
        << "    if ((code = " << names.prefix
        << "_workspace_size(&dims, &bytes)) || (code = reserve(bytes)))\n"
        << "      return code;\n";
  else
    out << "    if (failed)\n      return code = failed;\n";
  for (size_t i = 0; i < count(); ++i) {
    if (isInput(i) && tensor(i).shape.empty())
      continue;
    out << "    if (" << (isInput(i) ? "inputs." : "results.")
        << names.tensors[i] << ".size() != sluice::elements(" << model
        << "_model.entries[" << index << "].tensors[" << i << "], " << dims()
        << "))\n      return code = SLUICE_SIZE_MISMATCH;\n";
  }
  out << "    " << names.prefix << "_args args;\n";
  if (!entry.dims.empty())
    out << "    args.dims = dims;\n";
  for (size_t i = 0; i < count(); ++i) {
    const InterfaceTensor &described = tensor(i);
    bool value = isInput(i) && described.shape.empty();
    out << "    args." << names.tensors[i] << " = reinterpret_cast<"
        << (isInput(i) ? "const " : "") << cType(described.kind) << " *>("
        << (value ? "&" : "") << (isInput(i) ? "inputs." : "results.")
        << names.tensors[i] << (value ? "" : ".data()") << ");\n";
  }
  if (entry.makesStrings)
    out << "    while ((code = " << names.prefix
        << "_run(&net, &args)) == SLUICE_WORKSPACE_TOO_SMALL) {\n"
        << "      auto wanted = static_cast<std::size_t>("
           "last_error().required);\n"
        << "      if (int refused = reserve(wanted))\n"
        << "        return code = refused;\n    }\n    return code;\n  }\n\n";
  else
    out << "    return code = " << names.prefix
        << "_run(&net, &args);\n  }\n\n";
}

void EntryWriter::writeOwningRun() {
  out << "  Outputs" << tag << " run" << tag << "(const Inputs" << tag
      << " &inputs) {\n    Outputs" << tag << " outputs;\n";
  if (!entry.dims.empty())
    out << "    const " << names.prefix << "_dims &dims = inputs.dims;\n";
  for (size_t i = entry.inputs.size(); i < count(); ++i)
    if (!tensor(i).shape.empty())
      out << "    outputs." << names.tensors[i] << " = sluice::Buffer<"
          << cxxType(tensor(i).kind) << ">(sluice::elements(" << model
          << "_model.entries[" << index << "].tensors[" << i << "], " << dims()
          << "));\n";
  out << "    Results" << tag << " results{";
  for (size_t i = entry.inputs.size(); i < count(); ++i)
    out << (i > entry.inputs.size() ? ", " : "")
        << (tensor(i).shape.empty() ? "{&outputs." + names.tensors[i] + ", 1}"
                                    : "outputs." + names.tensors[i]);
  out << "};\n    if (run" << tag << "(inputs, results))\n      return {};\n"
      << "    return outputs;\n  }\n\n";
}

void EntryWriter::write() {
  writeShapes();
  writeTypes();
  writeRun();
  writeOwningRun();
}

static bool isStatic(const ModelInterface &model) {
  for (const InterfaceEntry &entry : model.entries)
    if (!entry.dims.empty())
      return false;
  return true;
}

static void writeModelClass(raw_ostream &out, const ModelInterface &model,
                            const InterfaceNames &names) {
  const std::string &name = names.model;
  out << "/// Owns its workspace; one object per concurrent run.\n"
      << "class " << name << "::Model {\npublic:\n"
      << "  explicit Model(const sluice_threads *threads = nullptr) {\n"
      << "    " << name << "_options options{};\n"
      << "    options.threads = threads;\n"
      << "    failed = " << name << "_init(&net, &options);\n";
  if (isStatic(model))
    out << "    if (!failed)\n      failed = reserve(" << names.macro
        << "_WORKSPACE_SIZE);\n";
  out << "    code = failed;\n  }\n"
      << "  Model(const Model &) = delete;\n"
      << "  Model &operator=(const Model &) = delete;\n"
      << "  ~Model() { " << name << "_release(&net); }\n\n"
      << "  /// Of construction or the last run; 0 is success.\n"
      << "  int status() const { return code; }\n"
      << "  const char *status_text() const { return "
         "sluice_status_text(code); }\n"
      << "  const sluice_error &last_error() const {\n"
      << "    return *sluice_last_error(&net.base);\n  }\n\n";
  for (unsigned i = 0; i < model.entries.size(); ++i)
    EntryWriter(out, model.entries[i], names.entries[i], name, i).write();
  out << "private:\n"
      << "  int reserve(std::size_t bytes) {\n"
      << "    if (failed || bytes <= workspace.size())\n"
      << "      return failed;\n"
      << "    sluice::Buffer<unsigned char> grown(bytes);\n"
      << "    if (grown.size() < bytes)\n"
      << "      return SLUICE_OUT_OF_MEMORY;\n"
      << "    workspace = static_cast<sluice::Buffer<unsigned char> "
         "&&>(grown);\n"
      << "    return " << name
      << "_set_workspace(&net, workspace.data(), workspace.size());\n  }\n\n"
      << "  " << name << " net{};\n"
      << "  sluice::Buffer<unsigned char> workspace;\n"
      << "  int failed = 0; // of construction\n"
      << "  int code = 0;\n};\n\n";
}

Expected<std::string> sluice::renderCxxHeader(const ModelInterface &model,
                                              StringRef cxxClass) {
  InterfaceNames names = resolveNames(model);
  std::string text;
  llvm::raw_string_ostream out(text);
  std::string guard = "SLUICE_GENERATED_" + names.macro + "_HPP";
  out << "// C++17 interface of " << inComment(model.name)
      << "; see the .h beside it.\n\n"
      << "#ifndef " << guard << "\n#define " << guard << "\n\n#include "
      << stringLiteral(model.name + ".h") << "\n\n"
      << runtimeHeaderCxx() << "\n";
  writeModelClass(out, model, names);
  if (!cxxClass.empty()) {
    Expected<std::string> dropIn = renderDropInClass(model, cxxClass);
    if (!dropIn)
      return dropIn.takeError();
    out << *dropIn;
  }
  out << "#endif // " << guard << "\n";
  return text;
}
