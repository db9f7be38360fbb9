// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s --check-prefix=FORM
// RUN: sluice-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// FORM-LABEL: @form
func.func @form(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // FORM: graph.normalize centred %{{.*}} epsilon 1.000000e-05 : tensor<2x3xf32>
  %0 = graph.normalize centred %x epsilon 1.0e-5 : tensor<2x3xf32>
  // FORM: graph.normalize %{{.*}} epsilon 0.000000e+00 : tensor<2x3xf32>
  %1 = graph.normalize %0 epsilon 0.0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// Mean 4 and variance 9; mean square 25; a constant row; NaN.
// FOLD-LABEL: @values
func.func @values() -> (tensor<1x2xf32>, tensor<1x2xf64>, tensor<2x2xf32>) {
  %x = graph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[}}-1.000000e+00, 1.000000e+00]]> : tensor<1x2xf32>
  %0 = graph.normalize centred %x epsilon 0.0 : tensor<1x2xf32>
  %y = graph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf64>
  // FOLD-DAG: graph.constant dense<{{\[\[}}1.250000e-01, 8.750000e-01]]> : tensor<1x2xf64>
  %1 = graph.normalize %y epsilon 39.0 : tensor<1x2xf64>
  %z = graph.constant dense<[[3.0, 3.0], [0x7FC00000, 1.0]]> : tensor<2x2xf32>
  // FOLD-DAG: graph.constant dense<{{\[\[}}0.000000e+00, 0.000000e+00], [0x{{[7F]FC00000}}, 0x{{[7F]FC00000}}]]> : tensor<2x2xf32>
  %2 = graph.normalize centred %z epsilon 1.0 : tensor<2x2xf32>
  return %0, %1, %2 : tensor<1x2xf32>, tensor<1x2xf64>, tensor<2x2xf32>
}
