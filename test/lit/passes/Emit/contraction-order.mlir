// RUN: sluice-opt %s --emit-kernels=cpu=znver3 | FileCheck %s

// A block of the left operand that half of the second cache holds is two tiles:
// weights would come eleven times. Panels outside, one chunk each, read the
// left operand once per panel instead.
// CHECK-LABEL: func.func private @deep
// CHECK-SAME: kernel.chunks = 48
kernel.func @deep [memref<128x3072xf32>, memref<3072x768xf32>, memref<128x768xf32>] {
^bb0(%a: tensor<128x3072xf32>, %w: tensor<3072x768xf32>):
  %0 = graph.contract %a, %w : tensor<128x3072xf32>, tensor<3072x768xf32>
  kernel.yield %0 : tensor<128x768xf32>
}

// Two blocks: weights come twice, far less than one left operand per panel.
// CHECK-LABEL: func.func private @square
// CHECK-SAME: kernel.chunks = 96
kernel.func @square [memref<128x768xf32>, memref<768x768xf32>, memref<128x768xf32>] {
^bb0(%a: tensor<128x768xf32>, %w: tensor<768x768xf32>):
  %0 = graph.contract %a, %w : tensor<128x768xf32>, tensor<768x768xf32>
  kernel.yield %0 : tensor<128x768xf32>
}
