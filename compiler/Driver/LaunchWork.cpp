//===- LaunchWork.cpp - What the launches of a model have to do -----------===//

#include "compiler/Driver/LaunchWork.h"
#include "dialects/Graph/GraphInterfaces.h"
#include "dialects/Kernel/KernelFlowOps.h"
#include "dialects/Kernel/KernelOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Tuning/Tuning.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace sluice;

namespace {

/// What one kernel does, whoever launches it.
struct KernelWork {
  std::vector<std::string> tuningKeys;
  std::vector<std::string> operators;
  int64_t operations = 0;
  std::vector<double> shareRead; ///< of each region argument
  size_t results = 0;            ///< outputs but scratch
};

/// A stretch of the model's memory that a launch touches.
struct Access {
  int64_t line = 0, lines = 0; ///< of 64 bytes
  int64_t bytes = 0;
};

constexpr int64_t lineBytes = 64;

int64_t linesOf(int64_t bytes) { return (bytes + lineBytes - 1) / lineBytes; }

} // namespace

// From the result back: how much of each value is wanted, and what that takes.
static KernelWork countWork(kernel::FuncOp kernel) {
  Block &body = kernel.getBody().front();
  DenseMap<Value, double> wanted; // share of the value's elements
  for (Value value : kernel.getYield()->getOperands())
    wanted[value] = 1;
  KernelWork work;
  work.results = kernel.getYield()->getNumOperands();
  double operations = 0;
  for (Operation &op : llvm::reverse(body.without_terminator())) {
    if (std::string key = getTuningKey(&op); !key.empty())
      work.tuningKeys.push_back(std::move(key));
    auto evaluable = dyn_cast<graph::EvaluableOp>(&op);
    if (!evaluable)
      continue;
    double share = wanted.lookup(op.getResult(0));
    int64_t count = evaluable.countOperations();
    if (count > 0) {
      operations += share * static_cast<double>(count);
      work.operators.push_back(op.getName().stripDialect().str());
    }
    for (OpOperand &operand : op.getOpOperands()) {
      int64_t all = graph::countElements(operand.get());
      int64_t read = evaluable.countElementsRead(operand.getOperandNumber());
      double part =
          all > 0 && read >= 0 ? static_cast<double>(read) / double(all) : 1;
      double &sum = wanted[operand.get()];
      sum = std::min(1.0, sum + share * part);
    }
  }
  std::reverse(work.operators.begin(), work.operators.end());
  // Only moves elements: say how.
  if (work.operators.empty())
    for (Operation &op : body.without_terminator())
      if (!op.hasTrait<OpTrait::ConstantLike>())
        work.operators.push_back(op.getName().stripDialect().str());
  if (work.operators.empty())
    work.operators.push_back("copy");
  work.operations = static_cast<int64_t>(operations);
  for (Value argument : body.getArguments())
    work.shareRead.push_back(wanted.lookup(argument));
  return work;
}

static void collectNodes(Location location,
                         llvm::SmallSetVector<Attribute, 4> &seen,
                         std::vector<NodeName> &nodes) {
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNodes(part, seen, nodes);
    return;
  }
  auto named = dyn_cast<NameLoc>(location);
  if (named && isa<NameLoc>(named.getChildLoc()) &&
      seen.insert(named.getName()))
    nodes.push_back(getNodeName(location));
}

namespace {

/// Puts every buffer on one line of memory: workspace, constants, inputs and
/// outputs. Who touched a line last tells reuse distances.
class MemoryMap {
public:
  explicit MemoryMap(func::FuncOp runner) {
    auto workspace = runner->getAttrOfType<IntegerAttr>("kernel.workspace");
    used = workspace ? linesOf(workspace.getInt()) : 0;
  }

  /// The stretch that holds `share` of the buffer.
  Access locate(Value buffer, double share);
  int64_t lines() const { return used; }

private:
  int64_t used; ///< lines
  DenseMap<const void *, int64_t> places;
};

} // namespace

static int64_t byteSizeOf(MemRefType type) {
  return kernel::getByteSize(type).value_or(0);
}

// Bytes from the start of its base to a view's first element.
static int64_t offsetOf(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return 0;
  return offset * byteSizeOf(MemRefType::get({}, type.getElementType()));
}

// Bytes from a view's first element to its last.
static int64_t extentOf(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset = 0, last = 0;
  if (!type.hasStaticShape() || !type.getNumElements() ||
      failed(type.getStridesAndOffset(strides, offset)))
    return 0;
  for (auto [size, stride] : llvm::zip(type.getShape(), strides))
    last += (size - 1) * (ShapedType::isDynamic(stride) ? 1 : stride);
  return (last + 1) * byteSizeOf(MemRefType::get({}, type.getElementType()));
}

Access MemoryMap::locate(Value buffer, double share) {
  auto type = cast<MemRefType>(buffer.getType());
  Value base = buffer;
  while (base.getDefiningOp<memref::SubViewOp>() ||
         base.getDefiningOp<memref::ReinterpretCastOp>())
    base = base.getDefiningOp()->getOperand(0);
  int64_t start = 0;
  if (auto temporary = base.getDefiningOp<kernel::BufferOp>()) {
    start = static_cast<int64_t>(temporary.getOffset().value_or(0)) / lineBytes;
  } else {
    auto data = base.getDefiningOp<kernel::DataRefOp>();
    const void *key = data ? data.getDataAttr().getAsOpaquePointer()
                           : base.getAsOpaquePointer();
    auto [place, isNew] = places.try_emplace(key, used);
    if (isNew)
      used += linesOf(extentOf(cast<MemRefType>(base.getType())));
    start = place->second;
  }
  int64_t offset = base == buffer ? 0 : offsetOf(type);
  Access access;
  access.line = start + offset / lineBytes;
  access.lines = linesOf(
      static_cast<int64_t>(static_cast<double>(extentOf(type)) * share));
  access.bytes =
      static_cast<int64_t>(static_cast<double>(byteSizeOf(type)) * share);
  used = std::max(used, access.line + access.lines);
  return access;
}

// Follows the launches for two runs; the second finds what the first left.
static void measureReuse(std::vector<LaunchWork> &launches,
                         ArrayRef<SmallVector<Access>> accesses,
                         int64_t lines) {
  auto bytesOf = [&](int64_t time) {
    const LaunchWork &launch = launches[size_t(time) % launches.size()];
    return launch.bytesRead + launch.bytesWritten;
  };
  auto count = static_cast<int64_t>(launches.size());
  std::vector<int64_t> lastTouch(static_cast<size_t>(lines), -1);
  std::vector<int64_t> before(1, 0); // bytes touched before each launch
  for (int64_t time = 0; time < 2 * count; ++time) {
    before.push_back(before.back() + bytesOf(time));
    for (const Access &access : accesses[size_t(time % count)]) {
      // Lines that one launch touched last stand together.
      for (int64_t i = 0, next; time >= count && i < access.lines; i = next) {
        int64_t last = lastTouch[size_t(access.line + i)];
        for (next = i + 1; next < access.lines; ++next)
          if (lastTouch[size_t(access.line + next)] != last)
            break;
        Traffic traffic;
        traffic.bytes = access.bytes * (next - i) / access.lines;
        traffic.reuseDistance = before[size_t(time)] -
                                before[size_t(last + 1)] +
                                (bytesOf(last) + bytesOf(time)) / 2;
        launches[size_t(time - count)].traffic.push_back(traffic);
      }
    }
    for (const Access &access : accesses[size_t(time % count)])
      std::fill_n(lastTouch.begin() + access.line, access.lines, time);
  }
}

static int64_t multiply(int64_t amount, int64_t times) {
  int64_t product;
  return __builtin_mul_overflow(amount, times, &product) ? INT64_MAX : product;
}

static int64_t countRuns(Operation *op) {
  int64_t runs = 1;
  while ((op = op->getParentOp()))
    if (auto loop = dyn_cast<kernel::ForOp>(op))
      runs = multiply(runs, static_cast<int64_t>(loop.getTripCount()));
  return runs;
}

// Later iterations of a loop find what the one before them touched.
static void repeatInLoops(std::vector<LaunchWork> &launches,
                          ArrayRef<kernel::ForOp> loops) {
  DenseMap<Operation *, int64_t> touched; // by one iteration
  for (auto [launch, loop] : llvm::zip_equal(launches, loops))
    touched[loop] += launch.bytesRead + launch.bytesWritten;
  for (auto [launch, loop] : llvm::zip_equal(launches, loops)) {
    if (launch.runs == 1)
      continue;
    std::vector<Traffic> first = std::exchange(launch.traffic, {});
    for (Traffic traffic : first) {
      if (launch.runs == 0)
        break;
      launch.traffic.push_back(traffic);
      launch.traffic.push_back(
          {multiply(traffic.bytes, launch.runs - 1), touched.lookup(loop)});
    }
    for (int64_t *amount :
         {&launch.operations, &launch.bytesRead, &launch.bytesWritten})
      *amount = multiply(*amount, launch.runs);
  }
}

static int64_t countHalo(kernel::FillHaloOp fill) {
  auto type = cast<MemRefType>(fill.getBuffer().getType());
  SmallVector<int64_t> inner;
  for (auto [size, low, high] :
       llvm::zip(type.getShape(), fill.getLow(), fill.getHigh()))
    inner.push_back(std::max<int64_t>(0, size - low - high));
  return byteSizeOf(type) -
         byteSizeOf(MemRefType::get(inner, type.getElementType()));
}

std::vector<LaunchWork> sluice::describeLaunches(ModuleOp module) {
  std::vector<LaunchWork> launches;
  SmallVector<SmallVector<Access>> accesses;
  SmallVector<kernel::ForOp> loops; // around each launch, the innermost
  func::FuncOp runner;
  for (auto function : module.getOps<func::FuncOp>())
    if (!runner && function->hasAttr("kernel.workspace"))
      runner = function;
  if (!runner)
    return launches;
  SymbolTable symbols(module);
  MemoryMap memory(runner);
  llvm::StringMap<KernelWork> kernels;
  runner.walk<WalkOrder::PreOrder>([&](Operation *op) {
    LaunchWork launch;
    SmallVector<Access> touched;
    if (auto fill = dyn_cast<kernel::FillHaloOp>(op)) {
      launch.kernel = "halo";
      launch.operators = {"fill_halo"};
      touched.push_back(memory.locate(fill.getBuffer(), 1));
      launch.bytesWritten = touched.back().bytes = countHalo(fill);
    } else if (auto call = dyn_cast<kernel::LaunchOp>(op)) {
      launch.kernel = call.getKernel().str();
      auto kernel = symbols.lookup<kernel::FuncOp>(call.getKernel());
      auto [work, isNew] = kernels.try_emplace(call.getKernel());
      if (isNew && kernel)
        work->second = countWork(kernel);
      launch.tuningKeys = work->second.tuningKeys;
      launch.operators = work->second.operators;
      launch.operations = work->second.operations;
      for (auto [i, input] : llvm::enumerate(call.getInputs())) {
        ArrayRef<double> shares = work->second.shareRead;
        touched.push_back(
            memory.locate(input, i < shares.size() ? shares[i] : 1));
        launch.bytesRead += touched.back().bytes;
      }
      // What stands in scratch is there for the caches.
      for (Value output : call.getOutputs().take_front(work->second.results)) {
        touched.push_back(memory.locate(output, 1));
        launch.bytesWritten += touched.back().bytes;
      }
    } else {
      return;
    }
    launch.runs = countRuns(op);
    loops.push_back(op->getParentOfType<kernel::ForOp>());
    llvm::SmallSetVector<Attribute, 4> seen;
    collectNodes(op->getLoc(), seen, launch.nodes);
    launches.push_back(std::move(launch));
    accesses.push_back(std::move(touched));
  });
  measureReuse(launches, accesses, memory.lines());
  repeatInLoops(launches, loops);
  return launches;
}
