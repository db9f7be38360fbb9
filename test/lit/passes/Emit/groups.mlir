// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 --canonicalize --cse | FileCheck %s

// Two results for each channel: four channels of the input for eight results.
// CHECK-LABEL: func.func private @multiplier
// CHECK-SAME: kernel.chunks = 1
// CHECK-NOT: memref.load
// CHECK: vector.load {{.*}} vector<4xf32>
// CHECK: vector.shuffle {{.*}} [0, 0, 1, 1, 2, 2, 3, 3] : vector<4xf32>, vector<4xf32>
// CHECK: vector.fma {{.*}} vector<8xf32>
// CHECK-NOT: memref.load
// CHECK: return
kernel.func @multiplier [memref<1x9x9x16xf32>, memref<288xf32>, memref<1x7x7x32xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x9x9x16xf32>, %w: tensor<3x3x1x32xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 16
       : tensor<1x9x9x16xf32>, tensor<3x3x1x32xf32>
  kernel.yield %0 : tensor<1x7x7x32xf32>
}

// Three vectors until a group begins where one does.
// CHECK-LABEL: func.func private @three
// CHECK: vector.shuffle {{.*}} [0, 0, 0, 1, 1, 1, 2, 2]
// CHECK: vector.shuffle {{.*}} [0, 1, 1, 1, 2, 2, 2, 3]
// CHECK: vector.shuffle {{.*}} [1, 1, 2, 2, 2, 3, 3, 3]
// CHECK: return
kernel.func @three [memref<1x1x9x16xf32>, memref<144xf32>, memref<1x1x7x48xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x1x9x16xf32>, %w: tensor<1x3x1x48xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 16
       : tensor<1x1x9x16xf32>, tensor<1x3x1x48xf32>
  kernel.yield %0 : tensor<1x1x7x48xf32>
}

// What is left over reads no channel behind the last one.
// CHECK-LABEL: func.func private @left_over
// CHECK: vector.load {{.*}} vector<3xf32>
// CHECK: vector.shuffle {{.*}} [0, 0, 1, 1, 2, 2, 2, 2] : vector<3xf32>, vector<3xf32>
// CHECK: vector.maskedstore
// CHECK: return
kernel.func @left_over [memref<1x1x9x7xf32>, memref<48xf32>, memref<1x1x7x14xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x1x9x7xf32>, %w: tensor<1x3x1x14xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 7
       : tensor<1x1x9x7xf32>, tensor<1x3x1x14xf32>
  kernel.yield %0 : tensor<1x1x7x14xf32>
}

// Two groups to a vector, each of their channels in turn.
// CHECK-LABEL: func.func private @fours
// CHECK: vector.shuffle {{.*}} [0, 0, 0, 0, 4, 4, 4, 4] : vector<8xf32>, vector<8xf32>
// CHECK: vector.shuffle {{.*}} [1, 1, 1, 1, 5, 5, 5, 5]
// CHECK: vector.shuffle {{.*}} [2, 2, 2, 2, 6, 6, 6, 6]
// CHECK: vector.shuffle {{.*}} [3, 3, 3, 3, 7, 7, 7, 7]
// CHECK: return
kernel.func @fours [memref<1x1x9x32xf32>, memref<384xf32>, memref<1x1x7x32xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x1x9x32xf32>, %w: tensor<1x3x4x32xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 8
       : tensor<1x1x9x32xf32>, tensor<1x3x4x32xf32>
  kernel.yield %0 : tensor<1x1x7x32xf32>
}

// The second of three vectors has results of two groups.
// CHECK-LABEL: func.func private @twelve
// CHECK: vector.broadcast
// CHECK: vector.shuffle {{.*}} [0, 1, 2, 3, 12, 13, 14, 15] : vector<8xf32>, vector<8xf32>
// CHECK: return
kernel.func @twelve [memref<1x1x9x24xf32>, memref<288xf32>, memref<1x1x9x24xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 8}}} {
^bb0(%x: tensor<1x1x9x24xf32>, %w: tensor<1x1x12x24xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 2
       : tensor<1x1x9x24xf32>, tensor<1x1x12x24xf32>
  kernel.yield %0 : tensor<1x1x9x24xf32>
}

// As many results as the widest vectors have lanes: group by group.
// CHECK-LABEL: func.func private @sixteen
// CHECK-SAME: kernel.chunks = 2
// CHECK-NOT: vector.shuffle
// CHECK: return
kernel.func @sixteen [memref<1x1x9x32xf32>, memref<512xf32>, memref<1x1x9x32xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 16}}} {
^bb0(%x: tensor<1x1x9x32xf32>, %w: tensor<1x1x16x32xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 2
       : tensor<1x1x9x32xf32>, tensor<1x1x16x32xf32>
  kernel.yield %0 : tensor<1x1x9x32xf32>
}
