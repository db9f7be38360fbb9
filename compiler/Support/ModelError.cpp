//===- ModelError.cpp - What is wrong with a model ------------------------===//

#include "compiler/Support/ModelError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/xxhash.h"

namespace sluice {

char ModelError::ID = 0;

/// Names come from the file and are shortened early; sentences hold several.
constexpr size_t maxName = 200;
constexpr size_t maxSentence = 2000;

/// Bytes of the UTF-8 sequence at the front of `text`; 0 when it is malformed.
static unsigned sequenceLength(llvm::StringRef text, uint32_t &codePoint) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t lead = byte(0);
  unsigned length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
    return 0;
  codePoint = lead & (0x7f >> length);
  for (unsigned i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
    codePoint = codePoint << 6 | (byte(i) & 0x3f);
  }
  static constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint < least[length] || codePoint > 0x10ffff || surrogate)
    return 0;
  return length;
}

/// C1 controls, line separators, direction marks and overrides, byte order
/// mark: they change how the rest of a line is shown.
static bool isDeceptive(uint32_t codePoint) {
  return codePoint < 0xa0 || codePoint == 0x200e || codePoint == 0x200f ||
         (codePoint >= 0x2028 && codePoint <= 0x202e) ||
         (codePoint >= 0x2066 && codePoint <= 0x2069) || codePoint == 0xfeff;
}

static void escapePart(llvm::StringRef text, std::string &out) {
  auto escapeByte = [&](char c) {
    uint8_t byte = static_cast<uint8_t>(c);
    out += "\\x";
    out += llvm::hexdigit(byte >> 4, /*LowerCase=*/true);
    out += llvm::hexdigit(byte & 15, /*LowerCase=*/true);
  };
  while (!text.empty()) {
    char c = text.front();
    uint8_t byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
      text = text.drop_front();
      continue;
    }
    uint32_t codePoint = 0;
    unsigned length = byte < 0x80 ? 0 : sequenceLength(text, codePoint);
    if (length == 0 || isDeceptive(codePoint)) {
      unsigned count = length == 0 ? 1 : length;
      for (char escaped : text.take_front(count))
        escapeByte(escaped);
      text = text.drop_front(count);
      continue;
    }
    out += text.take_front(length);
    text = text.drop_front(length);
  }
}

std::string escapeForTerminal(llvm::StringRef name, size_t maxLength) {
  std::string out;
  if (name.size() <= maxLength) {
    escapePart(name, out);
    return out;
  }
  size_t keep = maxLength / 2;
  escapePart(name.take_front(keep), out);
  out += "...[";
  out += llvm::utostr(name.size());
  out += " bytes, hash ";
  out += llvm::utohexstr(llvm::xxh3_64bits(name), /*LowerCase=*/true);
  out += "]...";
  escapePart(name.take_back(maxLength - keep), out);
  return out;
}

void ModelError::log(llvm::raw_ostream &os) const {
  if (!text.file.empty()) {
    os << escapeForTerminal(text.file, maxSentence);
    if (text.line != 0)
      os << ':' << text.line << ':' << text.column;
    os << ": ";
  }
  os << "error: ";
  if (!text.node.empty()) {
    os << "node '" << escapeForTerminal(text.node, maxName) << '\'';
    if (!text.op.empty())
      os << " (" << escapeForTerminal(text.op, maxName) << ')';
    os << ": ";
  } else if (!text.op.empty()) {
    os << "operator '" << escapeForTerminal(text.op, maxName) << "': ";
  }
  if (!text.attribute.empty())
    os << "attribute '" << escapeForTerminal(text.attribute, maxName) << "' ";
  os << escapeForTerminal(text.message, maxSentence);
  for (const std::string &note : text.notes)
    os << "\nnote: " << escapeForTerminal(note, maxSentence);
  for (const std::string &help : text.help)
    os << "\nhelp: " << escapeForTerminal(help, maxSentence);
}

std::error_code ModelError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

llvm::Error makeModelError(ModelErrorText text) {
  return llvm::make_error<ModelError>(std::move(text));
}

llvm::Error makeFileError(llvm::StringRef file, const llvm::Twine &message,
                          ErrorKind kind, llvm::StringRef help) {
  ModelErrorText text;
  text.file = file.str();
  text.message = message.str();
  text.kind = kind;
  if (!help.empty())
    text.help.push_back(help.str());
  return makeModelError(std::move(text));
}

int printErrors(llvm::Error error, llvm::raw_ostream &os) {
  int code = 0;
  llvm::handleAllErrors(
      std::move(error),
      [&](const ModelError &e) {
        e.log(os);
        os << '\n';
        if (code == 0)
          code = static_cast<int>(e.kind());
      },
      [&](const llvm::ErrorInfoBase &e) {
        os << "error: " << escapeForTerminal(e.message(), maxSentence) << '\n';
        if (code == 0)
          code = static_cast<int>(ErrorKind::Model);
      });
  return code;
}

std::string errorText(llvm::Error error) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printErrors(std::move(error), os);
  if (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

} // namespace sluice
