// RUN: sluice-opt %s --raise-loops --canonicalize | FileCheck %s

// Two counters, a conjunction: the smaller count holds. A counter's last value
// is known.
// CHECK-LABEL: @both
// CHECK: %[[LAST:.*]] = graph.constant dense<3> : tensor<i32>
// CHECK: %[[R:.*]] = graph.for 3(%arg0) : (tensor<2xf32>) -> tensor<2xf32> {
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<i32>, %[[X:.*]]: tensor<2xf32>):
// CHECK-NEXT: %[[Y:.*]] = graph.exp %[[X]]
// CHECK-NEXT: graph.yield %[[Y]]
// CHECK: return %[[LAST]], %[[R]]
func.func @both(%x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %three = graph.constant dense<3> : tensor<i32>
  %five = graph.constant dense<5> : tensor<i32>
  %0:3 = graph.while(%zero, %zero, %x) : (tensor<i32>, tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<i32>, tensor<2xf32>) {
  ^bb0(%i: tensor<i32>, %j: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %five : tensor<i32>
    %2 = graph.compare gt %three, %j : tensor<i32>
    %3 = graph.and %1, %2 : tensor<i1>
    graph.yield %3 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %j: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.add %i, %one : tensor<i32>
    %2 = graph.add %one, %j : tensor<i32>
    %3 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %2, %3 : tensor<i32>, tensor<i32>, tensor<2xf32>
  }
  return %0#0, %0#2 : tensor<i32>, tensor<2xf32>
}

// Down from 10 to 4 in steps of 3: 10, 7, 4.
// CHECK-LABEL: @down
// CHECK-DAG: graph.constant dense<-3> : tensor<i32>
// CHECK-DAG: graph.constant dense<10> : tensor<i32>
// CHECK: graph.for 3(
// CHECK: graph.mul
// CHECK: graph.add
func.func @down(%x: tensor<i32>) -> tensor<i32> {
  %ten = graph.constant dense<10> : tensor<i32>
  %four = graph.constant dense<4> : tensor<i32>
  %three = graph.constant dense<3> : tensor<i32>
  %0:2 = graph.while(%ten, %x) : (tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<i32>):
    %1 = graph.compare ge %i, %four : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<i32>):
    %1 = graph.sub %i, %three : tensor<i32>
    %2 = graph.mul %y, %i : tensor<i32>
    graph.yield %1, %2 : tensor<i32>, tensor<i32>
  }
  return %0#1 : tensor<i32>
}

// CHECK-LABEL: @none
// CHECK-NEXT: return %arg0
func.func @none(%x: tensor<2xf32>) -> tensor<2xf32> {
  %six = graph.constant dense<6> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %0:2 = graph.while(%six, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %six : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.add %i, %one : tensor<i32>
    %3 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %3 : tensor<i32>, tensor<2xf32>
  }
  return %0#1 : tensor<2xf32>
}

// The limit is known at run time only.
// CHECK-LABEL: @limit
// CHECK: graph.while
func.func @limit(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %0:2 = graph.while(%zero, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %n : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.add %i, %one : tensor<i32>
    %3 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %3 : tensor<i32>, tensor<2xf32>
  }
  return %0#1 : tensor<2xf32>
}

// The counter wraps around before it reaches the limit; another one moves away
// from it.
// CHECK-LABEL: @wraps
// CHECK: graph.while
// CHECK: graph.while
func.func @wraps(%x: tensor<2xf32>) -> tensor<2xf32> {
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  %two = graph.constant dense<2> : tensor<i32>
  %most = graph.constant dense<2147483647> : tensor<i32>
  %0:2 = graph.while(%zero, %x) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %most : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.add %i, %two : tensor<i32>
    %3 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %3 : tensor<i32>, tensor<2xf32>
  }
  %4:2 = graph.while(%zero, %0#1) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.compare lt %i, %two : tensor<i32>
    graph.yield %1 : tensor<i1>
  } do {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    %1 = graph.sub %i, %one : tensor<i32>
    %3 = graph.exp %y : tensor<2xf32>
    graph.yield %1, %3 : tensor<i32>, tensor<2xf32>
  }
  return %4#1 : tensor<2xf32>
}
