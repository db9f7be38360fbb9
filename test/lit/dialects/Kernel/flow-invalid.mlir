// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @condition(%flag: memref<2xi8>) {
  // expected-error @below {{(C1) the condition must be one byte, found 'memref<2xi8>'}}
  kernel.if %flag : memref<2xi8> {
  } else {
  }
  return
}

// -----

func.func @arguments(%flag: memref<i8>) {
  // expected-error @below {{(C2) region 0 has arguments}}
  kernel.if %flag : memref<i8> {
  ^bb0(%x: memref<i8>):
  } else {
  }
  return
}

// -----

func.func @noCondition() {
  // expected-error @below {{(C1) the first region must end in kernel.condition}}
  kernel.while {
  } do {
  }
  return
}

// -----

func.func @flag(%flag: memref<i32>) {
  kernel.while {
    // expected-error @below {{(C1) the flag must be one byte, found 'memref<i32>'}}
    kernel.condition %flag : memref<i32>
  } do {
  }
  return
}

// -----

func.func @counter(%i: memref<f32>) {
  // expected-error @below {{(C1) cannot count to 3 in 'memref<f32>'}}
  kernel.for %i to 3 : memref<f32> {
  }
  return
}
