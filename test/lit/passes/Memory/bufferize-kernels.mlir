// RUN: sluice-opt %s --form-kernels --bufferize-kernels --split-input-file | FileCheck %s

// Views share a buffer, also that of a result; equal kernels are one function.
// CHECK-LABEL: func.func @views
// CHECK-SAME: %[[X:.*]]: memref<2x4xf32>
// CHECK-SAME: kernel.input = tensor<2x4xf32>
// CHECK-SAME: %[[Y:.*]]: memref<8xf32> {kernel.result = tensor<8xf32>}
func.func @views(%x: tensor<2x4xf32>) -> tensor<8xf32> {
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %[[Y]]
  // CHECK: %[[T:.*]] = kernel.buffer : memref<2x4xf32>
  // CHECK: kernel.launch @kernel(%[[X]] : memref<2x4xf32>) outs(%[[T]] : memref<2x4xf32>)
  // CHECK: kernel.launch @kernel_0(%{{.*}}, %{{.*}} : memref<2x4xf32>, memref<2x4xf32>) outs(%[[V]] : memref<2x4xf32>)
  %0 = graph.exp %x : tensor<2x4xf32>
  %1 = graph.constant dense<[[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]> : tensor<2x4xf32>
  %2 = graph.reshape %0 to [8] : tensor<2x4xf32>
  %3 = graph.reshape %2 to [2, 4] : tensor<8xf32>
  %4 = graph.add %3, %1 : tensor<2x4xf32>
  %5 = graph.reshape %4 to [8] : tensor<2x4xf32>
  return %5 : tensor<8xf32>
}
// CHECK: kernel.data @data dense

// -----

// CHECK-LABEL: func.func @equal
func.func @equal(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: kernel.launch @kernel(
  // CHECK: kernel.launch @kernel(
  %0 = graph.exp %x : tensor<4xf32>
  %1 = graph.exp %0 : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
// CHECK: kernel.func @kernel
// CHECK-NOT: kernel.func

// -----

// The producer writes into the interior of the padded buffer.
// CHECK-LABEL: func.func @padding
func.func @padding(%x: tensor<4x4xf32>) -> tensor<6x7xf32> {
  // CHECK: kernel.fill_halo %[[Y:.*]] low [1, 1] high [1, 2]
  // CHECK: %[[V:.*]] = memref.subview %[[Y]][1, 1] [4, 4] [1, 1]
  // CHECK: kernel.launch @kernel(%{{.*}}) outs(%[[V]]
  // CHECK-NOT: kernel.launch
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.exp %x : tensor<4x4xf32>
  %1 = graph.pad %0, %zero low [1, 1] high [1, 2] constant : tensor<4x4xf32>, tensor<f32>
  return %1 : tensor<6x7xf32>
}
// CHECK: kernel.func @kernel [memref<4x4xf32>, memref<4x4xf32, strided<[7, 1]>>]

// -----

// Other values than zero are written by a kernel.
// CHECK-LABEL: func.func @padding_one
func.func @padding_one(%x: tensor<4xf32>) -> tensor<6xf32> {
  // CHECK-NOT: kernel.fill_halo
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.exp %x : tensor<4xf32>
  %1 = graph.pad %0, %one low [1] high [1] constant : tensor<4xf32>, tensor<f32>
  return %1 : tensor<6xf32>
}

// -----

// The caller's own buffer has no room for a halo: a kernel copies it.
// CHECK-LABEL: func.func @padding_input
func.func @padding_input(%x: tensor<4x4xf32>) -> tensor<6x7xf32> {
  // CHECK: kernel.fill_halo %[[Y:.*]] low [1, 1] high [1, 2]
  // CHECK: %[[V:.*]] = memref.subview %[[Y]][1, 1] [4, 4] [1, 1]
  // CHECK: kernel.launch @kernel(%arg0 : memref<4x4xf32>) outs(%[[V]]
  // CHECK-NOT: kernel.launch
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.pad %x, %zero low [1, 1] high [1, 2] constant : tensor<4x4xf32>, tensor<f32>
  return %0 : tensor<6x7xf32>
}
// CHECK: kernel.func @kernel [memref<4x4xf32>, memref<4x4xf32, strided<[7, 1]>>]
// CHECK-NEXT: ^bb0(%[[T:.*]]: tensor<4x4xf32>):
// CHECK-NEXT: kernel.yield %[[T]]

// -----

// Two paddings of one value: it is made in one of them and copied to the other.
// CHECK-LABEL: func.func @padding_twice
func.func @padding_twice(%x: tensor<4xf32>) -> (tensor<5xf32>, tensor<6xf32>) {
  // CHECK: kernel.fill_halo %[[Y:.*]] low [1] high [0]
  // CHECK: %[[V:.*]] = memref.subview %[[Y]][1] [4] [1]
  // CHECK: kernel.launch @{{.*}}outs(%[[V]]
  // CHECK: kernel.fill_halo %[[Z:.*]] low [1] high [1]
  // CHECK: %[[W:.*]] = memref.subview %[[Z]][1] [4] [1]
  // CHECK: kernel.launch @{{.*}}(%[[V]] : {{.*}}outs(%[[W]]
  // CHECK-NOT: kernel.launch
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.exp %x : tensor<4xf32>
  %1 = graph.pad %0, %zero low [1] high [0] constant : tensor<4xf32>, tensor<f32>
  %2 = graph.pad %0, %zero low [1] high [1] constant : tensor<4xf32>, tensor<f32>
  return %1, %2 : tensor<5xf32>, tensor<6xf32>
}

// -----

// Nothing to copy: no halo either.
// CHECK-LABEL: func.func @padding_nothing
func.func @padding_nothing(%x: tensor<0xf32>) -> tensor<2xf32> {
  // CHECK-NOT: kernel.fill_halo
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.pad %x, %zero low [1] high [1] constant : tensor<0xf32>, tensor<f32>
  return %0 : tensor<2xf32>
}
