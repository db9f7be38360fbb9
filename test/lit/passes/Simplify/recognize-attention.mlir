// RUN: sluice-opt %s --recognize-attention --canonicalize --split-input-file | FileCheck %s

// Heads split by reshapes and transposes; all of them vanish.
// CHECK-LABEL: @heads
// CHECK-SAME: %[[Q:.*]]: tensor<1x16x2x8xf32>, %[[K:.*]]: tensor<1x16x2x8xf32>, %[[V:.*]]: tensor<1x16x2x8xf32>, %[[M:.*]]: tensor<1x16xf32>
func.func @heads(%q: tensor<1x16x2x8xf32>, %k: tensor<1x16x2x8xf32>,
                 %v: tensor<1x16x2x8xf32>, %mask: tensor<1x16xf32>) -> tensor<16x16xf32> {
  // CHECK-NOT: transpose
  // CHECK: %[[B:.*]] = graph.reshape %[[M]] to [1, 1, 1, 16]
  // CHECK: %[[A:.*]] = graph.attention %[[Q]], %[[K]], %[[V]] scale 2.500000e-01 bias %[[B]]
  // CHECK-NEXT: %[[Y:.*]] = graph.reshape %[[A]] to [16, 16]
  // CHECK-NEXT: return %[[Y]]
  %scale = graph.constant dense<0.25> : tensor<f32>
  %qt = graph.transpose %q [0, 2, 1, 3] : tensor<1x16x2x8xf32>
  %qr = graph.reshape %qt to [2, 16, 8] : tensor<1x2x16x8xf32>
  %kt = graph.transpose %k [0, 2, 3, 1] : tensor<1x16x2x8xf32>
  %kr = graph.reshape %kt to [2, 8, 16] : tensor<1x2x8x16xf32>
  %vt = graph.transpose %v [0, 2, 1, 3] : tensor<1x16x2x8xf32>
  %vr = graph.reshape %vt to [2, 16, 8] : tensor<1x2x16x8xf32>
  %s = graph.contract %qr, %kr : tensor<2x16x8xf32>, tensor<2x8x16xf32>
  %sb = graph.broadcast %scale dims [] to [2, 16, 16] : tensor<f32>
  %ss = graph.mul %s, %sb : tensor<2x16x16xf32>
  %mr = graph.reshape %mask to [16] : tensor<1x16xf32>
  %mb = graph.broadcast %mr dims [2] to [2, 16, 16] : tensor<16xf32>
  %sm = graph.add %mb, %ss : tensor<2x16x16xf32>
  %p = graph.softmax %sm : tensor<2x16x16xf32>
  %c = graph.contract %p, %vr : tensor<2x16x16xf32>, tensor<2x16x8xf32>
  %cr = graph.reshape %c to [1, 2, 16, 8] : tensor<2x16x8xf32>
  %ct = graph.transpose %cr [0, 2, 1, 3] : tensor<1x2x16x8xf32>
  %y = graph.reshape %ct to [16, 16] : tensor<1x16x2x8xf32>
  return %y : tensor<16x16xf32>
}

// -----

// Heads first as they come: transposes in front and behind.
// CHECK-LABEL: @plain
func.func @plain(%q: tensor<3x16x8xf32>, %k: tensor<3x5x8xf32>, %v: tensor<3x5x4xf32>) -> tensor<3x16x4xf32> {
  // CHECK: %[[A:.*]] = graph.attention %{{.*}}, %{{.*}}, %{{.*}} scale 1.000000e+00 : tensor<1x16x3x8xf32>, tensor<1x5x3x8xf32>, tensor<1x5x3x4xf32>
  // CHECK: graph.transpose %[[A]] [0, 2, 1, 3]
  %s = graph.contract %q, %k transposed : tensor<3x16x8xf32>, tensor<3x5x8xf32>
  %p = graph.softmax %s : tensor<3x16x5xf32>
  %c = graph.contract %p, %v : tensor<3x16x5xf32>, tensor<3x5x4xf32>
  return %c : tensor<3x16x4xf32>
}

// -----

// Not the formula: the weights are returned; the sum is scaled; few queries.
// CHECK-LABEL: @others
// CHECK-NOT: graph.attention
func.func @others(%q: tensor<3x16x8xf32>, %k: tensor<3x5x8xf32>, %v: tensor<3x5x4xf32>,
                  %m: tensor<3x16x5xf32>, %one: tensor<3x1x8xf32>)
    -> (tensor<3x16x5xf32>, tensor<3x16x4xf32>, tensor<3x16x4xf32>, tensor<3x1x4xf32>) {
  %s = graph.contract %q, %k transposed : tensor<3x16x8xf32>, tensor<3x5x8xf32>
  %p = graph.softmax %s : tensor<3x16x5xf32>
  %c = graph.contract %p, %v : tensor<3x16x5xf32>, tensor<3x5x4xf32>
  %two = graph.constant dense<2.0> : tensor<3x16x5xf32>
  %s1 = graph.contract %q, %k transposed : tensor<3x16x8xf32>, tensor<3x5x8xf32>
  %a1 = graph.add %s1, %m : tensor<3x16x5xf32>
  %b1 = graph.mul %a1, %two : tensor<3x16x5xf32>
  %p1 = graph.softmax %b1 : tensor<3x16x5xf32>
  %c1 = graph.contract %p1, %v : tensor<3x16x5xf32>, tensor<3x5x4xf32>
  %s2 = graph.contract %one, %k transposed : tensor<3x1x8xf32>, tensor<3x5x8xf32>
  %p2 = graph.softmax %s2 : tensor<3x1x5xf32>
  %c2 = graph.contract %p2, %v : tensor<3x1x5xf32>, tensor<3x5x4xf32>
  return %p, %c, %c1, %c2 : tensor<3x16x5xf32>, tensor<3x16x4xf32>, tensor<3x16x4xf32>, tensor<3x1x4xf32>
}
