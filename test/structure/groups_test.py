#!/usr/bin/env python3
"""Convolutions of narrow groups of channels, depthwise ones with several results for each channel
among them, against sums of numpy in double; integers must be equal.

Usage: groups_test.py SLUICE

Channels of a group that vectors have room for and that they cut, groups left over, windows, strides,
dilations, one dimension and three, element types, weights computed at run time; levels that read
weights packed for wider vectors.
"""
import itertools
import sys
import tempfile

from numeric import Report, TYPES, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]

CPUS = ["x86-64-v3", "x86-64-v4,x86-64-v3", "x86-64-v4,x86-64-v2"]
random = np.random.default_rng(13)


def convolution(x, w, groups, strides, dilations):
    """Products of shifted images, group by group."""
    window = w.shape[:-2]
    sizes = [(size - (taps - 1) * dilation - 1) // stride + 1 for size, taps, dilation, stride
             in zip(x.shape[1:], window, dilations, strides)]
    inputs, results = w.shape[-2], w.shape[-1] // groups
    y = np.zeros((x.shape[0], *sizes, w.shape[-1]), np.result_type(x, w))
    for taps in itertools.product(*map(range, window)):
        part = x[(slice(None), *(slice(t * d, t * d + s * (n - 1) + 1, s)
                                 for t, d, s, n in zip(taps, dilations, strides, sizes)))]
        for g in range(groups):
            columns = slice(g * results, (g + 1) * results)
            y[..., columns] += part[..., g * inputs:(g + 1) * inputs] @ w[taps][:, columns]
    return y


def values(shape, dtype):
    if np.issubdtype(dtype, np.integer):
        return random.integers(-100, 100, shape).astype(dtype)
    return (random.integers(-16, 17, shape) / 16).astype(dtype)


def conv(spatial, window, groups, inputs, results, stride=1, dilation=1, dtype=np.float32,
         is_constant=True, images=2):
    """A graph of Conv2D or Conv3D, what goes in and what comes out."""
    x = values((images, *spatial, groups * inputs), dtype)
    w = values((*window, inputs, groups * results), dtype)
    rank, a_type = len(spatial), wire.a_type(TYPES[dtype])
    steps, gaps = [stride] * rank, [dilation] * rank
    y = wire.node("c", f"Conv{rank}D", ["x", "w"], T=a_type, padding=wire.a_string("VALID"),
                  strides=wire.a_ints([1, *steps, 1]), dilations=wire.a_ints([1, *gaps, 1]))
    return finish(x, w, y, convolution(wide(x), wide(w), groups, steps, gaps), is_constant)


def depthwise(spatial, window, channels, results, stride=1, dtype=np.float32, is_constant=True,
              images=2):
    x, w = values((images, *spatial, channels), dtype), values((*window, channels, results), dtype)
    y = wire.node("c", "DepthwiseConv2dNative", ["x", "w"], T=wire.a_type(TYPES[dtype]),
                  strides=wire.a_ints([1, stride, stride, 1]), padding=wire.a_string("VALID"))
    rows = wide(w).reshape(*window, 1, channels * results)
    return finish(x, w, y, convolution(wide(x), rows, channels, [stride] * 2, [1, 1]), is_constant)


def wide(array):
    return array.astype(np.int64 if np.issubdtype(array.dtype, np.integer) else np.float64)


def finish(x, w, node, result, is_constant):
    """With a bias, which the kernel adds."""
    dtype = x.dtype.type
    b = values(result.shape[-1:], dtype)
    bias = wire.node("y", "BiasAdd", ["c", "b"], T=wire.a_type(TYPES[dtype]))
    weights = constant("w", w) if is_constant else placeholder("w", w.shape, TYPES[dtype])
    graph = wire.graph(placeholder("x", x.shape, TYPES[dtype]), weights, constant("b", b), node, bias)
    feeds = {"x": x} if is_constant else {"x": x, "w": w}
    return graph, feeds, (result + wide(b)).astype(dtype)


def bfloat16(spatial, window, groups, inputs, results):
    """Operands are small multiples of a sixteenth, as exact in bfloat16 as in f32."""
    x = values((1, *spatial, groups * inputs), np.float32)
    w = values((*window, inputs, groups * results), np.float32)
    f32, bf16 = wire.a_type(wire.FLOAT), wire.a_type(wire.BFLOAT16)
    bits = (w.view(np.uint32) >> 16).astype(np.uint16)
    one = wire.a_ints([1, 1, 1, 1])
    graph = wire.graph(
        placeholder("x", x.shape), constant("w", bits, wire.BFLOAT16),
        wire.node("n", "Cast", ["x"], SrcT=f32, DstT=bf16),
        wire.node("c", "Conv2D", ["n", "w"], T=bf16, strides=one, padding=wire.a_string("VALID")),
        wire.node("y", "Cast", ["c"], SrcT=bf16, DstT=f32))
    return graph, {"x": x}, convolution(wide(x), wide(w), groups, [1, 1], [1, 1]).astype(np.float32)


def cases():
    image = (7, 13)
    for channels, results in itertools.product((5, 16, 19), (2, 3, 4, 7, 12)):
        yield f"depthwise {channels}x{results}", depthwise(image, (3, 3), channels, results)
    for groups, inputs, results in (
            (9, 2, 2), (3, 4, 4), (32, 4, 4), (7, 8, 8), (5, 12, 12), (11, 3, 3), (9, 6, 6), (3, 7, 9),
            (17, 2, 1), (5, 10, 5), (7, 6, 3), (6, 4, 8), (3, 1, 15), (3, 9, 2), (2, 16, 16),
            (2, 30, 15)):
        yield f"groups {groups} {inputs} {results}", conv(image, (3, 3), groups, inputs, results)
    for rest in (16, 2, 2), (32, 4, 4), (11, 3, 3), (5, 10, 5):
        yield f"1x1 {rest}", conv(image, (1, 1), *rest)
    for rest in (7, 1, 3), (6, 4, 4), (5, 8, 8):
        yield f"stride {rest}", conv((9, 15), (3, 3), *rest, stride=2)
        yield f"dilation {rest}", conv((9, 15), (3, 3), *rest, dilation=2)
        yield f"window {rest}", conv((6, 31), (2, 7), *rest, stride=3)
        yield f"one row {rest}", conv((1, 40), (1, 9), *rest)
        yield f"one position {rest}", conv((3, 3), (3, 3), *rest)
        yield f"one image {rest}", conv((4, 4), (1, 1), *rest, images=1)
        yield f"volume {rest}", conv((3, 4, 9), (2, 2, 3), *rest)
        yield f"run-time {rest}", conv(image, (3, 3), *rest, is_constant=False)
        for dtype in np.float64, np.float16, np.int32:
            yield f"{dtype.__name__} {rest}", conv(image, (3, 3), *rest, dtype=dtype)
        yield f"bfloat16 {rest}", bfloat16(image, (3, 3), *rest)
    yield "run-time depthwise", depthwise(image, (3, 3), 7, 3, stride=2, is_constant=False)
    for dtype in np.float64, np.float16, np.int32:
        yield f"{dtype.__name__} depthwise", depthwise(image, (3, 3), 7, 3, dtype=dtype)


report = Report(prints_good=False)
with tempfile.TemporaryDirectory() as folder:
    for name, (model, feeds, result) in cases():
        path, case = write_case(folder, model, feeds, y=result)
        halves = "float16" in name  # rounded to 11 bits, or 8
        tolerances = ["--rtol=1e-2", "--atol=1e-2"] if halves else []
        for cpu in CPUS:
            done = run(sluice, "verify", path, f"--case={case}", f"--cpu={cpu}", *tolerances)
            report.check(done.returncode == 0, name, cpu, done.stdout, done.stderr)
report.exit()
