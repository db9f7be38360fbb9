#!/usr/bin/env python3
"""Memory of `sluice compile` over that of a tiny model, in multiples of the weights.

Usage: compile_memory_test.py SLUICE ROOT

The file, the imported constants, the packed ones and the archive each hold all weights; three of
these at a time is the promise.
"""
import array
import os
import resource
import subprocess
import sys
import tempfile

sluice, root = sys.argv[1:3]
sys.path.insert(0, os.path.join(root, "test", "hostile"))
import wire  # noqa: E402

MOST = 3.0


def model(size):
    values = array.array("f", (i % 97 / 97 for i in range(size * size))).tobytes()
    weights = wire.tensor(wire.FLOAT, [size, size], values)
    x = wire.node("x", "Placeholder", dtype=wire.a_type(wire.FLOAT), shape=wire.a_shape([2, size]))
    return wire.graph(x, wire.const("w", weights),
                      wire.node("y", "MatMul", ["x", "w"], T=wire.a_type(wire.FLOAT)))


def peak(folder, size):
    """Bytes that the compiler had at most."""
    path = os.path.join(folder, f"m{size}.pb")
    with open(path, "wb") as file:
        file.write(model(size))
    child = os.fork()
    if child == 0:
        done = subprocess.run([sluice, "compile", path, "-o", os.path.join(folder, "libm.a")])
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        with open(path + ".peak", "w") as file:
            file.write(str(most * 1024))
        os._exit(done.returncode)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"compiling {size} x {size} weights failed")
    with open(path + ".peak") as file:
        return int(file.read())


with tempfile.TemporaryDirectory() as folder:
    small, large = peak(folder, 8), peak(folder, 4096)
times = (large - small) / (4 * 4096 * 4096)
print(f"{small >> 20} MiB without weights, {times:.2f} times 64 MiB of weights on top")
sys.exit(f"more than {MOST}" if times > MOST else 0)
