// RUN: sluice-opt %s --pass-pipeline='builtin.module(func.func(narrow-contractions))' --split-input-file | FileCheck %s

// CHECK-LABEL: @casts
// CHECK-SAME: %[[A:.*]]: tensor<4x8xui8>, %[[B:.*]]: tensor<8x16xi8>
func.func @casts(%a: tensor<4x8xui8>, %b: tensor<8x16xi8>) -> tensor<4x16xi32> {
  // CHECK: graph.contract %[[A]], %[[B]] in i32 : tensor<4x8xui8>, tensor<8x16xi8>
  %0 = graph.cast %a to i32 : tensor<4x8xui8>
  %1 = graph.cast %b to i32 : tensor<8x16xi8>
  %2 = graph.contract %0, %1 : tensor<4x8xi32>, tensor<8x16xi32>
  return %2 : tensor<4x16xi32>
}

// -----

// Attributes stay.
// CHECK-LABEL: @constant
func.func @constant(%a: tensor<8x4xi8>) -> tensor<4x2xi32> {
  // CHECK: %[[W:.*]] = graph.constant dense<{{.*}}-128{{.*}}127{{.*}}> : tensor<2x8xi8>
  // CHECK: graph.contract %{{.*}} transposed, %[[W]] transposed in i32 : tensor<8x4xi8>, tensor<2x8xi8>
  %0 = graph.cast %a to i32 : tensor<8x4xi8>
  %1 = graph.constant dense<[[-128, 0, 1, 2, 3, 4, 5, 6], [127, 0, 0, 0, 0, 0, 0, 0]]> : tensor<2x8xi32>
  %2 = graph.contract %0 transposed, %1 transposed : tensor<8x4xi32>, tensor<2x8xi32>
  return %2 : tensor<4x2xi32>
}

// -----

// CHECK-LABEL: @unsigned_constant
func.func @unsigned_constant(%a: tensor<4x8xi8>) -> tensor<4x2xi32> {
  // CHECK: dense<255> : tensor<8x2xui8>
  // CHECK: in i32 : tensor<4x8xi8>, tensor<8x2xui8>
  %0 = graph.cast %a to i32 : tensor<4x8xi8>
  %1 = graph.constant dense<255> : tensor<8x2xi32>
  %2 = graph.contract %0, %1 : tensor<4x8xi32>, tensor<8x2xi32>
  return %2 : tensor<4x2xi32>
}

// -----

// The narrower operand takes the other's width.
// CHECK-LABEL: @different_widths
func.func @different_widths(%a: tensor<4x8xui8>, %b: tensor<8x2xi8>) -> (tensor<4x2xi32>, tensor<4x2xi32>) {
  // CHECK-DAG: %[[A:.*]] = graph.cast %{{.*}} to i16 : tensor<4x8xui8>
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<256> : tensor<8x2xi16>
  // CHECK: graph.contract %[[A]], %[[W]] in i32
  %0 = graph.cast %a to i32 : tensor<4x8xui8>
  %1 = graph.constant dense<256> : tensor<8x2xi32>
  %2 = graph.contract %0, %1 : tensor<4x8xi32>, tensor<8x2xi32>
  // CHECK: %[[C:.*]] = graph.constant dense<-129> : tensor<4x8xi16>
  // CHECK: %[[B:.*]] = graph.cast %{{.*}} to i16 : tensor<8x2xi8>
  // CHECK: graph.contract %[[C]], %[[B]] in i32
  %3 = graph.constant dense<-129> : tensor<4x8xi32>
  %4 = graph.cast %b to i32 : tensor<8x2xi8>
  %5 = graph.contract %3, %4 : tensor<4x8xi32>, tensor<8x2xi32>
  return %2, %5 : tensor<4x2xi32>, tensor<4x2xi32>
}

// -----

// What stands between a cast and the contraction moves narrow elements.
// CHECK-LABEL: @moved
func.func @moved(%a: tensor<2x2x8xi8>, %b: tensor<2x8xi1>) -> tensor<4x2xi32> {
  // CHECK-DAG: %[[A:.*]] = graph.reshape %{{.*}} to [4, 8] : tensor<2x2x8xi8>
  // CHECK-DAG: %[[B:.*]] = graph.cast %{{.*}} to i8 : tensor<2x8xi1>
  // CHECK-DAG: %[[T:.*]] = graph.transpose %[[B]] [1, 0] : tensor<2x8xi8>
  // CHECK: graph.contract %[[A]], %[[T]] in i32
  %0 = graph.cast %a to i32 : tensor<2x2x8xi8>
  %1 = graph.reshape %0 to [4, 8] : tensor<2x2x8xi32>
  %2 = graph.cast %b to i32 : tensor<2x8xi1>
  %3 = graph.transpose %2 [1, 0] : tensor<2x8xi32>
  %4 = graph.contract %1, %3 : tensor<4x8xi32>, tensor<8x2xi32>
  return %4 : tensor<4x2xi32>
}

// -----

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x8x4xi16>) -> tensor<1x4x2xi32> {
  // CHECK: dense<3> : tensor<2x4x2xi16>
  // CHECK: graph.conv %{{.*}} strides [2] pads [0] to [1] in i32 : tensor<1x8x4xi16>, tensor<2x4x2xi16>
  %0 = graph.cast %x to i32 : tensor<1x8x4xi16>
  %1 = graph.constant dense<3> : tensor<2x4x2xi32>
  %2 = graph.conv %0, %1 strides [2] pads [0] to [1] : tensor<1x8x4xi32>, tensor<2x4x2xi32>
  return %2 : tensor<1x4x2xi32>
}

// -----

// CHECK-LABEL: @stay
// CHECK-NOT: in i
func.func @stay(%a: tensor<4x8xi8>, %b: tensor<4x8xui16>, %c: tensor<4x8xi32>,
                %x: tensor<1x8x4xi8>, %f: tensor<4x8xf32>)
    -> (tensor<4x2xi32>, tensor<4x2xi64>, tensor<4x2xi32>, tensor<4x2xi32>,
        tensor<1x8x4xi32>, tensor<4x2xi32>, tensor<4x2xui32>) {
  %ones = graph.constant dense<1> : tensor<8x2xi32>
  %long = graph.constant dense<1> : tensor<8x2xi64>
  %large = graph.constant dense<32768> : tensor<8x2xi32>
  %taps = graph.constant dense<1> : tensor<1x1x4xi32>
  %ui32 = graph.constant dense<1> : tensor<8x2xui32>
  // A wide constant.
  %0 = graph.cast %a to i32 : tensor<4x8xi8>
  %1 = graph.contract %0, %large : tensor<4x8xi32>, tensor<8x2xi32>
  // No instruction sums in 64 bits, or multiplies unsigned words.
  %2 = graph.cast %a to i64 : tensor<4x8xi8>
  %3 = graph.contract %2, %long : tensor<4x8xi64>, tensor<8x2xi64>
  %4 = graph.cast %b to i32 : tensor<4x8xui16>
  %5 = graph.contract %4, %ones : tensor<4x8xi32>, tensor<8x2xi32>
  // Never narrow; depthwise; from floats; unsigned sums.
  %6 = graph.contract %c, %ones : tensor<4x8xi32>, tensor<8x2xi32>
  %7 = graph.cast %x to i32 : tensor<1x8x4xi8>
  %8 = graph.conv %7, %taps strides [1] pads [0] to [0] groups 4 : tensor<1x8x4xi32>, tensor<1x1x4xi32>
  %9 = graph.cast %f to i32 : tensor<4x8xf32>
  %10 = graph.contract %9, %ones : tensor<4x8xi32>, tensor<8x2xi32>
  %11 = graph.cast %a to ui32 : tensor<4x8xi8>
  %12 = graph.contract %11, %ui32 : tensor<4x8xui32>, tensor<8x2xui32>
  return %1, %3, %5, %6, %8, %10, %12 : tensor<4x2xi32>, tensor<4x2xi64>, tensor<4x2xi32>,
      tensor<4x2xi32>, tensor<1x8x4xi32>, tensor<4x2xi32>, tensor<4x2xui32>
}
