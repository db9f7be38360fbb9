// RUN: sluice-opt %s --mask-halves-as-integers | FileCheck %s

// CHECK-LABEL: llvm.func @halves
// CHECK: %[[ELSE:.*]] = llvm.bitcast %arg2 : vector<8xbf16> to vector<8xi16>
// CHECK: %[[LOADED:.*]] = llvm.intr.masked.load %arg0, %arg1, %[[ELSE]] {alignment = 2 : i32} : ({{.*}}) -> vector<8xi16>
// CHECK: %[[VALUE:.*]] = llvm.bitcast %[[LOADED]] : vector<8xi16> to vector<8xbf16>
// CHECK: %[[STORED:.*]] = llvm.bitcast %[[VALUE]] : vector<8xbf16> to vector<8xi16>
// CHECK: llvm.intr.masked.store %[[STORED]], %arg0, %arg1
llvm.func @halves(%p: !llvm.ptr, %mask: vector<8xi1>, %else: vector<8xbf16>) {
  %0 = llvm.intr.masked.load %p, %mask, %else {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
  llvm.intr.masked.store %0, %p, %mask {alignment = 2 : i32} : vector<8xbf16>, vector<8xi1> into !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @floats
// CHECK-NOT: bitcast
// CHECK: llvm.return
llvm.func @floats(%p: !llvm.ptr, %mask: vector<8xi1>, %value: vector<8xf32>) {
  llvm.intr.masked.store %value, %p, %mask {alignment = 4 : i32} : vector<8xf32>, vector<8xi1> into !llvm.ptr
  llvm.return
}
