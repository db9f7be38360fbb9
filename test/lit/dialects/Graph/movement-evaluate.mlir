// RUN: sluice-opt %s --canonicalize | FileCheck %s

// The reference evaluation of each operator, through folding.

// CHECK-LABEL: @join
func.func @join() -> (tensor<2x3xi8>, tensor<2x3xi8>, tensor<1x0xi8>, tensor<2x!graph.string>) {
  // CHECK-DAG: dense<{{\[\[}}1, 2, 5], [3, 4, 6]]> : tensor<2x3xi8>
  // CHECK-DAG: dense<{{\[\[}}5, 1, 2], [6, 3, 4]]> : tensor<2x3xi8>
  // CHECK-DAG: dense<> : tensor<1x0xi8>
  // CHECK-DAG: dense<["ab", ""]> : tensor<2x!graph.string>
  %x = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %y = graph.constant dense<[[5], [6]]> : tensor<2x1xi8>
  %e = graph.constant dense<> : tensor<1x0xi8>
  %s = graph.constant dense<"ab"> : tensor<1x!graph.string>
  %t = graph.constant dense<""> : tensor<1x!graph.string>
  %0 = graph.concat %x, %y dim 1 : tensor<2x2xi8>, tensor<2x1xi8>
  %1 = graph.concat %y, %x dim 1 : tensor<2x1xi8>, tensor<2x2xi8>
  %2 = graph.concat %e, %e dim 1 : tensor<1x0xi8>, tensor<1x0xi8>
  %3 = graph.concat %s, %t dim 0 : tensor<1x!graph.string>, tensor<1x!graph.string>
  return %0, %1, %2, %3 : tensor<2x3xi8>, tensor<2x3xi8>, tensor<1x0xi8>, tensor<2x!graph.string>
}

// CHECK-LABEL: @pads
func.func @pads() -> (tensor<2x4xf32>, tensor<7xi64>, tensor<9xi64>, tensor<5xi64>, tensor<2xi64>) {
  // CHECK-DAG: dense<{{\[\[}}0x7FC00000, 0x7FC00000, 0x7FC00000, 0x7FC00000], [0x7FC00000, 1.000000e+00, -0.000000e+00, 0x7FC00000]]>
  // CHECK-DAG: dense<[3, 2, 1, 2, 3, 2, 1]>
  // CHECK-DAG: dense<[3, 2, 1, 1, 2, 3, 3, 2, 1]>
  // CHECK-DAG: dense<[1, 1, 1, 2, 3]>
  // CHECK-DAG: dense<7> : tensor<2xi64>
  %x = graph.constant dense<[[1.0, -0.0]]> : tensor<1x2xf32>
  %nan = graph.constant dense<0x7FC00000> : tensor<f32>
  %y = graph.constant dense<[1, 2, 3]> : tensor<3xi64>
  %e = graph.constant dense<> : tensor<0xi64>
  %v = graph.constant dense<7> : tensor<i64>
  %0 = graph.pad %x, %nan low [1, 1] high [0, 1] constant : tensor<1x2xf32>, tensor<f32>
  %1 = graph.pad %y low [2] high [2] reflect : tensor<3xi64>
  %2 = graph.pad %y low [3] high [3] symmetric : tensor<3xi64>
  %3 = graph.pad %y low [2] high [0] edge : tensor<3xi64>
  %4 = graph.pad %e, %v low [1] high [1] constant : tensor<0xi64>, tensor<i64>
  return %0, %1, %2, %3, %4 : tensor<2x4xf32>, tensor<7xi64>, tensor<9xi64>, tensor<5xi64>, tensor<2xi64>
}

// CHECK-LABEL: @slices
func.func @slices() -> (tensor<2x2xi16>, tensor<0x2xi16>, tensor<1x3xi16>, tensor<1x1xi16>) {
  // CHECK-DAG: dense<{{\[\[}}5, 3], [2, 0]]> : tensor<2x2xi16>
  // CHECK-DAG: dense<> : tensor<0x2xi16>
  // CHECK-DAG: dense<{{\[\[}}3, 4, 5]]> : tensor<1x3xi16>
  // CHECK-DAG: dense<4> : tensor<1x1xi16>
  %x = graph.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi16>
  %i = graph.constant dense<[1, 0]> : tensor<2xi32>
  %j = graph.constant dense<[7, 1]> : tensor<2xi32>
  %0 = graph.slice %x starts [1, 2] sizes [2, 2] strides [-1, -2] : tensor<2x3xi16>
  %1 = graph.slice %x starts [7, 0] sizes [0, 2] strides [1, 1] : tensor<2x3xi16>
  %2 = graph.dynamic_slice %x, %i sizes [1, 3] : tensor<2x3xi16>, tensor<2xi32>
  %3 = graph.dynamic_slice %x, %j sizes [1, 1] clamped : tensor<2x3xi16>, tensor<2xi32>
  return %0, %1, %2, %3 : tensor<2x2xi16>, tensor<0x2xi16>, tensor<1x3xi16>, tensor<1x1xi16>
}

// CHECK-LABEL: @gathers
func.func @gathers() -> (tensor<2x2x2xui32>, tensor<2x2xui32>, tensor<2x2xui32>, tensor<2xui32>, tensor<2x3xui32>) {
  // CHECK-DAG: dense<{{\[\[\[}}2, 0], [1, 1]], {{\[\[}}5, 3], [4, 4]]]> : tensor<2x2x2xui32>
  // CHECK-DAG: dense<{{\[\[}}2, 0], [4, 4]]> : tensor<2x2xui32>
  // CHECK-DAG: dense<{{\[\[}}2, 1], [5, 4]]> : tensor<2x2xui32>
  // CHECK-DAG: dense<[5, 1]> : tensor<2xui32>
  // CHECK-DAG: dense<{{\[\[}}0, 1, 2], [0, 1, 2]]> : tensor<2x3xui32>
  %x = graph.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xui32>
  %i = graph.constant dense<[[2, 0], [1, 1]]> : tensor<2x2xi64>
  %j = graph.constant dense<[-1, -2]> : tensor<2xi32>
  %k = graph.constant dense<[[1, 2], [0, 1]]> : tensor<2x2xi32>
  %l = graph.constant dense<0> : tensor<2x1xi32>
  %0 = graph.gather %x, %i axis 1 batch_dims 0 : tensor<2x3xui32>, tensor<2x2xi64>
  %1 = graph.gather %x, %i axis 1 batch_dims 1 : tensor<2x3xui32>, tensor<2x2xi64>
  %2 = graph.gather %x, %j axis 1 batch_dims 0 wrap : tensor<2x3xui32>, tensor<2xi32>
  %3 = graph.gather_nd %x, %k batch_dims 0 : tensor<2x3xui32>, tensor<2x2xi32>
  %4 = graph.gather_nd %x, %l batch_dims 0 : tensor<2x3xui32>, tensor<2x1xi32>
  return %0, %1, %2, %3, %4 : tensor<2x2x2xui32>, tensor<2x2xui32>, tensor<2x2xui32>, tensor<2xui32>, tensor<2x3xui32>
}

// CHECK-LABEL: @iotas
func.func @iotas() -> (tensor<2x3xf16>, tensor<2x3xi8>) {
  // CHECK-DAG: dense<{{\[\[}}0.000000e+00, 1.000000e+00, 2.000000e+00], [0.000000e+00, 1.000000e+00, 2.000000e+00]]> : tensor<2x3xf16>
  // CHECK-DAG: dense<{{\[\[}}0, 0, 0], [1, 1, 1]]> : tensor<2x3xi8>
  %0 = graph.iota dim 1 to [2, 3] of f16
  %1 = graph.iota dim 0 to [2, 3] of i8
  return %0, %1 : tensor<2x3xf16>, tensor<2x3xi8>
}
