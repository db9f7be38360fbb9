#!/usr/bin/env python3
"""The skeleton scripts make what TableGen accepts, and never overwrite.

Usage: skeletons_test.py MLIR_TBLGEN LLVM_INCLUDE
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TBLGEN, INCLUDE = sys.argv[1:]


def run(tree, script, *arguments):
    return subprocess.run([sys.executable, tree / "tools/scripts" / script, *arguments],
                          capture_output=True, text=True)


def tblgen(tree, generator, file):
    made = subprocess.run([TBLGEN, generator, "-I", INCLUDE, "-I", tree, tree / file],
                          capture_output=True, text=True, cwd=tree)
    assert made.returncode == 0, made.stderr
    return made.stdout


with tempfile.TemporaryDirectory() as folder:
    tree = pathlib.Path(folder)
    for part in ("dialects", "passes", "tools/scripts", "test/lit"):
        shutil.copytree(ROOT / part, tree / part)

    made = run(tree, "new_operator.py", "test_thing", "A thing")
    assert made.returncode == 0, made.stderr
    for path in made.stdout.splitlines()[:-1]:
        assert (tree / path).is_file(), path
    assert "TestThingOp" in tblgen(tree, "-gen-op-defs", "dialects/Graph/GraphElementwiseOps.td")
    assert run(tree, "new_operator.py", "test_thing", "A thing").returncode != 0
    assert run(tree, "new_operator.py", "exp", "Exists").returncode != 0
    assert run(tree, "new_operator.py", "Bad-Name", "No").returncode != 0

    made = run(tree, "new_pass.py", "Layout", "FlipThings", "Flip things")
    assert made.returncode == 0, made.stderr
    assert (tree / "test/lit/passes/Layout/flip-things.mlir").is_file()
    assert "flip-things" in tblgen(tree, "-gen-pass-decls", "passes/Layout/Passes.td")
    assert run(tree, "new_pass.py", "Layout", "FlipThings", "Again").returncode != 0
    assert run(tree, "new_pass.py", "Nowhere", "FlipThings", "No stage").returncode != 0
print("ok")
