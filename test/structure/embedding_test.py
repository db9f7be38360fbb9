"""What a compiled model promises to the program around it: no allocation, lock
or file in a run; the same bits for any number of threads, any workspace address
and any earlier run; two builds give the same bytes; two models in one program;
clean symbols; a valid object for AArch64.

Usage: embedding_test.py SLUICE SOURCE_ROOT"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SLUICE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
HERE = ROOT / "test/structure"
DIGITS = ROOT / "examples/digits/model"
INPUT = "--input=images=1x8x8x1:f32"


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)
    if done.returncode:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Embedding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.archive = cls.compile("libdigits.a")
        cls.program = cls.folder / "program"
        run("gcc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread",
            f"-I{cls.folder}", HERE / "embedding.c", cls.archive,
            "-o", cls.program)

    @classmethod
    def compile(cls, name, *flags, cpu="x86-64-v2"):
        target = cls.folder / name
        target.parent.mkdir(exist_ok=True)
        run(SLUICE, "compile", DIGITS, "-o", target, INPUT, f"--cpu={cpu}",
            *flags)
        return target

    def test_a_run_calls_nothing(self):
        library = self.folder / "interposer.so"
        run("gcc", "-shared", "-fPIC", "-O1", "-fno-builtin",
            HERE / "interposer.c", "-ldl", "-o", library)
        text = run(self.program, 50, env={"LD_PRELOAD": str(library)})
        self.assertTrue(text.startswith("status 0 "), text)
        self.assertTrue(text.endswith("calls 0\n"), text)
        # The interposer sees calls when there are some.
        source = self.folder / "calls.c"
        source.write_text(
            "#include <stdlib.h>\nlong interposed_calls(void);\n"
            "int main(void) { long before = interposed_calls();\n"
            "void *volatile p = malloc(9); free(p);\n"
            "return interposed_calls() - before == 2 ? 0 : 1; }\n")
        run("gcc", "-O0", source, library, f"-Wl,-rpath,{self.folder}", "-o",
            self.folder / "calls")
        run(self.folder / "calls")

    def test_same_bits_for_any_threads_and_workspace(self):
        expected = run(self.program, 20)
        for threads in (1, 2, 7):
            self.assertEqual(run(self.program, 20, threads), expected)
        for skip in (1, 4, 63):
            self.assertEqual(run(self.program, 20, 0, skip), expected)
        self.assertNotEqual(run(self.program, 21), expected)

    def test_same_bytes_twice(self):
        again = self.compile("again/libdigits.a")
        for name in ("libdigits.a", "digits.h", "digits.hpp", "digits.json"):
            self.assertEqual((self.folder / name).read_bytes(),
                             (again.parent / name).read_bytes(), name)
        self.assertNotIn(str(self.folder).encode(), self.archive.read_bytes())

    def test_two_models_in_one_program(self):
        for name in ("one", "two"):
            self.compile(f"lib{name}.a")
        source = self.folder / "both.c"
        source.write_text("""
#include "one.h"
#include "two.h"
static unsigned char workspace[ONE_WORKSPACE_SIZE];
int main(void) {
  float images[64] = {0}, a[10], b[10];
  sluice_options options = {workspace, sizeof workspace, 0, 0, 0};
  one x; two y; one_args p; two_args q;
  int status = one_init(&x, &options) | two_init(&y, &options);
  p.images = q.images = images; p.probs = a; q.probs = b;
  status |= one_run(&x, &p) | two_run(&y, &q);
  for (int i = 0; i < 10; ++i) status |= a[i] != b[i];
  return status;
}
""")
        run("gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
            f"-I{self.folder}", source, self.folder / "libone.a",
            self.folder / "libtwo.a", "-o", self.folder / "both")
        run(self.folder / "both")

    def test_symbols(self):
        exported = run("nm", "-g", "--defined-only", self.archive)
        names = re.findall(r"^[0-9a-f]+ \S (\S+)$", exported, re.M)
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertRegex(name, r"^(digits|sluice)_")
        # The model's own objects take nothing from the allocator or from files.
        members, current = {}, None
        for line in run("nm", "-u", self.archive).splitlines():
            if line.endswith(".o:"):
                current = members.setdefault(line[:-1], set())
            elif line.strip():
                current.add(line.split()[-1])
        allowed = {"memcpy", "memset", "memmove", "memcmp", "_GLOBAL_OFFSET_TABLE_"}
        for member, needed in members.items():
            for name in needed if member != "sluice_pool.o" else ():
                self.assertTrue(name.startswith(("sluice_", "digits_")) or
                                name in allowed, f"{member} needs {name}")
        sections = run("readelf", "-SW", self.archive)
        for section in (".init_array", ".ctors", ".tdata", ".tbss"):
            self.assertNotIn(section, sections)

    def test_pool_is_linked_only_when_called(self):
        source = self.folder / "plain.c"
        source.write_text('#include "digits.h"\nint main(void) '
                          "{ digits net; return digits_init(&net, 0); }\n")
        run("gcc", f"-I{self.folder}", source, self.archive, "-o",
            self.folder / "plain")
        self.assertNotIn("sluice_pool", run("nm", self.folder / "plain"))
        self.assertIn("sluice_pool", run("nm", self.program))

    def test_aarch64(self):
        target = self.folder / "arm/libdigits.a"
        target.parent.mkdir()
        run(SLUICE, "compile", DIGITS, "-o", target, INPUT,
            "--target=aarch64-linux-gnu")
        headers = run("readelf", "-h", target)
        machines = set(re.findall(r"Machine:\s+(\S+)", headers))
        self.assertEqual(machines, {"AArch64"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
