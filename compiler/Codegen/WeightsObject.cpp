//===- WeightsObject.cpp - Constants as an ELF object ---------------------===//
//
// The bytes are copied once, straight into the file image: no assembler text,
// no LLVM constant.
//
//===----------------------------------------------------------------------===//

#include "compiler/Codegen/WeightsObject.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/TargetParser/Triple.h"
#include <cstring>

using namespace sluice;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;
namespace ELF = llvm::ELF;

namespace {
enum Section : uint16_t { Null, Data, Stack, Symbols, Strings, Names, Count };

struct Placed {
  uint64_t offset; // in the data section
  uint32_t name;   // in the string table
};

// NUL-terminated strings one after the other, the empty one first.
class StringTable {
public:
  uint32_t add(llvm::StringRef text) {
    uint32_t offset = static_cast<uint32_t>(bytes.size());
    bytes += text;
    bytes += '\0';
    return offset;
  }
  std::string bytes = std::string(1, '\0');
};
} // namespace

// Relocations against the small code model reach 2 GiB.
static constexpr uint64_t largest = (uint64_t(1) << 31) - (1u << 20);

static Expected<std::vector<Placed>> place(llvm::ArrayRef<Constant> constants,
                                           StringTable &strings, uint64_t &size,
                                           uint64_t &alignment) {
  std::vector<Placed> placed;
  llvm::StringSet<> seen;
  size = 0;
  alignment = 64;
  for (const Constant &constant : constants) {
    uint64_t wanted = std::max<uint64_t>(constant.alignment, 64);
    if (!llvm::isPowerOf2_64(wanted) || wanted > 4096)
      return llvm::createStringError("constant '" + constant.symbol +
                                     "': alignment " + Twine(wanted) +
                                     " is no power of two up to 4096");
    if (!seen.insert(constant.symbol).second)
      return llvm::createStringError("constant '" + constant.symbol +
                                     "' is defined twice");
    alignment = std::max(alignment, wanted);
    size = llvm::alignTo(size, wanted);
    if (constant.bytes.size() > largest ||
        size + constant.bytes.size() > largest)
      return llvm::createStringError(
          "weights exceed 2 GiB, the limit of the small code model");
    placed.push_back({size, strings.add(constant.symbol)});
    size += constant.bytes.size();
  }
  size = llvm::alignTo(size + weightsSlack, 64);
  return placed;
}

template <typename T>
static void put(llvm::SmallVectorImpl<char> &image, uint64_t offset,
                const T &value) {
  std::memcpy(image.data() + offset, &value, sizeof value);
}

static ELF::Elf64_Shdr section(uint32_t name, uint32_t type, uint64_t flags,
                               uint64_t offset, uint64_t size,
                               uint64_t alignment) {
  ELF::Elf64_Shdr header = {};
  header.sh_name = name;
  header.sh_type = type;
  header.sh_flags = flags;
  header.sh_offset = offset;
  header.sh_size = size;
  header.sh_addralign = alignment;
  return header;
}

static ELF::Elf64_Ehdr fileHeader(uint16_t machine, uint64_t sections) {
  ELF::Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELF::ElfMagic, 4);
  header.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  header.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  header.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  header.e_type = ELF::ET_REL;
  header.e_machine = machine;
  header.e_version = ELF::EV_CURRENT;
  header.e_shoff = sections;
  header.e_ehsize = sizeof(ELF::Elf64_Ehdr);
  header.e_shentsize = sizeof(ELF::Elf64_Shdr);
  header.e_shnum = Count;
  header.e_shstrndx = Names;
  return header;
}

Expected<llvm::SmallVector<char, 0>>
sluice::buildWeightsObject(llvm::ArrayRef<Constant> constants,
                           llvm::StringRef triple) {
  StringTable strings, names;
  uint64_t dataSize = 0, dataAlignment = 0;
  Expected<std::vector<Placed>> placed =
      place(constants, strings, dataSize, dataAlignment);
  if (!placed)
    return placed.takeError();
  const uint32_t nameOf[Count] = {0,
                                  names.add(".rodata"),
                                  names.add(".note.GNU-stack"),
                                  names.add(".symtab"),
                                  names.add(".strtab"),
                                  names.add(".shstrtab")};

  // File: header, data, symbols, two string tables, section headers.
  uint64_t dataOffset = llvm::alignTo(sizeof(ELF::Elf64_Ehdr), dataAlignment);
  uint64_t symbolsOffset = llvm::alignTo(dataOffset + dataSize, 8);
  uint64_t symbolsSize = (placed->size() + 1) * sizeof(ELF::Elf64_Sym);
  uint64_t stringsOffset = symbolsOffset + symbolsSize;
  uint64_t namesOffset = stringsOffset + strings.bytes.size();
  uint64_t sectionsOffset = llvm::alignTo(namesOffset + names.bytes.size(), 8);
  llvm::SmallVector<char, 0> image(sectionsOffset +
                                   Count * sizeof(ELF::Elf64_Shdr));

  bool isX86 = llvm::Triple(triple).getArch() == llvm::Triple::x86_64;
  put(image, 0,
      fileHeader(isX86 ? ELF::EM_X86_64 : ELF::EM_AARCH64, sectionsOffset));
  for (size_t i = 0; i < placed->size(); ++i) {
    llvm::ArrayRef<char> bytes = constants[i].bytes;
    const Placed &at = (*placed)[i];
    if (!bytes.empty())
      std::memcpy(image.data() + dataOffset + at.offset, bytes.data(),
                  bytes.size());
    ELF::Elf64_Sym symbol = {};
    symbol.st_name = at.name;
    symbol.setBindingAndType(ELF::STB_GLOBAL, ELF::STT_OBJECT);
    symbol.st_other = ELF::STV_HIDDEN;
    symbol.st_shndx = Data;
    symbol.st_value = at.offset;
    symbol.st_size = bytes.size();
    put(image, symbolsOffset + (i + 1) * sizeof symbol, symbol);
  }
  std::memcpy(image.data() + stringsOffset, strings.bytes.data(),
              strings.bytes.size());
  std::memcpy(image.data() + namesOffset, names.bytes.data(),
              names.bytes.size());

  ELF::Elf64_Shdr symbols = section(nameOf[Symbols], ELF::SHT_SYMTAB, 0,
                                    symbolsOffset, symbolsSize, 8);
  symbols.sh_link = Strings;
  symbols.sh_info = 1; // first symbol that is not local
  symbols.sh_entsize = sizeof(ELF::Elf64_Sym);
  const ELF::Elf64_Shdr headers[Count] = {
      {},
      section(nameOf[Data], ELF::SHT_PROGBITS, ELF::SHF_ALLOC, dataOffset,
              dataSize, dataAlignment),
      section(nameOf[Stack], ELF::SHT_PROGBITS, 0, dataOffset, 0, 1),
      symbols,
      section(nameOf[Strings], ELF::SHT_STRTAB, 0, stringsOffset,
              strings.bytes.size(), 1),
      section(nameOf[Names], ELF::SHT_STRTAB, 0, namesOffset,
              names.bytes.size(), 1)};
  put(image, sectionsOffset, headers);
  return image;
}
