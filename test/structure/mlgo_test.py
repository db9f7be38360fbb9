"""A policy compiled with --cxx-class drives LLVM's ReleaseModeModelRunner and
decides as TensorFlow does.

Usage: mlgo_test.py SLUICE SOURCE_ROOT LLVM_BIN LLVM_INCLUDE LLVM_LIB"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SLUICE, ROOT, BIN, INCLUDE, LIB = [str(pathlib.Path(part).resolve())
                                   for part in sys.argv[1:6]]
FIXTURE = pathlib.Path(ROOT) / "test/fixtures/mlgo"


def run(*command):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Policy(unittest.TestCase):
    def test_decides_like_tensorflow(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            run(SLUICE, "compile", FIXTURE / "policy", "-o",
                folder / "libpolicy.a", "--signature=action",
                "--cxx-class=llvm::SluicePolicy")
            run(f"{BIN}/clang++", "-std=c++17", "-O1", "-fno-exceptions",
                f"-I{folder}", f"-isystem{INCLUDE}",
                f"{ROOT}/test/structure/mlgo_policy.cpp",
                folder / "libpolicy.a", f"-L{LIB}", f"-Wl,-rpath,{LIB}",
                "-lLLVM", "-o", folder / "policy")
            self.assertEqual(run(folder / "policy", FIXTURE / "policy.txt"),
                             "80 calls, 0 wrong\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
