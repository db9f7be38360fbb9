"""Strings that a run makes: their characters lie in the caller's workspace behind
its fixed part, a workspace too small is a status that says how much is wanted,
nothing is written outside, and every run places them alike.

Usage: strings_test.py SLUICE SOURCE_ROOT"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SLUICE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HERE = ROOT / "test/structure"

NODE = """node {{ name: "{name}" op: "{op}" {inputs}
  attr {{ key: "{key}" value {{ type: DT_STRING }} }} {more} }}
"""


def node(name, op, *inputs, key="T", more=""):
    return NODE.format(name=name, op=op, key=key, more=more,
                       inputs=" ".join(f'input: "{i}"' for i in inputs))


def model():
    shape = 'attr { key: "shape" value { shape { dim { size: 3 } } } }'
    return "".join((node("x", "Placeholder", key="dtype", more=shape),
                    node("y", "Placeholder", key="dtype", more=shape),
                    node("xy", "Add", "x", "y"),
                    node("xyx", "Add", "xy", "x"),
                    node("same", "Equal", "xyx", "xy")))


def run(*command):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Strings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = pathlib.Path(cls.scratch.name)
        (cls.folder / "text.pbtxt").write_text(model())
        run(SLUICE, "compile", cls.folder / "text.pbtxt", "-o",
            cls.folder / "libtext.a", "--fetch=xy", "--fetch=xyx", "--fetch=same",
            "--cpu=x86-64-v2", "--cxx-class=drop::Text")

    def build(self, compiler, source, *flags):
        program = self.folder / source.split(".")[0]
        run(compiler, *flags, "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
            "-pthread", f"-I{self.folder}", HERE / source,
            self.folder / "libtext.a", "-o", program)
        return program

    def test_the_header_says_so(self):
        text = (self.folder / "text.h").read_text()
        self.assertIn("characters of strings come on top", text)
        self.assertIn("SLUICE_WORKSPACE_TOO_SMALL", text)
        self.assertIn('"makes_strings": true', (self.folder / "text.json").read_text())

    def test_in_c(self):
        program = self.build("gcc", "strings.c", "-std=c99")
        expected = run(program)
        self.assertIn("xy ab|c| xyx aba|cc| same 001", expected)
        for skip in (1, 63):
            self.assertEqual(run(program, skip), expected)

    def test_in_cxx(self):
        program = self.build("g++", "strings.cpp", "-std=c++17")
        self.assertEqual(run(program), "ab|c|\nab|c|\ngrows\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
