//===- GraphWinogradOps.cpp - Transforms of Winograd's convolution --------===//

#include "dialects/Graph/GraphInference.h"
#include "dialects/Graph/GraphOps.h"
#include "dialects/Graph/Winograd.h"
#include <array>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

#define GET_OP_CLASSES
#include "dialects/Graph/GraphWinogradOps.cpp.inc"

void GraphDialect::registerWinogradOps() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/GraphWinogradOps.cpp.inc"
      >();
}

static bool isStaticAndFull(RankedTensorType type, int64_t rank) {
  return type.getRank() == rank && type.hasStaticShape() &&
         !llvm::is_contained(type.getShape(), 0);
}

// The product of sizes, -1 when it does not fit.
static int64_t multiply(std::initializer_list<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    if (__builtin_mul_overflow(result, size, &result))
      return -1;
  return result;
}

// Tiles of four results along a dimension.
static int64_t tilesAlong(int64_t size) { return size / 4 + (size % 4 != 0); }

LogicalResult WinogradInputOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (!isStaticAndFull(type, 4))
    return emitOptionalError(location,
                             "(C1) expected four known dimensions, "
                             "found ",
                             type);
  for (int64_t d : {1, 2})
    if (type.getDimSize(d) < 6 || type.getDimSize(d) % 4 != 2)
      return emitOptionalError(location, "(C2) dimension ", d, " of ", type,
                               " is not of the form 4 * k + 2");
  auto tiles = static_cast<int64_t>(adaptor.getTiles());
  int64_t least = multiply(
      {type.getDimSize(0), type.getDimSize(1) / 4, type.getDimSize(2) / 4});
  if (least < 0 || tiles < least)
    return emitOptionalError(location, "(C3) expected at least ", least,
                             " tiles, found ", tiles);
  return inferTensor(location,
                     {Size(36), Size(tiles), Size(type.getDimSize(3))},
                     type.getElementType(), types);
}

LogicalResult WinogradOutputOp::inferReturnTypes(
    MLIRContext *, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (!isStaticAndFull(type, 3) || type.getDimSize(0) != 36)
    return emitOptionalError(location, "(C1) expected 36 by t by c, found ",
                             type);
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (sizes.size() != 3 ||
      llvm::any_of(sizes, [](int64_t size) { return size < 1; }))
    return emitOptionalError(
        location, "(C2) expected three positive sizes, found [", sizes, "]");
  int64_t least =
      multiply({sizes[0], tilesAlong(sizes[1]), tilesAlong(sizes[2])});
  if (least < 0 || type.getDimSize(1) < least)
    return emitOptionalError(location, "(C3) expected at least ", least,
                             " tiles, found ", type.getDimSize(1));
  return inferTensor(location,
                     {Size(sizes[0]), Size(sizes[1]), Size(sizes[2]),
                      Size(type.getDimSize(2))},
                     type.getElementType(), types);
}

//===----------------------------------------------------------------------===//
// Reference evaluation
//===----------------------------------------------------------------------===//

using Tile = std::array<std::array<double, 6>, 6>;

static constexpr double a = winogradNear, b = winogradFar;
static constexpr double inputMatrix[6][6] = {
    {a * a * b * b, 0, -a * a - b * b, 0, 1, 0},
    {0, -a * b * b, -b * b, a, 1, 0},
    {0, a * b * b, -b * b, -a, 1, 0},
    {0, -a * a * b, -a * a, b, 1, 0},
    {0, a * a * b, -a * a, -b, 1, 0},
    {0, a * a * b * b, 0, -a * a - b * b, 0, 1}};
static constexpr double outputMatrix[4][6] = {
    {1, 1, 1, 1, 1, 0},
    {0, a, -a, b, -b, 0},
    {0, a * a, a * a, b * b, b * b, 0},
    {0, a * a * a, -a * a * a, b * b * b, -b * b * b, 1}};

// Element (i, j) of M * tile * M^T.
template <size_t Rows>
static double transformed(const double (&matrix)[Rows][6], const Tile &tile,
                          int64_t i, int64_t j) {
  double sum = 0;
  for (int k = 0; k < 6; ++k)
    for (int l = 0; l < 6; ++l)
      sum += matrix[i][k] * tile[k][l] * matrix[j][l];
  return sum;
}

llvm::Error WinogradInputOp::evaluate(ArrayRef<const HostTensor *> operands,
                                      MutableArrayRef<HostTensor> results) {
  const HostTensor &image = *operands[0];
  ArrayRef<int64_t> shape = image.shape();
  int64_t height = shape[1] / 4, width = shape[2] / 4, channels = shape[3];
  int64_t tiles = results[0].shape()[1], used = shape[0] * height * width;
  for (int64_t t = 0; t < tiles; ++t)
    for (int64_t c = 0; c < channels; ++c) {
      Tile tile = {};
      int64_t n = t / (height * width), y = t / width % height, x = t % width;
      for (int64_t k = 0; k < 6 && t < used; ++k)
        for (int64_t l = 0; l < 6; ++l)
          tile[k][l] = image.getDouble(
              ((n * shape[1] + 4 * y + k) * shape[2] + 4 * x + l) * channels +
              c);
      for (int64_t e = 0; e < 36; ++e)
        results[0].setDouble((e * tiles + t) * channels + c,
                             transformed(inputMatrix, tile, e / 6, e % 6));
    }
  return llvm::Error::success();
}

llvm::Error WinogradOutputOp::evaluate(ArrayRef<const HostTensor *> operands,
                                       MutableArrayRef<HostTensor> results) {
  const HostTensor &products = *operands[0];
  int64_t tiles = products.shape()[1], channels = products.shape()[2];
  ArrayRef<int64_t> shape = results[0].shape();
  int64_t height = tilesAlong(shape[1]);
  int64_t width = tilesAlong(shape[2]);
  for (int64_t i = 0, count = results[0].size(); i < count; ++i) {
    int64_t c = i % channels, x = i / channels % shape[2];
    int64_t y = i / (channels * shape[2]) % shape[1];
    int64_t n = i / (channels * shape[2] * shape[1]);
    int64_t t = (n * height + y / 4) * width + x / 4;
    Tile tile;
    for (int64_t e = 0; e < 36; ++e)
      tile[e / 6][e % 6] = products.getDouble((e * tiles + t) * channels + c);
    results[0].setDouble(i, transformed(outputMatrix, tile, y % 4, x % 4));
  }
  return llvm::Error::success();
}

int64_t WinogradInputOp::getEvaluationCost() {
  return multiply({getType().getNumElements(), 36});
}
int64_t WinogradOutputOp::getEvaluationCost() {
  return multiply({getType().getNumElements(), 36});
}
