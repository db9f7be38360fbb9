// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v4 | FileCheck %s

// Halos of a part of a larger buffer, which its address tells; pixels that
// follow each other are filled in one loop.
// CHECK-LABEL: func.func @run
func.func @run(%x: memref<10x12x3xf32>) {
  %0 = memref.subview %x[1, 2, 0] [8, 8, 3] [1, 1, 1]
    : memref<10x12x3xf32> to memref<8x8x3xf32, strided<[36, 3, 1], offset: 42>>
  // CHECK: kernel.launch @halo({{.*}}outs(%subview
  kernel.fill_halo %0 low [0, 1, 0] high [1, 0, 0]
    : memref<8x8x3xf32, strided<[36, 3, 1], offset: 42>>
  return
}
// CHECK: func.func private @halo{{.*}}(%{{.*}}: memref<8x8x3xf32, strided<[36, 3, 1]>>
// CHECK: memref.reinterpret_cast %{{.*}} to offset: [0], sizes: [8, 24], strides: [36, 1]
