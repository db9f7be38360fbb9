#!/usr/bin/env python3
"""Writes docs/dialects/*.md from the definitions, or checks that they are current.

usage: tools/scripts/dialect_reference.py [--check] [--tblgen MLIR_TBLGEN] [--include LLVM_INCLUDE]
"""
import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIALECTS = {"graph": "dialects/Graph/GraphAllOps.td", "kernel": "dialects/Kernel/KernelAllOps.td"}


def render(options, dialect):
    command = [options.tblgen, "-gen-dialect-doc", f"-dialect={dialect}", "-I",
               options.include, "-I", ".", DIALECTS[dialect]]
    made = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if made.returncode:
        sys.exit(made.stderr)
    return made.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tblgen", default="/usr/lib/llvm-22/bin/mlir-tblgen")
    parser.add_argument("--include", default="/usr/lib/llvm-22/include")
    options = parser.parse_args()
    stale = []
    for dialect in DIALECTS:
        page = ROOT / "docs/dialects" / f"{dialect}.md"
        text = render(options, dialect)
        if options.check:
            if not page.is_file() or page.read_text() != text:
                stale.append(str(page.relative_to(ROOT)))
            continue
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run tools/scripts/dialect_reference.py")


if __name__ == "__main__":
    main()
