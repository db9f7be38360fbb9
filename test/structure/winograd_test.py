#!/usr/bin/env python3
"""Convolutions that Winograd's algorithm computes, against sums of numpy in double.

Usage: winograd_test.py SLUICE ROOT

Sizes that are no multiple of a tile, channels that are no multiple of a vector, both paddings,
several images, an epilogue; the archive says that arithmetic is relaxed, and strict avoids it.
"""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(77)

sluice, root = sys.argv[1:3]
sys.path.insert(0, os.path.join(root, "test", "hostile"))
import wire  # noqa: E402


def convolution(x, w, padding):
    if padding == "SAME":
        x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = x.shape[1] - 2, x.shape[2] - 2
    return sum(x[:, i:i + height, j:j + width] @ w[i, j] for i in range(3) for j in range(3))


def model(path, x, w, bias, padding):
    float_type = wire.a_type(wire.FLOAT)
    with open(path, "wb") as file:
        file.write(wire.graph(
            wire.node("x", "Placeholder", dtype=float_type, shape=wire.a_shape(x.shape)),
            wire.const("w", wire.tensor(wire.FLOAT, w.shape, w.tobytes())),
            wire.const("b", wire.tensor(wire.FLOAT, bias.shape, bias.tobytes())),
            wire.node("c", "Conv2D", ["x", "w"], T=float_type,
                      strides=wire.a_ints([1, 1, 1, 1]), padding=wire.a_string(padding)),
            wire.node("s", "BiasAdd", ["c", "b"], T=float_type),
            wire.unary("Relu", source="s")))


def run(*command):
    return subprocess.run([sluice, *command], capture_output=True, text=True)


failures = 0
random = np.random.default_rng(4)
with tempfile.TemporaryDirectory() as folder:
    path, case = os.path.join(folder, "m.pb"), os.path.join(folder, "m.npz")
    for shape, results, padding in (
            ((1, 14, 14, 64), 32, "SAME"), ((1, 15, 13, 33), 50, "SAME"),
            ((2, 12, 12, 32), 48, "VALID"), ((1, 17, 22, 40), 64, "VALID"),
            ((1, 16, 16, 128), 32, "SAME"), ((3, 5, 14, 32), 35, "SAME")):
        x = random.standard_normal(shape, np.float32)
        w = random.standard_normal((3, 3, shape[3], results), np.float32) / np.float32(
            np.sqrt(9 * shape[3]))
        bias = random.standard_normal(results, np.float32)
        exact = convolution(x.astype(np.float64), w.astype(np.float64), padding) + bias
        model(path, x, w, bias, padding)
        np.savez(case, **{"feed/x:0": x, "fetch/y:0": np.maximum(exact, 0).astype(np.float32)})
        for options in (["--cpu=x86-64-v3"], ["--cpu=native"], ["--accuracy=strict"]):
            result = run("verify", path, "--case", case, *options)
            used = "winograd" in run("compile", path, "--emit=graph", *options).stdout
            good = result.returncode == 0 and used == (options != ["--accuracy=strict"])
            failures += not good
            print("ok  " if good else "FAIL", shape, results, padding, *options,
                  result.stdout.strip(), result.stderr.strip())
    library = os.path.join(folder, "libm.a")
    # One channel is computed for several positions at once, which is recorded too.
    for channels, text in ((results, "3x3 convolutions by Winograd"),
                           (1, "convolutions of few channels")):
        model(path, x, w[..., :channels], bias[:channels], padding)
        for options, expected in (([], True), (["--accuracy=strict"], False)):
            run("compile", path, "-o", library, *options)
            with open(os.path.join(folder, "m.h")) as file:
                found = f"Arithmetic relaxed: {text}" in file.read()
            failures += found != expected
            print("ok  " if found == expected else "FAIL", "header", text, *options)
sys.exit(1 if failures else 0)
