// RUN: sluice-opt %s --lower-math | FileCheck %s
// RUN: sluice-opt %s --lower-math=cpu=x86-64-v4 | FileCheck %s --check-prefix=V4
// RUN: sluice-opt %s --lower-math=cpu=x86-64-v2 | FileCheck %s --check-prefix=V2

// Without AVX-512 there are none of its instructions.

// CHECK-NOT: llvm.call_intrinsic

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

// Large angles are reduced in f64, only where there are some; everywhere
// without fused operations.

// CHECK-LABEL: @sine
// CHECK: %[[SIZE:.*]] = math.absf %{{.*}} : vector<8xf32>
// CHECK: %[[LARGE:.*]] = arith.cmpf ogt, %[[SIZE]], %{{.*}} : vector<8xf32>
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %[[LARGE]] : vector<8xi1> into i1
// CHECK: scf.if %[[ANY]] -> (vector<8xf32>)
// CHECK: %[[HUGE:.*]] = vector.reduction <or>, %{{.*}} : vector<8xi1> into i1
// CHECK: scf.if %[[HUGE]] -> (vector<8xi64>, vector<8xf64>)
// CHECK: } else {
// CHECK: } else {
// CHECK-NOT: f64
// CHECK: return
// V2-LABEL: @sine
// V2-NOT: scf.if {{.*}}vector<8xf32>
// V2: scf.if {{.*}} -> (vector<8xi64>, vector<8xf64>)
func.func @sine(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.sin %x : vector<8xf32>
  return %0 : vector<8xf32>
}

// An exponential of what is not above zero is scaled by one power of two.

// CHECK-LABEL: @decay
// CHECK: arith.shli
// CHECK-NOT: arith.shrsi
// CHECK: return
func.func @decay(%x: vector<8xf32>, %y: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %0 = math.absf %x : vector<8xf32>
  %1 = arith.negf %0 : vector<8xf32>
  %2 = math.exp %1 : vector<8xf32>
  %3 = arith.cmpf ogt, %y, %zero : vector<8xf32>
  %4 = arith.select %3, %zero, %y : vector<8xi1>, vector<8xf32>
  %5 = math.exp %4 : vector<8xf32>
  return %2, %5 : vector<8xf32>, vector<8xf32>
}

// AVX-512 scales by powers of two and takes numbers apart: nothing has to be
// done for subnormal numbers, overflow, zero and infinity.

// V4-LABEL: @exp
// V4: llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// V4-NEXT: return
func.func @exp(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// V4-LABEL: @log
// V4: llvm.call_intrinsic "llvm.x86.avx512.mask.getmant.ps.512"
// V4: llvm.call_intrinsic "llvm.x86.avx512.mask.getexp.ps.512"
// V4-NOT: arith.select
// V4: return
func.func @log(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.log %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// Scalars, other shapes and other lengths.

// V4-LABEL: @shapes
// V4: vector.broadcast %{{.*}} : f32 to vector<4xf32>
// V4: llvm.x86.avx512.rsqrt14.ps.128
// V4: vector.extract %{{.*}}[0] : f32 from vector<4xf32>
// V4: llvm.x86.avx512.rsqrt14.ps.256
// V4: vector.shape_cast %{{.*}} : vector<2x16xf32> to vector<32xf32>
// V4-COUNT-2: llvm.x86.avx512.rsqrt14.ps.512
// V4: vector.shape_cast %{{.*}} : vector<32xf32> to vector<2x16xf32>
// V4: math.sqrt %{{.*}} : vector<3xf32>
func.func @shapes(%a: f32, %b: vector<8xf32>, %c: vector<2x16xf32>, %d: vector<3xf32>)
    -> (f32, vector<8xf32>, vector<2x16xf32>, vector<3xf32>) {
  %0 = math.rsqrt %a : f32
  %1 = math.rsqrt %b : vector<8xf32>
  %2 = math.rsqrt %c : vector<2x16xf32>
  %3 = math.rsqrt %d : vector<3xf32>
  return %0, %1, %2, %3 : f32, vector<8xf32>, vector<2x16xf32>, vector<3xf32>
}

// The flag of a quotient does not reach LLVM.

// CHECK-LABEL: @quotient
// CHECK: arith.divf %{{.*}}, %{{.*}} : vector<16xf32>
// V4-LABEL: @quotient
// V4: llvm.x86.avx512.rcp14.ps.512
// V4-NOT: arith.divf %{{.*}} : vector<16xf32>
// V4: arith.divf %{{.*}}, %{{.*}} : vector<8xf64>
// V4: arith.divf %{{.*}}, %{{.*}} : vector<16xf32>
func.func @quotient(%x: vector<16xf32>, %y: vector<16xf32>, %z: vector<8xf64>)
    -> (vector<16xf32>, vector<8xf64>, vector<16xf32>) {
  %0 = arith.divf %x, %y fastmath<arcp> : vector<16xf32>
  %1 = arith.divf %z, %z fastmath<arcp> : vector<8xf64>
  %2 = arith.divf %x, %y : vector<16xf32>
  return %0, %1, %2 : vector<16xf32>, vector<8xf64>, vector<16xf32>
}
