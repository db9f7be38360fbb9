#!/usr/bin/env python3
"""The harness itself: every way a case can end is told apart."""
import argparse
import os
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
# A stand-in for the tool: what it does is the name of the case.
FAKE = """#!/bin/sh
case "$2" in
  */good.pb) echo "y:0: equal" ;;
  */silent.pb) echo "nothing compared" ;;
  */refused.pb) echo "error: operator Foo is unsupported"; exit 1 ;;
  */wrong.pb) echo "y:0: mismatch"; exit 1 ;;
  */crash.pb) kill -SEGV $$ ;;
  */hang.pb) sleep 60 ;;
  */error.pb) echo "oops"; exit 1 ;;
esac
"""


class Harness(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.tool = self.path("sluice")
        with open(self.tool, "w") as out:
            out.write(FAKE)
        os.chmod(self.tool, stat.S_IRWXU)
        self.options = argparse.Namespace(timeout=1, memory=4096)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def outcome(self, name):
        command = [self.tool, "verify", self.path(name + ".pb")]
        return harness.verify(command, ["y:0"], self.options)[0]

    def test_outcomes(self):
        for name, outcome in {
            "good": harness.PASSED,
            "silent": harness.ERROR,
            "refused": harness.REFUSED,
            "wrong": harness.WRONG,
            "crash": harness.CRASH,
            "hang": harness.HANG,
            "error": harness.ERROR,
        }.items():
            self.assertEqual(self.outcome(name), outcome, name)

    def corpus(self, *cases):
        os.makedirs(self.path("f"))
        with open(self.path("index.tsv"), "w") as index:
            index.write("family\tname\tnodes\tbytes\tfetches\toperators\n")
            for name, operators in cases:
                index.write(f"f\t{name}\t1\t1\t1\t{operators}\n")
                with zipfile.ZipFile(self.path(f"f/{name}.npz"), "w") as file:
                    file.writestr("fetch/y:0.npy", b"")

    def run_corpus(self):
        script = os.path.join(HERE, "run_corpus.py")
        command = [sys.executable, script, "--corpus", self.folder.name]
        command += ["--sluice", self.tool, "--timeout", "1"]
        return subprocess.run(command, capture_output=True, text=True)

    def test_refusal_is_allowed_beyond_tier_1_only(self):
        self.corpus(("good", "AddV2"), ("refused", "NoSuchOperator"))
        self.assertEqual(self.run_corpus().returncode, 0)
        self.corpus_again(("refused", "AddV2"))
        done = self.run_corpus()
        self.assertEqual(done.returncode, 1)
        self.assertIn("tier 1, but refused", done.stdout)

    def test_wrong_results_fail(self):
        self.corpus(("wrong", "NoSuchOperator"))
        self.assertEqual(self.run_corpus().returncode, 1)

    def corpus_again(self, *cases):
        for name in os.listdir(self.path("f")):
            os.remove(self.path("f/" + name))
        os.rmdir(self.path("f"))
        self.corpus(*cases)


if __name__ == "__main__":
    unittest.main()
