// RUN: sluice-opt %s --form-kernels --copy-carried | FileCheck %s

// The kernel of the next value writes where the present one is read no more;
// inputs are copied to where the loop changes them.
// CHECK-LABEL: @matrix
func.func @matrix(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: %[[INIT:.*]] = kernel.fused(%arg0)
  // CHECK: graph.for 3(%[[INIT]])
  %0 = graph.for 3(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4x4xf32>):
    // CHECK: %[[PRODUCT:.*]] = kernel.fused(%{{.*}}, %arg1)
    // CHECK: %[[NEXT:.*]] = kernel.fused(%[[PRODUCT]])
    // CHECK: graph.softmax
    // CHECK: graph.yield %[[NEXT]]
    %1 = graph.contract %y, %w : tensor<4x4xf32>, tensor<4x4xf32>
    %2 = graph.softmax %1 : tensor<4x4xf32>
    graph.yield %2 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// An element that is read for nothing but the next one is written over.
// CHECK-LABEL: @elementwise
func.func @elementwise(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.for
  %0 = graph.for 3(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4xf32>):
    // CHECK: %[[NEXT:.*]] = kernel.fused(%{{.*}})
    // CHECK: graph.exp
    // CHECK-NOT: kernel.fused
    // CHECK: graph.yield %[[NEXT]]
    %1 = graph.exp %y : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// A kernel that reads other elements of the present value writes beside it.
// CHECK-LABEL: @elsewhere
func.func @elsewhere(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // CHECK: graph.for
  %0 = graph.for 3(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4x4xf32>):
    // CHECK: %[[NEW:.*]] = kernel.fused(%{{.*}})
    // CHECK: graph.transpose
    // CHECK: %[[NEXT:.*]] = kernel.fused(%[[NEW]])
    // CHECK: graph.yield %[[NEXT]]
    %1 = graph.transpose %y [1, 0] : tensor<4x4xf32>
    graph.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// What another kernel reads afterwards stays until then.
// CHECK-LABEL: @afterwards
func.func @afterwards(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  // CHECK: graph.for
  // CHECK: ^bb0(%{{.*}}: tensor<i32>, %[[A:.*]]: tensor<4x4xf32>, %[[B:.*]]: tensor<4x4xf32>):
  %0:2 = graph.for 3(%x, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  ^bb0(%i: tensor<i32>, %a: tensor<4x4xf32>, %b: tensor<4x4xf32>):
    // CHECK: %[[NEW:.*]] = kernel.fused(%[[A]])
    // CHECK: graph.contract
    // CHECK: %[[NEXT_B:.*]] = kernel.fused({{.*}}%[[A]]
    // CHECK: %[[NEXT_A:.*]] = kernel.fused(%[[NEW]])
    // CHECK: graph.yield %[[NEXT_A]], %[[NEXT_B]]
    %1 = graph.softmax %a : tensor<4x4xf32>
    %2 = graph.contract %b, %a : tensor<4x4xf32>, tensor<4x4xf32>
    %3 = graph.softmax %2 : tensor<4x4xf32>
    %4 = graph.add %3, %a : tensor<4x4xf32>
    graph.yield %1, %4 : tensor<4x4xf32>, tensor<4x4xf32>
  }
  return %0#0, %0#1 : tensor<4x4xf32>, tensor<4x4xf32>
}

// Two copies each: one would overwrite what the other still reads.
// CHECK-LABEL: @swap
func.func @swap(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = graph.for 3(%x, %y) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: ^bb0(%{{.*}}: tensor<i32>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>):
  ^bb0(%i: tensor<i32>, %a: tensor<4xf32>, %b: tensor<4xf32>):
    // CHECK: %[[B1:.*]] = kernel.fused(%[[B]])
    // CHECK: %[[A1:.*]] = kernel.fused(%[[A]])
    // CHECK: %[[B2:.*]] = kernel.fused(%[[B1]])
    // CHECK: graph.yield %[[B2]],
    graph.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}

// Rows are written in place; a repeated number is not read from memory.
// CHECK-LABEL: @rows
func.func @rows(%row: tensor<2xf32>) -> tensor<3x2xf32> {
  %zeros = graph.constant dense<0.0> : tensor<3x2xf32>
  // CHECK: kernel.fused()
  // CHECK: graph.for
  %0 = graph.for 3(%zeros) : (tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: ^bb0(%[[I:.*]]: tensor<i32>, %[[LIST:.*]]: tensor<3x2xf32>):
  ^bb0(%i: tensor<i32>, %y: tensor<3x2xf32>):
    // CHECK-NEXT: %[[NEXT:.*]] = kernel.fused(%[[LIST]], %arg0, %[[I]])
    // CHECK: graph.yield %[[NEXT]]
    %1 = graph.dynamic_update_slice %y, %row at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
    graph.yield %1 : tensor<3x2xf32>
  }
  return %0 : tensor<3x2xf32>
}

// What is read afterwards is copied before it is updated.
// CHECK-LABEL: @old
func.func @old(%x: tensor<3x2xf32>, %row: tensor<2xf32>, %i: tensor<i32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK: %[[OLD:.*]] = kernel.fused(%arg0)
  // CHECK: %[[COPY:.*]] = kernel.fused(%[[OLD]])
  // CHECK: kernel.fused(%arg1, %arg2, %[[COPY]])
  %0 = graph.exp %x : tensor<3x2xf32>
  %1 = graph.dynamic_update_slice %0, %row at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
  return %0, %1 : tensor<3x2xf32>, tensor<3x2xf32>
}

// A row that is also read: no update in place.
// CHECK-LABEL: @scan
func.func @scan(%x: tensor<3x2xf32>, %zero: tensor<i32>) -> tensor<3x2xf32> {
  %0 = graph.for 3(%x) : (tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: ^bb0(%[[I:.*]]: tensor<i32>, %[[LIST:.*]]: tensor<3x2xf32>):
  ^bb0(%i: tensor<i32>, %y: tensor<3x2xf32>):
    // CHECK: %[[COPY:.*]] = kernel.fused(%[[LIST]])
    // CHECK: %[[NEW:.*]] = kernel.fused({{.*}}%[[COPY]])
    // CHECK: %[[NEXT:.*]] = kernel.fused(%[[NEW]])
    // CHECK: graph.yield %[[NEXT]]
    %1 = graph.gather %y, %zero axis 0 batch_dims 0 : tensor<3x2xf32>, tensor<i32>
    %2 = graph.dynamic_update_slice %y, %1 at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<i32>
    graph.yield %2 : tensor<3x2xf32>
  }
  return %0 : tensor<3x2xf32>
}

// Both branches write the result: a value from outside is copied.
// CHECK-LABEL: @branches
func.func @branches(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.if
  %0 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
    // CHECK-NEXT: %[[EXP:.*]] = kernel.fused(%arg1)
    // CHECK: graph.yield %[[EXP]]
    %1 = graph.exp %x : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  } else {
    // CHECK: else
    // CHECK-NEXT: %[[COPY:.*]] = kernel.fused(%arg1)
    // CHECK: graph.yield %[[COPY]]
    graph.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
