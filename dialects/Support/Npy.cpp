//===- Npy.cpp - NumPy's npy arrays ---------------------------------------===//

#include "dialects/Support/Npy.h"
#include "dialects/Support/Failure.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace sluice;
using llvm::Expected;
using llvm::StringRef;

namespace {

constexpr StringRef magic("\x93NUMPY", 6);
constexpr size_t maxHeaderBytes = 1 << 16;
constexpr size_t maxRank = 254;

struct Header {
  StringRef descr;
  bool fortran = false;
  llvm::SmallVector<int64_t> shape;
};

/// The header's text: a Python dict literal with exactly three keys.
class HeaderParser {
public:
  HeaderParser(StringRef text, StringRef where) : rest(text), where(where) {}

  Expected<Header> parse() {
    Header header;
    bool hasDescr = false, hasOrder = false, hasShape = false;
    if (!eat("{"))
      return bad("'{'");
    while (!eat("}")) {
      StringRef key;
      if (!string(key) || !eat(":"))
        return bad("a key and ':'");
      if (key == "descr" && !hasDescr) {
        hasDescr = true;
        if (!string(header.descr))
          return failure(where, "structured npy types are not supported");
      } else if (key == "fortran_order" && !hasOrder) {
        hasOrder = true;
        header.fortran = eat("True");
        if (!header.fortran && !eat("False"))
          return bad("True or False");
      } else if (key == "shape" && !hasShape) {
        hasShape = true;
        if (llvm::Error error = tuple(header.shape))
          return error;
      } else {
        return failure(where, "npy header has an unexpected or repeated key '",
                       llvm::toHex(key), "' (hexadecimal)");
      }
      if (!eat(",") && !rest.ltrim().starts_with("}"))
        return bad("',' or '}'");
    }
    if (!rest.trim().empty())
      return bad("nothing behind '}'");
    if (!hasDescr || !hasOrder || !hasShape)
      return failure(where, "npy header must have descr, fortran_order, shape");
    return header;
  }

private:
  llvm::Error bad(StringRef expected) {
    return failure(where, "npy header is malformed: expected ", expected, ", ",
                   rest.size(), " bytes before its end");
  }
  bool eat(StringRef token) {
    StringRef text = rest.ltrim();
    if (!text.consume_front(token))
      return false;
    rest = text;
    return true;
  }
  bool string(StringRef &value) {
    StringRef text = rest.ltrim();
    if (text.empty() || (text[0] != '\'' && text[0] != '"'))
      return false;
    size_t end = text.find(text[0], 1);
    if (end == StringRef::npos)
      return false;
    value = text.slice(1, end);
    rest = text.drop_front(end + 1);
    return true;
  }
  llvm::Error tuple(llvm::SmallVectorImpl<int64_t> &shape) {
    if (!eat("("))
      return bad("'('");
    while (!eat(")")) {
      rest = rest.ltrim();
      int64_t dim;
      // Python 2 wrote long integers with a suffix.
      if (rest.consumeInteger(10, dim) || dim < 0)
        return bad("a dimension of 0 to 2^63-1");
      eat("L");
      if (shape.size() == maxRank)
        return failure(where, "rank must be at most ", maxRank);
      shape.push_back(dim);
      if (!eat(",") && !rest.ltrim().starts_with(")"))
        return bad("',' or ')'");
    }
    return llvm::Error::success();
  }

  StringRef rest, where;
};

/// numpy's type letter and width; nullopt for what HostTensor cannot hold.
std::optional<ElementKind> kindOf(char letter, StringRef width) {
  auto pick =
      [&](std::initializer_list<std::pair<const char *, ElementKind>> table)
      -> std::optional<ElementKind> {
    for (auto [name, kind] : table)
      if (width == name)
        return kind;
    return std::nullopt;
  };
  using K = ElementKind;
  switch (letter) {
  case 'b':
    return pick({{"1", K::Bool}});
  case 'i':
    return pick({{"1", K::I8}, {"2", K::I16}, {"4", K::I32}, {"8", K::I64}});
  case 'u':
    return pick({{"1", K::U8}, {"2", K::U16}, {"4", K::U32}, {"8", K::U64}});
  case 'f':
    return pick({{"2", K::F16}, {"4", K::F32}, {"8", K::F64}});
  case 'c':
    return pick({{"8", K::C64}, {"16", K::C128}});
  default:
    return std::nullopt;
  }
}

std::string descrOf(const HostTensor &tensor, size_t stringWidth) {
  switch (tensor.kind()) {
  case ElementKind::Bool:
    return "|b1";
  case ElementKind::I8:
    return "|i1";
  case ElementKind::U8:
    return "|u1";
  case ElementKind::String:
    return "|S" + std::to_string(stringWidth);
  default:
    break;
  }
  char letter = 'f';
  if (isSigned(tensor.kind()))
    letter = 'i';
  else if (isUnsigned(tensor.kind()) || tensor.kind() == ElementKind::BF16)
    letter = 'u';
  else if (isComplex(tensor.kind()))
    letter = 'c';
  return (llvm::Twine('<') + llvm::Twine(letter) +
          llvm::Twine(elementSize(tensor.kind())))
      .str();
}

/// Calls `visit(source, target)` for every element's index in column-major
/// (`source`) and row-major (`target`) order.
template <typename Visit>
void forEachTransposed(llvm::ArrayRef<int64_t> shape, int64_t count,
                       Visit visit) {
  llvm::SmallVector<int64_t> index(shape.size(), 0), stride(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    stride[axis - 1] = stride[axis] * shape[axis];
  for (int64_t source = 0; source < count; ++source) {
    int64_t target = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      target += index[axis] * stride[axis];
    visit(source, target);
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
}

void copyElement(char *target, const char *source, size_t size, size_t swap) {
  std::memcpy(target, source, size);
  if (swap > 1)
    for (size_t at = 0; at < size; at += swap)
      std::reverse(target + at, target + at + swap);
}

Expected<HostTensor> readElements(const Header &header, StringRef data,
                                  StringRef where) {
  StringRef descr = header.descr;
  char order = '|';
  if (!descr.empty() && StringRef("<>|=").contains(descr[0])) {
    order = descr[0];
    descr = descr.drop_front();
  }
  char letter = descr.empty() ? '\0' : descr[0];
  StringRef width = descr.drop_front(descr.empty() ? 0 : 1);
  std::optional<ElementKind> kind = kindOf(letter, width);
  uint64_t itemSize = 0;
  if (letter == 'S') {
    if (width.getAsInteger(10, itemSize) || itemSize == 0 ||
        itemSize > INT32_MAX)
      return failure(where, "byte strings must have a width of 1 to 2^31-1");
    kind = ElementKind::String;
  } else if (letter == 'U') {
    return failure(where, "npy type U (text) is not supported; store byte "
                          "strings (numpy type S)");
  } else if (!kind) {
    return failure(where, "npy type '", llvm::toHex(header.descr),
                   "' (hexadecimal) is not supported; supported are bool, "
                   "integers, float16, float32, float64, complex64, complex128 "
                   "and byte strings");
  } else {
    itemSize = elementSize(*kind);
  }

  std::optional<int64_t> count = elementCount(header.shape);
  uint64_t bytes = 0;
  if (!count ||
      __builtin_mul_overflow(static_cast<uint64_t>(*count), itemSize, &bytes))
    return failure(where, "npy shape has too many elements");
  if (bytes != data.size())
    return failure(where, "npy header announces ", bytes,
                   " bytes of elements, found ", data.size());

  HostTensor tensor(*kind, header.shape);
  size_t swap = order == '>' ? itemSize / (isComplex(*kind) ? 2 : 1) : 1;
  auto put = [&](int64_t source, int64_t target) {
    const char *from = data.data() + source * itemSize;
    if (*kind == ElementKind::String) {
      StringRef text(from, itemSize);
      tensor.strings[target] = text.rtrim('\0').str();
    } else {
      copyElement(tensor.data() + target * itemSize, from, itemSize, swap);
    }
  };
  if (header.fortran && header.shape.size() > 1)
    forEachTransposed(header.shape, *count, put);
  else if (*kind == ElementKind::String || swap > 1)
    for (int64_t i = 0; i < *count; ++i)
      put(i, i);
  else if (bytes)
    std::memcpy(tensor.data(), data.data(), bytes);
  if (*kind == ElementKind::Bool)
    for (int64_t i = 0; i < *count; ++i)
      tensor.data()[i] = tensor.data()[i] != 0;
  return tensor;
}

} // namespace

Expected<HostTensor> sluice::parseNpy(StringRef bytes, StringRef where) {
  if (!bytes.starts_with(magic) || bytes.size() < 10)
    return failure(where, "not an npy file (magic number missing)");
  unsigned major = static_cast<unsigned char>(bytes[6]);
  unsigned minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0)
    return failure(where, "npy version must be 1.0, 2.0 or 3.0, found ", major,
                   ".", minor);
  size_t start = major == 1 ? 10 : 12;
  if (bytes.size() < start)
    return failure(where, "npy header is cut off");
  size_t length = major == 1
                      ? llvm::support::endian::read16le(bytes.data() + 8)
                      : llvm::support::endian::read32le(bytes.data() + 8);
  if (length > maxHeaderBytes || length > bytes.size() - start)
    return failure(where, "npy header of ", length,
                   " bytes is cut off or larger than ", maxHeaderBytes);
  Expected<Header> header =
      HeaderParser(bytes.substr(start, length), where).parse();
  if (!header)
    return header.takeError();
  return readElements(*header, bytes.drop_front(start + length), where);
}

std::string sluice::formatNpy(const HostTensor &tensor) {
  size_t width = 1;
  for (const std::string &text : tensor.strings)
    width = std::max(width, text.size());
  std::string dict = "{'descr': '" + descrOf(tensor, width) +
                     "', 'fortran_order': False, 'shape': (";
  for (int64_t dim : tensor.shape())
    dict += std::to_string(dim) + ",";
  dict += "), }";
  // Elements start at a multiple of 64.
  size_t total = llvm::alignTo(12 + dict.size() + 1, 64);
  dict.append(total - 12 - dict.size() - 1, ' ');
  dict += '\n';

  std::string bytes = magic.str();
  bytes += '\2'; // a version 2.0 header may have any length
  bytes += '\0';
  char length[4];
  llvm::support::endian::write32le(length, dict.size());
  bytes.append(length, 4);
  bytes += dict;
  if (tensor.kind() != ElementKind::String)
    return bytes.append(tensor.data(), tensor.byteSize());
  for (const std::string &text : tensor.strings)
    bytes.append(text).append(width - text.size(), '\0');
  return bytes;
}

Expected<HostTensor> sluice::readNpyFile(StringRef path, uint64_t limit) {
  Expected<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      readRegularFile(path, limit);
  if (!buffer)
    return buffer.takeError();
  return parseNpy((*buffer)->getBuffer(), path);
}

llvm::Error sluice::writeNpyFile(StringRef path, const HostTensor &tensor) {
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &stream) {
    stream << formatNpy(tensor);
    return llvm::Error::success();
  });
}

HostTensor sluice::reinterpretAsBfloat(const HostTensor &tensor) {
  HostTensor result(ElementKind::BF16, tensor.shape());
  if (tensor.byteSize() == result.byteSize() && result.byteSize())
    std::memcpy(result.data(), tensor.data(), result.byteSize());
  return result;
}

Expected<std::unique_ptr<llvm::MemoryBuffer>>
sluice::readRegularFile(StringRef path, uint64_t limit) {
  llvm::sys::fs::file_status status;
  if (std::error_code code = llvm::sys::fs::status(path, status))
    return failure(path, "cannot be read: ", code.message());
  if (status.type() != llvm::sys::fs::file_type::regular_file)
    return failure(path, "is not a regular file");
  if (status.getSize() > limit)
    return failure(path, "has ", status.getSize(), " bytes, the limit is ",
                   limit);
  // Volatile: read, not mapped, since another process may truncate the file.
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true);
  if (!buffer)
    return failure(path, "cannot be read: ", buffer.getError().message());
  return std::move(*buffer);
}
