// RUN: sluice-opt %s --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: @no_dims
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @no_dims(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.reduce sum %x dims [] : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// CHECK-LABEL: @kinds
func.func @kinds() -> (tensor<2xf32>, tensor<3xf32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>) {
  %x = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 7.5]]> : tensor<2x3xf32>
  // CHECK: %[[SUM:.*]] = graph.constant dense<[6.000000e+00, 1.650000e+01]>
  %0 = graph.reduce sum %x dims [1] : tensor<2x3xf32>
  // CHECK: %[[PRODUCT:.*]] = graph.constant dense<[4.000000e+00, 1.000000e+01, 2.250000e+01]>
  %1 = graph.reduce product %x dims [0] : tensor<2x3xf32>
  // CHECK: %[[MEAN:.*]] = graph.constant dense<3.750000e+00> : tensor<f32>
  %2 = graph.reduce mean %x dims [0, 1] : tensor<2x3xf32>
  // CHECK: %[[MAX:.*]] = graph.constant dense<[3.000000e+00, 7.500000e+00]>
  %3 = graph.reduce max %x dims [1] : tensor<2x3xf32>
  // CHECK: %[[MIN:.*]] = graph.constant dense<[1.000000e+00, 4.000000e+00]>
  %4 = graph.reduce min %x dims [1] : tensor<2x3xf32>
  // CHECK: return %[[SUM]], %[[PRODUCT]], %[[MEAN]], %[[MAX]], %[[MIN]]
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<3xf32>, tensor<f32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// Combining nothing.
// CHECK-LABEL: @empty
func.func @empty() -> (tensor<2xf32>, tensor<2xi8>, tensor<2xui8>, tensor<2xi32>, tensor<2xf32>, tensor<2xi32>) {
  %f = graph.constant dense<> : tensor<0x2xf32>
  %i = graph.constant dense<> : tensor<0x2xi8>
  %u = graph.constant dense<> : tensor<0x2xui8>
  %w = graph.constant dense<> : tensor<0x2xi32>
  // CHECK-DAG: %[[MAXF:.*]] = graph.constant dense<0xFF800000> : tensor<2xf32>
  %0 = graph.reduce max %f dims [0] : tensor<0x2xf32>
  // CHECK-DAG: %[[MAXI:.*]] = graph.constant dense<-128> : tensor<2xi8>
  %1 = graph.reduce max %i dims [0] : tensor<0x2xi8>
  // CHECK-DAG: %[[MINU:.*]] = graph.constant dense<255> : tensor<2xui8>
  %2 = graph.reduce min %u dims [0] : tensor<0x2xui8>
  // CHECK-DAG: %[[PROD:.*]] = graph.constant dense<1> : tensor<2xi32>
  %3 = graph.reduce product %w dims [0] : tensor<0x2xi32>
  // CHECK-DAG: %[[MEANF:.*]] = graph.constant dense<0x{{7FC|FFC}}00000> : tensor<2xf32>
  %4 = graph.reduce mean %f dims [0] : tensor<0x2xf32>
  // CHECK-DAG: %[[MEANI:.*]] = graph.constant dense<0> : tensor<2xi32>
  %5 = graph.reduce mean %w dims [0] : tensor<0x2xi32>
  // CHECK: return %[[MAXF]], %[[MAXI]], %[[MINU]], %[[PROD]], %[[MEANF]], %[[MEANI]]
  return %0, %1, %2, %3, %4, %5 : tensor<2xf32>, tensor<2xi8>, tensor<2xui8>, tensor<2xi32>, tensor<2xf32>, tensor<2xi32>
}

// -----

// NaN wins, an integer mean is truncated and does not overflow, sums wrap.
// CHECK-LABEL: @edges
func.func @edges() -> (tensor<2xf32>, tensor<2xi8>, tensor<i8>, tensor<i1>, tensor<i1>) {
  %x = graph.constant dense<[[1.0, 0x7FC00000], [0x7F800000, 2.0]]> : tensor<2x2xf32>
  // CHECK-DAG: %[[MAX:.*]] = graph.constant dense<[0x7FC00000, 0x7F800000]> : tensor<2xf32>
  %0 = graph.reduce max %x dims [1] : tensor<2x2xf32>
  %i = graph.constant dense<[[127, 127], [-3, -4]]> : tensor<2x2xi8>
  // CHECK-DAG: %[[MEAN:.*]] = graph.constant dense<[127, -3]> : tensor<2xi8>
  %1 = graph.reduce mean %i dims [1] : tensor<2x2xi8>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<-9> : tensor<i8>
  %2 = graph.reduce sum %i dims [0, 1] : tensor<2x2xi8>
  %b = graph.constant dense<[true, false]> : tensor<2xi1>
  // CHECK-DAG: %[[AND:.*]] = graph.constant dense<false>
  %3 = graph.reduce and %b dims [0] : tensor<2xi1>
  // CHECK-DAG: %[[OR:.*]] = graph.constant dense<true>
  %4 = graph.reduce or %b dims [0] : tensor<2xi1>
  // CHECK: return %[[MAX]], %[[MEAN]], %[[SUM]], %[[AND]], %[[OR]]
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<2xi8>, tensor<i8>, tensor<i1>, tensor<i1>
}

// -----

// f16 is accumulated in a wider type: 65504 + 65504 - 65504 does not overflow.
// CHECK-LABEL: @half
func.func @half() -> tensor<f16> {
  %x = graph.constant dense<[65504.0, 65504.0, -65504.0]> : tensor<3xf16>
  // CHECK: graph.constant dense<6.550400e+04> : tensor<f16>
  %0 = graph.reduce sum %x dims [0] : tensor<3xf16>
  return %0 : tensor<f16>
}

// -----

// The first of equals; NaN is never chosen.
// CHECK-LABEL: @arg
func.func @arg() -> (tensor<3xi64>, tensor<3xi32>, tensor<ui16>) {
  %x = graph.constant dense<[[1.0, 3.0, 3.0], [0x7FC00000, 0xFF800000, 0x7FC00000], [0x7FC00000, 0x7FC00000, 0x7FC00000]]> : tensor<3x3xf32>
  // CHECK-DAG: %[[MAX:.*]] = graph.constant dense<[1, 1, 0]> : tensor<3xi64>
  %0 = graph.arg_reduce max %x dim 1 as i64 : tensor<3x3xf32>
  // CHECK-DAG: %[[MIN:.*]] = graph.constant dense<[0, 1, 0]> : tensor<3xi32>
  %1 = graph.arg_reduce min %x dim 0 as i32 : tensor<3x3xf32>
  %u = graph.constant dense<[1, 255, 2]> : tensor<3xui8>
  // CHECK-DAG: %[[UNSIGNED:.*]] = graph.constant dense<1> : tensor<ui16>
  %2 = graph.arg_reduce max %u dim 0 as ui16 : tensor<3xui8>
  // CHECK: return %[[MAX]], %[[MIN]], %[[UNSIGNED]]
  return %0, %1, %2 : tensor<3xi64>, tensor<3xi32>, tensor<ui16>
}

// -----

// CHECK-LABEL: @softmax
func.func @softmax() -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %x = graph.constant dense<[[1000.0, 1000.0], [0xFF800000, 0xFF800000], [0xFF800000, 0.0]]> : tensor<3x2xf32>
  // CHECK: graph.constant dense<{{\[\[}}5.000000e-01, 5.000000e-01], [0x{{[7F]FC00000}}, 0x{{[7F]FC00000}}], [0.000000e+00, 1.000000e+00]]>
  %0 = graph.softmax %x : tensor<3x2xf32>
  // CHECK: graph.constant dense<{{\[\[}}-0.693147182, -0.693147182], [0x{{[7F]FC00000}}, 0x{{[7F]FC00000}}], [0xFF800000, 0.000000e+00]]>
  %1 = graph.log_softmax %x : tensor<3x2xf32>
  return %0, %1 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// CHECK-LABEL: @scan
func.func @scan() -> (tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<2x2xf32>, tensor<2xf32>) {
  %x = graph.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  // CHECK-DAG: %[[PLAIN:.*]] = graph.constant dense<[1, 3, 6, 10]>
  %0 = graph.scan sum %x dim 0 : tensor<4xi32>
  // CHECK-DAG: %[[EXCLUSIVE:.*]] = graph.constant dense<[0, 1, 3, 6]>
  %1 = graph.scan sum %x dim 0 {exclusive} : tensor<4xi32>
  // CHECK-DAG: %[[REVERSE:.*]] = graph.constant dense<[24, 24, 12, 4]>
  %2 = graph.scan product %x dim 0 {reverse} : tensor<4xi32>
  // CHECK-DAG: %[[BOTH:.*]] = graph.constant dense<[9, 7, 4, 0]>
  %3 = graph.scan sum %x dim 0 {exclusive, reverse} : tensor<4xi32>
  %y = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  // CHECK-DAG: %[[OUTER:.*]] = graph.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [4.000000e+00, 6.000000e+00]]>
  %4 = graph.scan sum %y dim 0 : tensor<2x2xf32>
  %z = graph.constant dense<[0.0, 0.0]> : tensor<2xf32>
  // CHECK-DAG: %[[LOG:.*]] = graph.constant dense<[0.000000e+00, 0.693147182]>
  %5 = graph.scan log_sum_exp %z dim 0 : tensor<2xf32>
  // CHECK: return %[[PLAIN]], %[[EXCLUSIVE]], %[[REVERSE]], %[[BOTH]], %[[OUTER]], %[[LOG]]
  return %0, %1, %2, %3, %4, %5 : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<2x2xf32>, tensor<2xf32>
}
