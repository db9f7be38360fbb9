// RUN: sluice-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @contract
func.func @contract() -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x1xi8>,
                          tensor<1x1xcomplex<f32>>, tensor<1x2xf32>) {
  %a = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = graph.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  // [[1, 2], [3, 4]] * [[5, 6], [7, 8]]
  // CHECK-DAG: dense<{{\[\[}}1.900000e+01, 2.200000e+01], [4.300000e+01, 5.000000e+01]]>
  %0 = graph.contract %a, %b : tensor<2x2xf32>, tensor<2x2xf32>
  // [[1, 3], [2, 4]] * [[5, 7], [6, 8]]
  // CHECK-DAG: dense<{{\[\[}}2.300000e+01, 3.100000e+01], [3.400000e+01, 4.600000e+01]]>
  %1 = graph.contract %a transposed, %b transposed
       : tensor<2x2xf32>, tensor<2x2xf32>
  // 100 * 3 + 100 * 2 = 500 wraps to -12 in i8.
  // CHECK-DAG: dense<-12> : tensor<1x1xi8>
  %c = graph.constant dense<100> : tensor<1x2xi8>
  %d = graph.constant dense<[[3], [2]]> : tensor<2x1xi8>
  %2 = graph.contract %c, %d : tensor<1x2xi8>, tensor<2x1xi8>
  // (1 + 2i) * (3 + 4i) = -5 + 10i: not conjugated.
  // CHECK-DAG: dense<(-5.000000e+00,1.000000e+01)>
  %e = graph.constant dense<(1.0, 2.0)> : tensor<1x1xcomplex<f32>>
  %f = graph.constant dense<(3.0, 4.0)> : tensor<1x1xcomplex<f32>>
  %3 = graph.contract %e, %f : tensor<1x1xcomplex<f32>>, tensor<1x1xcomplex<f32>>
  // Nothing to sum.
  // CHECK-DAG: dense<0.000000e+00> : tensor<1x2xf32>
  %g = graph.constant dense<> : tensor<1x0xf32>
  %h = graph.constant dense<> : tensor<0x2xf32>
  %4 = graph.contract %g, %h : tensor<1x0xf32>, tensor<0x2xf32>
  return %0, %1, %2, %3, %4 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x1xi8>,
      tensor<1x1xcomplex<f32>>, tensor<1x2xf32>
}

// CHECK-LABEL: @conv
func.func @conv() -> (tensor<1x2x1xf32>, tensor<1x5x1xf32>, tensor<1x1x1xf32>,
                      tensor<1x2x4xi32>) {
  %x = graph.constant dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>
  %f = graph.constant dense<[[[10.0]], [[1.0]]]> : tensor<2x1x1xf32>
  // Stride 2, one zero after: [1*10+2, 3*10+0].
  // CHECK-DAG: dense<{{\[\[\[}}1.200000e+01], [3.000000e+01]]]>
  %0 = graph.conv %x, %f strides [2] pads [0] to [1]
       : tensor<1x3x1xf32>, tensor<2x1x1xf32>
  // Zeros between the elements, dilated window: pairs of 0 1 0 2 0 3 0 at
  // distance 2.
  // CHECK-DAG: dense<{{\[\[\[}}0.000000e+00], [1.200000e+01], [0.000000e+00], [2.300000e+01], [0.000000e+00]]]>
  %1 = graph.conv %x, %f strides [1] pads [1] to [1]
       input_dilation [2] window_dilation [2]
       : tensor<1x3x1xf32>, tensor<2x1x1xf32>
  // A negative pad cuts: 2*10+3. A pad meets no infinite weight.
  // CHECK-DAG: dense<2.300000e+01> : tensor<1x1x1xf32>
  %2 = graph.conv %x, %f strides [1] pads [-1] to [0]
       : tensor<1x3x1xf32>, tensor<2x1x1xf32>
  // Two outputs per input channel.
  // CHECK-DAG: dense<{{\[\[\[}}1, 2, 6, 8], [3, 6, 12, 16]]]>
  %y = graph.constant dense<[[[1, 2], [3, 4]]]> : tensor<1x2x2xi32>
  %g = graph.constant dense<[[[1, 2, 3, 4]]]> : tensor<1x1x4xi32>
  %3 = graph.conv %y, %g strides [1] pads [0] to [0] groups 2
       : tensor<1x2x2xi32>, tensor<1x1x4xi32>
  return %0, %1, %2, %3 : tensor<1x2x1xf32>, tensor<1x5x1xf32>,
      tensor<1x1x1xf32>, tensor<1x2x4xi32>
}

// CHECK-LABEL: @pad_meets_infinity
func.func @pad_meets_infinity() -> tensor<1x1x1xf32> {
  // CHECK: dense<2.000000e+00>
  %x = graph.constant dense<2.0> : tensor<1x1x1xf32>
  %f = graph.constant dense<[[[0x7F800000]], [[1.0]]]> : tensor<2x1x1xf32>
  %0 = graph.conv %x, %f strides [1] pads [1] to [0]
       : tensor<1x1x1xf32>, tensor<2x1x1xf32>
  return %0 : tensor<1x1x1xf32>
}

// Integers are widened before they are multiplied: 255 * -128 * 2.
// CHECK-LABEL: @wide_sums
func.func @wide_sums() -> (tensor<1x1xi32>, tensor<1x1x1xi32>) {
  // CHECK-DAG: dense<-65280> : tensor<1x1xi32>
  %a = graph.constant dense<255> : tensor<1x2xui8>
  %b = graph.constant dense<-128> : tensor<2x1xi8>
  %0 = graph.contract %a, %b in i32 : tensor<1x2xui8>, tensor<2x1xi8>
  // CHECK-DAG: dense<32768> : tensor<1x1x1xi32>
  %x = graph.constant dense<-128> : tensor<1x1x2xi8>
  %f = graph.constant dense<-128> : tensor<1x2x1xi8>
  %1 = graph.conv %x, %f strides [1] pads [0] to [0] in i32 : tensor<1x1x2xi8>, tensor<1x2x1xi8>
  return %0, %1 : tensor<1x1xi32>, tensor<1x1x1xi32>
}

// Too much work for folding.
// CHECK-LABEL: @large
func.func @large() -> tensor<1024x1024xf32> {
  // CHECK: graph.contract
  %a = graph.constant dense<1.0> : tensor<1024x1024xf32>
  %0 = graph.contract %a, %a : tensor<1024x1024xf32>, tensor<1024x1024xf32>
  return %0 : tensor<1024x1024xf32>
}
