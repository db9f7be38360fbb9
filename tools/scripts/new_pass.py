#!/usr/bin/env python3
"""Makes the skeleton of a pass: its definition, its file and its lit test.

usage: tools/scripts/new_pass.py STAGE PassName "Summary, verb first"

STAGE is a folder of passes/ (Simplify, Layout, Fusion, ...). The pass is named
in CamelCase; flag, file and test follow from it. Run it from anywhere; it
refuses to overwrite anything.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def flag_of(name):
    """SinkTransposes -> sink-transposes"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def banner(text, comment="//"):
    head = f"{comment}===- {text} "
    return head + "-" * max(3, 75 - len(head)) + f"===//\n"


DEFINITION = """
def {name} : Pass<"{flag}", "::mlir::func::FuncOp"> {{
  let summary = "{summary}";
  let description = [{{
    Pre-condition: operators of the graph dialect.
    Post-condition: say what holds afterwards.

    ```mlir
    %1 = graph.exp %0 : tensor<4xf32>
    // becomes
    %1 = graph.exp %0 : tensor<4xf32>
    ```
  }}];
  let dependentDialects = ["::sluice::graph::GraphDialect"];
}}
"""

SOURCE = """
#include "dialects/Graph/GraphOps.h"
#include "passes/{stage}/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sluice {{
#define GEN_PASS_DEF_{upper}
#include "passes/{stage}/Passes.h.inc"
}} // namespace sluice

using namespace mlir;
using namespace sluice;

namespace {{
class {name} : public sluice::impl::{name}Base<{name}> {{
public:
  void runOnOperation() override {{
    getOperation().walk([&](graph::ElementOp op) {{ (void)op; }});
  }}
}};
}} // namespace
"""

TEST = """// RUN: sluice-opt %s --{flag} | FileCheck %s

// CHECK-LABEL: @positive
func.func @positive(%x: tensor<4xf32>) -> tensor<4xf32> {{
  // CHECK: graph.exp
  %0 = graph.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}}
"""


def main(arguments):
    if len(arguments) != 3 or not re.fullmatch(r"[A-Z][A-Za-z0-9]+", arguments[1]):
        sys.exit(__doc__)
    stage, name, summary = arguments
    folder = ROOT / "passes" / stage
    definitions = folder / "Passes.td"
    if not definitions.is_file():
        stages = sorted(p.parent.name for p in ROOT.glob("passes/*/Passes.td"))
        sys.exit(f"no stage {stage}; there are {', '.join(stages)}")
    flag = flag_of(name)
    source = folder / f"{name}.cpp"
    test = ROOT / "test/lit/passes" / stage / f"{flag}.mlir"
    text = definitions.read_text()
    for path in (source, test):
        if path.exists():
            sys.exit(f"{path.relative_to(ROOT)} exists")
    if f"def {name} " in text:
        sys.exit(f"{name} is defined in {definitions.relative_to(ROOT)}")
    words = dict(stage=stage, name=name, upper=name.upper(), flag=flag,
                 summary=summary.replace('"', "'"))
    end = text.rindex("#endif")
    definitions.write_text(
        text[:end].rstrip("\n") + "\n" + DEFINITION.format(**words) + "\n" + text[end:])
    source.write_text(banner(f"{name}.cpp - {words['summary']}") + SOURCE.format(**words))
    test.parent.mkdir(parents=True, exist_ok=True)
    test.write_text(TEST.format(**words))
    for path in (definitions, source, test):
        print(path.relative_to(ROOT))
    print("next: write the pass, then add it to compiler/Pipeline/Pipeline.cpp")


if __name__ == "__main__":
    main(sys.argv[1:])
