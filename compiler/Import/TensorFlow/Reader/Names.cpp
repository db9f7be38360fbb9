//===- Names.cpp - Node names and input strings ---------------------------===//

#include "compiler/Import/TensorFlow/Reader/Names.h"

#include "llvm/ADT/StringExtras.h"

namespace sluice {
namespace tensorflow {

/// Decimal digits only; int32 as in TensorFlow.
static bool parseIndex(llvm::StringRef text, uint32_t &index) {
  if (text.empty() || text.size() > 10)
    return false;
  uint64_t value = 0;
  for (char c : text) {
    if (!llvm::isDigit(c))
      return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > 0x7fffffff)
    return false;
  index = static_cast<uint32_t>(value);
  return true;
}

std::string parseInputName(llvm::StringRef text, InputName &name) {
  name = InputName();
  if (text.consume_front("^")) {
    name.control = true;
    name.node = text;
    if (text.empty())
      return "names no node";
    if (text.contains(':'))
      return "is a control input and may not name a port";
    return "";
  }
  size_t first = text.find(':');
  name.node = text.take_front(first);
  if (name.node.empty())
    return "names no node";
  if (first == llvm::StringRef::npos)
    return "";
  llvm::StringRef rest = text.drop_front(first + 1);
  size_t second = rest.find(':');
  name.parts = 2;
  if (second != llvm::StringRef::npos) {
    name.parts = 3;
    name.output = rest.take_front(second);
    rest = rest.drop_front(second + 1);
    if (name.output.empty())
      return "names no output between its colons";
  }
  if (!parseIndex(rest, name.index))
    return "has a port that is not a number from 0 to 2147483647";
  return "";
}

static bool isNameStart(char c) {
  return llvm::isAlnum(c) || c == '.' || c == '_';
}
static bool isNameRest(char c) {
  return isNameStart(c) || c == '/' || c == '-' || c == '>' || c == '\\';
}

std::string checkNodeName(llvm::StringRef name) {
  if (name.empty())
    return "node has no name";
  if (!isNameStart(name.front()))
    return "node name must start with a letter, a digit, '.' or '_'";
  for (char c : name)
    if (!isNameRest(c))
      return "node name may hold only letters, digits and _ . / \\ - >";
  return "";
}

std::string inputText(int position, llvm::StringRef text) {
  return ("input " + llvm::Twine(position) + " ('" + text + "')").str();
}

} // namespace tensorflow
} // namespace sluice
