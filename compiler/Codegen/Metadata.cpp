//===- Metadata.cpp - NAME.json and build-system files --------------------===//

#include "compiler/Codegen/Headers.h"
#include "compiler/Codegen/Version.h"
#include "sluice/abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace sluice;
using llvm::StringRef;
using llvm::json::OStream;

namespace {
class MetadataWriter {
public:
  MetadataWriter(OStream &json, const ModelInterface &model)
      : json(json), model(model), names(resolveNames(model)) {}
  void write(int64_t weightBytes, const ContentHash &hash);

private:
  // The one way for text into JSON: any bytes become UTF-8.
  void text(StringRef key, StringRef value) {
    json.attribute(key, inJson(value));
  }
  void tensor(const InterfaceTensor &tensor, StringRef field,
              const EntryNames &names);
  void entry(const InterfaceEntry &entry, const EntryNames &names);

  OStream &json;
  const ModelInterface &model;
  InterfaceNames names;
};
} // namespace

void MetadataWriter::tensor(const InterfaceTensor &tensor, StringRef field,
                            const EntryNames &entryNames) {
  json.object([&] {
    text("name", field);
    text("original", tensor.name);
    text("source", tensor.source);
    text("type", elementName(tensor.kind));
    text("c_type", cType(tensor.kind));
    json.attributeArray("shape", [&] {
      for (size_t i = 0; i < tensor.shape.size(); ++i) {
        if (tensor.shape[i] >= 0)
          json.value(tensor.shape[i]);
        else
          json.value(entryNames.dims[static_cast<size_t>(tensor.dimArgs[i])]);
      }
    });
    if (std::optional<int64_t> bytes = tensorBytes(tensor))
      json.attribute("bytes", *bytes);
    if (tensor.unused)
      json.attribute("unused", true);
  });
}

void MetadataWriter::entry(const InterfaceEntry &entry,
                           const EntryNames &entryNames) {
  json.object([&] {
    text("name", entryNames.suffix);
    text("signature", entry.name);
    text("run", entryNames.prefix + "_run");
    text("args", entryNames.prefix + "_args");
    json.attribute("workspace_bytes", entry.workspaceBytes);
    if (entry.makesStrings)
      json.attribute("makes_strings", true);
    json.attributeArray("dims", [&] {
      for (size_t i = 0; i < entry.dims.size(); ++i)
        json.object([&] {
          text("name", entryNames.dims[i]);
          text("original", entry.dims[i].name);
          json.attribute("min", entry.dims[i].min);
          if (entry.dims[i].max >= 0)
            json.attribute("max", entry.dims[i].max);
        });
    });
    size_t index = 0;
    json.attributeArray("inputs", [&] {
      for (const InterfaceTensor &input : entry.inputs)
        tensor(input, entryNames.tensors[index++], entryNames);
    });
    json.attributeArray("outputs", [&] {
      for (const InterfaceTensor &output : entry.outputs)
        tensor(output, entryNames.tensors[index++], entryNames);
    });
  });
}

void MetadataWriter::write(int64_t weightBytes, const ContentHash &hash) {
  json.object([&] {
    text("name", model.name);
    text("c_prefix", names.model);
    text("source", model.source);
    text("source_kind", model.sourceKind);
    text("compiler", std::string("Sluice ") + compilerVersion());
    json.attribute("abi", int64_t(SLUICE_ABI));
    text("triple", model.triple);
    json.attributeArray("levels", [&] {
      for (const InterfaceLevel &level : model.levels)
        json.object([&] {
          text("name", level.name);
          text("cpu", level.cpu);
          text("features", level.features);
        });
    });
    if (!model.tuning.empty())
      text("tuning", model.tuning);
    text("content_hash", llvm::toHex(hash, /*LowerCase=*/true));
    json.attribute("weight_bytes", weightBytes);
    json.attribute("workspace_size", workspaceSizeWithSlack(model));
    json.attribute("workspace_alignment", int64_t(SLUICE_ALIGNMENT));
    json.attribute("state_size", int64_t(0));
    json.attributeArray("relaxed_arithmetic", [&] {
      for (const std::string &flag : model.relaxations)
        json.value(inJson(flag));
    });
    json.attributeArray("entries", [&] {
      for (size_t i = 0; i < model.entries.size(); ++i)
        entry(model.entries[i], names.entries[i]);
    });
  });
}

std::string sluice::renderMetadata(const ModelInterface &model,
                                   int64_t weightBytes,
                                   const ContentHash &hash) {
  std::string result;
  llvm::raw_string_ostream out(result);
  OStream json(out, /*IndentSize=*/2);
  MetadataWriter(json, model).write(weightBytes, hash);
  out << "\n";
  return result;
}

// Files of libraries have plain names (see libraryName), so these need no more
// than a backslash before a space.
static std::string escapeSpaces(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == ' ')
      result += '\\';
    result += c;
  }
  return result;
}

std::string sluice::renderPkgConfig(const ModelInterface &model,
                                    StringRef archive) {
  return "Name: " + model.name +
         "\nDescription: model compiled by Sluice\nVersion: " +
         compilerVersion() + "\nCflags: -I${pcfiledir}\nLibs: ${pcfiledir}/" +
         escapeSpaces(archive) + " -pthread -lm\n";
}

std::string sluice::renderMakefile(const ModelInterface &model,
                                   StringRef archive) {
  std::string prefix = upperCase(modelIdentifier(model.name));
  return prefix + "_DIR := $(dir $(lastword $(MAKEFILE_LIST)))\n" + prefix +
         "_CFLAGS := -I$(" + prefix + "_DIR)\n" + prefix + "_LIBS := $(" +
         prefix + "_DIR)" + escapeSpaces(archive) + " -pthread -lm\n";
}

std::string sluice::renderCMakeConfig(const ModelInterface &model,
                                      StringRef archive) {
  std::string target = modelIdentifier(model.name);
  return "if(NOT TARGET " + target + ")\n  find_package(Threads REQUIRED)\n" +
         "  add_library(" + target + " STATIC IMPORTED)\n" +
         "  set_target_properties(" + target + " PROPERTIES\n" +
         "    IMPORTED_LOCATION \"${CMAKE_CURRENT_LIST_DIR}/" + archive.str() +
         "\"\n    INTERFACE_INCLUDE_DIRECTORIES "
         "\"${CMAKE_CURRENT_LIST_DIR}\"\n" +
         "    INTERFACE_LINK_LIBRARIES \"Threads::Threads;m\")\nendif()\n";
}

static std::string inDepfile(StringRef path) {
  std::string result;
  for (char c : path) {
    if (c == ' ' || c == '#' || c == '\\')
      result += '\\';
    if (c == '$')
      result += '$';
    result += c;
  }
  return result;
}

std::string sluice::renderDepfile(StringRef target,
                                  llvm::ArrayRef<std::string> dependencies) {
  std::string text = inDepfile(target) + ":";
  for (StringRef path : dependencies)
    if (!path.contains('\n')) // has no spelling in a makefile
      text += " \\\n  " + inDepfile(path);
  return text + "\n";
}
