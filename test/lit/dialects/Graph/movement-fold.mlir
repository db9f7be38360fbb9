// RUN: sluice-opt %s --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: @constants
func.func @constants() -> tensor<3x2xf32> {
  // CHECK: graph.constant dense<{{\[\[}}1.100000e+01, 1.400000e+01], [1.200000e+01, 1.500000e+01], [1.300000e+01, 1.600000e+01]]>
  // CHECK-NEXT: return
  %x = graph.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = graph.constant dense<10.0> : tensor<f32>
  %0 = graph.broadcast %y dims [] to [2, 3] : tensor<f32>
  %1 = graph.add %x, %0 : tensor<2x3xf32>
  %2 = graph.transpose %1 [1, 0] : tensor<2x3xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// A large repeated constant stays a broadcast, but folds into constants.
// CHECK-LABEL: @repeated
func.func @repeated(%x: tensor<64xi32>) -> (tensor<64xi32>, tensor<64xi32>) {
  // CHECK-DAG: %[[C:.*]] = graph.constant dense<2> : tensor<i32>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<{{.*}}> : tensor<64xi32>
  // CHECK: %[[B:.*]] = graph.broadcast %[[C]] dims [] to [64] : tensor<i32>
  // CHECK: %[[ADD:.*]] = graph.add %{{.*}}, %[[B]]
  // CHECK: return %[[ADD]], %[[SUM]]
  %c = graph.constant dense<2> : tensor<i32>
  %0 = graph.broadcast %c dims [] to [64] : tensor<i32>
  %1 = graph.add %x, %0 : tensor<64xi32>
  %2 = graph.iota dim 0 to [64] of i32
  %3 = graph.add %2, %0 : tensor<64xi32>
  return %1, %3 : tensor<64xi32>, tensor<64xi32>
}

// -----

// CHECK-LABEL: @identity
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>, %{{.*}}: tensor<f32>)
func.func @identity(%x: tensor<2x3xf32>, %v: tensor<f32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = graph.transpose %x [0, 1] : tensor<2x3xf32>
  %1 = graph.reshape %0 to [6] : tensor<2x3xf32>
  %2 = graph.reshape %1 to [2, 3] : tensor<6xf32>
  %3 = graph.broadcast %2 dims [0, 1] to [2, 3] : tensor<2x3xf32>
  %4 = graph.pad %3, %v low [0, 0] high [0, 0] constant : tensor<2x3xf32>, tensor<f32>
  %5 = graph.slice %4 starts [0, 0] sizes [2, 3] strides [1, 1] : tensor<2x3xf32>
  %6 = graph.concat %5 dim 1 : tensor<2x3xf32>
  %7 = graph.transpose %6 [1, 0] : tensor<2x3xf32>
  %8 = graph.transpose %7 [1, 0] : tensor<3x2xf32>
  return %8 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @broadcasts
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x1xf32>)
func.func @broadcasts(%x: tensor<1x3x1xf32>) -> tensor<4x2x3x5xf32> {
  // CHECK-NEXT: %[[R:.*]] = graph.reshape %[[X]] to [3]
  // CHECK-NEXT: %[[B:.*]] = graph.broadcast %[[R]] dims [2] to [4, 2, 3, 5]
  // CHECK-NEXT: return %[[B]]
  %0 = graph.broadcast %x dims [0, 1, 2] to [2, 3, 5] : tensor<1x3x1xf32>
  %1 = graph.broadcast %0 dims [1, 2, 3] to [4, 2, 3, 5] : tensor<2x3x5xf32>
  return %1 : tensor<4x2x3x5xf32>
}

// -----

// CHECK-LABEL: @transposes
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3xf32>, %[[Y:.*]]: tensor<2x3x4xf32>)
func.func @transposes(%x: tensor<1x2x3xf32>, %y: tensor<2x3x4xf32>) -> (tensor<2x3x1xf32>, tensor<4x3x2xf32>) {
  // CHECK-DAG: %[[R:.*]] = graph.reshape %[[X]] to [2, 3, 1]
  // CHECK-DAG: %[[T:.*]] = graph.transpose %[[Y]] [2, 1, 0]
  // CHECK: return %[[R]], %[[T]]
  %0 = graph.transpose %x [1, 2, 0] : tensor<1x2x3xf32>
  %1 = graph.transpose %y [1, 2, 0] : tensor<2x3x4xf32>
  %2 = graph.transpose %1 [1, 0, 2] : tensor<3x4x2xf32>
  return %0, %2 : tensor<2x3x1xf32>, tensor<4x3x2xf32>
}

// -----

// CHECK-LABEL: @slices
// CHECK-SAME: (%[[X:.*]]: tensor<10xf32>, %[[Y:.*]]: tensor<4xf32>)
func.func @slices(%x: tensor<10xf32>, %y: tensor<4xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<4xf32>) {
  // CHECK-DAG: %[[A:.*]] = graph.slice %[[X]] starts [7] sizes [2] strides [-4]
  // CHECK-DAG: %[[B:.*]] = graph.slice %[[Y]] starts [2] sizes [2] strides [-1]
  // CHECK: return %[[A]], %[[B]], %[[Y]]
  %0 = graph.slice %x starts [9] sizes [5] strides [-2] : tensor<10xf32>
  %1 = graph.slice %0 starts [1] sizes [2] strides [2] : tensor<5xf32>
  %2 = graph.concat %x, %y dim 0 : tensor<10xf32>, tensor<4xf32>
  %3 = graph.slice %2 starts [12] sizes [2] strides [-1] : tensor<14xf32>
  %4 = graph.slice %2 starts [10] sizes [4] strides [1] : tensor<14xf32>
  return %1, %3, %4 : tensor<2xf32>, tensor<2xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: @concats
// CHECK-SAME: (%[[X:.*]]: tensor<2xi1>, %[[Y:.*]]: tensor<3xi1>, %[[E:.*]]: tensor<0xi1>)
func.func @concats(%x: tensor<2xi1>, %y: tensor<3xi1>, %e: tensor<0xi1>) -> (tensor<7xi1>, tensor<2xi1>) {
  // CHECK-NEXT: %[[A:.*]] = graph.concat %[[X]], %[[Y]], %[[X]] dim 0
  // CHECK-NEXT: return %[[A]], %[[X]]
  %0 = graph.concat %x, %e, %y dim 0 : tensor<2xi1>, tensor<0xi1>, tensor<3xi1>
  %1 = graph.concat %0, %x dim 0 : tensor<5xi1>, tensor<2xi1>
  %2 = graph.concat %e, %x dim 0 : tensor<0xi1>, tensor<2xi1>
  return %1, %2 : tensor<7xi1>, tensor<2xi1>
}

// -----

// CHECK-LABEL: @computed_positions
// CHECK-SAME: (%[[X:.*]]: tensor<4x3xf32>)
func.func @computed_positions(%x: tensor<4x3xf32>) -> (tensor<1x3xf32>, tensor<1x2xf32>, tensor<1x3xf32>, tensor<3xf32>, tensor<4x2xf32>) {
  %a = graph.constant dense<[3, 0]> : tensor<2xi32>
  %b = graph.constant dense<[9, -9]> : tensor<2xi64>
  // Out of range: stays, to be reported when it runs.
  %c = graph.constant dense<[4, 0]> : tensor<2xi32>
  %i = graph.constant dense<-1> : tensor<i32>
  %j = graph.constant dense<[2, 0]> : tensor<2xi32>
  // CHECK-DAG: %[[C:.*]] = graph.constant dense<[4, 0]>
  // CHECK-DAG: %[[S0:.*]] = graph.slice %[[X]] starts [3, 0] sizes [1, 3] strides [1, 1]
  // CHECK-DAG: %[[S1:.*]] = graph.slice %[[X]] starts [3, 0] sizes [1, 2] strides [1, 1]
  // CHECK-DAG: %[[S2:.*]] = graph.dynamic_slice %[[X]], %[[C]]
  // CHECK-DAG: %[[S3:.*]] = graph.reshape %{{.*}} to [3]
  // CHECK-DAG: %[[S4:.*]] = graph.slice %[[X]] starts [0, 2] sizes [4, 2] strides [1, -2]
  // CHECK: return %[[S0]], %[[S1]], %[[S2]], %[[S3]], %[[S4]]
  %0 = graph.dynamic_slice %x, %a sizes [1, 3] : tensor<4x3xf32>, tensor<2xi32>
  %1 = graph.dynamic_slice %x, %b sizes [1, 2] clamped : tensor<4x3xf32>, tensor<2xi64>
  %2 = graph.dynamic_slice %x, %c sizes [1, 3] : tensor<4x3xf32>, tensor<2xi32>
  %3 = graph.gather %x, %i axis 0 batch_dims 0 wrap : tensor<4x3xf32>, tensor<i32>
  %4 = graph.gather %x, %j axis 1 batch_dims 0 : tensor<4x3xf32>, tensor<2xi32>
  return %0, %1, %2, %3, %4 : tensor<1x3xf32>, tensor<1x2xf32>, tensor<1x3xf32>, tensor<3xf32>, tensor<4x2xf32>
}

// -----

// Split and concat that put parts of one value together again.
// CHECK-LABEL: @parts
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
func.func @parts(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x6xf32>, tensor<2x2xf32>, tensor<2x9xf32>) {
  // CHECK-DAG: %[[REVERSED:.*]] = graph.slice %[[X]] starts [0, 2] sizes [2, 3] strides [1, -1]
  // CHECK-DAG: %[[B:.*]] = graph.broadcast %[[X]] dims [0, 1] to [2, 3, 2]
  // CHECK-DAG: %[[REPEATED:.*]] = graph.reshape %[[B]] to [2, 6]
  // CHECK-DAG: %[[PAIR:.*]] = graph.concat %{{.*}}, %{{.*}} dim 1
  // CHECK-DAG: %[[MANY:.*]] = graph.gather %[[X]], %{{.*}} axis 1 batch_dims 0
  // CHECK: return %[[REVERSED]], %[[REPEATED]], %[[PAIR]], %[[MANY]]
  %0 = graph.slice %x starts [0, 0] sizes [2, 1] strides [1, 1] : tensor<2x3xf32>
  %1 = graph.slice %x starts [0, 1] sizes [2, 1] strides [1, 1] : tensor<2x3xf32>
  %2 = graph.slice %x starts [0, 2] sizes [2, 1] strides [1, 1] : tensor<2x3xf32>
  %3 = graph.concat %2, %1, %0 dim 1 : tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>
  %4 = graph.concat %0, %0, %1, %1, %2, %2 dim 1 : tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>
  %5 = graph.concat %1, %1 dim 1 : tensor<2x1xf32>, tensor<2x1xf32>
  %6 = graph.concat %1, %1, %0, %1, %2, %2, %0, %0, %2 dim 1 : tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>, tensor<2x1xf32>
  return %3, %4, %5, %6 : tensor<2x3xf32>, tensor<2x6xf32>, tensor<2x2xf32>, tensor<2x9xf32>
}
