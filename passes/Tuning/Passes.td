//===- Passes.td - Choices that were measured -----------------------------===//

#ifndef SLUICE_PASSES_TUNING_PASSES
#define SLUICE_PASSES_TUNING_PASSES

include "mlir/Pass/PassBase.td"

def ApplyTuning : Pass<"apply-tuning", "::mlir::func::FuncOp"> {
  let summary = "Tell contractions how a tuning file wants them computed";
  let description = [{
    Matrix products and convolutions whose key (operator, types, attributes) the
    file has get its choice as the attribute `graph.tuning`; all others lose
    theirs. `select-winograd` obeys `winograd`, `ContractionPlan.h` the rest. A
    choice that does not fit is clamped: it never changes what is computed.

    ```mlir
    %1 = graph.contract %0, %w : ..
    // becomes
    %1 = graph.contract %0, %w
         {graph.tuning = {rows = 4, vector_bits = 256, vectors = 3}} : ..
    ```
  }];
  let options = [
    Option<"text", "tuning", "std::string", "\"\"", "what `sluice tune` wrote">
  ];
}

#endif // SLUICE_PASSES_TUNING_PASSES
