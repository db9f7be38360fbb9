#!/usr/bin/env python3
"""Tunes a small model, and runs it with what was found and with choices that nobody would make.

Usage: tune_test.py SLUICE

Results are compared with sums of numpy in double; equal tunings give equal bytes. Nothing is timed.
"""
import filecmp
import json
import os
import sys
import tempfile

import numeric
from numeric import Report, constant, np, placeholder, wire, write_case

sluice = sys.argv[1]
random = np.random.default_rng(8)
report = Report()
check = report.check


def run(*command):
    return numeric.run(sluice, *command)


def values(*shape):
    return (random.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def windows(x):
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = x.shape[1] - 2, x.shape[2] - 2
    return [(i, j, x[:, i:i + height, j:j + width]) for i in range(3) for j in range(3)]


def make_model():
    """The graph, x and the result."""
    x = random.standard_normal((1, 13, 12, 16)).astype(np.float32)
    conv, depth, point, dense = values(3, 3, 16, 24), values(3, 3, 24, 1), values(24, 44), values(44, 37)
    exact = np.maximum(sum(part @ conv[i, j].astype(np.float64) for i, j, part in windows(x)), 0)
    exact = sum(part * depth[i, j, :, 0].astype(np.float64) for i, j, part in windows(exact))
    exact = (exact @ point.astype(np.float64)).reshape(156, 44) @ dense.astype(np.float64)
    kind, ones = wire.a_type(wire.FLOAT), wire.a_ints([1, 1, 1, 1])
    same = wire.a_string("SAME")
    shape = np.array([156, 44], np.int32)
    graph = wire.graph(
        placeholder("x", x.shape), constant("conv_w", conv), constant("depth_w", depth),
        constant("point_w", point.reshape(1, 1, 24, 44)), constant("dense_w", dense),
        constant("shape", shape),
        wire.node("conv", "Conv2D", ["x", "conv_w"], T=kind, strides=ones, padding=same),
        wire.node("relu", "Relu", ["conv"], T=kind),
        wire.node("depth", "DepthwiseConv2dNative", ["relu", "depth_w"], T=kind, strides=ones,
                  padding=same),
        wire.node("point", "Conv2D", ["depth", "point_w"], T=kind, strides=ones, padding=same),
        wire.node("flat", "Reshape", ["point", "shape"], T=kind, Tshape=wire.a_type(wire.INT32)),
        wire.node("y", "MatMul", ["flat", "dense_w"], T=kind))
    return graph, x, exact.astype(np.float32)


# As they are before algorithms are chosen, and behind that.
KEYS = [
    "conv f32:1x13x12x16 f32:3x3x16x24 pads_high=1x1 pads_low=1x1 strides=1x1",
    "conv f32:1x15x14x16 f32:3x3x16x24 pads_high=0x0 pads_low=0x0 strides=1x1",
    "conv f32:1x15x14x24 f32:3x3x1x24 groups=24 pads_high=0x0 pads_low=0x0 strides=1x1",
    "conv f32:1x13x12x24 f32:1x1x24x44 pads_high=0x0 pads_low=0x0 strides=1x1",
    "contract f32:156x44 f32:44x37",
    "contract f32:36x12x16 f32:36x16x24",
]


def write_tuning(path, choice):
    with open(path, "w") as file:
        json.dump({"version": 1, "cpu": "x86-64-v3", "vector_bits": 256,
                   "entries": [{"key": key, **choice} for key in KEYS]}, file)


CHOICES = [
    {"rows": 1, "vectors": 1}, {"rows": 4, "vectors": 3, "winograd": False},
    {"rows": 14, "vectors": 1, "winograd": False},
    {"rows": 7, "vectors": 2, "block": 3, "panels_outside": False, "winograd": False},
    {"rows": 2, "vectors": 8, "block": 1, "panels_outside": True, "prefetch": True},
    {"rows": 5, "winograd": False, "block": 7, "panels_outside": False, "prefetch": True},
    {"rows": 1 << 40, "vectors": 1 << 40, "block": 1 << 62, "prefetch": True},
    {"winograd": True}, {"winograd": True, "rows": 3, "vectors": 4, "prefetch": True},
    {"winograd": False, "prefetch": False},
]

with tempfile.TemporaryDirectory() as folder:
    graph, x, expected = make_model()
    model, case = write_case(folder, graph, {"x": x}, y=expected)
    tuning, again = (os.path.join(folder, name) for name in ("tuning.json", "again.json"))
    for choice in CHOICES:
        write_tuning(tuning, choice)
        emitted = run("compile", model, "--emit=kernel", "--tuning", tuning)
        asked = choice.get("winograd", True)
        check(emitted.stdout.count("graph.tuning") >= 4 and emitted.stderr == "" and
              ("graph.winograd" in emitted.stdout) == asked, "is used", choice, emitted.stderr)
        # Another level than the one measured, and several.
        for cpu in ("x86-64-v3",) if choice not in CHOICES[1::3] else (
                "x86-64-v3", "native", "x86-64-v2", "x86-64-v3,x86-64-v2"):
            result = run("verify", model, "--case", case, "--tuning", tuning, "--cpu", cpu)
            check(result.returncode == 0, cpu, choice, result.stdout.strip(), result.stderr.strip())
    write_tuning(tuning, {"winograd": True})
    strict = run("compile", model, "--emit=kernel", "--tuning", tuning, "--accuracy=strict").stdout
    check("graph.winograd" not in strict and "graph.conv" in strict, "strict is strict")

    tuned = run("tune", model, "-o", tuning, "--budget=2", "--threads=2")
    check(tuned.returncode == 0 and " candidates" in tuned.stdout, tuned.stdout, tuned.stderr)
    with open(tuning) as file:
        found = json.load(file)
    check(found["version"] == 1 and all(
        entry["tuned_ns"] < entry["default_ns"] for entry in found["entries"]), found)
    result = run("verify", model, "--case", case, "--tuning", tuning)
    check(result.returncode == 0 and result.stderr == "", "tuned", result.stdout, result.stderr)
    # The text may be laid out otherwise; what it says decides the archive.
    with open(again, "w") as file:
        json.dump(found, file)
    archives = []
    for number, path in enumerate((tuning, tuning, again)):
        archives.append(os.path.join(folder, str(number), "libm.a"))
        os.mkdir(os.path.dirname(archives[-1]))
        run("compile", model, "-o", archives[-1], "--tuning", path, "--cpu=native")
    for other in archives[1:]:
        check(filecmp.cmp(archives[0], other, shallow=False) and filecmp.cmp(
            archives[0].replace("libm.a", "m.json"), other.replace("libm.a", "m.json"),
            shallow=False), "same bytes")
    stopped = run("tune", model, "-o", tuning, "--budget=0")
    check(stopped.returncode == 0 and "when the budget ended" in stopped.stdout, stopped.stdout,
          stopped.stderr)
report.exit()
