#!/usr/bin/env python3
"""Makes the skeleton of a unary elementwise operator of the graph dialect.

usage: tools/scripts/new_operator.py mnemonic "Summary, a noun"

Writes the definition, a source file with evaluation and code, and three lit
tests. Operators of other shapes start from the same files: docs/contributing.md
says what each part must do. It refuses to overwrite anything.
"""
import pathlib
import re
import sys

from new_pass import ROOT, banner

DEFINITION = """
def Graph_{camel}Op : Graph_UnaryOp<"{mnemonic}", Graph_Float> {{
  let summary = "{summary}";
  let description = [{{
    `result[i] = f(operand[i])`. Say what NaN, infinities and signed zeros give.

    Constraints:
    - (C1) number what the verifier checks, and cite the numbers in tests.

    ```mlir
    %1 = graph.{mnemonic} %0 : tensor<4xf32>
    ```

    Sources: TensorFlow ..., ONNX ...
  }}];
}}
"""

SOURCE = """
#include "dialects/Graph/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace sluice;
using namespace sluice::graph;

// The reference: written from the definition, sharing nothing with buildScalar.
llvm::Error {camel}Op::evaluate(ArrayRef<const HostTensor *> operands,
                              MutableArrayRef<HostTensor> results) {{
  for (int64_t i = 0; i < results[0].size(); ++i)
    results[0].setDouble(i, std::fabs(operands[0]->getDouble(i)));
  return llvm::Error::success();
}}

// Works on scalars and on vectors: fused kernels and epilogues use both.
Value {camel}Op::buildScalar(ElementBuilder &b, ValueRange operands) {{
  return math::AbsFOp::create(b.builder, b.loc, operands[0]);
}}
"""

TESTS = {
    "ops": """// RUN: sluice-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: @{mnemonic}
func.func @{mnemonic}(%x: tensor<4xf32>) -> tensor<4xf32> {{
  // CHECK: graph.{mnemonic} %{{{{.*}}}} : tensor<4xf32>
  %0 = graph.{mnemonic} %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}}
""",
    "fold": """// RUN: sluice-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @{mnemonic}
func.func @{mnemonic}() -> tensor<2xf32> {{
  // CHECK: graph.constant dense<[1.000000e+00, 2.000000e+00]>
  %0 = graph.constant dense<[-1.0, 2.0]> : tensor<2xf32>
  %1 = graph.{mnemonic} %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}}
""",
    "invalid": """// RUN: sluice-opt %s --split-input-file --verify-diagnostics

func.func @{mnemonic}_type(%x: tensor<4xi32>) {{
  // expected-error @below {{{{operand #0 must be ranked tensor of float values}}}}
  %0 = graph.{mnemonic} %x : tensor<4xi32>
  return
}}
""",
}


def main(arguments):
    if len(arguments) != 2 or not re.fullmatch(r"[a-z][a-z0-9_]*", arguments[0]):
        sys.exit(__doc__)
    mnemonic, summary = arguments
    camel = "".join(part.capitalize() for part in mnemonic.split("_"))
    words = dict(mnemonic=mnemonic, camel=camel, summary=summary.replace('"', "'"))
    folder = ROOT / "dialects/Graph"
    if any(f'"{mnemonic}"' in path.read_text() for path in folder.glob("*.td")):
        sys.exit(f"graph.{mnemonic} is defined already")
    definitions = folder / "GraphUnaryOps.td"
    source = folder / f"Graph{camel}Op.cpp"
    tests = ROOT / "test/lit/dialects/Graph"
    made = {source: banner(f"Graph{camel}Op.cpp - {summary}") + SOURCE.format(**words)}
    for kind, text in TESTS.items():
        made[tests / f"{mnemonic.replace('_', '-')}-{kind}.mlir"] = text.format(**words)
    for path in made:
        if path.exists():
            sys.exit(f"{path.relative_to(ROOT)} exists")
    text = definitions.read_text()
    end = text.rindex("#endif")
    definitions.write_text(
        text[:end].rstrip("\n") + "\n" + DEFINITION.format(**words) + "\n" + text[end:])
    print(definitions.relative_to(ROOT))
    for path, content in made.items():
        path.write_text(content)
        print(path.relative_to(ROOT))
    print("next: the formula, an importer in compiler/Import/TensorFlow/Ops, a case in test/e2e")


if __name__ == "__main__":
    main(sys.argv[1:])
