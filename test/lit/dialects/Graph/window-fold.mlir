// RUN: sluice-opt %s --canonicalize --split-input-file | FileCheck %s

// Padding takes no part: not in the maximum of negative numbers, not in the
// divisor of the average.
// CHECK-LABEL: @padding
func.func @padding() -> (tensor<1x3x1xf32>, tensor<1x3x1xf32>, tensor<1x3x1xf32>, tensor<1x3x1xi8>) {
  %x = graph.constant dense<[[[-1.0], [-2.0], [-3.0]]]> : tensor<1x3x1xf32>
  // CHECK-DAG: %[[MAX:.*]] = graph.constant dense<{{\[\[\[}}-1.000000e+00], [-1.000000e+00], [-2.000000e+00]]]>
  %0 = graph.pool max %x window [3] strides [1] pad [1] to [1] dilations [1] : tensor<1x3x1xf32>
  // CHECK-DAG: %[[AVERAGE:.*]] = graph.constant dense<{{\[\[\[}}-1.500000e+00], [-2.000000e+00], [-2.500000e+00]]]>
  %1 = graph.pool average %x window [3] strides [1] pad [1] to [1] dilations [1] : tensor<1x3x1xf32>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<{{\[\[\[}}-3.000000e+00], [-6.000000e+00], [-5.000000e+00]]]>
  %2 = graph.pool sum %x window [3] strides [1] pad [1] to [1] dilations [1] : tensor<1x3x1xf32>
  %i = graph.constant dense<[[[-1], [-2], [-3]]]> : tensor<1x3x1xi8>
  // CHECK-DAG: %[[INT:.*]] = graph.constant dense<{{\[\[\[}}-1], [-1], [-2]]]> : tensor<1x3x1xi8>
  %3 = graph.pool max %i window [3] strides [1] pad [1] to [1] dilations [1] : tensor<1x3x1xi8>
  // CHECK: return %[[MAX]], %[[AVERAGE]], %[[SUM]], %[[INT]]
  return %0, %1, %2, %3 : tensor<1x3x1xf32>, tensor<1x3x1xf32>, tensor<1x3x1xf32>, tensor<1x3x1xi8>
}

// -----

// Taps at -1 and 1 of a single element: nothing to combine.
// CHECK-LABEL: @nothing
func.func @nothing() -> (tensor<1x1x1xf32>, tensor<1x1x1xi16>) {
  %x = graph.constant dense<5.0> : tensor<1x1x1xf32>
  // CHECK-DAG: graph.constant dense<0xFF800000> : tensor<1x1x1xf32>
  %0 = graph.pool max %x window [2] strides [1] pad [1] to [1] dilations [2] : tensor<1x1x1xf32>
  %i = graph.constant dense<5> : tensor<1x1x1xi16>
  // CHECK-DAG: graph.constant dense<-32768> : tensor<1x1x1xi16>
  %1 = graph.pool max %i window [2] strides [1] pad [1] to [1] dilations [2] : tensor<1x1x1xi16>
  return %0, %1 : tensor<1x1x1xf32>, tensor<1x1x1xi16>
}

// -----

// CHECK-LABEL: @two_dims
func.func @two_dims() -> (tensor<1x1x1x2xf32>, tensor<1x1x2x1xf32>) {
  %x = graph.constant dense<[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 0x7FC00000]]]]> : tensor<1x2x2x2xf32>
  // CHECK-DAG: graph.constant dense<{{\[\[\[\[}}7.000000e+00, 0x7FC00000]]]]> : tensor<1x1x1x2xf32>
  %0 = graph.pool max %x window [2, 2] strides [2, 2] pad [0, 0] to [0, 0] dilations [1, 1] : tensor<1x2x2x2xf32>
  %y = graph.constant dense<[[[[1.0], [2.0], [3.0], [4.0]]]]> : tensor<1x1x4x1xf32>
  // CHECK-DAG: graph.constant dense<{{\[\[\[\[}}2.000000e+00], [3.000000e+00]]]]> : tensor<1x1x2x1xf32>
  %1 = graph.pool average %y window [1, 2] strides [1, 1] pad [0, 0] to [0, 0] dilations [1, 2] : tensor<1x1x4x1xf32>
  return %0, %1 : tensor<1x1x1x2xf32>, tensor<1x1x2x1xf32>
}

// -----

// CHECK-LABEL: @nearest
func.func @nearest() -> (tensor<1x4x1xi32>, tensor<1x4x1xi32>, tensor<1x5x1xi32>, tensor<1x2x1xi32>) {
  %x = graph.constant dense<[[[0], [1], [2]]]> : tensor<1x3x1xi32>
  // x = 0, 0.75, 1.5, 2.25
  // CHECK-DAG: %[[FLOOR:.*]] = graph.constant dense<{{\[\[\[}}0], [0], [1], [2]]]>
  %0 = graph.resize nearest %x to [4] asymmetric rounding floor : tensor<1x3x1xi32>
  // CHECK-DAG: %[[CEIL:.*]] = graph.constant dense<{{\[\[\[}}0], [1], [2], [2]]]>
  %1 = graph.resize nearest %x to [4] asymmetric rounding ceil : tensor<1x3x1xi32>
  // x = 0, 0.5, 1, 1.5, 2
  // CHECK-DAG: %[[UP:.*]] = graph.constant dense<{{\[\[\[}}0], [1], [1], [2], [2]]]>
  %2 = graph.resize nearest %x to [5] align_corners rounding half_up : tensor<1x3x1xi32>
  // x = 0.75, 2.25
  // CHECK-DAG: %[[CENTER:.*]] = graph.constant dense<{{\[\[\[}}0], [2]]]>
  %3 = graph.resize nearest %x to [2] pixel_center rounding floor : tensor<1x3x1xi32>
  // CHECK: return %[[FLOOR]], %[[CEIL]], %[[UP]], %[[CENTER]]
  return %0, %1, %2, %3 : tensor<1x4x1xi32>, tensor<1x4x1xi32>, tensor<1x5x1xi32>, tensor<1x2x1xi32>
}

// -----

// CHECK-LABEL: @linear
func.func @linear() -> (tensor<1x4x1xf32>, tensor<1x4x1xf32>, tensor<1x3x1xf32>) {
  %x = graph.constant dense<[[[0.0], [4.0]]]> : tensor<1x2x1xf32>
  // CHECK-DAG: %[[PLAIN:.*]] = graph.constant dense<{{\[\[\[}}0.000000e+00], [2.000000e+00], [4.000000e+00], [4.000000e+00]]]>
  %0 = graph.resize linear %x to [4] asymmetric rounding floor : tensor<1x2x1xf32>
  // CHECK-DAG: %[[HALF:.*]] = graph.constant dense<{{\[\[\[}}0.000000e+00], [1.000000e+00], [3.000000e+00], [4.000000e+00]]]>
  %1 = graph.resize linear %x to [4] half_pixel rounding floor : tensor<1x2x1xf32>
  // CHECK-DAG: %[[CORNERS:.*]] = graph.constant dense<{{\[\[\[}}0.000000e+00], [2.000000e+00], [4.000000e+00]]]>
  %2 = graph.resize linear %x to [3] align_corners rounding floor : tensor<1x2x1xf32>
  // CHECK: return %[[PLAIN]], %[[HALF]], %[[CORNERS]]
  return %0, %1, %2 : tensor<1x4x1xf32>, tensor<1x4x1xf32>, tensor<1x3x1xf32>
}
