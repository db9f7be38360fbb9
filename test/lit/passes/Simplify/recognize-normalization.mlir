// RUN: sluice-opt %s --recognize-normalization --split-input-file | FileCheck %s

// TensorFlow's layer normalisation; the scale is multiplied to the deviation.
// CHECK-LABEL: @layer
// CHECK-SAME: %[[X:.*]]: tensor<1x4x8xf32>, %[[G:.*]]: tensor<8xf32>, %[[B:.*]]: tensor<8xf32>
func.func @layer(%x: tensor<1x4x8xf32>, %g: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<1x4x8xf32> {
  // CHECK-DAG: %[[GG:.*]] = graph.broadcast %[[G]] dims [2]
  // CHECK-DAG: %[[N:.*]] = graph.normalize centred %[[X]] epsilon 1.250000e-01 : tensor<1x4x8xf32>
  // CHECK-DAG: %[[S:.*]] = graph.mul %[[N]], %[[GG]]
  // CHECK-DAG: %[[BB:.*]] = graph.broadcast %[[B]] dims [2]
  // CHECK: %[[Y:.*]] = graph.add %[[S]], %[[BB]]
  // CHECK-NEXT: return %[[Y]]
  %eps = graph.constant dense<0.125> : tensor<f32>
  %m = graph.reduce mean %x dims [2] : tensor<1x4x8xf32>
  %mr = graph.reshape %m to [4] : tensor<1x4xf32>
  %mb = graph.broadcast %mr dims [1] to [1, 4, 8] : tensor<4xf32>
  %d = graph.sub %x, %mb : tensor<1x4x8xf32>
  %q = graph.mul %d, %d : tensor<1x4x8xf32>
  %v = graph.reduce mean %q dims [2] : tensor<1x4x8xf32>
  %e = graph.broadcast %eps dims [] to [1, 4] : tensor<f32>
  %ve = graph.add %v, %e : tensor<1x4xf32>
  %r = graph.rsqrt %ve : tensor<1x4xf32>
  %rr = graph.reshape %r to [4] : tensor<1x4xf32>
  %rb = graph.broadcast %rr dims [1] to [1, 4, 8] : tensor<4xf32>
  %gb = graph.broadcast %g dims [2] to [1, 4, 8] : tensor<8xf32>
  %s = graph.mul %rb, %gb : tensor<1x4x8xf32>
  %n = graph.mul %d, %s : tensor<1x4x8xf32>
  %bb = graph.broadcast %b dims [2] to [1, 4, 8] : tensor<8xf32>
  %y = graph.add %n, %bb : tensor<1x4x8xf32>
  return %y : tensor<1x4x8xf32>
}

// -----

// RMS, the operand of two dimensions that make one row.
// CHECK-LABEL: @rms
// CHECK-SAME: %[[X:.*]]: tensor<4x2x4xf32>
func.func @rms(%x: tensor<4x2x4xf32>) -> tensor<4x2x4xf32> {
  // CHECK: %[[R:.*]] = graph.reshape %[[X]] to [4, 8]
  // CHECK: %[[N:.*]] = graph.normalize %[[R]] epsilon 0.000000e+00 : tensor<4x8xf32>
  // CHECK: %[[Y:.*]] = graph.reshape %[[N]] to [4, 2, 4]
  // CHECK: return %[[Y]]
  %scale = graph.constant dense<0.125> : tensor<4xf32>
  %q = graph.mul %x, %x : tensor<4x2x4xf32>
  %t = graph.reduce sum %q dims [1, 2] : tensor<4x2x4xf32>
  %v = graph.mul %scale, %t : tensor<4xf32>
  %r = graph.sqrt %v : tensor<4xf32>
  %rb = graph.broadcast %r dims [0] to [4, 2, 4] : tensor<4xf32>
  %y = graph.div %x, %rb : tensor<4x2x4xf32>
  return %y : tensor<4x2x4xf32>
}

// -----

// x * r - mean * r, the variance from squares.
// CHECK-LABEL: @merged
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<4x8xf32>
func.func @merged(%x: tensor<4x8xf32>, %b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[N:.*]] = graph.normalize centred %[[X]] epsilon 1.000000e+00 : tensor<4x8xf32>
  // CHECK: %[[Y:.*]] = graph.add %[[N]], %[[B]]
  // CHECK: return %[[Y]]
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %m = graph.reduce mean %x dims [1] : tensor<4x8xf32>
  %q = graph.mul %x, %x : tensor<4x8xf32>
  %mq = graph.reduce mean %q dims [1] : tensor<4x8xf32>
  %qm = graph.mul %m, %m : tensor<4xf32>
  %v = graph.sub %mq, %qm : tensor<4xf32>
  %ve = graph.add %one, %v : tensor<4xf32>
  %r = graph.rsqrt %ve : tensor<4xf32>
  %rb = graph.broadcast %r dims [0] to [4, 8] : tensor<4xf32>
  %xr = graph.mul %x, %rb : tensor<4x8xf32>
  %neg = graph.neg %m : tensor<4xf32>
  %mr = graph.mul %neg, %r : tensor<4xf32>
  %mb = graph.broadcast %mr dims [0] to [4, 8] : tensor<4xf32>
  %s = graph.add %mb, %b : tensor<4x8xf32>
  %y = graph.add %xr, %s : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// The mean is that of another dimension; of another tensor; it is added.
// CHECK-LABEL: @others
// CHECK-NOT: graph.normalize
func.func @others(%x: tensor<8x8xf32>, %z: tensor<8x8xf32>)
    -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  %c = graph.reduce mean %x dims [0] : tensor<8x8xf32>
  %cb = graph.broadcast %c dims [1] to [8, 8] : tensor<8xf32>
  %m = graph.reduce mean %x dims [1] : tensor<8x8xf32>
  %mb = graph.broadcast %m dims [0] to [8, 8] : tensor<8xf32>
  %d = graph.sub %x, %mb : tensor<8x8xf32>
  %q = graph.mul %d, %d : tensor<8x8xf32>
  %v = graph.reduce mean %q dims [1] : tensor<8x8xf32>
  %r = graph.rsqrt %v : tensor<8xf32>
  %rb = graph.broadcast %r dims [0] to [8, 8] : tensor<8xf32>
  %columns = graph.sub %x, %cb : tensor<8x8xf32>
  %0 = graph.mul %columns, %rb : tensor<8x8xf32>
  %other = graph.sub %z, %mb : tensor<8x8xf32>
  %1 = graph.mul %other, %rb : tensor<8x8xf32>
  %xr = graph.mul %x, %rb : tensor<8x8xf32>
  %mr = graph.mul %mb, %rb : tensor<8x8xf32>
  %2 = graph.add %xr, %mr : tensor<8x8xf32>
  return %0, %1, %2 : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}
