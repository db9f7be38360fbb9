//===- ParseMessage.cpp - Text and wire form of messages ------------------===//

#include "compiler/Import/TensorFlow/Reader/ModelFile.h"
#include "compiler/Support/ModelError.h"

#include "llvm/ADT/StringExtras.h"
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <limits>

namespace sluice {
namespace tensorflow {

/// As deep as protobuf's own limit for the wire form.
constexpr int maxNesting = 100;
constexpr size_t maxWarnings = 20;

namespace {
class Collector : public google::protobuf::io::ErrorCollector {
public:
  Collector(llvm::StringRef file, std::vector<std::string> &warnings)
      : file(file), warnings(warnings) {}

  void AddError(int line, int column, const std::string &message) override {
    if (failed)
      return;
    failed = true;
    text.file = file.str();
    text.line = line + 1;
    text.column = column + 1;
    text.message = lowerStart(message);
  }
  void AddWarning(int line, int column, const std::string &message) override {
    if (!isAboutUnusedField(message) && warnings.size() < maxWarnings)
      warnings.push_back("line " + std::to_string(line + 1) + ": " +
                         lowerStart(message));
  }

  bool failed = false;
  ModelErrorText text;

private:
  /// Fields that TensorFlow writes and that say nothing about what a model
  /// computes are not in our messages.
  static bool isAboutUnusedField(llvm::StringRef message) {
    auto [head, rest] = message.split("has no field named \"");
    return llvm::is_contained({"debug_info", "experimental_debug_info",
                               "experimental_full_type", "experimental_type",
                               "handle_data", "registered_gradients"},
                              rest.split('"').first);
  }
  /// Our own style, and without the name of our message classes.
  static std::string lowerStart(std::string message) {
    if (!message.empty())
      message[0] = llvm::toLower(message[0]);
    while (!message.empty() && message.back() == '.')
      message.pop_back();
    for (llvm::StringRef package : {"sluice.tf."})
      for (size_t at; (at = message.find(package)) != std::string::npos;)
        message.erase(at, package.size());
    return message;
  }

  llvm::StringRef file;
  std::vector<std::string> &warnings;
};
} // namespace

/// The parser's recursion is bounded for known fields only, so the depth of
/// braces is checked beforehand. Returns the place of the brace too many.
static const char *tooDeep(llvm::StringRef text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '#') {
      i = text.find('\n', i);
      if (i == llvm::StringRef::npos)
        return nullptr;
    } else if (c == '"' || c == '\'') {
      // A string ends at its quote or, wrongly, at the end of the line.
      for (++i; i < text.size() && text[i] != c && text[i] != '\n'; ++i)
        i += text[i] == '\\';
    } else if (c == '{' || c == '<' || c == '[') {
      if (++depth > maxNesting)
        return text.data() + i;
    } else if (c == '}' || c == '>' || c == ']') {
      --depth;
    }
  }
  return nullptr;
}

static llvm::Error parseText(llvm::StringRef bytes, llvm::StringRef file,
                             google::protobuf::Message &message,
                             std::vector<std::string> &warnings) {
  if (const char *place = tooDeep(bytes)) {
    llvm::StringRef before = bytes.take_front(place - bytes.data());
    ModelErrorText text;
    text.file = file.str();
    text.line = static_cast<unsigned>(before.count('\n')) + 1;
    text.column = static_cast<unsigned>(before.size() - before.rfind('\n'));
    if (before.rfind('\n') == llvm::StringRef::npos)
      text.column = static_cast<unsigned>(before.size()) + 1;
    text.message =
        "messages are nested more than " + std::to_string(maxNesting) + " deep";
    text.kind = ErrorKind::Limit;
    return makeModelError(std::move(text));
  }
  google::protobuf::io::ArrayInputStream stream(bytes.data(),
                                                static_cast<int>(bytes.size()));
  Collector collector(file, warnings);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.SetRecursionLimit(maxNesting);
  // Newer files may hold fields we do not know, as in the wire form.
  parser.AllowUnknownField(true);
  if (parser.Parse(&stream, &message) && !collector.failed)
    return llvm::Error::success();
  if (!collector.failed)
    return makeFileError(file, "text format cannot be parsed");
  return makeModelError(std::move(collector.text));
}

llvm::Error parseMessage(llvm::StringRef bytes, bool isText,
                         llvm::StringRef file, llvm::StringRef what,
                         google::protobuf::Message &message,
                         std::vector<std::string> &warnings) {
  // protobuf logs to stderr on its own account; our errors say it all.
  google::protobuf::SetLogHandler(nullptr);
  if (bytes.size() > std::numeric_limits<int>::max())
    return makeFileError(file, "has more than 2 GiB, the limit of protobuf",
                         ErrorKind::Limit);
  if (isText)
    return parseText(bytes, file, message, warnings);
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(bytes.data()),
      static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  stream.SetRecursionLimit(maxNesting);
  if (message.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage())
    return llvm::Error::success();
  return makeFileError(file,
                       "is not a " + what +
                           ", or is damaged: its protobuf bytes cannot be "
                           "parsed (size " +
                           llvm::Twine(bytes.size()) + ")");
}

} // namespace tensorflow
} // namespace sluice
