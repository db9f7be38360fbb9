// RUN: sluice-opt %s --bufferize-kernels --split-input-file --verify-diagnostics

// expected-error @below {{has dynamic dimensions}}
func.func @dynamic(%x: tensor<?xf32, #graph<dims["B"]>> {graph.name = "x"}) -> tensor<?xf32, #graph<dims["B"]>> {
  return %x : tensor<?xf32, #graph<dims["B"]>>
}
