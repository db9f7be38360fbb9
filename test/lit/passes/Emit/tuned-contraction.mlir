// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 | FileCheck %s

// What `graph.tuning` says is obeyed as far as it fits.

// Tiles of four rows by three vectors; the tail has two.
// CHECK-LABEL: func.func private @tile
// CHECK: :12 = scf.for
// CHECK: vector.fma %{{.*}} : vector<8xf32>
// CHECK: :8 = scf.for
// CHECK: return
kernel.func @tile [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = {rows = 4, vectors = 3, vector_bits = 256}}
       : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// Two of the six tiles of four rows at a time: three blocks of four strips.
// CHECK-LABEL: func.func private @order
// CHECK-SAME: kernel.chunks = 12
// CHECK: arith.remui %{{.*}}, %c4
// CHECK: return
kernel.func @order [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = {rows = 4, block = 2, panels_outside = false}}
       : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// Measured with vectors of another width.
// CHECK-LABEL: func.func private @other_vectors
// CHECK: :12 = scf.for
// CHECK-NOT: :8 = scf.for
// CHECK: return
kernel.func @other_vectors [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = {rows = 4, vectors = 3, vector_bits = 512}}
       : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// More than the registers hold is clamped: fourteen rows of one vector.
// CHECK-LABEL: func.func private @too_many
// CHECK: :12 = scf.for
// CHECK-NOT: :{{[1-9][3-9]|[2-9][0-9]}} = scf.for
// CHECK: return
kernel.func @too_many [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = {rows = 9223372036854775807, vectors = 1, block = 9223372036854775807}}
       : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// Nonsense is as good as nothing.
// CHECK-LABEL: func.func private @nonsense
// CHECK: :12 = scf.for
// CHECK-NOT: :8 = scf.for
// CHECK: return
kernel.func @nonsense [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = {rows = -4, vectors = "three", block = 0, prefetch = 7, panels_outside = 1.5, vector_bits = true}}
       : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// CHECK-LABEL: func.func private @no_list
// CHECK: :12 = scf.for
kernel.func @no_list [memref<24x64xf32>, memref<64x64xf32>, memref<24x64xf32>] {
^bb0(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>):
  %0 = graph.contract %a, %w {graph.tuning = 7} : tensor<24x64xf32>, tensor<64x64xf32>
  kernel.yield %0 : tensor<24x64xf32>
}

// Four columns of a depthwise convolution.
// CHECK-LABEL: func.func private @depthwise
// CHECK-COUNT-4: vector.store
// CHECK-NOT: vector.store
// CHECK: return
kernel.func @depthwise [memref<1x10x10x16xf32>, memref<3x3x1x16xf32>, memref<1x8x8x16xf32>] {
^bb0(%x: tensor<1x10x10x16xf32>, %w: tensor<3x3x1x16xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 16
       {graph.tuning = {rows = 4}} : tensor<1x10x10x16xf32>, tensor<3x3x1x16xf32>
  kernel.yield %0 : tensor<1x8x8x16xf32>
}
