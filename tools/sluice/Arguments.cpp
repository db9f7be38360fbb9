//===- Arguments.cpp - The command line, from one table -------------------===//

#include "tools/sluice/Arguments.h"
#include "compiler/Support/ModelError.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace sluice;
using llvm::StringRef;
using llvm::Twine;

llvm::Error sluice::usageError(const Twine &message, StringRef help) {
  return makeFileError("sluice", message, ErrorKind::Usage, help);
}

StringRef sluice::nearest(StringRef word,
                          llvm::ArrayRef<StringRef> candidates) {
  StringRef best;
  unsigned bestDistance = 3; // at least this far is no misspelling
  for (StringRef candidate : candidates) {
    unsigned distance = word.edit_distance(candidate, true, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

static const OptionSpec *findOption(const CommandSpec &command,
                                    StringRef name) {
  for (llvm::ArrayRef<OptionSpec> group : command.options)
    for (const OptionSpec &option : group)
      if (name == option.name)
        return &option;
  return nullptr;
}

static llvm::Error unknownOption(const CommandSpec &command, StringRef name) {
  std::vector<StringRef> names;
  for (llvm::ArrayRef<OptionSpec> group : command.options)
    for (const OptionSpec &option : group)
      names.push_back(option.name);
  StringRef near = nearest(name, names);
  std::string help = near.empty()
                         ? ("sluice " + Twine(command.name) + " --help").str() +
                               " lists the options"
                         : ("did you mean " + near + "?").str();
  return usageError("unknown option '" + name + "'", help);
}

llvm::Expected<Arguments>
sluice::parseArguments(const CommandSpec &command,
                       llvm::ArrayRef<const char *> words) {
  Arguments result;
  result.spec = &command;
  bool optionsEnded = false, haveModel = false;
  for (size_t i = 0; i < words.size(); ++i) {
    StringRef word = words[i];
    if (!optionsEnded && word == "--") {
      optionsEnded = true;
      continue;
    }
    if (optionsEnded || !word.starts_with("-") || word == "-") {
      if (haveModel)
        return usageError("more than one model: '" + result.modelPath +
                          "' and '" + word + "'");
      if (word.empty())
        return usageError("the name of the model is empty");
      result.modelPath = word.str();
      haveModel = true;
      continue;
    }
    StringRef name = word.take_until([](char c) { return c == '='; });
    const OptionSpec *option = findOption(command, name);
    if (!option)
      return unknownOption(command, name);
    std::string value;
    if (!option->value) {
      if (name.size() != word.size())
        return usageError("option '" + name + "' takes no value");
    } else if (name.size() != word.size()) {
      value = word.drop_front(name.size() + 1).str();
    } else if (option->implied && (!haveModel || i + 1 == words.size() ||
                                   StringRef(words[i + 1]).starts_with("-"))) {
      // Before the model the next word may be the model.
      value = option->implied;
    } else {
      // The next word, unless it is clearly an option: `--x=--y` insists.
      if (i + 1 == words.size() || StringRef(words[i + 1]).starts_with("--"))
        return usageError("option '" + name + "' needs a value: " + name + " " +
                          option->value);
      value = words[++i];
    }
    if (!option->repeated && result.has(name))
      return usageError("option '" + name + "' is given twice");
    result.given.push_back({option, std::move(value)});
  }
  if (!haveModel && !result.has("--help"))
    return usageError("no model is given",
                      ("sluice " + Twine(command.name) + " --help").str() +
                          " shows the form");
  return result;
}

bool Arguments::has(StringRef name) const {
  return llvm::any_of(given, [&](auto &g) { return name == g.first->name; });
}

StringRef Arguments::value(StringRef name, StringRef absent) const {
  for (auto &[option, value] : llvm::reverse(given))
    if (name == option->name)
      return value;
  return absent;
}

std::vector<std::string> Arguments::values(StringRef name) const {
  std::vector<std::string> result;
  for (auto &[option, value] : given)
    if (name == option->name)
      result.push_back(value);
  return result;
}

static std::string realText(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", number);
  return text;
}

llvm::Expected<double> Arguments::real(StringRef name, double absent,
                                       double min, double max) const {
  if (!has(name))
    return absent;
  double number = 0;
  if (value(name).getAsDouble(number) || !(number >= min && number <= max))
    return usageError("option '" + name + "' must be a number from " +
                      realText(min) + " to " + realText(max) + ", got '" +
                      value(name) + "'");
  return number;
}

llvm::Expected<int64_t> Arguments::integer(StringRef name, int64_t absent,
                                           int64_t min, int64_t max) const {
  if (!has(name))
    return absent;
  int64_t number = 0;
  if (value(name).getAsInteger(10, number) || number < min || number > max)
    return usageError("option '" + name + "' must be an integer from " +
                      Twine(min) + " to " + Twine(max) + ", got '" +
                      value(name) + "'");
  return number;
}

void sluice::printHelp(llvm::ArrayRef<CommandSpec> commands,
                       llvm::raw_ostream &os) {
  os << "usage: sluice COMMAND MODEL [options]\n\n"
        "Compiles TensorFlow models ahead of time. MODEL is a SavedModel "
        "folder or a\nGraphDef file, binary or text.\n\ncommands:\n";
  for (const CommandSpec &command : commands)
    os << llvm::format("  %-9s", command.name) << command.summary << '\n';
  os << "\nsluice COMMAND --help    options of a command\n"
        "sluice --version         version of Sluice and of LLVM\n\n"
        "exit codes: 0 done, 1 the model is wrong or unsupported, 2 wrong "
        "usage, 4 a file\ncannot be read or written, 70 an error inside "
        "Sluice\n";
}

/// Text wrapped to lines of at most 79 columns behind an indentation.
static void wrap(llvm::raw_ostream &os, StringRef text, unsigned indent) {
  unsigned column = indent;
  bool first = true;
  while (!text.empty()) {
    auto [word, rest] = text.split(' ');
    text = rest;
    if (!first && column + 1 + word.size() > 79) {
      os << '\n';
      os.indent(indent);
      column = indent;
    } else if (!first) {
      os << ' ';
      ++column;
    }
    os << word;
    column += word.size();
    first = false;
  }
  os << '\n';
}

void sluice::printHelp(const CommandSpec &command, llvm::raw_ostream &os) {
  constexpr unsigned indent = 26;
  os << "usage: sluice " << command.name << " MODEL [options]\n\n";
  wrap(os, command.details, 0);
  os << "\noptions:\n";
  for (llvm::ArrayRef<OptionSpec> group : command.options) {
    for (const OptionSpec &option : group) {
      std::string form = option.name;
      std::string separator = option.name[1] == '-' ? "=" : " ";
      if (option.implied)
        form += "[" + separator + option.value + "]";
      else if (option.value)
        form += separator + option.value;
      os << "  " << form;
      if (form.size() + 3 > indent) {
        os << '\n';
        os.indent(indent);
      } else {
        os.indent(indent - 2 - form.size());
      }
      wrap(os, option.help, indent);
    }
  }
}
