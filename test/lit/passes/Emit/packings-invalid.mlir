// RUN: sluice-opt %s --emit-kernels --split-input-file --verify-diagnostics

// expected-error@+1 {{packing of operand 1 must be {lanes = columns, panel = columns, rows = interleaved ones}, found "panels"}}
kernel.func @word [memref<8x2xf32>, memref<32xf32>, memref<8x10xf32>]
    attributes {packings = {"1" = "panels"}} {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}

// -----

// expected-error@+1 {{packing of operand 1 must be}}
kernel.func @no_multiple [memref<8x2xf32>, memref<32xf32>, memref<8x10xf32>]
    attributes {packings = {"1" = {lanes = 8, panel = 12}}} {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}

// -----

// Vectors of eight cannot read panels of vectors of four.
kernel.func @narrow [memref<8x2xf32>, memref<24xf32>, memref<8x10xf32>]
    attributes {packings = {"1" = {lanes = 4, panel = 8}}} {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  // expected-error@+1 {{cannot read weights packed to panels of 8 columns}}
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}

// -----

kernel.func @short [memref<8x2xf32>, memref<31xf32>, memref<8x10xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16}}} {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  // expected-error@+1 {{cannot read weights packed to panels of 16 columns}}
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}

// -----

// Rows of f32 are not interleaved.
kernel.func @interleaved [memref<8x2xf32>, memref<32xf32>, memref<8x10xf32>]
    attributes {packings = {"1" = {lanes = 16, panel = 16, rows = 2}}} {
^bb0(%a: tensor<8x2xf32>, %w: tensor<2x10xf32>):
  // expected-error@+1 {{cannot read weights packed to panels of 16 columns}}
  %0 = graph.contract %a, %w : tensor<8x2xf32>, tensor<2x10xf32>
  kernel.yield %0 : tensor<8x10xf32>
}
