// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @windows
func.func @windows(%x: tensor<1x9x8x3xf32>, %s: tensor<2x4x!graph.string>) -> tensor<1x10x4x3xf32> {
  // CHECK: graph.pool max %{{.*}} window [3, 3] strides [2, 2] pad [0, 0] to [1, 1] dilations [1, 1] : tensor<1x9x8x3xf32>
  %0 = graph.pool max %x window [3, 3] strides [2, 2] pad [0, 0] to [1, 1] dilations [1, 1] : tensor<1x9x8x3xf32>
  // 9 + 1 - 3 = 7 gives 4, 8 + 1 - 3 = 6 gives 4; dilation 3 spans 4.
  // CHECK: graph.pool average %{{.*}} window [1, 2] strides [1, 1] pad [0, 0] to [0, 0] dilations [1, 3] : tensor<1x4x4x3xf32>
  %1 = graph.pool average %0 window [1, 2] strides [1, 1] pad [0, 0] to [0, 0] dilations [1, 3] : tensor<1x4x4x3xf32>
  // CHECK: graph.resize linear %{{.*}} to [10, 4] half_pixel rounding floor : tensor<1x4x1x3xf32>
  %2 = graph.resize linear %1 to [10, 4] half_pixel rounding floor : tensor<1x4x1x3xf32>
  // CHECK: graph.resize nearest %{{.*}} to [] align_corners rounding half_up : tensor<2x4x!graph.string>
  %3 = graph.resize nearest %s to [] align_corners rounding half_up : tensor<2x4x!graph.string>
  return %2 : tensor<1x10x4x3xf32>
}
