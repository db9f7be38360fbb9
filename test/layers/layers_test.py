#!/usr/bin/env python3
"""Who may include whom, what is linked, and what the repository may hold.

Usage: layers_test.py BUILD
"""
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else None

# Arrows point down only; each layer also uses itself.
ALLOWED = {
    "dialects": {"dialects"},
    "passes": {"passes", "dialects"},
    "compiler": {"compiler", "passes", "dialects", "sluice"},
    "tools": {"tools", "compiler", "passes", "dialects", "sluice"},
    "runtime": {"sluice"},
}
LAYERS = set(ALLOWED) | {"test", "sluice"}
# What freestanding C, and hosted C for the pool alone, have to offer.
FREESTANDING = {"float.h", "limits.h", "stdalign.h", "stdbool.h", "stddef.h", "stdint.h"}
HOSTED = {"errno.h", "pthread.h", "stdatomic.h", "stdlib.h", "string.h", "unistd.h"}
HOSTED |= {"linux/futex.h", "sched.h", "signal.h", "sys/auxv.h", "sys/syscall.h", "time.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]|^include\s+"([^"]+)"()', re.M)


def tracked(*patterns):
    command = ["git", "-C", ROOT, "ls-files", "--", *patterns]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def includes(path):
    with open(os.path.join(ROOT, path), errors="replace") as file:
        text = file.read()
    for match in INCLUDE.finditer(text):
        yield match.group(1) == "<", match.group(2) or match.group(3)


def sources(layer):
    return [
        path
        for path in tracked(layer + "/")
        if re.search(r"\.(c|cpp|h|hpp|td|inc)$", path)
    ]


class Layers(unittest.TestCase):
    def test_arrows_point_down(self):
        found = 0
        for layer, allowed in ALLOWED.items():
            for path in sources(layer):
                for _, name in includes(path):
                    target = name.split("/")[0]
                    found += target in LAYERS
                    if target in LAYERS and target not in allowed:
                        self.assertTrue(
                            layer == "compiler" and name.startswith("runtime/include/"),
                            f"{path} includes {name}",
                        )
        self.assertGreater(found, 100)

    def test_the_runtime_needs_libc_only(self):
        for path in sources("runtime"):
            if path.endswith(".hpp"):
                continue
            for _, name in includes(path):
                allowed = name.startswith("sluice/") or name in FREESTANDING | HOSTED
                self.assertTrue(allowed, f"{path} includes {name}")

    def test_heavy_headers_stay_in_the_tools(self):
        for layer in ("dialects", "passes", "compiler", "tools"):
            for path in sources(layer):
                for _, name in includes(path):
                    heavy = name == "mlir/Conversion/Passes.h"
                    heavy |= name.startswith("mlir/InitAll")
                    # One small file gives the driver MLIR's passes by name.
                    allowed = path.startswith("tools/")
                    allowed |= path == "compiler/Driver/UpstreamPasses.cpp"
                    self.assertFalse(heavy and not allowed, f"{path} includes {name}")

    def test_passes_read_no_files_and_know_no_machine(self):
        for path in sources("passes"):
            for _, name in includes(path):
                self.assertFalse(
                    name.startswith(("google/protobuf", "llvm/Support/CommandLine"))
                    or name == "llvm/Target/TargetMachine.h",
                    f"{path} includes {name}",
                )

    def test_one_mlir_and_one_llvm_are_linked(self):
        with open(os.path.join(BUILD, "build.ninja")) as file:
            text = file.read()
        self.assertIn("libMLIR.so", text)
        self.assertIn("libLLVM", text)
        static = re.findall(r"\S*/lib(?:MLIR|LLVM)\w*\.a\b", text)
        self.assertEqual(static, [], "LLVM is linked as a shared library")

    def test_files_are_short(self):
        for path in tracked("*.c", "*.cpp", "*.h", "*.hpp", "*.td", "*.py"):
            with open(os.path.join(ROOT, path), errors="replace") as file:
                count = sum(1 for _ in file)
            self.assertLessEqual(count, 500, f"{path} has {count} lines")


if __name__ == "__main__":
    unittest.main()
