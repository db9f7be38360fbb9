// RUN: sluice-opt %s --fold-batch-norm --split-input-file | FileCheck %s

// Bias, batch normalisation and activation of a convolution.
// CHECK-LABEL: @conv
// CHECK-SAME: %[[X:.*]]: tensor<1x9x2xf32>
func.func @conv(%x: tensor<1x9x2xf32>) -> tensor<1x9x2xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[\[}}2.0{{.*}}, 6.0{{.*}}], [6.0{{.*}}, 1.2{{.*}}e+01]]]> : tensor<1x2x2xf32>
  // CHECK-DAG: %[[C:.*]] = graph.conv %[[X]], %[[W]] strides
  // (1 * 2 + 10, 2 * 3 + 20)
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[1.2{{.*}}e+01, 2.6{{.*}}e+01]> : tensor<2xf32>
  // CHECK: %[[BB:.*]] = graph.broadcast %[[B]] dims [2] to [1, 9, 2]
  // CHECK: %[[A:.*]] = graph.add %[[C]], %[[BB]]
  // CHECK-NEXT: %[[T:.*]] = graph.tanh %[[A]]
  // CHECK-NEXT: return %[[T]]
  %w = graph.constant dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>
  %bias = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %scale = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %offset = graph.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] : tensor<1x9x2xf32>, tensor<1x2x2xf32>
  %1 = graph.broadcast %bias dims [2] to [1, 9, 2] : tensor<2xf32>
  %2 = graph.add %0, %1 : tensor<1x9x2xf32>
  %3 = graph.broadcast %scale dims [2] to [1, 9, 2] : tensor<2xf32>
  %4 = graph.mul %2, %3 : tensor<1x9x2xf32>
  %5 = graph.broadcast %offset dims [2] to [1, 9, 2] : tensor<2xf32>
  %6 = graph.add %4, %5 : tensor<1x9x2xf32>
  %7 = graph.tanh %6 : tensor<1x9x2xf32>
  return %7 : tensor<1x9x2xf32>
}

// -----

// Depthwise: the weights have one input channel.
// CHECK-LABEL: @depthwise
func.func @depthwise(%x: tensor<1x5x2xf64>) -> tensor<1x4x2xf64> {
  // CHECK: graph.constant dense<{{\[\[\[}}2.0{{.*}}, 6.0{{.*}}]], {{\[\[}}6.0{{.*}}, 1.2{{.*}}e+01]]]> : tensor<2x1x2xf64>
  // CHECK: %[[C:.*]] = graph.conv
  // CHECK: return %[[C]]
  %w = graph.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf64>
  %scale = graph.constant dense<[2.0, 3.0]> : tensor<2xf64>
  %0 = graph.conv %x, %w strides [1] pads [0] to [0] groups 2 : tensor<1x5x2xf64>, tensor<2x1x2xf64>
  %1 = graph.broadcast %scale dims [2] to [1, 4, 2] : tensor<2xf64>
  %2 = graph.mul %0, %1 : tensor<1x4x2xf64>
  return %2 : tensor<1x4x2xf64>
}

// -----

// Stored as [n, k]; a difference, a quotient, and constants of the whole shape.
// CHECK-LABEL: @matrix
func.func @matrix(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  // CHECK: %[[W:.*]] = graph.constant dense<{{\[\[}}5.0{{.*}}e-01, 1.0{{.*}}, 1.5{{.*}}], [1.0{{.*}}, 1.25{{.*}}, 1.5
  // CHECK: %[[C:.*]] = graph.contract %{{.*}}, %[[W]] transposed
  // CHECK: graph.constant dense<-5.0{{.*}}e-01> : tensor<1x2xf32>
  // CHECK: %[[A:.*]] = graph.add %[[C]]
  // CHECK: return %[[A]]
  %w = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %shift = graph.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %divisor = graph.constant dense<[[2.0, 4.0]]> : tensor<1x2xf32>
  %0 = graph.contract %x, %w transposed : tensor<1x3xf32>, tensor<2x3xf32>
  %1 = graph.sub %0, %shift : tensor<1x2xf32>
  %2 = graph.div %1, %divisor : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// What stays: scales by another dimension, products that are read elsewhere,
// weights that are shared or computed, other element types, scales that are
// not finite.
// CHECK-LABEL: @stays
func.func @stays(%x: tensor<2x2xf32>, %v: tensor<2x2xf32>, %h: tensor<2x2xf16>)
    -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>,
        tensor<2x2xf16>, tensor<2x2xf32>) {
  // CHECK-COUNT-6: graph.mul
  // CHECK: graph.div
  %w0 = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %w1 = graph.constant dense<[[1.0, 2.0], [3.0, 5.0]]> : tensor<2x2xf32>
  %w2 = graph.constant dense<[[1.0, 2.0], [3.0, 6.0]]> : tensor<2x2xf32>
  %w3 = graph.constant dense<[[1.0, 2.0], [3.0, 7.0]]> : tensor<2x2xf16>
  %w4 = graph.constant dense<[[1.0, 2.0], [3.0, 8.0]]> : tensor<2x2xf32>
  %s = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %sh = graph.constant dense<[2.0, 3.0]> : tensor<2xf16>
  %d = graph.constant dense<[2.0, 0.0]> : tensor<2xf32>
  %rows = graph.broadcast %s dims [0] to [2, 2] : tensor<2xf32>
  %columns = graph.broadcast %s dims [1] to [2, 2] : tensor<2xf32>
  %half = graph.broadcast %sh dims [1] to [2, 2] : tensor<2xf16>
  %divisor = graph.broadcast %d dims [1] to [2, 2] : tensor<2xf32>
  %0 = graph.contract %x, %w0 : tensor<2x2xf32>, tensor<2x2xf32>
  %r0 = graph.mul %0, %rows : tensor<2x2xf32>
  %1 = graph.contract %x, %w1 : tensor<2x2xf32>, tensor<2x2xf32>
  %r1 = graph.mul %1, %columns : tensor<2x2xf32>
  %2 = graph.contract %1, %w2 : tensor<2x2xf32>, tensor<2x2xf32>
  %r2 = graph.mul %2, %columns : tensor<2x2xf32>
  %3 = graph.contract %v, %w2 : tensor<2x2xf32>, tensor<2x2xf32>
  %r3 = graph.mul %3, %columns : tensor<2x2xf32>
  %4 = graph.contract %x, %v : tensor<2x2xf32>, tensor<2x2xf32>
  %r4 = graph.mul %4, %columns : tensor<2x2xf32>
  %5 = graph.contract %h, %w3 : tensor<2x2xf16>, tensor<2x2xf16>
  %r5 = graph.mul %5, %half : tensor<2x2xf16>
  %6 = graph.contract %x, %w4 : tensor<2x2xf32>, tensor<2x2xf32>
  %r6 = graph.div %6, %divisor : tensor<2x2xf32>
  return %r0, %r1, %r2, %r3, %r4, %r5, %r6
      : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>,
        tensor<2x2xf16>, tensor<2x2xf32>
}
