// RUN: sluice-opt %s --lower-math | FileCheck %s

// CHECK-LABEL: @half
// CHECK: arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
// CHECK-NOT: math.tanh
// CHECK: arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
func.func @half(%x: vector<8xf16>) -> vector<8xf16> {
  %0 = math.tanh %x : vector<8xf16>
  return %0 : vector<8xf16>
}

// bf16 is rounded by integer arithmetic.

// CHECK-LABEL: @bfloat
// CHECK-NOT: arith.truncf
// CHECK: arith.bitcast %{{.*}} : i16 to bf16
func.func @bfloat(%x: f32) -> bf16 {
  %0 = arith.truncf %x : f32 to bf16
  return %0 : bf16
}

// The C library takes scalars.

// CHECK-LABEL: @double
// CHECK-COUNT-4: math.atan {{.*}} : f64
// CHECK-NOT: math.atan
func.func @double(%x: vector<2x2xf64>) -> vector<2x2xf64> {
  %0 = math.atan %x : vector<2x2xf64>
  return %0 : vector<2x2xf64>
}

// What processors have stays.

// CHECK-LABEL: @native
// CHECK: math.sqrt %{{.*}} : vector<4xf32>
// CHECK: math.floor %{{.*}} : vector<4xf32>
// CHECK: math.fma %{{.*}} : vector<4xf32>
func.func @native(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.sqrt %x : vector<4xf32>
  %1 = math.floor %0 : vector<4xf32>
  %2 = math.fma %1, %x, %x : vector<4xf32>
  return %2 : vector<4xf32>
}

// Large angles are reduced only where there are some.

// CHECK-LABEL: @sine
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %{{.*}} : vector<8xi1> into i1
// CHECK: scf.if %[[ANY]] -> (vector<8xi64>, vector<8xf64>)
func.func @sine(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.sin %x : vector<8xf32>
  return %0 : vector<8xf32>
}
