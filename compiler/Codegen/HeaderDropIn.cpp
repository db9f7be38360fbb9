//===- HeaderDropIn.cpp - The class of --cxx-class ------------------------===//
//
// Method names are those of TensorFlow's compiled-function class, so that code
// written for that one compiles unchanged. One block of memory holds all
// arguments and results, each on a 64-byte boundary and in place for the
// object's life.
//
//===----------------------------------------------------------------------===//

#include "compiler/Codegen/Headers.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace sluice;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::raw_ostream;
using llvm::StringRef;

namespace {
class DropInWriter {
public:
  DropInWriter(raw_ostream &out, const InterfaceEntry &entry,
               const InterfaceNames &names, StringRef name)
      : out(out), entry(entry), names(names), name(name) {}
  bool layOut();
  void write();

private:
  void writeTables();
  void writeLookup(ArrayRef<InterfaceTensor> tensors, const char *method,
                   const char *prefix);
  void writeAccessors(ArrayRef<InterfaceTensor> tensors, size_t first,
                      const char *role, const char *prefix);
  void writeAccessor(const InterfaceTensor &tensor, const std::string &method,
                     const std::string &pointer);
  void writeRun();

  raw_ostream &out;
  const InterfaceEntry &entry;
  const InterfaceNames &names;
  StringRef name;
  std::vector<int64_t> bytes, offsets; // inputs, then outputs
  int64_t total = 0;
  llvm::StringSet<> methods;
};
} // namespace

// False when the sizes do not add up in 64 bits.
bool DropInWriter::layOut() {
  for (const auto *tensors : {&entry.inputs, &entry.outputs}) {
    for (const InterfaceTensor &tensor : *tensors) {
      std::optional<int64_t> size = tensorBytes(tensor);
      if (!size || *size > (INT64_C(1) << 40) || total > (INT64_C(1) << 46))
        return false;
      bytes.push_back(*size);
      offsets.push_back(total);
      total += static_cast<int64_t>(llvm::alignTo(
          static_cast<uint64_t>(std::max<int64_t>(*size, 1)), 64));
    }
  }
  return true;
}

void DropInWriter::writeTables() {
  auto table = [&](const char *method, ArrayRef<int64_t> values) {
    out << "  static std::int64_t " << method << "(std::size_t i) {\n"
        << "    static constexpr std::int64_t values[] = {";
    for (int64_t value : values)
      out << value << ", ";
    out << "0};\n    return values[i];\n  }\n";
  };
  table("bytes_of", bytes);
  table("offset_of", offsets);
}

void DropInWriter::writeLookup(ArrayRef<InterfaceTensor> tensors,
                               const char *method, const char *prefix) {
  out << "  /// -1 when unknown.\n"
      << "  static int " << method << "(std::string_view name) {\n";
  for (size_t i = 0; i < tensors.size(); ++i) {
    // The size is stated, since a name may hold any byte.
    std::string text = prefix + tensors[i].name;
    out << "    if (name == std::string_view(" << stringLiteral(text) << ", "
        << text.size() << "))\n      return " << i << ";\n";
  }
  out << "    return -1;\n  }\n";
}

// Pointer, element by indices, bytes and elements, as <method>_data() and so
// on.
void DropInWriter::writeAccessor(const InterfaceTensor &tensor,
                                 const std::string &method,
                                 const std::string &pointer) {
  if (!methods.insert(method).second ||
      !methods.insert(method + "_data").second ||
      !methods.insert(method + "_size").second ||
      !methods.insert(method + "_count").second)
    return;
  StringRef type = cxxType(tensor.kind);
  int64_t size = tensorBytes(tensor).value_or(0);
  int64_t count = elementCount(tensor.shape).value_or(0);
  out << "  " << type << " *" << method << "_data() {\n    return static_cast<"
      << type << " *>(" << pointer << ");\n  }\n"
      << "  const " << type << " *" << method
      << "_data() const {\n    return static_cast<const " << type << " *>("
      << pointer << ");\n  }\n"
      << "  static constexpr std::int64_t " << method << "_size() { return "
      << size << "; }\n"
      << "  static constexpr std::int64_t " << method << "_count() { return "
      << count << "; }\n";
  std::string parameters, index = "0";
  for (size_t d = 0; d < tensor.shape.size(); ++d) {
    std::string axis = "i" + std::to_string(d);
    parameters += (d ? ", std::size_t " : "std::size_t ") + axis;
    index = d ? "(" + index + ") * " + std::to_string(tensor.shape[d]) + " + " +
                    axis
              : axis;
  }
  for (const char *qualifier : {"", "const "})
    out << "  " << qualifier << type << " &" << method << "(" << parameters
        << ") " << qualifier << "{\n    return " << method << "_data()["
        << index << "];\n  }\n";
}

void DropInWriter::writeAccessors(ArrayRef<InterfaceTensor> tensors,
                                  size_t first, const char *role,
                                  const char *prefix) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    std::string pointer =
        std::string(role) + "_data(" + std::to_string(i) + ")";
    const std::string &field = names.entries[0].tensors[first + i];
    std::string base = role;
    writeAccessor(tensors[i], base + std::to_string(i), pointer);
    writeAccessor(tensors[i], base + "_" + prefix + field, pointer);
    writeAccessor(tensors[i], base + "_" + field, pointer);
  }
}

void DropInWriter::writeRun() {
  size_t inputs = entry.inputs.size();
  out << "  /// False on failure: see status().\n"
      << "  bool Run() {\n    if (code_)\n      return false;\n    "
      << names.entries[0].prefix << "_args args;\n";
  for (size_t i = 0; i < offsets.size(); ++i) {
    bool input = i < inputs;
    StringRef type =
        cType((input ? entry.inputs[i] : entry.outputs[i - inputs]).kind);
    out << "    args." << names.entries[0].tensors[i] << " = static_cast<"
        << (input ? "const " : "") << type << " *>("
        << (input ? "arg_data(" : "result_data(") << (input ? i : i - inputs)
        << "));\n";
  }
  out << "    last_ = " << names.entries[0].prefix << "_run(&net_, &args);\n";
  if (entry.makesStrings)
    out << "    while (last_ == SLUICE_WORKSPACE_TOO_SMALL) {\n"
        << "      auto wanted = static_cast<std::size_t>(\n"
        << "          sluice_last_error(&net_.base)->required);\n"
        << "      sluice::Buffer<unsigned char> grown(wanted);\n"
        << "      if (grown.size() < wanted) {\n"
        << "        last_ = SLUICE_OUT_OF_MEMORY;\n        break;\n      }\n"
        << "      workspace_ = static_cast<sluice::Buffer<unsigned char> "
           "&&>(grown);\n"
        << "      ::" << names.model
        << "_set_workspace(&net_, workspace_.data(), workspace_.size());\n"
        << "      last_ = " << names.entries[0].prefix
        << "_run(&net_, &args);\n    }\n";
  out << "    return last_ == 0;\n  }\n";
}

void DropInWriter::write() {
  size_t inputs = entry.inputs.size(), outputs = entry.outputs.size();
  const std::string &model = names.model;
  out << "class " << name << " final {\npublic:\n"
      << "  static constexpr int kNumArgs = " << inputs << ";\n"
      << "  static constexpr int kNumResults = " << outputs << ";\n"
      << "  static constexpr int kNumVariables = 0;\n\n"
      << "  " << name << "()\n      : block_(" << total << "), workspace_("
      << names.macro << "_WORKSPACE_SIZE) {\n    ::" << model
      << "_options options{};\n"
      << "    options.workspace = workspace_.data();\n"
      << "    options.workspace_size = workspace_.size();\n"
      << "    code_ = " << model << "_init(&net_, &options);\n"
      << "    if (!code_ && (block_.empty() || workspace_.empty()))\n"
      << "      code_ = SLUICE_OUT_OF_MEMORY;\n"
      << "    last_ = code_;\n  }\n"
      << "  " << name << "(const " << name << " &) = delete;\n"
      << "  " << name << " &operator=(const " << name << " &) = delete;\n"
      << "  ~" << name << "() { " << model << "_release(&net_); }\n\n";
  writeRun();
  out << "  int status() const { return last_; }\n"
      << "  std::string error_msg() const {\n"
      << "    return last_ ? sluice_status_text(last_) : \"\";\n  }\n"
      << "  void set_thread_pool(const sluice_threads *threads) {\n"
      << "    net_.base.threads = threads;\n  }\n\n"
      << "  static constexpr int num_args() { return kNumArgs; }\n"
      << "  static constexpr int num_results() { return kNumResults; }\n"
      << "  static constexpr int num_variables() { return kNumVariables; }\n\n";
  writeLookup(entry.inputs, "LookupArgIndex", "feed_");
  writeLookup(entry.outputs, "LookupResultIndex", "fetch_");
  out << "  static int LookupVariableIndex(std::string_view) { return -1; }\n\n"
      << "  /// Owned, stable, zero at first; null for an index out of "
         "range.\n";
  auto pointers = [&](const char *method, size_t first, const char *count) {
    for (const char *qualifier : {"", "const "})
      out << "  " << qualifier << "void *" << method << "(int i) " << qualifier
          << "{\n    if (i < 0 || i >= " << count << " || block_.empty())\n"
          << "      return nullptr;\n    return block_.data() + offset_of("
          << first << "u + static_cast<std::size_t>(i));\n  }\n";
  };
  pointers("arg_data", 0, "kNumArgs");
  pointers("result_data", inputs, "kNumResults");
  for (bool input : {true, false})
    out << "  static std::int64_t " << (input ? "arg_size" : "result_size")
        << "(int i) {\n    return i < 0 || i >= "
        << (input ? "kNumArgs" : "kNumResults") << " ? 0 : bytes_of("
        << (input ? 0 : inputs) << "u + static_cast<std::size_t>(i));\n  }\n";
  out << "\n";
  for (const char *taken :
       {"arg_size", "arg_data", "result_size", "result_data"})
    methods.insert(taken);
  writeAccessors(entry.inputs, 0, "arg", "feed_");
  writeAccessors(entry.outputs, inputs, "result", "fetch_");
  out << "\nprivate:\n";
  writeTables();
  out << "  sluice::Buffer<unsigned char> block_;\n"
      << "  sluice::Buffer<unsigned char> workspace_;\n"
      << "  ::" << model << " net_{};\n"
      << "  int code_ = 0; // of construction\n  int last_ = 0;\n};\n";
}

static bool isCxxName(StringRef part) {
  return !part.empty() && !llvm::isDigit(part[0]) &&
         llvm::all_of(part,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

Expected<std::string> sluice::renderDropInClass(const ModelInterface &model,
                                                StringRef cxxClass) {
  InterfaceNames names = resolveNames(model);
  llvm::SmallVector<StringRef> parts;
  StringRef path = cxxClass;
  path.consume_front("::");
  path.split(parts, "::");
  for (StringRef part : parts)
    // A keyword is a lower-case word that toIdentifier would change.
    if (!isCxxName(part) || toIdentifier(part) == part.str() + "_")
      return llvm::createStringError(
          "--cxx-class: found '" + cxxClass +
          "', expected a C++ name such as 'ns::Name'");
  const InterfaceEntry &entry = model.entries.front();
  if (model.entries.size() != 1)
    return llvm::createStringError("--cxx-class needs one entry, found " +
                                   llvm::Twine(model.entries.size()) +
                                   ": choose one with --signature");
  if (parts.size() == 1 && parts[0] == names.model)
    return llvm::createStringError(
        "--cxx-class: '" + cxxClass +
        "' is the C name of the model: add a namespace or rename the output");
  std::string text;
  llvm::raw_string_ostream out(text);
  DropInWriter writer(out, entry, names, parts.back());
  if (!entry.dims.empty() || !writer.layOut())
    return llvm::createStringError(
        "--cxx-class needs static shapes: give them with --input");
  for (StringRef space : llvm::ArrayRef(parts).drop_back())
    out << "namespace " << space << " {\n";
  writer.write();
  for (StringRef space : llvm::reverse(llvm::ArrayRef(parts).drop_back()))
    out << "} // namespace " << space << "\n";
  out << "\n";
  return text;
}
