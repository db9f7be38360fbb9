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

// Scores that a mask replaces, on either side; numbers added to all scores
// change nothing, but what replaces those that came before.
// CHECK-LABEL: @masked
// CHECK-SAME: %[[Q:.*]]: tensor<1x16x3x8xf32>, %[[K:.*]]: tensor<1x5x3x8xf32>, %[[V:.*]]: tensor<1x5x3x4xf32>, %[[M:.*]]: tensor<16x5xi1>, %[[B:.*]]: tensor<5xf32>
func.func @masked(%q: tensor<1x16x3x8xf32>, %k: tensor<1x5x3x8xf32>, %v: tensor<1x5x3x4xf32>,
                  %m: tensor<16x5xi1>, %b: tensor<5xf32>)
    -> (tensor<3x16x4xf32>, tensor<3x16x4xf32>) {
  // CHECK-DAG: %[[BR:.*]] = graph.reshape %[[B]] to [1, 1, 1, 5]
  // CHECK-DAG: %[[N:.*]] = graph.neg %[[BR]]
  // CHECK-DAG: %[[M4:.*]] = graph.reshape %[[M]] to [1, 1, 16, 5]
  // CHECK: graph.attention %[[Q]], %[[K]], %[[V]] scale 5.000000e-01 bias %[[N]] : tensor<1x1x1x5xf32> mask %[[M4]] fill -1.000000e+09 : tensor<1x1x16x5xi1>
  // CHECK: %[[NOT:.*]] = graph.not %{{.*}} : tensor<1x1x16x5xi1>
  // CHECK: graph.attention %[[Q]], %[[K]], %[[V]] scale 1.000000e+00 mask %[[NOT]] fill 1.500000e+00 : tensor<1x1x16x5xi1>
  %qt = graph.transpose %q [0, 2, 1, 3] : tensor<1x16x3x8xf32>
  %qr = graph.reshape %qt to [3, 16, 8] : tensor<1x3x16x8xf32>
  %kt = graph.transpose %k [0, 2, 1, 3] : tensor<1x5x3x8xf32>
  %kr = graph.reshape %kt to [3, 5, 8] : tensor<1x3x5x8xf32>
  %vt = graph.transpose %v [0, 2, 1, 3] : tensor<1x5x3x4xf32>
  %vr = graph.reshape %vt to [3, 5, 4] : tensor<1x3x5x4xf32>
  %half = graph.constant dense<0.5> : tensor<3x16x5xf32>
  %hidden = graph.constant dense<-1.0e9> : tensor<3x16x5xf32>
  %two = graph.constant dense<2.0> : tensor<3x16x5xf32>
  %mask = graph.broadcast %m dims [1, 2] to [3, 16, 5] : tensor<16x5xi1>
  %bias = graph.broadcast %b dims [2] to [3, 16, 5] : tensor<5xf32>
  %s = graph.contract %qr, %kr transposed : tensor<3x16x8xf32>, tensor<3x5x8xf32>
  %1 = graph.mul %s, %half : tensor<3x16x5xf32>
  %2 = graph.sub %1, %bias : tensor<3x16x5xf32>
  %3 = graph.select %mask, %2, %hidden : tensor<3x16x5xf32>
  %4 = graph.add %3, %half : tensor<3x16x5xf32>
  %5 = graph.softmax %4 : tensor<3x16x5xf32>
  %6 = graph.contract %5, %vr : tensor<3x16x5xf32>, tensor<3x5x4xf32>
  %s1 = graph.contract %qr, %kr transposed : tensor<3x16x8xf32>, tensor<3x5x8xf32>
  %7 = graph.add %s1, %half : tensor<3x16x5xf32>
  %8 = graph.select %mask, %two, %7 : tensor<3x16x5xf32>
  %9 = graph.softmax %8 : tensor<3x16x5xf32>
  %10 = graph.contract %9, %vr : tensor<3x16x5xf32>, tensor<3x5x4xf32>
  return %6, %10 : tensor<3x16x4xf32>, tensor<3x16x4xf32>
}

// -----

// Heads that are repeated in front of a head's columns, and of its rows.
// CHECK-LABEL: @grouped
// CHECK-SAME: %[[Q:.*]]: tensor<1x16x4x8xf32>, %[[K:.*]]: tensor<1x5x2x8xf32>, %[[V:.*]]: tensor<1x2x5x4xf32>
func.func @grouped(%q: tensor<1x16x4x8xf32>, %k: tensor<1x5x2x8xf32>, %v: tensor<1x2x5x4xf32>) -> tensor<4x16x4xf32> {
  // CHECK: %[[VT:.*]] = graph.transpose %[[V]] [0, 2, 1, 3]
  // CHECK: graph.attention %[[Q]], %[[K]], %[[VT]] scale 1.000000e+00 : tensor<1x16x4x8xf32>, tensor<1x5x2x8xf32>, tensor<1x5x2x4xf32>
  %qt = graph.transpose %q [0, 2, 1, 3] : tensor<1x16x4x8xf32>
  %qr = graph.reshape %qt to [4, 16, 8] : tensor<1x4x16x8xf32>
  %kb = graph.broadcast %k dims [0, 1, 2, 4] to [1, 5, 2, 2, 8] : tensor<1x5x2x8xf32>
  %kr = graph.reshape %kb to [1, 5, 4, 8] : tensor<1x5x2x2x8xf32>
  %kt = graph.transpose %kr [0, 2, 3, 1] : tensor<1x5x4x8xf32>
  %km = graph.reshape %kt to [4, 8, 5] : tensor<1x4x8x5xf32>
  %vb = graph.broadcast %v dims [0, 1, 3, 4] to [1, 2, 2, 5, 4] : tensor<1x2x5x4xf32>
  %vm = graph.reshape %vb to [4, 5, 4] : tensor<1x2x2x5x4xf32>
  %s = graph.contract %qr, %km : tensor<4x16x8xf32>, tensor<4x8x5xf32>
  %p = graph.softmax %s : tensor<4x16x5xf32>
  %c = graph.contract %p, %vm : tensor<4x16x5xf32>, tensor<4x5x4xf32>
  return %c : tensor<4x16x4xf32>
}

// -----

// Queries, keys and values in one tensor, brought to the front by transposes
// that dimensions of 1 take part in; scaled queries.
// CHECK-LABEL: @together
func.func @together(%x: tensor<1x16x3x2x8xf32>) -> tensor<16x16xf32> {
  // CHECK-NOT: transpose
  // CHECK-NOT: graph.mul
  // CHECK: graph.attention %{{.*}} scale 2.500000e-01 : tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>
  // CHECK-NOT: transpose
  %scale = graph.constant dense<0.25> : tensor<2x16x8xf32>
  %q0 = graph.slice %x starts [0, 0, 0, 0, 0] sizes [1, 16, 1, 2, 8] strides [1, 1, 1, 1, 1] : tensor<1x16x3x2x8xf32>
  %q1 = graph.transpose %q0 [2, 0, 3, 1, 4] : tensor<1x16x1x2x8xf32>
  %q2 = graph.reshape %q1 to [2, 16, 8] : tensor<1x1x2x16x8xf32>
  %q = graph.mul %q2, %scale : tensor<2x16x8xf32>
  %k0 = graph.slice %x starts [0, 0, 1, 0, 0] sizes [1, 16, 1, 2, 8] strides [1, 1, 1, 1, 1] : tensor<1x16x3x2x8xf32>
  %k1 = graph.transpose %k0 [2, 0, 3, 1, 4] : tensor<1x16x1x2x8xf32>
  %k = graph.reshape %k1 to [2, 16, 8] : tensor<1x1x2x16x8xf32>
  %v0 = graph.slice %x starts [0, 0, 2, 0, 0] sizes [1, 16, 1, 2, 8] strides [1, 1, 1, 1, 1] : tensor<1x16x3x2x8xf32>
  %v1 = graph.transpose %v0 [2, 0, 3, 1, 4] : tensor<1x16x1x2x8xf32>
  %v = graph.reshape %v1 to [2, 16, 8] : tensor<1x1x2x16x8xf32>
  %s = graph.contract %q, %k transposed : tensor<2x16x8xf32>, tensor<2x16x8xf32>
  %p = graph.softmax %s : tensor<2x16x16xf32>
  %c = graph.contract %p, %v : tensor<2x16x16xf32>, tensor<2x16x8xf32>
  %cr = graph.reshape %c to [1, 2, 16, 8] : tensor<2x16x8xf32>
  %ct = graph.transpose %cr [0, 2, 1, 3] : tensor<1x2x16x8xf32>
  %y = graph.reshape %ct to [16, 16] : tensor<1x16x2x8xf32>
  return %y : tensor<16x16xf32>
}

// -----

// One query, and keys as rows that hold all heads: nothing is transposed.
// CHECK-LABEL: @decode
// CHECK-SAME: %[[Q:.*]]: tensor<1x2x8xf32>, %[[K:.*]]: tensor<1x16x2x8xf32>, %[[V:.*]]: tensor<1x16x2x8xf32>
func.func @decode(%q: tensor<1x2x8xf32>, %k: tensor<1x16x2x8xf32>, %v: tensor<1x16x2x8xf32>) -> tensor<1x2x8xf32> {
  // CHECK-NOT: transpose
  // CHECK: %[[QR:.*]] = graph.reshape %[[Q]] to [1, 1, 2, 8]
  // CHECK: graph.attention %[[QR]], %[[K]], %[[V]]
  %qr = graph.reshape %q to [2, 1, 8] : tensor<1x2x8xf32>
  %kt = graph.transpose %k [0, 2, 3, 1] : tensor<1x16x2x8xf32>
  %kr = graph.reshape %kt to [2, 8, 16] : tensor<1x2x8x16xf32>
  %vt = graph.transpose %v [0, 2, 1, 3] : tensor<1x16x2x8xf32>
  %vr = graph.reshape %vt to [2, 16, 8] : tensor<1x2x16x8xf32>
  %s = graph.contract %qr, %kr : tensor<2x1x8xf32>, tensor<2x8x16xf32>
  %p = graph.softmax %s : tensor<2x1x16xf32>
  %c = graph.contract %p, %vr : tensor<2x1x16xf32>, tensor<2x16x8xf32>
  %y = graph.reshape %c to [1, 2, 8] : tensor<2x1x8xf32>
  return %y : tensor<1x2x8xf32>
}

// -----

// Not heads on end: the rows repeat, or only the values; the mask comes before
// the scale or the bias.
// CHECK-LABEL: @near
// CHECK: graph.attention %{{.*}} : tensor<2x16x2x8xf32>, tensor<2x6x2x8xf32>, tensor<2x6x2x4xf32>
// CHECK-NOT: graph.attention
func.func @near(%q: tensor<4x16x8xf32>, %k: tensor<4x3x8xf32>, %v: tensor<2x6x4xf32>, %m: tensor<4x16x6xi1>,
                %b: tensor<4x16x6xf32>) -> (tensor<4x16x4xf32>, tensor<4x16x4xf32>, tensor<4x16x4xf32>) {
  %kb = graph.broadcast %k dims [0, 2, 3] to [4, 2, 3, 8] : tensor<4x3x8xf32>
  %kr = graph.reshape %kb to [4, 6, 8] : tensor<4x2x3x8xf32>
  %vb = graph.broadcast %v dims [0, 2, 3] to [2, 2, 6, 4] : tensor<2x6x4xf32>
  %vr = graph.reshape %vb to [4, 6, 4] : tensor<2x2x6x4xf32>
  %s = graph.contract %q, %kr transposed : tensor<4x16x8xf32>, tensor<4x6x8xf32>
  %p = graph.softmax %s : tensor<4x16x6xf32>
  %c = graph.contract %p, %vr : tensor<4x16x6xf32>, tensor<4x6x4xf32>
  %two = graph.constant dense<2.0> : tensor<4x16x6xf32>
  %s1 = graph.contract %q, %kr transposed : tensor<4x16x8xf32>, tensor<4x6x8xf32>
  %m1 = graph.select %m, %s1, %two : tensor<4x16x6xf32>
  %t1 = graph.mul %m1, %two : tensor<4x16x6xf32>
  %p1 = graph.softmax %t1 : tensor<4x16x6xf32>
  %c1 = graph.contract %p1, %vr : tensor<4x16x6xf32>, tensor<4x6x4xf32>
  %s2 = graph.contract %q, %kr transposed : tensor<4x16x8xf32>, tensor<4x6x8xf32>
  %m2 = graph.select %m, %s2, %two : tensor<4x16x6xf32>
  %t2 = graph.add %m2, %b : tensor<4x16x6xf32>
  %p2 = graph.softmax %t2 : tensor<4x16x6xf32>
  %c2 = graph.contract %p2, %vr : tensor<4x16x6xf32>, tensor<4x6x4xf32>
  return %c, %c1, %c2 : tensor<4x16x4xf32>, tensor<4x16x4xf32>, tensor<4x16x4xf32>
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
