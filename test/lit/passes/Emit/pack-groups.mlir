// RUN: sluice-opt %s --pack-weights=cpu=x86-64-v2 | FileCheck %s

// Three rows, four to a group: the fourth is zero, as are columns five to eight
// of the panel.
// CHECK: kernel.data @packed{{.*}} dense<[1, 6, 11, 0, 2, 7, 12, 0, 3, 8, 13, 0, 4, 9, 14, 0, 5, 10, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<32xi8>
kernel.data @w dense<[[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]> : tensor<3x5xi8>
// A window of two pixels of one channel: each pixel has a pair of rows.
// CHECK: kernel.data @packed{{.*}} dense<[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0]> : tensor<16xi16>
kernel.data @f dense<[[[1, 2, 3, 4]], [[5, 6, 7, 8]]]> : tensor<2x1x4xi16>

// CHECK: kernel.func @k [memref<8x3xi8>, memref<32xi8>, memref<8x5xi8>] attributes {packings = {"1" = {lanes = 4 : i64, panel = 4 : i64, rows = 4 : i64}}}
kernel.func @k [memref<8x3xi8>, memref<3x5xi8>, memref<8x5xi8>] {
^bb0(%a: tensor<8x3xi8>, %w: tensor<3x5xi8>):
  %0 = graph.contract %a, %w : tensor<8x3xi8>, tensor<3x5xi8>
  kernel.yield %0 : tensor<8x5xi8>
}
// CHECK: kernel.func @c {{.*}}rows = 2
kernel.func @c [memref<1x9x1xi16>, memref<2x1x4xi16>, memref<1x8x4xi16>] {
^bb0(%x: tensor<1x9x1xi16>, %f: tensor<2x1x4xi16>):
  %0 = graph.conv %x, %f strides [1] pads [0] to [0] : tensor<1x9x1xi16>, tensor<2x1x4xi16>
  kernel.yield %0 : tensor<1x8x4xi16>
}

func.func @main(%a: memref<8x3xi8>, %x: memref<1x9x1xi16>, %y: memref<8x5xi8>, %z: memref<1x8x4xi16>) {
  %w = kernel.data_ref @w : memref<3x5xi8>
  kernel.launch @k(%a, %w : memref<8x3xi8>, memref<3x5xi8>) outs(%y : memref<8x5xi8>)
  %f = kernel.data_ref @f : memref<2x1x4xi16>
  kernel.launch @c(%x, %f : memref<1x9x1xi16>, memref<2x1x4xi16>) outs(%z : memref<1x8x4xi16>)
  return
}
