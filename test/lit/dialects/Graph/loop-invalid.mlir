// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @condition(%c: tensor<2xi1>) {
  // expected-error @below {{(C1) the condition must be a tensor<i1>, found 'tensor<2xi1>'}}
  graph.if %c : (tensor<2xi1>) -> () {
    graph.yield
  } else {
    graph.yield
  }
  return
}

// -----

func.func @branches(%c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{(C2) region 1 must yield ('tensor<2xf32>'), it yields ()}}
  %0 = graph.if %c : (tensor<i1>) -> tensor<2xf32> {
    graph.yield %x : tensor<2xf32>
  } else {
    graph.yield
  }
  return
}

// -----

func.func @arguments(%c: tensor<i1>) {
  // expected-error @below {{(C2) region 0 has arguments}}
  graph.if %c : (tensor<i1>) -> () {
  ^bb0(%x: tensor<i1>):
    graph.yield
  } else {
    graph.yield
  }
  return
}

// -----

func.func @results(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) results ('tensor<3xf32>') differ from operands ('tensor<2xf32>')}}
  %0 = graph.while(%x) : (tensor<2xf32>) -> tensor<3xf32> {
  ^bb0(%y: tensor<2xf32>):
    graph.yield
  } do {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %y : tensor<2xf32>
  }
  return
}

// -----

func.func @carried(%x: tensor<2xf32>, %c: tensor<i1>) {
  // expected-error @below {{(C1) region 1 takes ('tensor<3xf32>'), not the operands' types ('tensor<2xf32>')}}
  %0 = graph.while(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %c : tensor<i1>
  } do {
  ^bb0(%y: tensor<3xf32>):
    graph.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @holds(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) the condition must yield one tensor<i1>}}
  %0 = graph.while(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %y : tensor<2xf32>
  } do {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %y : tensor<2xf32>
  }
  return
}

// -----

func.func @next(%x: tensor<2xf32>, %c: tensor<i1>) {
  // expected-error @below {{(C3) region 1 must yield ('tensor<2xf32>'), it yields ('tensor<i1>')}}
  %0 = graph.while(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %c : tensor<i1>
  } do {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %c : tensor<i1>
  }
  return
}

// -----

func.func @counter(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) the region's first argument must be a tensor<i32> or a tensor<i64>}}
  %0 = graph.for 2(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%y: tensor<2xf32>):
    graph.yield %y : tensor<2xf32>
  }
  return
}

// -----

func.func @negative(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) trip count -1 is negative or not representable}}
  %0 = graph.for -1(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%i: tensor<i32>, %y: tensor<2xf32>):
    graph.yield %y : tensor<2xf32>
  }
  return
}

// -----

func.func @values(%x: tensor<2xf32>) {
  // expected-error @below {{(C2) the region must take a counter and ('tensor<2xf32>')}}
  %0 = graph.for 2(%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%i: tensor<i32>):
    graph.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @row(%x: tensor<3x2xf32>, %y: tensor<3xf32>, %i: tensor<i32>) {
  // expected-error @below {{(C1) a row of 'tensor<3x2xf32>' cannot be replaced by 'tensor<3xf32>'}}
  %0 = graph.dynamic_update_slice %x, %y at %i : tensor<3x2xf32>, tensor<3xf32>, tensor<i32>
  return
}

// -----

func.func @index(%x: tensor<3x2xf32>, %y: tensor<2xf32>, %i: tensor<1xi32>) {
  // expected-error @below {{(C2) the index must have rank 0, found 'tensor<1xi32>'}}
  %0 = graph.dynamic_update_slice %x, %y at %i : tensor<3x2xf32>, tensor<2xf32>, tensor<1xi32>
  return
}
