#!/usr/bin/env python3
"""Convolutions that Winograd's algorithm computes, against sums of numpy in double.

Usage: winograd_test.py SLUICE

Sizes that are no multiple of a tile, channels that are no multiple of a vector, both paddings,
several images, an epilogue; the archive says that arithmetic is relaxed, and strict avoids it.
"""
import os
import sys
import tempfile

from numeric import Report, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]


def convolution(x, w, padding):
    if padding == "SAME":
        x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = x.shape[1] - 2, x.shape[2] - 2
    return sum(x[:, i:i + height, j:j + width] @ w[i, j] for i in range(3) for j in range(3))


def model(x, w, bias, padding):
    float_type = wire.a_type(wire.FLOAT)
    return wire.graph(
        placeholder("x", x.shape), constant("w", w), constant("b", bias),
        wire.node("c", "Conv2D", ["x", "w"], T=float_type,
                  strides=wire.a_ints([1, 1, 1, 1]), padding=wire.a_string(padding)),
        wire.node("s", "BiasAdd", ["c", "b"], T=float_type),
        wire.unary("Relu", source="s"))


report = Report()
random = np.random.default_rng(4)
with tempfile.TemporaryDirectory() as folder:
    for shape, results, padding in (
            ((1, 14, 14, 64), 32, "SAME"), ((1, 15, 13, 33), 50, "SAME"),
            ((2, 12, 12, 32), 48, "VALID"), ((1, 17, 22, 40), 64, "VALID"),
            ((1, 16, 16, 128), 32, "SAME"), ((3, 5, 14, 32), 35, "SAME")):
        x = random.standard_normal(shape, np.float32)
        w = random.standard_normal((3, 3, shape[3], results), np.float32) / np.float32(
            np.sqrt(9 * shape[3]))
        bias = random.standard_normal(results, np.float32)
        exact = convolution(x.astype(np.float64), w.astype(np.float64), padding) + bias
        path, case = write_case(folder, model(x, w, bias, padding), {"x": x},
                                y=np.maximum(exact, 0).astype(np.float32))
        for options in (["--cpu=x86-64-v3"], ["--cpu=native"], ["--accuracy=strict"]):
            result = run(sluice, "verify", path, "--case", case, *options)
            used = "winograd" in run(sluice, "compile", path, "--emit=graph", *options).stdout
            report.check(result.returncode == 0 and used == (options != ["--accuracy=strict"]),
                         shape, results, padding, *options, result.stdout.strip(),
                         result.stderr.strip())
    library = os.path.join(folder, "libm.a")
    # One channel is computed for several positions at once, which is recorded too.
    for channels, text in ((results, "3x3 convolutions by Winograd"),
                           (1, "convolutions of few channels")):
        with open(path, "wb") as file:
            file.write(model(x, w[..., :channels], bias[:channels], padding))
        for options, expected in (([], True), (["--accuracy=strict"], False)):
            run(sluice, "compile", path, "-o", library, *options)
            with open(os.path.join(folder, "m.h")) as file:
                found = f"Arithmetic relaxed: {text}" in file.read()
            report.check(found == expected, "header", text, *options)
report.exit()
