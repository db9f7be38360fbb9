// RUN: sluice-opt --lower-runner %s | FileCheck %s --implicit-check-not=sluice_trace_launch
// RUN: sluice-opt --lower-runner=trace-launches=true %s | FileCheck %s --check-prefix=TRACE

// A kernel of one chunk is called directly, others through sluice_parallel.
// CHECK-LABEL: llvm.func hidden @main(
// CHECK:         llvm.call @once_task(
// CHECK:         %[[TASK:.+]] = llvm.mlir.addressof @many_task
// CHECK:         llvm.call @sluice_parallel(%{{.+}}, %{{.+}}, %[[TASK]], %{{.+}})
// CHECK:         llvm.return

// Numbered launches, their count at the end.
// TRACE-LABEL: llvm.func hidden @main(
// TRACE:         llvm.store %{{.+}}, %{{.+}} : i64, !llvm.ptr
// TRACE-NEXT:    %[[FIRST:.+]] = llvm.mlir.constant(0 : i64)
// TRACE-NEXT:    llvm.call @sluice_trace_launch(%[[FIRST]]) : (i64) -> ()
// TRACE:         llvm.call @once_task(
// TRACE-NEXT:    %[[SECOND:.+]] = llvm.mlir.constant(1 : i64)
// TRACE-NEXT:    llvm.call @sluice_trace_launch(%[[SECOND]])
// TRACE:         llvm.call @sluice_parallel(
// TRACE-NEXT:    %[[COUNT:.+]] = llvm.mlir.constant(2 : i64)
// TRACE-NEXT:    llvm.call @sluice_trace_launch(%[[COUNT]])
// TRACE:         llvm.return
// TRACE:       llvm.func @sluice_trace_launch(i64)

func.func @main(%x: memref<4xf32> {kernel.input = tensor<4xf32>},
                %y: memref<4xf32> {kernel.result = tensor<4xf32>})
    attributes {kernel.workspace = 64 : i64} {
  %t = kernel.buffer at 0 : memref<4xf32>
  kernel.launch @once(%x : memref<4xf32>) outs(%t : memref<4xf32>)
  kernel.launch @many(%t : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}
module @kernels {
  llvm.func @once(%in: !llvm.ptr, %out: !llvm.ptr, %begin: i64, %end: i64) attributes {kernel.chunks = 1 : i64} {
    llvm.return
  }
  llvm.func @many(%in: !llvm.ptr, %out: !llvm.ptr, %begin: i64, %end: i64) attributes {kernel.chunks = 3 : i64} {
    llvm.return
  }
}
