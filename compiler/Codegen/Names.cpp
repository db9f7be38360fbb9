//===- Names.cpp - Names of a model as C, C++ and text see them -----------===//

#include "compiler/Codegen/Names.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace sluice;
using llvm::StringRef;
using llvm::Twine;

// Keywords of C23 and C++23, and names that compilers and the C library define
// as macros.
static const char *const reservedWords[] = {
    "alignas",       "alignof",   "and",
    "and_eq",        "asm",       "assert",
    "atomic_cancel", "auto",      "bitand",
    "bitor",         "bool",      "break",
    "case",          "catch",     "char",
    "char16_t",      "char32_t",  "char8_t",
    "class",         "co_await",  "co_return",
    "co_yield",      "compl",     "complex",
    "concept",       "const",     "const_cast",
    "consteval",     "constexpr", "constinit",
    "continue",      "decltype",  "default",
    "delete",        "do",        "double",
    "dynamic_cast",  "else",      "enum",
    "errno",         "explicit",  "export",
    "extern",        "false",     "final",
    "float",         "for",       "friend",
    "goto",          "i386",      "if",
    "imaginary",     "import",    "inline",
    "int",           "linux",     "long",
    "module",        "mutable",   "namespace",
    "new",           "noexcept",  "noreturn",
    "not",           "not_eq",    "nullptr",
    "operator",      "or",        "or_eq",
    "override",      "private",   "protected",
    "public",        "register",  "reinterpret_cast",
    "requires",      "restrict",  "return",
    "setjmp",        "short",     "signed",
    "sizeof",        "static",    "static_assert",
    "static_cast",   "stderr",    "stdin",
    "stdout",        "struct",    "switch",
    "synchronized",  "template",  "this",
    "thread_local",  "throw",     "true",
    "try",           "typedef",   "typeid",
    "typename",      "typeof",    "typeof_unqual",
    "union",         "unix",      "unsigned",
    "using",         "va_arg",    "virtual",
    "void",          "volatile",  "wchar_t",
    "while",         "xor",       "xor_eq"};

// A model's name becomes a struct of that name at file scope, where the C
// library has functions and types, and compilers have built-in ones.
static const char *const libraryNames[] = {
    "abort",    "abs",      "accept",      "access",   "acos",    "alarm",
    "alloca",   "asin",     "atan",        "atan2",    "atexit",  "atof",
    "atoi",     "atol",     "bcmp",        "bcopy",    "bind",    "bsearch",
    "bzero",    "cabs",     "calloc",      "carg",     "cbrt",    "ceil",
    "cexp",     "chdir",    "clock",       "clog",     "close",   "conj",
    "connect",  "copysign", "cos",         "cosh",     "cpow",    "creal",
    "csqrt",    "ctime",    "daemon",      "difftime", "div",     "dup",
    "environ",  "erf",      "erfc",        "exit",     "exp",     "exp10",
    "exp2",     "expm1",    "fabs",        "fclose",   "fdim",    "ffs",
    "fgets",    "floor",    "fma",         "fmax",     "fmin",    "fmod",
    "fopen",    "fork",     "fprintf",     "fputc",    "fputs",   "fread",
    "free",     "frexp",    "fscanf",      "fseek",    "ftell",   "fwrite",
    "gamma",    "getc",     "getenv",      "gets",     "hypot",   "ilogb",
    "index",    "int16_t",  "int32_t",     "int64_t",  "int8_t",  "isalnum",
    "isalpha",  "isdigit",  "isinf",       "isnan",    "j0",      "j1",
    "jn",       "kill",     "labs",        "ldexp",    "ldiv",    "lgamma",
    "link",     "listen",   "llabs",       "log",      "log10",   "log1p",
    "log2",     "logb",     "lrint",       "lround",   "main",    "malloc",
    "memchr",   "memcmp",   "memcpy",      "memmove",  "memset",  "mktime",
    "modf",     "nan",      "nearbyint",   "nice",     "open",    "pause",
    "perror",   "pipe",     "poll",        "pow",      "printf",  "putc",
    "putchar",  "puts",     "qsort",       "raise",    "rand",    "random",
    "read",     "realloc",  "recv",        "remove",   "rename",  "rewind",
    "rindex",   "rint",     "round",       "scanf",    "select",  "send",
    "shutdown", "signal",   "significand", "sin",      "sincos",  "sinh",
    "size_t",   "sleep",    "socket",      "sprintf",  "sqrt",    "srand",
    "sscanf",   "stat",     "std",         "stpcpy",   "strcat",  "strchr",
    "strcmp",   "strcpy",   "strdup",      "strlen",   "strncpy", "strstr",
    "strtod",   "strtok",   "strtol",      "sync",     "system",  "tan",
    "tanh",     "tgamma",   "time",        "tmpfile",  "tolower", "toupper",
    "trunc",    "uint16_t", "uint32_t",    "uint64_t", "uint8_t", "uint",
    "ulong",    "ungetc",   "unlink",      "ushort",   "va_list", "wait",
    "write",    "y0",       "y1",          "yn"};

template <size_t N>
static bool isOneOf(StringRef name, const char *const (&words)[N]) {
  for (const char *word : words)
    if (name == word)
      return true;
  return false;
}

// Runs of other bytes become one '_' (two in a row are reserved in C++).
static std::string plainIdentifier(StringRef name, bool lower) {
  constexpr size_t limit = 100;
  std::string result;
  for (char c : name) {
    if (result.size() >= limit)
      break;
    if (!llvm::isAlnum(c))
      c = '_';
    if (c == '_' && (result.empty() || result.back() == '_'))
      continue;
    result += lower ? llvm::toLower(c) : c;
  }
  while (!result.empty() && result.back() == '_')
    result.pop_back();
  return result;
}

std::string sluice::toIdentifier(StringRef name) {
  std::string result = plainIdentifier(name, /*lower=*/true);
  if (result.empty() || llvm::isDigit(result[0]))
    result = "x" + result;
  if (isOneOf(result, reservedWords))
    result += '_';
  return result;
}

std::string sluice::modelIdentifier(StringRef name) {
  std::string result = plainIdentifier(name, /*lower=*/false);
  std::string lower = StringRef(result).lower();
  bool clash = result.empty() || llvm::isDigit(result[0]) ||
               StringRef(lower).starts_with("sluice") ||
               isOneOf(result, reservedWords) || isOneOf(result, libraryNames);
  // Built-ins come in float and long double as well: expf, expl.
  if (!clash && result.size() > 1 && StringRef("fl").contains(result.back()))
    clash = isOneOf(StringRef(result).drop_back(), libraryNames);
  if (clash)
    result = result.empty() ? "model" : "model_" + result;
  return result;
}

std::string sluice::upperCase(StringRef name) { return name.upper(); }

static void appendHex(std::string &out, unsigned char c) {
  out += "\\x";
  out += llvm::hexdigit(c >> 4, true);
  out += llvm::hexdigit(c & 15, true);
}

std::string sluice::inComment(StringRef text) {
  constexpr size_t limit = 500;
  std::string result;
  for (size_t i = 0; i < text.size() && i < limit; ++i) {
    char c = text[i];
    char before = i ? text[i - 1] : '*'; // our own text may end in '*'
    char after = i + 1 < text.size() ? text[i + 1] : '*';
    bool delimiter = c == '/' && (before == '*' || after == '*');
    // '?' could start a trigraph, '\' splices lines.
    if (!llvm::isPrint(c) || c == '\\' || c == '?' || delimiter)
      appendHex(result, static_cast<unsigned char>(c));
    else
      result += c;
  }
  if (text.size() > limit)
    result += "...";
  return result;
}

std::string sluice::stringLiteral(StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '?') {
      result += '\\';
      result += c;
    } else if (llvm::isPrint(c)) {
      result += c;
    } else {
      // Three octal digits end by themselves, unlike \x.
      unsigned char u = static_cast<unsigned char>(c);
      result += '\\';
      result += static_cast<char>('0' + (u >> 6));
      result += static_cast<char>('0' + ((u >> 3) & 7));
      result += static_cast<char>('0' + (u & 7));
    }
  }
  return result + "\"";
}

std::string sluice::withoutNul(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c)
      result += c;
    else
      result += "\\0";
  }
  return result;
}

std::string sluice::inJson(StringRef text) {
  return llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text);
}

namespace {
// Hands out names whose derived forms are free too: x_data of tensor "x" must
// not meet a tensor called "x_data".
class UniqueNames {
public:
  std::string take(const std::string &wanted, StringRef firstSuffix = "") {
    std::string name = wanted;
    if (!isFree(name) && !firstSuffix.empty())
      name = wanted + firstSuffix.str();
    for (unsigned i = 1; !isFree(name); ++i)
      name = wanted + "_" + std::to_string(i);
    for (const char *form : forms)
      taken.insert(name + form);
    return name;
  }

private:
  bool isFree(const std::string &name) const {
    for (const char *form : forms)
      if (taken.contains(name + form))
        return false;
    return true;
  }
  static constexpr const char *forms[] = {"",       "_data",     "_size",
                                          "_count", "_capacity", "_dims",
                                          "_shape", "_max",      "_min"};
  llvm::StringSet<> taken;
};
} // namespace

InterfaceNames sluice::resolveNames(const ModelInterface &model) {
  InterfaceNames names;
  names.model = modelIdentifier(model.name);
  names.macro = upperCase(names.model);
  UniqueNames suffixes;
  // Taken by the model's own functions: NAME_workspace_size,
  // NAME_set_workspace.
  for (const char *word : {"workspace", "set", "state", "self"})
    suffixes.take(word);
  for (const InterfaceEntry &entry : model.entries) {
    EntryNames result;
    if (model.entries.size() > 1)
      result.suffix = suffixes.take(toIdentifier(entry.name));
    result.prefix =
        result.suffix.empty() ? names.model : names.model + "_" + result.suffix;
    UniqueNames fields;
    fields.take("dims"); // a field of the args struct
    for (const InterfaceTensor &tensor : entry.inputs)
      result.tensors.push_back(fields.take(toIdentifier(tensor.name)));
    for (const InterfaceTensor &tensor : entry.outputs)
      result.tensors.push_back(fields.take(toIdentifier(tensor.name), "_out"));
    UniqueNames dims;
    for (const InterfaceDim &dim : entry.dims)
      result.dims.push_back(dims.take(toIdentifier(dim.name)));
    names.entries.push_back(std::move(result));
  }
  return names;
}
