"""What tests of numbers share: numpy, models written by hand, cases that `sluice verify` reads."""
import os
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(77)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile"))
import wire  # noqa: E402

TYPES = {np.float32: wire.FLOAT, np.float64: wire.DOUBLE, np.float16: wire.HALF,
         np.int8: wire.INT8, np.uint8: wire.UINT8, np.int16: wire.INT16, np.int32: wire.INT32,
         np.int64: wire.INT64}


def constant(name, array, dtype=None):
    """Of the array's type, or of another whose bits it holds."""
    dtype = TYPES[array.dtype.type] if dtype is None else dtype
    return wire.const(name, wire.tensor(dtype, array.shape, array.tobytes()))


def placeholder(name, shape, dtype=wire.FLOAT):
    return wire.node(name, "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape(shape))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def write_case(folder, model, feeds, **results):
    """The paths of the model and of a file with what goes in and comes out."""
    path, case = os.path.join(folder, "m.pb"), os.path.join(folder, "m.npz")
    with open(path, "wb") as file:
        file.write(model)
    np.savez(case, **{f"feed/{name}:0": value for name, value in feeds.items()},
             **{f"fetch/{name}:0": value for name, value in results.items()})
    return path, case


class Report:
    """Counts and prints checks."""

    def __init__(self, prints_good=True):
        self.checks = self.failures = 0
        self.prints_good = prints_good

    def check(self, good, *what):
        self.checks += 1
        self.failures += not good
        if self.prints_good or not good:
            print("ok  " if good else "FAIL", *what)

    def exit(self):
        print(f"{self.checks} checks, {self.failures} failures")
        sys.exit(1 if self.failures else 0)
