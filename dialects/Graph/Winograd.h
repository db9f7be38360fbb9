//===- Winograd.h - Points of Winograd's convolution ------------*- C++ -*-===//

#ifndef SLUICE_DIALECTS_GRAPH_WINOGRAD_H
#define SLUICE_DIALECTS_GRAPH_WINOGRAD_H

namespace sluice::graph {

/// F(4x4, 3x3) interpolates at 0, these two, their negatives and infinity: a
/// quarter of the error of 1 and 2, and exact coefficients in f32.
constexpr double winogradNear = 5. / 8, winogradFar = 3. / 2;

} // namespace sluice::graph

#endif // SLUICE_DIALECTS_GRAPH_WINOGRAD_H
