// RUN: sluice-opt %s --pack-weights=cpu=x86-64-v2 | FileCheck %s

// Ten columns in panels of two vectors of four: one whole panel of 8 columns,
// one vector with two missing columns. Both readers share the packed form; the
// original goes.
// CHECK-NOT: kernel.data @w
// CHECK: kernel.data @packed{{.*}} dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00, 1.000000e+01, 1.100000e+01, 1.200000e+01, 1.300000e+01, 1.400000e+01, 1.500000e+01, 1.600000e+01, 1.700000e+01, 8.000000e+00, 9.000000e+00, 0.000000e+00, 0.000000e+00, 1.800000e+01, 1.900000e+01, 0.000000e+00, 0.000000e+00]> : tensor<24xf32>
// CHECK-NOT: kernel.data @
kernel.data @w dense<[[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
                      [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0]]>
    : tensor<2x10xf32>

// CHECK: kernel.func @k [memref<8x2xf32>, memref<24xf32>, memref<8x10xf32>] attributes {packings = {"1" = {lanes = 4 : i64, panel = 8 : i64}}}
kernel.func @k [memref<8x2xf32>, memref<2x10xf32>, memref<8x10xf32>] {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}

// CHECK-LABEL: func.func @main
func.func @main(%a: memref<8x2xf32>, %x: memref<8x10xf32>, %y: memref<8x10xf32>) {
  // CHECK: %[[W:.*]] = kernel.data_ref @packed{{.*}} : memref<24xf32>
  // CHECK: kernel.launch @k(%{{.*}}, %[[W]]
  %w = kernel.data_ref @w : memref<2x10xf32>
  kernel.launch @k(%a, %w : memref<8x2xf32>, memref<2x10xf32>) outs(%x : memref<8x10xf32>)
  kernel.launch @k(%a, %w : memref<8x2xf32>, memref<2x10xf32>) outs(%y : memref<8x10xf32>)
  return
}
