// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<2x3xf32>, %z: tensor<4xcomplex<f64>>, %n: tensor<2xui8>) {
  // CHECK: graph.exp %{{.*}} : tensor<2x3xf32>
  %0 = graph.exp %x : tensor<2x3xf32>
  // CHECK: graph.expm1 %{{.*}} : tensor<2x3xf32>
  %1 = graph.expm1 %0 : tensor<2x3xf32>
  %2 = graph.log %1 : tensor<2x3xf32>
  %3 = graph.log1p %2 : tensor<2x3xf32>
  %4 = graph.sin %3 : tensor<2x3xf32>
  %5 = graph.cos %4 : tensor<2x3xf32>
  %6 = graph.tan %5 : tensor<2x3xf32>
  %7 = graph.asin %6 : tensor<2x3xf32>
  %8 = graph.acos %7 : tensor<2x3xf32>
  %9 = graph.atan %8 : tensor<2x3xf32>
  %10 = graph.sinh %9 : tensor<2x3xf32>
  %11 = graph.cosh %10 : tensor<2x3xf32>
  %12 = graph.tanh %11 : tensor<2x3xf32>
  %13 = graph.asinh %12 : tensor<2x3xf32>
  %14 = graph.acosh %13 : tensor<2x3xf32>
  %15 = graph.atanh %14 : tensor<2x3xf32>
  %16 = graph.sqrt %15 : tensor<2x3xf32>
  %17 = graph.rsqrt %16 : tensor<2x3xf32>
  %18 = graph.erf %17 : tensor<2x3xf32>
  %19 = graph.erfc %18 : tensor<2x3xf32>
  %20 = graph.floor %19 : tensor<2x3xf32>
  %21 = graph.ceil %20 : tensor<2x3xf32>
  // CHECK: graph.round_even %{{.*}} : tensor<2x3xf32>
  %22 = graph.round_even %21 : tensor<2x3xf32>
  %23 = graph.trunc %22 : tensor<2x3xf32>
  %24 = graph.sigmoid %23 : tensor<2x3xf32>
  %25 = graph.softplus %24 : tensor<2x3xf32>
  %26 = graph.neg %25 : tensor<2x3xf32>
  %27 = graph.sign %26 : tensor<2x3xf32>
  // CHECK: graph.abs %{{.*}} : tensor<4xcomplex<f64>>
  %28 = graph.abs %z : tensor<4xcomplex<f64>>
  // CHECK: graph.add %{{.*}}, %{{.*}} : tensor<4xf64>
  %29 = graph.add %28, %28 : tensor<4xf64>
  // CHECK: graph.not %{{.*}} : tensor<2xui8>
  %30 = graph.not %n : tensor<2xui8>
  %31 = graph.popcount %30 : tensor<2xui8>
  // CHECK: graph.is_nan %{{.*}} : tensor<2x3xf32>
  %32 = graph.is_nan %27 : tensor<2x3xf32>
  %33 = graph.is_inf %27 : tensor<2x3xf32>
  %34 = graph.is_finite %27 : tensor<2x3xf32>
  // CHECK: graph.and %{{.*}}, %{{.*}} : tensor<2x3xi1>
  %35 = graph.and %33, %34 : tensor<2x3xi1>
  // CHECK: graph.real %{{.*}} : tensor<4xcomplex<f64>>
  %36 = graph.real %z : tensor<4xcomplex<f64>>
  %37 = graph.imag %z : tensor<4xcomplex<f64>>
  %38 = graph.conj %z : tensor<4xcomplex<f64>>
  // CHECK: graph.complex %{{.*}}, %{{.*}} : tensor<4xf64>
  %39 = graph.complex %36, %37 : tensor<4xf64>
  // CHECK: graph.sub %{{.*}}, %{{.*}} : tensor<4xcomplex<f64>>
  %40 = graph.sub %39, %38 : tensor<4xcomplex<f64>>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<2xf32>, %i: tensor<2xi32>) {
  %0 = graph.add %x, %x : tensor<2xf32>
  %1 = graph.sub %0, %x : tensor<2xf32>
  %2 = graph.mul %1, %x : tensor<2xf32>
  %3 = graph.div %2, %x : tensor<2xf32>
  %4 = graph.maximum %3, %x : tensor<2xf32>
  %5 = graph.minimum %4, %x : tensor<2xf32>
  // CHECK: graph.pow %{{.*}}, %{{.*}} : tensor<2xf32>
  %6 = graph.pow %5, %x : tensor<2xf32>
  %7 = graph.atan2 %6, %x : tensor<2xf32>
  %8 = graph.rem %7, %x : tensor<2xf32>
  // CHECK: graph.trunc_div %{{.*}}, %{{.*}} : tensor<2xi32>
  %9 = graph.trunc_div %i, %i : tensor<2xi32>
  %10 = graph.floor_div %9, %i : tensor<2xi32>
  %11 = graph.floor_mod %10, %i : tensor<2xi32>
  %12 = graph.and %11, %i : tensor<2xi32>
  %13 = graph.or %12, %i : tensor<2xi32>
  %14 = graph.xor %13, %i : tensor<2xi32>
  %15 = graph.shift_left %14, %i : tensor<2xi32>
  // CHECK: graph.shift_right %{{.*}}, %{{.*}} : tensor<2xi32>
  %16 = graph.shift_right %15, %i : tensor<2xi32>
  return
}

// CHECK-LABEL: @strings
func.func @strings(%x: tensor<2x!graph.string>, %y: tensor<2x!graph.string>) -> tensor<2x!graph.string> {
  // CHECK: graph.string_concat %{{.*}}, %{{.*}} : tensor<2x!graph.string>
  %0 = graph.string_concat %x, %y : tensor<2x!graph.string>
  return %0 : tensor<2x!graph.string>
}

// CHECK-LABEL: @choice
func.func @choice(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xi8> {
  // CHECK: %[[C:.*]] = graph.compare lt %{{.*}}, %{{.*}} : tensor<2xf32>
  %0 = graph.compare lt %x, %y : tensor<2xf32>
  // CHECK: graph.select %[[C]], %{{.*}}, %{{.*}} : tensor<2xf32>
  %1 = graph.select %0, %x, %y : tensor<2xf32>
  // CHECK: graph.clamp %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xf32>
  %2 = graph.clamp %1, %x, %y : tensor<2xf32>
  // CHECK: graph.cast %{{.*}} to i32 : tensor<2xf32>
  %3 = graph.cast %2 to i32 : tensor<2xf32>
  // CHECK: graph.cast %{{.*}} to i8 mode saturate : tensor<2xi32>
  %4 = graph.cast %3 to i8 mode saturate : tensor<2xi32>
  // CHECK: graph.bitcast %{{.*}} to ui8 : tensor<2xi8>
  %5 = graph.bitcast %4 to ui8 : tensor<2xi8>
  %6 = graph.bitcast %5 to i8 : tensor<2xui8>
  return %6 : tensor<2xi8>
}
