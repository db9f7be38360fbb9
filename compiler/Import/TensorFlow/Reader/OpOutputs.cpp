//===- OpOutputs.cpp - Outputs of TensorFlow's operators ------------------===//

#include "compiler/Import/TensorFlow/Reader/OpOutputs.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace sluice {
namespace tensorflow {

namespace {
struct Group {
  llvm::StringLiteral outputs;
  llvm::StringLiteral operators;
};

constexpr Group groups[] = {
#include "compiler/Import/TensorFlow/Reader/OpOutputTable.inc"
};

struct Table {
  std::vector<std::vector<OutputArg>> signatures;
  llvm::DenseMap<llvm::StringRef, uint32_t> byOperator;

  Table() {
    signatures.reserve(std::size(groups));
    for (const Group &group : groups) {
      std::vector<OutputArg> &args = signatures.emplace_back();
      for (llvm::StringRef word : llvm::split(group.outputs, ' ')) {
        if (word.empty())
          continue;
        auto [name, count] = word.split('*');
        auto [plainName, list] = name.split('@');
        args.push_back({plainName, count, list});
      }
      for (llvm::StringRef op : llvm::split(group.operators, ' '))
        byOperator.try_emplace(op, signatures.size() - 1);
    }
  }
};
} // namespace

const std::vector<OutputArg> *findOpOutputs(llvm::StringRef op) {
  static const Table table;
  auto it = table.byOperator.find(op);
  return it == table.byOperator.end() ? nullptr : &table.signatures[it->second];
}

} // namespace tensorflow
} // namespace sluice
