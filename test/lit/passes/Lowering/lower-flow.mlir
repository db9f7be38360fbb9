// RUN: sluice-opt %s --kernel-pipeline --llvm-pipeline | FileCheck %s

// The counter is stored before each iteration.
// CHECK-LABEL: llvm.func hidden @counted
// CHECK: llvm.br ^[[HEAD:.*]](%{{.*}} : i64)
// CHECK: ^[[HEAD]](%[[I:.*]]: i64):
// CHECK: %[[ON:.*]] = llvm.icmp "slt" %[[I]], %{{.*}} : i64
// CHECK: llvm.cond_br %[[ON]], ^[[BODY:.*]], ^[[NEXT:.*]]
// CHECK: ^[[BODY]]:
// CHECK: %[[NUMBER:.*]] = llvm.trunc %[[I]] : i64 to i32
// CHECK: llvm.store %[[NUMBER]], %{{.*}} : i32, !llvm.ptr
// CHECK: llvm.call @{{.*}}_task
// CHECK: %[[MORE:.*]] = llvm.add %[[I]], %{{.*}} : i64
// CHECK: llvm.br ^[[HEAD]](%[[MORE]] : i64)
// CHECK: ^[[NEXT]]:
func.func @counted(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.for 3(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<4xf32>):
    %1 = graph.exp %y : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: llvm.func hidden @repeated
// CHECK: llvm.br ^[[HEAD:.*]]
// CHECK: ^[[HEAD]]:
// CHECK: llvm.call @{{.*}}_task
// CHECK: %[[FLAG:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK: %[[ON:.*]] = llvm.icmp "ne" %[[FLAG]], %{{.*}} : i8
// CHECK: llvm.cond_br %[[ON]], ^[[BODY:.*]], ^[[NEXT:.*]]
// CHECK: ^[[BODY]]:
// CHECK: llvm.br ^[[HEAD]]
// CHECK: ^[[NEXT]]:
func.func @repeated(%x: tensor<f32>) -> tensor<f32> {
  %ten = graph.constant dense<10.0> : tensor<f32>
  %0 = graph.while(%x) : (tensor<f32>) -> tensor<f32> {
  ^bb0(%y: tensor<f32>):
    %1 = graph.compare lt %y, %ten : tensor<f32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%y: tensor<f32>):
    %1 = graph.exp %y : tensor<f32>
    graph.yield %1 : tensor<f32>
  }
  return %0 : tensor<f32>
}

// CHECK-LABEL: llvm.func hidden @branches
// CHECK: llvm.cond_br %{{.*}}, ^[[THEN:.*]], ^[[ELSE:.*]]
// CHECK: ^[[THEN]]:
// CHECK: llvm.call @{{.*}}_task
// CHECK: llvm.br ^[[NEXT:.*]]
// CHECK: ^[[ELSE]]:
// CHECK: llvm.br ^[[NEXT]]
// CHECK: ^[[NEXT]]:
func.func @branches(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.if %c : (tensor<i1>) -> tensor<4xf32> {
    %1 = graph.exp %x : tensor<4xf32>
    graph.yield %1 : tensor<4xf32>
  } else {
    graph.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
