"""One archive with several instruction-set levels: which one runs on which
processor, the same numbers from each, a status that says what is missing where
none fits, one copy of the weights, the same bytes twice.

Usage: levels_test.py SLUICE SOURCE_ROOT

Processors other than this one are qemu's, which knows no AVX-512: that level
runs where the machine has it."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(77)

SLUICE, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
sys.path.insert(0, str(ROOT / "test/hostile"))
import wire  # noqa: E402

LEVELS = ["x86-64-v4", "x86-64-v3", "x86-64-v2"]  # best first
QEMU = shutil.which("qemu-x86_64")
SHAPE, RESULTS = (2, 9, 11, 7), 150
float_type = wire.a_type(wire.FLOAT)


def weights(random, name, *shape):
    scale = np.sqrt(np.prod(shape[:-1]))
    values = (random.standard_normal(shape) / scale).astype(np.float32)
    return wire.const(name, wire.tensor(wire.FLOAT, shape, values.tobytes()))


def model():
    """Widths that cut panels for wide vectors in every way narrower ones can."""
    random = np.random.default_rng(7)
    window = dict(T=float_type, strides=wire.a_ints([1, 1, 1, 1]),
                  padding=wire.a_string("SAME"))
    axes = wire.const("axes", wire.ints([2], [1, 2]))
    return wire.graph(
        wire.node("x", "Placeholder", dtype=float_type, shape=wire.a_shape(SHAPE)),
        weights(random, "w1", 3, 3, 7, 40), weights(random, "w2", 3, 3, 40, 1),
        weights(random, "w3", 1, 1, 40, 100), weights(random, "w4", 3, 3, 100, 8),
        weights(random, "w5", 8, 200), weights(random, "w6", 200, RESULTS),
        wire.node("c1", "Conv2D", ["x", "w1"], **window),
        wire.node("c2", "DepthwiseConv2dNative", ["c1", "w2"], **window),
        wire.node("c3", "Conv2D", ["c2", "w3"], **window),
        wire.node("c4", "Conv2D", ["c3", "w4"], **window),
        axes,
        wire.node("mean", "Mean", ["c4", "axes"], T=float_type,
                  Tidx=wire.a_type(wire.INT32)),
        wire.node("m1", "MatMul", ["mean", "w5"], T=float_type),
        wire.node("r", "Tanh", ["m1"], T=float_type),
        wire.node("y", "MatMul", ["r", "w6"], T=float_type))


def run(*command, code=0):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != code:
        raise AssertionError(f"{command}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


class Levels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name)
        cls.model = cls.folder / "m.pb"
        cls.model.write_bytes(model())
        cls.x = np.random.default_rng(3).standard_normal(SHAPE).astype(np.float32)
        cls.x.tofile(cls.folder / "x")
        np.save(cls.folder / "x.npy", cls.x)
        run(SLUICE, "run", cls.model, "--interpret", f"--feed=x=@{cls.folder}/x.npy",
            f"--output={cls.folder}/y.npy")
        cls.expected = np.load(cls.folder / "y.npy")
        # The order in which levels are given is of no importance.
        cls.program = cls.link("all", "x86-64-v3,x86-64-v2,x86-64-v4")

    @classmethod
    def link(cls, name, cpu):
        folder = cls.folder / name
        folder.mkdir()
        run(SLUICE, "compile", cls.model, "-o", folder / "libm.a", f"--cpu={cpu}")
        run("gcc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{folder}",
            f"-DM_X_COUNT={cls.x.size}", f"-DM_Y_COUNT={cls.expected.size}",
            ROOT / "test/structure/levels.c", folder / "libm.a", "-o", folder / "m")
        return folder / "m"

    def values(self, program, *emulator):
        level = run(*emulator, program, self.folder / "x", self.folder / "y").strip()
        y = np.fromfile(self.folder / "y", np.float32).reshape(self.expected.shape)
        np.testing.assert_allclose(y, self.expected, rtol=1e-4, atol=2e-5)
        return level

    def test_this_machine_runs_the_best_it_has(self):
        level = self.values(self.program)
        self.assertIn(level, LEVELS)
        for better in LEVELS[:LEVELS.index(level)]:
            text = run(self.link(f"only-{better}", better), code=4)
            self.assertIn(f"'{better}' (missing ", text)

    def test_tool_runs_the_level_that_fits(self):
        run(SLUICE, "verify", self.model, f"--cpu={','.join(LEVELS)}")
        report = json.loads(run(SLUICE, "bench", self.model, "--json", "--seconds=0.01",
                                f"--cpu={','.join(LEVELS)}"))
        self.assertEqual(report["cpu"], self.values(self.program))

    @unittest.skipUnless(QEMU, "qemu-user is not installed")
    def test_other_processors(self):
        for cpu, level in (("Nehalem", "x86-64-v2"), ("Haswell", "x86-64-v3")):
            self.assertEqual(self.values(self.program, QEMU, "-cpu", cpu), level)

    @unittest.skipUnless(QEMU, "qemu-user is not installed")
    def test_none_fits(self):
        emulated = [QEMU, "-cpu", "core2duo"]
        text = run(*emulated, self.program, code=4)
        self.assertIn("m: this CPU lacks instructions the model was compiled for: "
                      "'x86-64-v2' (missing ", text)
        self.assertIn(" sse4.2", text)
        self.assertNotIn(" ssse3", text)
        run(QEMU, "-cpu", "qemu64", self.program, code=4)
        # With a level for every x86-64 machine, one always does.
        every = self.link("every", "x86-64,x86-64-v4")
        self.assertEqual(self.values(every, *emulated), "x86-64")

    def test_weights_are_there_once(self):
        members = run("ar", "t", self.program.parent / "libm.a").split()
        for name in ["m.o", "m.weights.o"] + [
                f"m.{level.replace('-', '_')}.o" for level in LEVELS]:
            self.assertEqual(members.count(name), 1, name)
        sizes = [json.loads((self.link(f"size-{number}", cpu).parent / "m.json")
                            .read_text())["weight_bytes"]
                 for number, cpu in enumerate(("x86-64-v4", ",".join(LEVELS)))]
        self.assertEqual(sizes[0], sizes[1])

    def test_levels_are_named(self):
        folder = self.program.parent
        described = json.loads((folder / "m.json").read_text())["levels"]
        self.assertEqual([level["name"] for level in described], LEVELS)
        self.assertIn(" ".join(LEVELS), (folder / "m.h").read_text()[:400])
        cpu = f"--cpu={','.join(LEVELS)}"
        inspected = json.loads(run(SLUICE, "inspect", self.model, "--json", cpu))
        self.assertEqual(inspected["levels"], LEVELS)

    def test_same_bytes_twice(self):
        again = self.link("again", "x86-64-v4,x86-64-v3,x86-64-v2").parent
        for name in ("libm.a", "m.h", "m.hpp", "m.json"):
            self.assertEqual((self.program.parent / name).read_bytes(),
                             (again / name).read_bytes(), name)


if __name__ == "__main__":
    if not QEMU:
        print("skipped: processors other than this one, qemu-user is not installed")
    unittest.main(argv=sys.argv[:1])
