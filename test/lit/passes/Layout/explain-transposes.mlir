// RUN: sluice-opt %s --explain-transposes --split-input-file --remark-format=emitRemark --remarks-filter=layout -o /dev/null 2>&1 | FileCheck %s
// RUN: sluice-opt %s --explain-transposes --split-input-file -o /dev/null 2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty

// QUIET-NOT: stays

// CHECK: a transpose [0, 2, 1] to tensor<1x3x2xf32> stays: the result is wanted in this order
func.func @result(%x: tensor<1x2x3xf32>) -> tensor<1x3x2xf32> {
  %0 = graph.transpose %x [0, 2, 1] : tensor<1x2x3xf32>
  return %0 : tensor<1x3x2xf32>
}

// -----

// CHECK: stays: graph.reshape works in this order only
func.func @reader(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.reshape %0 to [6] : tensor<3x2xf32>
  return %1 : tensor<6xf32>
}

// -----

// CHECK: stays: other operands of graph.add would be transposed in its place
func.func @others(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %0 = graph.transpose %x [1, 0] : tensor<2x3xf32>
  %1 = graph.add %0, %y : tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}
