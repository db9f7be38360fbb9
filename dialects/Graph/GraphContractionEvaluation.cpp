//===- GraphContractionEvaluation.cpp - Reference values ------------------===//
//
// From the definitions, one sum of products at a time: double, complex double
// or integers modulo 2^64.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/GraphOps.h"
#include <vector>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

static double get(const HostTensor &from, int64_t i, double) {
  return from.getDouble(i);
}
static std::complex<double> get(const HostTensor &from, int64_t i,
                                std::complex<double>) {
  return from.getComplex(i);
}
static uint64_t get(const HostTensor &from, int64_t i, uint64_t) {
  return static_cast<uint64_t>(from.getInt(i));
}

static void put(HostTensor &to, int64_t i, double sum) { to.setDouble(i, sum); }
static void put(HostTensor &to, int64_t i, std::complex<double> sum) {
  to.setComplex(i, sum);
}
static void put(HostTensor &to, int64_t i, uint64_t sum) {
  to.setInt(i, static_cast<int64_t>(sum));
}

template <typename T> static std::vector<T> unpack(const HostTensor &tensor) {
  std::vector<T> elements(static_cast<size_t>(tensor.size()));
  for (int64_t i = 0; i < tensor.size(); ++i)
    elements[static_cast<size_t>(i)] = get(tensor, i, T());
  return elements;
}

/// Calls `compute` with the elements of both operands in the type that sums
/// have.
template <typename Function>
static llvm::Error sumUp(ArrayRef<const HostTensor *> operands,
                         Function compute) {
  auto call = [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> lhs = unpack<T>(*operands[0]), rhs = unpack<T>(*operands[1]);
    compute(lhs.data(), rhs.data(), zero);
  };
  ElementKind kind = operands[0]->kind();
  if (isComplex(kind))
    call(std::complex<double>());
  else if (isFloat(kind))
    call(double());
  else
    call(uint64_t());
  return llvm::Error::success();
}

llvm::Error ContractOp::evaluate(ArrayRef<const HostTensor *> operands,
                                 MutableArrayRef<HostTensor> results) {
  const HostTensor &lhs = *operands[0];
  HostTensor &result = results[0];
  if (result.size() == 0)
    return llvm::Error::success();
  int64_t rank = lhs.rank();
  int64_t rows = result.shape()[rank - 2], columns = result.shape()[rank - 1];
  int64_t depth = lhs.shape()[rank - (getTransposeLhs() ? 2 : 1)];
  int64_t batches = result.size() / (rows * columns);
  bool transposeLhs = getTransposeLhs(), transposeRhs = getTransposeRhs();
  return sumUp(operands, [&](const auto *x, const auto *y, auto sum) {
    for (int64_t b = 0; b < batches; ++b)
      for (int64_t m = 0; m < rows; ++m)
        for (int64_t n = 0; n < columns; ++n) {
          sum = 0;
          for (int64_t k = 0; k < depth; ++k) {
            int64_t i = transposeLhs ? k * rows + m : m * depth + k;
            int64_t j = transposeRhs ? n * depth + k : k * columns + n;
            sum += x[b * rows * depth + i] * y[b * depth * columns + j];
          }
          put(result, (b * rows + m) * columns + n, sum);
        }
  });
}

llvm::Error ConvOp::evaluate(ArrayRef<const HostTensor *> operands,
                             MutableArrayRef<HostTensor> results) {
  const HostTensor &input = *operands[0], &filter = *operands[1];
  HostTensor &result = results[0];
  unsigned spatial = getSpatialRank();
  // Every shape as three spatial dimensions, the missing ones of size 1.
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, window[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1}, low[3] = {0, 0, 0};
  int64_t inputStep[3] = {1, 1, 1}, windowStep[3] = {1, 1, 1};
  for (unsigned d = 0; d < spatial; ++d) {
    in[d] = input.shape()[1 + d];
    out[d] = result.shape()[1 + d];
    window[d] = filter.shape()[d];
    stride[d] = getStrides()[d];
    low[d] = getPadsLow()[d];
    inputStep[d] = getInputDilations()[d];
    windowStep[d] = getWindowDilations()[d];
  }
  int64_t channels = input.shape().back(), outputs = result.shape().back();
  int64_t depth = filter.shape()[spatial];
  int64_t perGroup = outputs / static_cast<int64_t>(getGroups());
  return sumUp(operands, [&](const auto *elements, const auto *taps, auto sum) {
    for (int64_t i = 0; i < result.size(); ++i) {
      int64_t o = i % outputs, rest = i / outputs;
      int64_t y[3];
      for (int d = 2; d >= 0; --d) {
        y[d] = rest % out[d];
        rest /= out[d];
      }
      sum = 0;
      int64_t w[3], x[3];
      for (w[0] = 0; w[0] < window[0]; ++w[0])
        for (w[1] = 0; w[1] < window[1]; ++w[1])
          for (w[2] = 0; w[2] < window[2]; ++w[2]) {
            bool exists = true;
            for (int d = 0; d < 3; ++d) {
              x[d] = y[d] * stride[d] + w[d] * windowStep[d] - low[d];
              exists &= x[d] >= 0 && x[d] % inputStep[d] == 0;
              x[d] /= inputStep[d];
              exists &= x[d] < in[d];
            }
            if (!exists)
              continue;
            int64_t pixel =
                ((rest * in[0] + x[0]) * in[1] + x[1]) * in[2] + x[2];
            int64_t tap = (w[0] * window[1] + w[1]) * window[2] + w[2];
            for (int64_t c = 0; c < depth; ++c)
              sum += elements[pixel * channels + o / perGroup * depth + c] *
                     taps[(tap * depth + c) * outputs + o];
          }
      put(result, i, sum);
    }
  });
}
