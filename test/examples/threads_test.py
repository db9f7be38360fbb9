#!/usr/bin/env python3
"""The digits model on OpenMP, oneTBB and Eigen's pool, by the adapters of examples/threads.

Usage: threads_test.py SLUICE
"""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "examples", "digits", "model")
SOURCE = os.path.join(ROOT, "examples", "threads", "main.cpp")
SLUICE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "sluice"
COMPILER = ["g++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror"]
POOLS = {
    "openmp": ("omp.h", ["-DUSE_OPENMP", "-fopenmp"]),
    "tbb": ("tbb/task_arena.h", ["-DUSE_TBB", "-ltbb"]),
    "eigen": ("unsupported/Eigen/CXX11/ThreadPool",
              ["-DUSE_EIGEN", "-isystem/usr/include/eigen3", "-pthread"]),
}


def run(command, **kwargs):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **kwargs)


class Threads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.archive = os.path.join(cls.folder.name, "libdigits.a")
        done = run([SLUICE, "compile", MODEL, "-o", cls.archive, "--input=images=256x8x8x1:f32"])
        if done.returncode:
            raise AssertionError(done.stdout)

    def check(self, name):
        header, options = POOLS[name]
        probe = run(COMPILER + ["-E", "-xc++", "-", "-o", os.devnull] + options[:2],
                    input=f"#include <{header}>\n")
        if probe.returncode:
            self.skipTest(f"no {header} here")
        program = os.path.join(self.folder.name, name)
        command = COMPILER + ["-I" + self.folder.name, SOURCE, self.archive, "-o", program]
        done = run(command + options)
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run([program], env={**os.environ, "OMP_NUM_THREADS": "4"})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"the same bits on 4 threads, [1-9]\d* tasks")

    def test_openmp(self):
        self.check("openmp")

    def test_tbb(self):
        self.check("tbb")

    def test_eigen(self):
        self.check("eigen")


if __name__ == "__main__":
    unittest.main()
