// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s --check-prefix=FORM
// RUN: sluice-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// FORM-LABEL: @form
func.func @form(%q: tensor<1x5x2x4xf32>, %k: tensor<1x7x2x4xf32>,
                %v: tensor<1x7x2x3xf32>, %b: tensor<1x1x1x7xf32>,
                %m: tensor<1x1x5x7xi1>, %q4: tensor<1x5x4x4xf32>)
    -> (tensor<1x5x2x3xf32>, tensor<1x5x2x3xf32>, tensor<1x5x2x3xf32>, tensor<1x5x4x3xf32>) {
  // FORM: graph.attention %{{.*}}, %{{.*}}, %{{.*}} scale 5.000000e-01 : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x3xf32>
  %0 = graph.attention %q, %k, %v scale 0.5
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x3xf32>
  // FORM: graph.attention %{{.*}} scale 5.000000e-01 bias %{{.*}} : tensor<1x1x1x7xf32> : tensor<1x5x2x4xf32>
  %1 = graph.attention %q, %k, %v scale 0.5 bias %b : tensor<1x1x1x7xf32>
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x3xf32>
  // FORM: graph.attention %{{.*}} scale 5.000000e-01 bias %{{.*}} : tensor<1x1x1x7xf32> mask %{{.*}} fill -1.000000e+09 : tensor<1x1x5x7xi1> : tensor<1x5x2x4xf32>
  %2 = graph.attention %q, %k, %v scale 0.5 bias %b : tensor<1x1x1x7xf32>
       mask %m fill -1.0e9 : tensor<1x1x5x7xi1>
       : tensor<1x5x2x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x3xf32>
  // FORM: graph.attention %{{.*}} scale 5.000000e-01 mask %{{.*}} fill 0xFFF0000000000000 : tensor<1x1x5x7xi1> : tensor<1x5x4x4xf32>, tensor<1x7x2x4xf32>
  %3 = graph.attention %q4, %k, %v scale 0.5 mask %m fill 0xFFF0000000000000 : tensor<1x1x5x7xi1>
       : tensor<1x5x4x4xf32>, tensor<1x7x2x4xf32>, tensor<1x7x2x3xf32>
  return %0, %1, %2, %3 : tensor<1x5x2x3xf32>, tensor<1x5x2x3xf32>, tensor<1x5x2x3xf32>, tensor<1x5x4x3xf32>
}

// Equal scores give the mean of the values; a bias hides the second key; each
// head has keys of its own.
// FOLD-LABEL: @values
func.func @values() -> (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2x1xf32>) {
  %q = graph.constant dense<1.0> : tensor<1x1x1x2xf32>
  %k = graph.constant dense<2.0> : tensor<1x2x1x2xf32>
  %v = graph.constant dense<[[[[1.0, 2.0]], [[3.0, 6.0]]]]> : tensor<1x2x1x2xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[\[\[}}2.000000e+00, 4.000000e+00]]]]> : tensor<1x1x1x2xf32>
  %0 = graph.attention %q, %k, %v scale 1.0
       : tensor<1x1x1x2xf32>, tensor<1x2x1x2xf32>, tensor<1x2x1x2xf32>
  %b = graph.constant dense<[[[[0.0, 0xFF800000]]]]> : tensor<1x1x1x2xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00]]]]> : tensor<1x1x1x2xf32>
  %1 = graph.attention %q, %k, %v scale 1.0 bias %b : tensor<1x1x1x2xf32>
       : tensor<1x1x1x2xf32>, tensor<1x2x1x2xf32>, tensor<1x2x1x2xf32>
  %q2 = graph.constant dense<1.0> : tensor<1x1x2x1xf32>
  // 1000 is added to one score of each head.
  %k2 = graph.constant dense<[[[[1000.0], [0.0]], [[0.0], [1000.0]]]]> : tensor<1x2x2x1xf32>
  %v2 = graph.constant dense<[[[[1.0], [2.0]], [[3.0], [4.0]]]]> : tensor<1x2x2x1xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[\[\[}}1.000000e+00], [4.000000e+00]]]]> : tensor<1x1x2x1xf32>
  %2 = graph.attention %q2, %k2, %v2 scale 1.0
       : tensor<1x1x2x1xf32>, tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>
  return %0, %1, %2 : tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2x1xf32>
}

// A mask leaves the first key, or none; two heads each share keys and values.
// FOLD-LABEL: @masked
func.func @masked() -> (tensor<1x2x1x1xf32>, tensor<1x1x4x1xf32>) {
  %q = graph.constant dense<1.0> : tensor<1x2x1x1xf32>
  %k = graph.constant dense<[[[[1.0]], [[5.0]]]]> : tensor<1x2x1x1xf32>
  %v = graph.constant dense<[[[[2.0]], [[4.0]]]]> : tensor<1x2x1x1xf32>
  %m = graph.constant dense<[[[[true, false], [false, false]]]]> : tensor<1x1x2x2xi1>
  // FOLD-DAG: graph.constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}3.000000e+00]]]]> : tensor<1x2x1x1xf32>
  %0 = graph.attention %q, %k, %v scale 1.0 mask %m fill -1.0e9 : tensor<1x1x2x2xi1>
       : tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>
  %q4 = graph.constant dense<1.0> : tensor<1x1x4x1xf32>
  %k2 = graph.constant dense<1.0> : tensor<1x1x2x1xf32>
  %v2 = graph.constant dense<[[[[7.0], [8.0]]]]> : tensor<1x1x2x1xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[\[\[}}7.000000e+00], [7.000000e+00], [8.000000e+00], [8.000000e+00]]]]> : tensor<1x1x4x1xf32>
  %1 = graph.attention %q4, %k2, %v2 scale 1.0
       : tensor<1x1x4x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x2x1xf32>
  return %0, %1 : tensor<1x2x1x1xf32>, tensor<1x1x4x1xf32>
}
