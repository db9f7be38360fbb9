// RUN: sluice-opt %s --emit-kernels=cpu=x86-64-v3 | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sluice-opt %s --emit-kernels=cpu=sapphirerapids | FileCheck %s --check-prefixes=CHECK,VNNI,EVEX
// RUN: sluice-opt %s --emit-kernels="cpu=alderlake" | FileCheck %s --check-prefixes=CHECK,VNNI,VEX
// RUN: sluice-opt %s --emit-kernels="cpu=sapphirerapids features=-avx512bf16" | FileCheck %s --check-prefix=STRICT
// RUN: sluice-opt %s --emit-kernels="triple=aarch64-unknown-linux-gnu cpu=generic" | FileCheck %s --check-prefix=OTHER

// Four bytes of a row at once. Where no instruction multiplies bytes they are
// widened to 16 bits, and every column has two sums, added in the end.
// CHECK-LABEL: func.func private @bytes
// AVX2: :12 = scf.for {{.*}} step %c4
// AVX2: vector.load %{{.*}} : memref<1024xi8>, vector<16xi8>
// AVX2: arith.extui %{{.*}} : vector<16xi8> to vector<16xi16>
// AVX2: vector.load %{{.*}} vector<4xi8>
// AVX2: vector.broadcast %{{.*}} : i32 to vector<4xi32>
// AVX2: arith.extui %{{.*}} : vector<16xi8> to vector<16xi16>
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// AVX2: vector.shuffle %{{.*}} [0, 2, 4, 6, 8, 10, 12, 14]
// AVX2: vector.shuffle %{{.*}} [1, 3, 5, 7, 9, 11, 13, 15]
// EVEX: llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.512"
// VEX: llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.256"
// CHECK: return
kernel.func @bytes [memref<12x32xi8>, memref<1024xi8>, memref<12x32xi8>]
    attributes {packings = {"1" = {lanes = 16, panel = 32, rows = 4}}} {
^bb0(%a: tensor<12x32xui8>, %w: tensor<32x32xui8>):
  %0 = graph.contract %a, %w : tensor<12x32xui8>, tensor<32x32xui8>
  kernel.yield %0 : tensor<12x32xui8>
}

// Signed bytes are raised by 128 (the top bit flips), and one more row of sums
// says by how much that was too much.
// CHECK-LABEL: func.func private @signed_bytes
// AVX2-NOT: arith.subi %{{.*}} : vector
// VNNI-DAG: arith.xori
// EVEX-DAG: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// VEX-DAG: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"
// VNNI-DAG: arith.subi %{{.*}} : vector
// CHECK: return
kernel.func @signed_bytes [memref<12x32xi8>, memref<1024xi8>, memref<12x32xi8>]
    attributes {packings = {"1" = {lanes = 16, panel = 32, rows = 4}}} {
^bb0(%a: tensor<12x32xi8>, %w: tensor<32x32xi8>):
  %0 = graph.contract %a, %w : tensor<12x32xi8>, tensor<32x32xi8>
  kernel.yield %0 : tensor<12x32xi8>
}

// Pairs. A row of seven ends with one element, read alone.
// CHECK-LABEL: func.func private @words
// AVX2: :12 = scf.for {{.*}} to %c6{{.*}} step %c2
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// EVEX: llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.512"
// VEX: llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.256"
// CHECK: scf.yield
// CHECK: memref.load
// CHECK-NEXT: arith.extui
// CHECK: return
// OTHER-LABEL: func.func private @words
// OTHER-NOT: call_intrinsic
// OTHER: arith.muli
// OTHER: arith.addi
kernel.func @words [memref<12x7xi16>, memref<256xi16>, memref<12x32xi16>]
    attributes {packings = {"1" = {lanes = 16, panel = 32, rows = 2}}} {
^bb0(%a: tensor<12x7xi16>, %w: tensor<7x32xi16>):
  %0 = graph.contract %a, %w : tensor<12x7xi16>, tensor<7x32xi16>
  kernel.yield %0 : tensor<12x32xi16>
}

// Pairs of bf16: the two halves of a lane, unless the target multiplies both.
// CHECK-LABEL: func.func private @halves
// AVX2: :8 = scf.for
// AVX2: arith.shli
// AVX2: arith.andi
// AVX2: vector.fma
// EVEX: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"
// VEX: vector.fma
// CHECK: return
// STRICT-LABEL: func.func private @halves
// STRICT-NOT: dpbf16ps
// STRICT: vector.fma
kernel.func @halves [memref<12x32xbf16>, memref<1024xbf16>, memref<12x32xbf16>]
    attributes {packings = {"1" = {lanes = 16, panel = 32, rows = 2}}} {
^bb0(%a: tensor<12x32xbf16>, %w: tensor<32x32xbf16>):
  %0 = graph.contract %a, %w : tensor<12x32xbf16>, tensor<32x32xbf16>
  kernel.yield %0 : tensor<12x32xbf16>
}

// Weights that are not packed are read one by one.
// CHECK-LABEL: func.func private @made_weights
// CHECK-NOT: call_intrinsic
// CHECK: arith.muli %{{.*}} : vector
kernel.func @made_weights [memref<12x32xi8>, memref<32x32xi8>, memref<12x32xi8>] {
^bb0(%a: tensor<12x32xui8>, %w: tensor<32x32xui8>):
  %0 = graph.contract %a, %w : tensor<12x32xui8>, tensor<32x32xui8>
  kernel.yield %0 : tensor<12x32xui8>
}
