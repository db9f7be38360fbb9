// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,NARROW

// Tiles of 14 rows by two vectors (6 by 2 with 16 registers): accumulators
// stay in registers, the bias is added to them before the only store.
// CHECK-LABEL: func.func private @gemm
// CHECK-NOT: memref.prefetch
// WIDE: :28 = scf.for
// WIDE: vector.load %{{.*}} : memref<4096xf32>, vector<16xf32>
// WIDE: memref.load
// WIDE-NEXT: vector.broadcast %{{.*}} : f32 to vector<16xf32>
// WIDE-NEXT: vector.fma
// WIDE-NEXT: vector.fma
// WIDE: scf.yield
// NARROW: :12 = scf.for
// NARROW: vector.fma %{{.*}} : vector<8xf32>
// CHECK: arith.addf
// CHECK: vector.store
// CHECK-NOT: vector.maskedstore
kernel.func @gemm [memref<28x64xf32>, memref<4096xf32>, memref<64xf32>,
                   memref<28x64xf32>] attributes {packings = {"1" = {lanes = 16, panel = 32}}} {
^bb0(%a: tensor<28x64xf32>, %w: tensor<64x64xf32>, %b: tensor<64xf32>):
  %0 = graph.contract %a, %w : tensor<28x64xf32>, tensor<64x64xf32>
  %1 = graph.broadcast %b dims [1] to [28, 64] : tensor<64xf32>
  %2 = graph.add %0, %1 : tensor<28x64xf32>
  kernel.yield %2 : tensor<28x64xf32>
}

// Rows are split evenly, never masked; columns after the last whole vector
// are. Seven chains are too few: two steps have accumulators of their own.
// CHECK-LABEL: func.func private @edges
// WIDE: :8 = scf.for
// WIDE: :14 = scf.for
// CHECK: vector.maskedstore
kernel.func @edges [memref<15x8xf32>, memref<128xf32>, memref<15x10xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16}}} {
^bb0(%a: tensor<15x8xf32>, %w: tensor<8x10xf32>):
  %0 = graph.contract %a, %w : tensor<15x8xf32>, tensor<8x10xf32>
  kernel.yield %0 : tensor<15x10xf32>
}

// One row reads eight vectors a step and prefetches nothing.
// CHECK-LABEL: func.func private @row
// CHECK-NOT: memref.prefetch
// CHECK: :8 = scf.for
// CHECK: return
kernel.func @row [memref<1x512xf32>, memref<131072xf32>, memref<1x256xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 128}}} {
^bb0(%a: tensor<1x512xf32>, %w: tensor<512x256xf32>):
  %0 = graph.contract %a, %w : tensor<1x512xf32>, tensor<512x256xf32>
  kernel.yield %0 : tensor<1x256xf32>
}

// Two tiles read each panel: while they do, each fetches half of the next into
// the second cache, a row of the loop at a time. The last panel has no next.
// CHECK-LABEL: func.func private @next_panel
// WIDE: %[[LAST:.*]] = arith.constant 32768 : index
// WIDE: %[[NEXT:.*]] = arith.minui %{{.*}}, %[[LAST]]
// WIDE: :28 = scf.for
// WIDE: %[[DONE:.*]] = arith.shrui
// WIDE: %[[AT:.*]] = arith.addi %{{.*}}, %[[DONE]]
// WIDE: memref.prefetch %{{.*}}[%[[AT]]], read, locality<2>, data
// CHECK: return
kernel.func @next_panel [memref<28x1024xf32>, memref<65536xf32>,
                         memref<28x64xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 32}}} {
^bb0(%a: tensor<28x1024xf32>, %w: tensor<1024x64xf32>):
  %0 = graph.contract %a, %w : tensor<28x1024xf32>, tensor<1024x64xf32>
  kernel.yield %0 : tensor<28x64xf32>
}

// Where the result goes and what is as large and read with it are fetched before
// the sums, a line of 16 channels for each row of the tile; a bias is at hand.
// CHECK-LABEL: func.func private @residual
// WIDE-COUNT-28: memref.prefetch %arg4[%{{.*}}, %{{.*}}], write, locality<3>, data
// NARROW-COUNT-6: memref.prefetch %arg4[%{{.*}}, %{{.*}}], write, locality<3>, data
// WIDE-COUNT-28: memref.prefetch %arg3[%{{.*}}, %{{.*}}], read, locality<3>, data
// NARROW-COUNT-6: memref.prefetch %arg3[%{{.*}}, %{{.*}}], read, locality<3>, data
// CHECK: vector.fma
// CHECK: vector.load %arg3
// CHECK: vector.store %{{.*}}, %arg4
// CHECK: return
kernel.func @residual [memref<8064x8xf32>, memref<512xf32>, memref<64xf32>,
                       memref<8064x64xf32>, memref<8064x64xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 32}}} {
^bb0(%a: tensor<8064x8xf32>, %w: tensor<8x64xf32>, %b: tensor<64xf32>,
     %r: tensor<8064x64xf32>):
  %0 = graph.contract %a, %w : tensor<8064x8xf32>, tensor<8x64xf32>
  %1 = graph.broadcast %b dims [1] to [8064, 64] : tensor<64xf32>
  %2 = graph.add %0, %1 : tensor<8064x64xf32>
  %3 = graph.add %2, %r : tensor<8064x64xf32>
  kernel.yield %3 : tensor<8064x64xf32>
}

// A small one is in the cache already.
// CHECK-LABEL: func.func private @small_residual
// CHECK-NOT: memref.prefetch
// CHECK: return
kernel.func @small_residual [memref<28x8xf32>, memref<512xf32>,
                             memref<28x64xf32>, memref<28x64xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 32}}} {
^bb0(%a: tensor<28x8xf32>, %w: tensor<8x64xf32>, %r: tensor<28x64xf32>):
  %0 = graph.contract %a, %w : tensor<28x8xf32>, tensor<8x64xf32>
  %1 = graph.add %0, %r : tensor<28x64xf32>
  kernel.yield %1 : tensor<28x64xf32>
}

// Panels for vectors of sixteen, cut in two by vectors of eight: strips of whole
// panels read rows 32 apart, those of the last panel, one vector of sixteen
// wide, rows 16 apart.
// CHECK-LABEL: func.func private @cut_panels
// WIDE-SAME: kernel.chunks = 2
// WIDE-NOT: arith.remui
// NARROW-SAME: kernel.chunks = 3
// NARROW: arith.cmpi ult, %{{.*}}, %c2
// NARROW: %[[COLUMN:.*]] = arith.muli %{{.*}}, %c16
// NARROW: arith.divui %[[COLUMN]], %c32
// NARROW: arith.remui %[[COLUMN]], %c32
// NARROW: :12 = scf.for %[[K:.*]] = %c0
// NARROW: arith.muli %[[K]], %c32
// NARROW: } else {
// NARROW: scf.for %[[K:.*]] = %c0{{[_0-9]*}} to %c64{{[_0-9]*}} step
// NARROW: arith.muli %[[K]], %c16
// CHECK: return
kernel.func @cut_panels [memref<28x64xf32>, memref<3072xf32>, memref<28x40xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 32}}} {
^bb0(%a: tensor<28x64xf32>, %w: tensor<64x40xf32>):
  %0 = graph.contract %a, %w : tensor<28x64xf32>, tensor<64x40xf32>
  kernel.yield %0 : tensor<28x40xf32>
}

// A convolution sums rows of the window: 3 times 3 * 16 contiguous elements.
// CHECK-LABEL: func.func private @conv
// WIDE: :14 = scf.for {{.*}} = %c0{{.*}} to %c3
// WIDE: %[[N:.*]] = arith.constant 48 : index
// WIDE: :14 = scf.for {{.*}} to %[[N]]
// CHECK: return
kernel.func @conv [memref<1x9x16x16xf32>, memref<2304xf32>,
                   memref<1x7x14x16xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16}}} {
^bb0(%x: tensor<1x9x16x16xf32>, %w: tensor<3x3x16x16xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0]
       : tensor<1x9x16x16xf32>, tensor<3x3x16x16xf32>
  kernel.yield %0 : tensor<1x7x14x16xf32>
}

// Depthwise: no broadcast, channels inside pixels. With 32 registers the window
// is unrolled; with 16 its rows are a loop, so that three weights and seven
// sums are alive. LLVM unrolls neither. Seven rows are too little work to share.
// CHECK-LABEL: func.func private @depthwise
// CHECK-SAME: kernel.chunks = 1
// CHECK-NOT: vector.broadcast
// CHECK: scf.for {{.*}} to %c2
// CHECK: scf.for
// WIDE-COUNT-9: vector.load {{.*}} memref<{{[0-9]+}}xf32>
// WIDE-COUNT-63: vector.fma
// NARROW: :7 = scf.for {{.*}} to %c3
// NARROW-COUNT-21: vector.fma
// NARROW-NEXT: scf.yield
// NARROW-NEXT: llvm.loop_annotation = #[[$KEEP:.*]]}
// CHECK-NOT: vector.broadcast
// CHECK: return
kernel.func @depthwise [memref<1x9x16x32xf32>, memref<288xf32>,
                        memref<1x7x14x32xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16}}} {
^bb0(%x: tensor<1x9x16x32xf32>, %w: tensor<3x3x1x32xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 32
       : tensor<1x9x16x32xf32>, tensor<3x3x1x32xf32>
  kernel.yield %0 : tensor<1x7x14x32xf32>
}

// Rows of a larger one are: as many to a chunk as are worth a thread.
// CHECK-LABEL: func.func private @depthwise_rows
// CHECK-SAME: kernel.chunks = 12
// CHECK: arith.muli %arg3, %c5
// CHECK: return
kernel.func @depthwise_rows [memref<1x58x58x64xf32>, memref<576xf32>,
                             memref<1x56x56x64xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16}}} {
^bb0(%x: tensor<1x58x58x64xf32>, %w: tensor<3x3x1x64xf32>):
  %0 = graph.conv %x, %w strides [1, 1] pads [0, 0] to [0, 0] groups 64
       : tensor<1x58x58x64xf32>, tensor<3x3x1x64xf32>
  kernel.yield %0 : tensor<1x56x56x64xf32>
}

// Halves are widened where they are loaded, summed in f32 and rounded once.
// CHECK-LABEL: func.func private @half
// CHECK: vector.maskedload {{.*}} into vector<{{8|16}}xf16>
// CHECK: arith.extf {{.*}} : vector<{{8|16}}xf16> to vector<{{8|16}}xf32>
// CHECK: arith.extf {{.*}} : f16 to f32
// CHECK: vector.fma
// CHECK: arith.truncf {{.*}} : vector<{{8|16}}xf32> to vector<{{8|16}}xf16>
kernel.func @half [memref<2x8xf16>, memref<8x4xf16>, memref<2x4xf16>] {
^bb0(%a: tensor<2x8xf16>, %w: tensor<8x4xf16>):
  %0 = graph.contract %a, %w : tensor<2x8xf16>, tensor<8x4xf16>
  kernel.yield %0 : tensor<2x4xf16>
}

// Narrow integers wrap around in the end as they would at every step.
// CHECK-LABEL: func.func private @bytes
// CHECK: arith.extui {{.*}} : vector<{{8|16}}xi8> to vector<{{8|16}}xi32>
// CHECK: arith.muli {{.*}} : vector<{{8|16}}xi32>
// CHECK: arith.trunci {{.*}} : vector<{{8|16}}xi32> to vector<{{8|16}}xi8>
kernel.func @bytes [memref<2x8xi8>, memref<8x4xi8>, memref<2x4xi8>] {
^bb0(%a: tensor<2x8xui8>, %w: tensor<8x4xui8>):
  %0 = graph.contract %a, %w : tensor<2x8xui8>, tensor<8x4xui8>
  kernel.yield %0 : tensor<2x4xui8>
}

// Complex numbers have no emitter of their own.
// CHECK-LABEL: func.func private @complex
// CHECK: complex.mul
kernel.func @complex [memref<2x8xcomplex<f32>>, memref<8x4xcomplex<f32>>,
                      memref<2x4xcomplex<f32>>] {
^bb0(%a: tensor<2x8xcomplex<f32>>, %w: tensor<8x4xcomplex<f32>>):
  %0 = graph.contract %a, %w : tensor<2x8xcomplex<f32>>, tensor<8x4xcomplex<f32>>
  kernel.yield %0 : tensor<2x4xcomplex<f32>>
}
