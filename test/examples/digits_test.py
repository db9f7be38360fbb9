#!/usr/bin/env python3
"""The digits example from every form of its model, built by two compilers.

Usage: digits_test.py SLUICE
"""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIGITS = os.path.join(ROOT, "examples", "digits")
HELDOUT = os.path.join(DIGITS, "heldout.bin")
SLUICE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "sluice"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(command, **kwargs):
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs
    )


class Digits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def build(self, model, source, compiler):
        """The example program linked with libdigits.a and nothing else."""
        command = [SLUICE, "compile", os.path.join(DIGITS, model)]
        command += ["-o", self.path("libdigits.a"), "--input=images=1x8x8x1:f32"]
        done = run(command + (["--fetch=probs"] if ".pb" in model else []))
        self.assertEqual(done.returncode, 0, done.stdout)
        command = compiler + WARNINGS + ["-I" + self.folder, "-o", self.path("digits")]
        command += [os.path.join(DIGITS, source), self.path("libdigits.a")]
        done = run(command)
        self.assertEqual(done.returncode, 0, done.stdout)
        return self.path("digits")

    def check_main(self, model, compiler):
        program = self.build(model, "main.c", compiler)
        done = run([program, HELDOUT])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("446 of 450 held-out digits right", done.stdout)
        self.assertIn("answers that differ: 0", done.stdout)
        return program

    def test_saved_model(self):
        program = self.check_main("model", ["gcc", "-std=c11"])
        # The program must notice when it does not agree with TensorFlow.
        with open(HELDOUT, "rb") as file:
            data = bytearray(file.read())
        data[12 + 65] = (data[12 + 65] + 1) % 10
        with open(self.path("changed.bin"), "wb") as file:
            file.write(data)
        done = run([program, self.path("changed.bin")])
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("answers that differ: 1", done.stdout)

    def test_binary_graph(self):
        self.check_main("digits.pb", ["clang-22", "-std=c11"])

    def test_text_graph(self):
        self.check_main("digits.pbtxt", ["gcc", "-std=c11"])

    def test_cxx(self):
        for compiler in ("g++", "clang++-22"):
            options = ["-std=c++17", "-fno-exceptions", "-fno-rtti"]
            program = self.build("model", "main.cpp", [compiler] + options)
            done = run([program, HELDOUT])
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("differ from TensorFlow's: 0", done.stdout)


if __name__ == "__main__":
    unittest.main()
