// RUN: sluice-opt %s --apply-tuning="tuning={$(tr -d '\n' < %S/Inputs/tuning.json)}" | FileCheck %s
// RUN: not sluice-opt %s --apply-tuning='tuning=[1]' 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: tuning:1:1: error: expected '{' that starts an object

// CHECK-LABEL: @known
// CHECK: graph.contract %{{.*}} {graph.tuning = {rows = 4 : i64, vector_bits = 256 : i64, vectors = 3 : i64}}
func.func @known(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>) -> tensor<24x64xf32> {
  %0 = graph.contract %a, %w : tensor<24x64xf32>, tensor<64x64xf32>
  return %0 : tensor<24x64xf32>
}

// The key has the operator's attributes and all of its types.
// CHECK-LABEL: @others
// CHECK-NOT: graph.tuning
func.func @others(%a: tensor<24x64xf32>, %w: tensor<64x64xf32>,
                  %b: tensor<24x64xf64>, %v: tensor<64x64xf64>)
    -> (tensor<24x64xf32>, tensor<24x64xf64>) {
  %0 = graph.contract %a, %w transposed : tensor<24x64xf32>, tensor<64x64xf32>
  %1 = graph.contract %b, %v : tensor<24x64xf64>, tensor<64x64xf64>
  return %0, %1 : tensor<24x64xf32>, tensor<24x64xf64>
}

// A choice of something else's is none of this operator's.
// CHECK-LABEL: @stale
// CHECK-NOT: graph.tuning
func.func @stale(%a: tensor<5x64xf32>, %w: tensor<64x64xf32>) -> tensor<5x64xf32> {
  %0 = graph.contract %a, %w {graph.tuning = {rows = 2}} : tensor<5x64xf32>, tensor<64x64xf32>
  return %0 : tensor<5x64xf32>
}

// CHECK-LABEL: @conv
// CHECK: graph.conv
// CHECK-SAME: {graph.tuning = {block = 2 : i64, panels_outside = false, prefetch = true, vector_bits = 256 : i64, winograd = false}}
func.func @conv(%x: tensor<1x14x14x64xf32>) -> tensor<1x14x14x32xf32> {
  %w = graph.constant dense<0.5> : tensor<3x3x64x32xf32>
  %0 = graph.conv %x, %w strides [1, 1] pads [1, 1] to [1, 1]
       : tensor<1x14x14x64xf32>, tensor<3x3x64x32xf32>
  return %0 : tensor<1x14x14x32xf32>
}
