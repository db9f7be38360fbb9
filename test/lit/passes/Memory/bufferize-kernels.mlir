// RUN: sluice-opt %s --form-kernels --bufferize-kernels --split-input-file | FileCheck %s

// Views share a buffer, also that of a result; equal kernels are one function.
// CHECK-LABEL: func.func @views
// CHECK-SAME: %[[X:.*]]: memref<2x4xf32>
// CHECK-SAME: kernel.input = tensor<2x4xf32>
// CHECK-SAME: %[[Y:.*]]: memref<8xf32> {kernel.result = tensor<8xf32>}
func.func @views(%x: tensor<2x4xf32>) -> tensor<8xf32> {
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %[[Y]]
  // CHECK: kernel.launch @kernel(%[[X]] : memref<2x4xf32>) outs(%[[V]] : memref<2x4xf32>)
  // CHECK: kernel.launch @kernel_0(%[[V]], %{{.*}} : memref<2x4xf32>, memref<2x4xf32>) outs(%[[V]] : memref<2x4xf32>)
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
func.func @equal(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: kernel.launch @kernel(
  // CHECK: kernel.launch @kernel(
  %0 = graph.exp %x : tensor<4xf32>
  %1 = graph.exp %y : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
// CHECK: kernel.func @kernel
// CHECK-NOT: kernel.func

// -----

// The producer writes into the interior of the padded buffer.
// CHECK-LABEL: func.func @padding
func.func @padding(%x: tensor<4x16xf32>) -> tensor<6x19xf32> {
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %[[Y:.*]] to offset: [20], sizes: [4, 16], strides: [19, 1]
  // CHECK: kernel.launch @kernel(%{{.*}}) outs(%[[V]]
  // CHECK: kernel.fill_halo %[[Y]] low [1, 1] high [1, 2]
  // CHECK-NOT: kernel.launch
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.exp %x : tensor<4x16xf32>
  %1 = graph.pad %0, %zero low [1, 1] high [1, 2] constant : tensor<4x16xf32>, tensor<f32>
  return %1 : tensor<6x19xf32>
}
// CHECK: kernel.func @kernel [memref<4x16xf32>, memref<4x16xf32, strided<[19, 1]>>]

// -----

// Short rows are not worth a slower producer.
// CHECK-LABEL: func.func @padding_short
func.func @padding_short(%x: tensor<4x4xf32>) -> tensor<6x7xf32> {
  // CHECK: %[[T:.*]] = kernel.buffer : memref<4x4xf32>
  // CHECK: kernel.launch @{{.*}} outs(%[[T]]
  // CHECK: kernel.launch @{{.*}}(%[[T]] : {{.*}} outs({{.*}} strided<[7, 1], offset: 8>>)
  %zero = graph.constant dense<0.0> : tensor<f32>
  %0 = graph.exp %x : tensor<4x4xf32>
  %1 = graph.pad %0, %zero low [1, 1] high [1, 2] constant : tensor<4x4xf32>, tensor<f32>
  return %1 : tensor<6x7xf32>
}

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
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %[[Y]] to offset: [8], sizes: [4, 4], strides: [7, 1]
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
  // CHECK: %[[W:.*]] = memref.reinterpret_cast %[[Z:.*]] to offset: [1], sizes: [4]
  // CHECK: kernel.launch @{{.*}}outs(%[[W]]
  // CHECK: kernel.fill_halo %[[Y:.*]] low [1] high [0]
  // CHECK: %[[V:.*]] = memref.reinterpret_cast %[[Y]] to offset: [1], sizes: [4]
  // CHECK: kernel.launch @{{.*}}(%[[W]] : {{.*}}outs(%[[V]]
  // CHECK: kernel.fill_halo %[[Z]] low [1] high [1]
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

// -----

// Both parts are made side by side; who else reads one finds it there.
// CHECK-LABEL: func.func @concat
func.func @concat(%x: tensor<4x16xf32>) -> (tensor<4x32xf32>, tensor<4x16xf32>) {
  // CHECK: %[[A:.*]] = memref.reinterpret_cast %arg1 to offset: [0], sizes: [4, 16], strides: [32, 1]
  // CHECK: kernel.launch @kernel(%arg0 : {{.*}} outs(%[[A]]
  // CHECK: %[[B:.*]] = memref.reinterpret_cast %arg1 to offset: [16], sizes: [4, 16], strides: [32, 1]
  // CHECK: kernel.launch @kernel_0(%arg0 : {{.*}} outs(%[[B]]
  // CHECK: kernel.launch @kernel_1(%[[A]] : {{.*}} outs(%arg2
  // CHECK-NOT: kernel.launch
  %0 = graph.exp %x : tensor<4x16xf32>
  %1 = graph.neg %x : tensor<4x16xf32>
  %2 = graph.concat %0, %1 dim 1 : tensor<4x16xf32>, tensor<4x16xf32>
  %3 = graph.exp %0 : tensor<4x16xf32>
  return %2, %3 : tensor<4x32xf32>, tensor<4x16xf32>
}

// -----

// Concats of concats grow one buffer, through views too; two parts that one
// kernel makes have a place each.
// CHECK-LABEL: func.func @nested
func.func @nested(%x: tensor<16xf32>) -> (tensor<3x16xf32>, tensor<2x16xf32>) {
  // CHECK: %[[B:.*]] = memref.reinterpret_cast %arg1 to offset: [16], sizes: [16]
  // CHECK: %[[A:.*]] = memref.reinterpret_cast %arg1 to offset: [0], sizes: [16]
  // CHECK: kernel.launch @kernel(%arg0 : {{.*}} outs(%[[B]], %[[A]]
  // CHECK: %[[P:.*]] = memref.reinterpret_cast %arg1 to offset: [0], sizes: [2, 16]
  // CHECK: kernel.launch @kernel_0(%[[P]] : {{.*}} outs(%arg2
  // CHECK: %[[C:.*]] = memref.reinterpret_cast %arg1 to offset: [32], sizes: [16]
  // CHECK: kernel.launch @kernel_1(%[[B]] : {{.*}} outs(%[[C]]
  // CHECK-NOT: kernel.launch
  %0 = graph.exp %x : tensor<16xf32>
  %1 = graph.exp %0 : tensor<16xf32>
  %2 = graph.reshape %0 to [1, 16] : tensor<16xf32>
  %3 = graph.reshape %1 to [1, 16] : tensor<16xf32>
  %4 = graph.concat %2, %3 dim 0 : tensor<1x16xf32>, tensor<1x16xf32>
  %5 = graph.neg %4 : tensor<2x16xf32>
  %6 = graph.exp %1 : tensor<16xf32>
  %7 = graph.reshape %6 to [1, 16] : tensor<16xf32>
  %8 = graph.concat %4, %7 dim 0 : tensor<2x16xf32>, tensor<1x16xf32>
  return %8, %5 : tensor<3x16xf32>, tensor<2x16xf32>
}

// -----

// A value that stands twice in a concat is made once and copied; constants of
// one number are held by the kernel that writes them.
// CHECK-LABEL: func.func @concat_copies
func.func @concat_copies(%x: tensor<16xf32>) -> tensor<64xf32> {
  // CHECK: %[[B:.*]] = memref.reinterpret_cast %arg1 to offset: [16], sizes: [16]
  // CHECK: %[[A:.*]] = memref.reinterpret_cast %arg1 to offset: [0], sizes: [16]
  // CHECK: kernel.launch @kernel(%arg0 : {{.*}} outs(%[[B]], %[[A]]
  // CHECK: %[[C:.*]] = memref.reinterpret_cast %arg1 to offset: [32], sizes: [16]
  // CHECK: kernel.launch @kernel_0(%[[A]] : {{.*}} outs(%[[C]]
  // CHECK: %[[D:.*]] = memref.reinterpret_cast %arg1 to offset: [48], sizes: [16]
  // CHECK: kernel.launch @kernel_1() outs(%[[D]]
  // CHECK-NOT: kernel.launch
  // CHECK-NOT: kernel.data
  %one = graph.constant dense<1.0> : tensor<16xf32>
  %0 = graph.exp %x : tensor<16xf32>
  %1 = graph.neg %0 : tensor<16xf32>
  %2 = graph.concat %0, %1, %0, %one dim 0 : tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>
  return %2 : tensor<64xf32>
}

// -----

// Parts are read where they are, also those of the caller's buffer.
// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<4x64xf32>) -> (tensor<4x32xf32>, tensor<4x32xf32>) {
  // CHECK: %[[A:.*]] = memref.reinterpret_cast %arg0 to offset: [32], sizes: [4, 32], strides: [64, 1]
  // CHECK: kernel.launch @kernel(%[[A]] : {{.*}} outs(%arg1
  // CHECK: kernel.launch @kernel_0(%[[A]] : {{.*}} outs(%arg2
  // CHECK-NOT: kernel.launch
  %0 = graph.slice %x starts [0, 32] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %1 = graph.exp %0 : tensor<4x32xf32>
  %2 = graph.neg %0 : tensor<4x32xf32>
  return %1, %2 : tensor<4x32xf32>, tensor<4x32xf32>
}

// -----

// A returned part is copied to the caller; a part of few elements once, for all
// of its readers.
// CHECK-LABEL: func.func @slice_copies
func.func @slice_copies(%x: tensor<4x64xf32>) -> (tensor<4x32xf32>, tensor<4x2xf32>, tensor<4x2xf32>) {
  // CHECK: %[[A:.*]] = memref.reinterpret_cast %arg0 to offset: [4], sizes: [4, 2], strides: [64, 1]
  // CHECK: %[[T:.*]] = kernel.buffer : memref<4x2xf32>
  // CHECK: kernel.launch @{{.*}}(%[[A]] : {{.*}} outs(%[[T]]
  // CHECK: kernel.launch @{{.*}}(%[[T]] : {{.*}} outs(%arg2
  // CHECK: kernel.launch @{{.*}}(%[[T]] : {{.*}} outs(%arg3
  // CHECK: %[[B:.*]] = memref.reinterpret_cast %arg0 to offset: [0], sizes: [4, 32], strides: [64, 1]
  // CHECK: kernel.launch @{{.*}}(%[[B]] : {{.*}} outs(%arg1
  // CHECK-NOT: kernel.launch
  %0 = graph.slice %x starts [0, 0] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %1 = graph.slice %x starts [0, 4] sizes [4, 2] strides [1, 1] : tensor<4x64xf32>
  %2 = graph.exp %1 : tensor<4x2xf32>
  %3 = graph.neg %1 : tensor<4x2xf32>
  return %0, %2, %3 : tensor<4x32xf32>, tensor<4x2xf32>, tensor<4x2xf32>
}

// -----

// A view that no strides express needs a contiguous buffer: the part is copied.
// CHECK-LABEL: func.func @slice_flattened
func.func @slice_flattened(%x: tensor<4x64xf32>) -> (tensor<128xf32>, tensor<128xf32>) {
  // CHECK: %[[T:.*]] = kernel.buffer : memref<4x32xf32>
  // CHECK: kernel.launch @{{.*}} outs(%[[T]]
  // CHECK: memref.reinterpret_cast %[[T]] to offset: [0], sizes: [128]
  %0 = graph.slice %x starts [0, 32] sizes [4, 32] strides [1, 1] : tensor<4x64xf32>
  %1 = graph.reshape %0 to [128] : tensor<4x32xf32>
  %2 = graph.exp %1 : tensor<128xf32>
  %3 = graph.neg %1 : tensor<128xf32>
  return %2, %3 : tensor<128xf32>, tensor<128xf32>
}
