#!/usr/bin/env python3
"""Convolutions fused with the depthwise ones behind them, against sums of numpy in double.

Usage: depthwise_test.py SLUICE ROOT

Strides, paddings, dilations, bands, channels that are no multiple of a vector, several images,
epilogues; each with scratch that held NaNs, and the same bits for any number of threads.
"""
import os
import sys
import tempfile

from numeric import Report, constant, np, placeholder, run, wire, write_case

sluice, root = sys.argv[1:3]

float_type = wire.a_type(wire.FLOAT)
random = np.random.default_rng(5)


def convolution(x, w, stride, dilation, padding, depthwise):
    """Products of shifted images; TensorFlow's SAME puts the odd row at the end."""
    taps, extra = w.shape[:2], []
    for size, count in zip(x.shape[1:3], taps):
        extent = (count - 1) * dilation + 1
        need = (-(-size // stride) - 1) * stride + extent - size
        extra.append(max(0, need) if padding == "SAME" else 0)
    x = np.pad(x, ((0, 0), *((e // 2, e - e // 2) for e in extra), (0, 0)))
    rows, columns = ((size - (count - 1) * dilation - 1) // stride + 1
                     for size, count in zip(x.shape[1:3], taps))
    result = 0
    for i in range(taps[0]):
        for j in range(taps[1]):
            part = x[:, i * dilation:, j * dilation:][:, ::stride, ::stride][:, :rows, :columns]
            result = result + (part * w[i, j, :, 0] if depthwise else part @ w[i, j])
    return result


def weights(*shape, fan):
    return (random.standard_normal(shape) / np.sqrt(fan)).astype(np.float32)


def model(shape, first, depthwise):
    """The graph, x and what the two convolutions make of it."""
    kernel, channels, step, padding = first
    window, stride, dilation, padding2 = depthwise
    x = random.standard_normal(shape, np.float32)
    w = weights(kernel, kernel, shape[3], channels, fan=kernel * kernel * shape[3])
    d = weights(window, window, channels, 1, fan=window * window)
    b, c = weights(channels, fan=1), weights(channels, fan=1)
    graph = wire.graph(
        placeholder("x", shape),
        constant("w", w), constant("d", d), constant("b", b), constant("c", c),
        wire.node("conv", "Conv2D", ["x", "w"], T=float_type,
                  strides=wire.a_ints([1, step, step, 1]), padding=wire.a_string(padding)),
        wire.node("biased", "BiasAdd", ["conv", "b"], T=float_type),
        wire.node("made", "Relu6", ["biased"], T=float_type),
        wire.node("depthwise", "DepthwiseConv2dNative", ["made", "d"], T=float_type,
                  strides=wire.a_ints([1, stride, stride, 1]), padding=wire.a_string(padding2),
                  dilations=wire.a_ints([1, dilation, dilation, 1])),
        wire.node("moved", "BiasAdd", ["depthwise", "c"], T=float_type),
        wire.unary("Relu", source="moved"))
    made = convolution(x.astype(np.float64), w.astype(np.float64), step, 1, padding, False) + b
    made = np.clip(made, 0, 6)
    result = convolution(made, d.astype(np.float64), stride, dilation, padding2, True) + c
    return graph, x, np.maximum(result, 0).astype(np.float32)


CASES = (
    # input, (window, channels, stride, padding), (window, stride, dilation, padding)
    ((1, 56, 56, 24), (1, 144, 1, "SAME"), (3, 1, 1, "SAME")),
    ((1, 112, 112, 16), (1, 96, 1, "SAME"), (3, 2, 1, "SAME")),
    ((1, 115, 111, 3), (3, 150, 2, "SAME"), (5, 2, 1, "SAME")),
    ((2, 40, 37, 20), (1, 140, 1, "SAME"), (5, 1, 1, "SAME")),
    ((3, 33, 41, 12), (1, 101, 1, "SAME"), (3, 1, 2, "SAME")),
    ((1, 61, 80, 16), (1, 84, 1, "SAME"), (3, 3, 1, "VALID")),
    ((1, 90, 64, 8), (1, 72, 1, "SAME"), (1, 2, 1, "VALID")),
    ((2, 50, 60, 5), (3, 75, 1, "VALID"), (3, 1, 1, "SAME")),
    ((1, 100, 300, 4), (1, 48, 1, "SAME"), (3, 1, 1, "SAME")),
)
report = Report()
with tempfile.TemporaryDirectory() as folder:
    for shape, first, depthwise in CASES:
        graph, x, expected = model(shape, first, depthwise)
        path, case = write_case(folder, graph, {"x": x}, y=expected)
        for cpu in "x86-64-v2", "x86-64-v3", "native":
            result = run(sluice, "verify", path, "--case", case, f"--cpu={cpu}")
            fused = "kernel.panels" in run(sluice, "compile", path, "--emit=kernel",
                                           f"--cpu={cpu}").stdout
            report.check(result.returncode == 0 and fused, shape, first, depthwise, cpu,
                         result.stdout.strip(), result.stderr.strip(),
                         "" if fused else "not fused")
        run(sluice, "compile", path, "-o", os.path.join(folder, "libm.a"))
        program = os.path.join(folder, "program")
        built = run("gcc", "-std=c99", "-O1", f"-I{folder}",
                    f"-DX_COUNT={x.size}", f"-DY_COUNT={expected.size}",
                    os.path.join(root, "test/structure/ranges.c"),
                    os.path.join(folder, "libm.a"), "-o", program)
        outputs = set()
        x.tofile(os.path.join(folder, "x"))
        for ranges in 1, 2, 3, 7, 1000:
            y = os.path.join(folder, "y")
            status = run(program, os.path.join(folder, "x"), y, str(ranges)).returncode
            with open(y, "rb") as file:
                outputs.add((status, file.read()))
        close = all(status == 0 and np.allclose(np.frombuffer(data, np.float32), expected.ravel(),
                                                1e-4, 1e-4) for status, data in outputs)
        report.check(len(outputs) == 1 and close, "same bits for any number of threads",
                     built.stderr)
report.exit()
