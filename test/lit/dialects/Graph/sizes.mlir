// RUN: sluice-opt %s --canonicalize --verify-roundtrip | FileCheck %s

// What is computed from sizes is known, though the sizes are symbols.
// CHECK-LABEL: @shape_chain
// CHECK-SAME: (%[[X:.*]]: tensor<?x?x4xf32, #graph.dims<[B, T, 4]>>)
func.func @shape_chain(%x: tensor<?x?x4xf32, #graph.dims<[B, T, 4]>>)
    -> (tensor<2xi32>, tensor<?x4xf32, #graph.dims<[T*B, 4]>>) {
  // CHECK-DAG: %[[S:.*]] = graph.sizes [B*T + 1, 4] : tensor<2xi32>
  // CHECK-DAG: %[[R:.*]] = graph.reshape %[[X]] to [B*T, 4] : tensor<?x?x4xf32, #graph.dims<[B, T, 4]>>
  // CHECK: return %[[S]], %[[R]] : tensor<2xi32>, tensor<?x4xf32, #graph.dims<[B*T, 4]>>
  %shape = graph.sizes [B, T, 4] : tensor<3xi32>
  %first = graph.slice %shape starts [0] sizes [1] strides [1] : tensor<3xi32>
  %second = graph.slice %shape starts [1] sizes [1] strides [1] : tensor<3xi32>
  %last = graph.slice %shape starts [2] sizes [1] strides [-1] : tensor<3xi32>
  %product = graph.mul %first, %second : tensor<1xi32>
  %one = graph.constant dense<1> : tensor<1xi32>
  %sum = graph.add %product, %one : tensor<1xi32>
  %joined = graph.concat %sum, %last dim 0 : tensor<1xi32>, tensor<1xi32>
  %flat = graph.reshape %x to [T*B, 4] : tensor<?x?x4xf32, #graph.dims<[B, T, 4]>>
  return %joined, %flat : tensor<2xi32>, tensor<?x4xf32, #graph.dims<[T*B, 4]>>
}

// Sizes that turn out static are an ordinary constant.
// CHECK-LABEL: @static
func.func @static() -> tensor<i64> {
  // CHECK-NEXT: graph.constant dense<4> : tensor<i64>
  %0 = graph.sizes [B, 4] : tensor<2xi64>
  %i = graph.constant dense<1> : tensor<i32>
  %1 = graph.gather %0, %i axis 0 batch_dims 0 : tensor<2xi64>, tensor<i32>
  return %1 : tensor<i64>
}

// CHECK-LABEL: @inference
func.func @inference(%x: tensor<?x8xf32, #graph.dims<[B, 8]>>, %y: tensor<?x8xf32, #graph.dims<[T, 8]>>, %v: tensor<f32>)
    -> (tensor<?x8xf32, #graph.dims<[B + T, 8]>>, tensor<?x8xf32, #graph.dims<[B + 3, 8]>>, tensor<?x8xf32, #graph.dims<[max(B + -1, 0), 8]>>) {
  // CHECK: tensor<?x8xf32, #graph.dims<[B + T, 8]>>, tensor<?x8xf32, #graph.dims<[B + 3, 8]>>, tensor<?x8xf32, #graph.dims<[max(B + -1, 0), 8]>>
  %0 = graph.concat %x, %y dim 0 : tensor<?x8xf32, #graph.dims<[B, 8]>>, tensor<?x8xf32, #graph.dims<[T, 8]>>
  %1 = graph.pad %x, %v low [1, 0] high [2, 0] constant : tensor<?x8xf32, #graph.dims<[B, 8]>>, tensor<f32>
  %2 = graph.slice %x starts [1, 0] sizes [max(B + -1, 0), 8] strides [1, 1] : tensor<?x8xf32, #graph.dims<[B, 8]>>
  return %0, %1, %2 : tensor<?x8xf32, #graph.dims<[B + T, 8]>>, tensor<?x8xf32, #graph.dims<[B + 3, 8]>>, tensor<?x8xf32, #graph.dims<[max(B + -1, 0), 8]>>
}
