//===- TuningFile.cpp - Tunings as JSON -----------------------------------===//

#include "passes/Tuning/Tuning.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace sluice;
using llvm::StringRef;
using llvm::Twine;

static constexpr int64_t version = 1;

namespace {
// Reads the part of JSON that tunings consist of: nesting is as deep as the
// functions below, whatever the text is, and every error has its place.
class Reader {
public:
  Reader(StringRef text, TuningError &error) : text(text), error(error) {}

  bool read(Tuning &tuning);

private:
  using Member = llvm::function_ref<bool(StringRef name)>;

  bool fail(size_t at, const Twine &message);
  void skipSpace() {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  }
  bool take(char c);
  bool expect(char c, const char *what);
  bool string(std::string &value);
  bool integer(int64_t &value, int64_t least);
  bool boolean(bool &value);
  bool object(Member member);
  bool unknown(StringRef name, StringRef known) {
    return fail(nameAt,
                "unknown field '" + name + "', expected one of " + known);
  }
  bool entry(Tuning &tuning);

  StringRef text;
  TuningError &error;
  size_t at = 0;
  size_t nameAt = 0; ///< of the last member
};
} // namespace

bool Reader::fail(size_t where, const Twine &message) {
  StringRef before = text.take_front(where);
  error.line = static_cast<unsigned>(before.count('\n')) + 1;
  size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
  error.column = static_cast<unsigned>(where - lineStart) + 1;
  error.message = message.str();
  return false;
}

bool Reader::take(char c) {
  skipSpace();
  if (at >= text.size() || text[at] != c)
    return false;
  ++at;
  return true;
}

bool Reader::expect(char c, const char *what) {
  if (take(c))
    return true;
  return fail(at, "expected '" + Twine(c) + "' " + what +
                      (at == text.size() ? ", found the end of the file" : ""));
}

bool Reader::string(std::string &value) {
  skipSpace();
  size_t start = at;
  if (!take('"'))
    return fail(start, "expected a string");
  while (at < text.size() && text[at] != '"' && text[at] != '\n')
    at += text[at] == '\\' ? 2 : 1;
  if (at >= text.size() || text[at] != '"')
    return fail(start, "the string does not end on its line");
  ++at;
  llvm::Expected<llvm::json::Value> parsed =
      llvm::json::parse(text.slice(start, at));
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return fail(start, "the string has a wrong escape or is no UTF-8");
  }
  value = parsed->getAsString()->str();
  return true;
}

bool Reader::integer(int64_t &value, int64_t least) {
  skipSpace();
  size_t end =
      std::min(text.find_first_not_of("+-.0123456789eE", at), text.size());
  StringRef digits = text.slice(at, end);
  if (digits.getAsInteger(10, value) || value < least)
    return fail(at, "expected an integer, at least " + Twine(least));
  at = end;
  return true;
}

bool Reader::boolean(bool &value) {
  skipSpace();
  StringRef rest = text.drop_front(at);
  value = rest.starts_with("true");
  if (!value && !rest.starts_with("false"))
    return fail(at, "expected true or false");
  at += value ? 4 : 5;
  return true;
}

bool Reader::object(Member member) {
  if (!expect('{', "that starts an object"))
    return false;
  llvm::StringSet<> seen;
  if (take('}'))
    return true;
  do {
    skipSpace();
    size_t start = at;
    std::string name;
    if (!string(name))
      return false;
    if (!seen.insert(name).second)
      return fail(start, "field '" + name + "' is given twice");
    if (!expect(':', "behind the name of a field"))
      return false;
    nameAt = start;
    if (!member(name))
      return false;
  } while (take(','));
  return expect('}', "or ',' behind a field");
}

bool Reader::entry(Tuning &tuning) {
  skipSpace();
  size_t start = at;
  std::string key;
  TuningEntry entry;
  bool read = object([&](StringRef name) {
    if (name == "key")
      return string(key);
    if (name == "default_ns")
      return integer(entry.defaultNanoseconds, 0);
    if (name == "tuned_ns")
      return integer(entry.tunedNanoseconds, 0);
    std::optional<bool> good;
    std::string known = "key, default_ns, tuned_ns";
    TuningFields::visit(
        entry.choice,
        [&](StringRef field, std::optional<int64_t> &value) {
          known += ", " + field.str();
          if (name == field)
            good = integer(value.emplace(), 1);
        },
        [&](StringRef field, std::optional<bool> &value) {
          known += ", " + field.str();
          if (name == field)
            good = boolean(value.emplace());
        });
    return good ? *good : unknown(name, known);
  });
  if (!read)
    return false;
  if (key.empty())
    return fail(start, "expected the field 'key' in an entry");
  if (!tuning.entries.try_emplace(key, entry).second)
    return fail(start, "the key '" + key + "' has an entry already");
  return true;
}

bool Reader::read(Tuning &tuning) {
  int64_t found = 0;
  bool haveEntries = false;
  bool good = object([&](StringRef name) {
    if (name == "version") {
      if (!integer(found, 0))
        return false;
      return found == version ||
             fail(nameAt, "expected version " + Twine(version) + ", found " +
                              Twine(found));
    }
    if (name == "cpu")
      return string(tuning.cpu);
    if (name == "vector_bits")
      return integer(tuning.vectorBits, 1);
    if (name != "entries")
      return unknown(name, "version, cpu, vector_bits, entries");
    haveEntries = true;
    if (!expect('[', "that starts the list of entries"))
      return false;
    if (take(']'))
      return true;
    do
      if (!entry(tuning))
        return false;
    while (take(','));
    return expect(']', "or ',' behind an entry");
  });
  if (!good)
    return false;
  if (!found || tuning.cpu.empty() || !tuning.vectorBits || !haveEntries)
    return fail(0, "expected the fields version, cpu, vector_bits, entries");
  skipSpace();
  return at == text.size() || fail(at, "expected the end of the file");
}

std::optional<Tuning> sluice::parseTuning(StringRef text, TuningError &error) {
  Tuning tuning;
  if (!Reader(text, error).read(tuning))
    return std::nullopt;
  return tuning;
}

std::string sluice::formatTuning(const Tuning &tuning) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", version);
    json.attribute("cpu", llvm::json::fixUTF8(tuning.cpu));
    json.attribute("vector_bits", tuning.vectorBits);
    json.attributeArray("entries", [&] {
      for (const auto &[key, entry] : tuning.entries)
        json.object([&, &key = key, &entry = entry] {
          json.attribute("key", llvm::json::fixUTF8(key));
          auto write = [&](StringRef name, const auto &field) {
            if (field)
              json.attribute(name, *field);
          };
          TuningFields::visit(entry.choice, write, write);
          json.attribute("default_ns", entry.defaultNanoseconds);
          json.attribute("tuned_ns", entry.tunedNanoseconds);
        });
    });
  });
  os << '\n';
  return text;
}
