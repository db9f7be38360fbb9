// RUN: sluice-opt %s --lower-math | FileCheck %s
// RUN: sluice-opt %s --lower-math=cpu=x86-64-v4 | FileCheck %s --check-prefix=V4

// gelu, by erf or erfc: one exponential, no f64.

// CHECK-LABEL: @gelu
// CHECK-NOT: f64
// CHECK-NOT: math.erf
// CHECK: %[[SIDE:.*]] = arith.cmpi slt
// CHECK: %[[SUM:.*]] = arith.select %[[SIDE]]
// CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %[[SUM]]
// CHECK: %[[SIDE2:.*]] = arith.cmpi slt
// CHECK: %[[SUM2:.*]] = arith.select %[[SIDE2]]
// CHECK: arith.mulf %{{.*}}, %[[SUM2]]
// CHECK: return
func.func @gelu(%x: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %half = arith.constant dense<0.5> : vector<8xf32>
  %root = arith.constant dense<0.707106769> : vector<8xf32>
  %0 = arith.mulf %x, %root : vector<8xf32>
  %1 = math.erf %0 : vector<8xf32>
  %2 = arith.addf %1, %one : vector<8xf32>
  %3 = arith.mulf %x, %2 : vector<8xf32>
  %4 = arith.negf %x : vector<8xf32>
  %5 = arith.mulf %4, %root : vector<8xf32>
  %6 = math.erfc %5 : vector<8xf32>
  %7 = arith.mulf %half, %x : vector<8xf32>
  %8 = arith.mulf %7, %6 : vector<8xf32>
  return %3, %8 : vector<8xf32>, vector<8xf32>
}

// gelu by tanh: one exponential and one quotient.

// CHECK-LABEL: @gelu_tanh
// CHECK-NOT: math.absf
// CHECK: arith.divf
// CHECK: %[[SUM:.*]] = arith.select
// CHECK: arith.mulf %{{.*}}, %[[SUM]]
// CHECK-NEXT: return
func.func @gelu_tanh(%x: vector<8xf32>, %u: vector<8xf32>) -> vector<8xf32> {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %0 = math.tanh %u : vector<8xf32>
  %1 = arith.addf %one, %0 : vector<8xf32>
  %2 = arith.mulf %x, %1 : vector<8xf32>
  return %2 : vector<8xf32>
}

// Small results of erfc keep their bits elsewhere, and those of erf.

// CHECK-LABEL: @tails
// CHECK: f64
// CHECK: math.copysign
// CHECK: return
func.func @tails(%x: vector<8xf32>, %y: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %0 = math.erfc %x : vector<8xf32>
  %1 = arith.mulf %y, %0 : vector<8xf32>
  %2 = math.erf %x : vector<8xf32>
  %3 = arith.addf %y, %2 : vector<8xf32>
  return %1, %3 : vector<8xf32>, vector<8xf32>
}

// Quotients of one and of x, whose divisor is a single rounded sum: that of a
// power, which is exact, and of what the exponential adds to it.

// CHECK-LABEL: @logistic
// CHECK-SAME: %[[X:.*]]: vector<8xf32>, %[[Y:.*]]: vector<8xf32>
// CHECK: cmpf ogt, %[[X]]
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK-NEXT: %[[D:.*]] = math.fma %{{.*}}, %{{.*}}, %[[SUM]]
// CHECK: arith.divf %{{.*}}, %[[D]]
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK-NEXT: %[[D:.*]] = math.fma %{{.*}}, %{{.*}}, %[[SUM]]
// CHECK: arith.divf %[[Y]], %[[D]]
// CHECK-NOT: arith.divf
// CHECK: return
// V4-LABEL: @logistic
// V4-NOT: arith.divf
// V4-COUNT-4: scalef
// V4-NOT: scalef
// V4: return
func.func @logistic(%x: vector<8xf32>, %y: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %0 = arith.negf %x : vector<8xf32>
  %1 = math.exp %0 : vector<8xf32>
  %2 = arith.addf %one, %1 : vector<8xf32>
  %3 = arith.divf %one, %2 : vector<8xf32>
  %4 = arith.negf %y : vector<8xf32>
  %5 = math.exp %4 : vector<8xf32>
  %6 = arith.addf %5, %one : vector<8xf32>
  %7 = arith.divf %one, %6 : vector<8xf32>
  %8 = arith.mulf %7, %y : vector<8xf32>
  return %3, %8 : vector<8xf32>, vector<8xf32>
}

// Products with something else, quotients of something else, and a sum that
// has other readers.

// CHECK-LABEL: @parts
// CHECK: cmpf ogt, %arg0
// CHECK: arith.divf
// CHECK: arith.mulf %{{.*}}, %arg1
// CHECK: arith.divf %arg1, %[[SUM:[^ ]*]]
// CHECK: arith.addf %[[SUM]], %arg1
func.func @parts(%x: vector<8xf32>, %y: vector<8xf32>)
    -> (vector<8xf32>, vector<8xf32>, vector<8xf32>) {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %0 = arith.negf %x : vector<8xf32>
  %1 = math.exp %0 : vector<8xf32>
  %2 = arith.addf %one, %1 : vector<8xf32>
  %3 = arith.divf %one, %2 : vector<8xf32>
  %4 = arith.mulf %3, %y : vector<8xf32>
  %5 = arith.divf %y, %2 : vector<8xf32>
  %6 = arith.addf %2, %y : vector<8xf32>
  return %4, %5, %6 : vector<8xf32>, vector<8xf32>, vector<8xf32>
}

// A logarithm of what is between 1 and 2 takes no exponent apart.

// CHECK-LABEL: @softplus
// CHECK: math.absf
// CHECK-NOT: arith.andi
// CHECK-NOT: arith.divf
// CHECK: return
func.func @softplus(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.absf %x : vector<8xf32>
  %1 = arith.negf %0 : vector<8xf32>
  %2 = math.exp %1 : vector<8xf32>
  %3 = math.log1p %2 : vector<8xf32>
  return %3 : vector<8xf32>
}

// CHECK-LABEL: @growth
// CHECK: arith.andi
// CHECK: return
func.func @growth(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  %1 = math.log1p %0 : vector<8xf32>
  return %1 : vector<8xf32>
}
