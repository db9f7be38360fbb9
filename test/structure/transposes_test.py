#!/usr/bin/env python3
"""Transposes that end along another dimension, alone and among elementwise operators, against numpy.

Usage: transposes_test.py SLUICE

Squares and what is left of them on both sides, strides of powers of two, every number type, tensors
repeated along either dimension, parts; and elementwise operators on rows shorter than a vector, which
are computed in columns of many rows.
"""
import sys
import tempfile

from numeric import Report, TYPES, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]
random = np.random.default_rng(19)
SHAPES = [((16, 32), (1, 0)), ((37, 41), (1, 0)), ((128, 256), (1, 0)), ((2, 9), (1, 0)),
          ((300, 3), (1, 0)), ((3, 300), (1, 0)), ((1, 14, 14, 48), (0, 3, 1, 2)),
          ((2, 19, 5, 7), (0, 2, 3, 1)), ((2, 6, 24, 10), (0, 1, 3, 2)), ((3, 4, 17), (2, 1, 0)),
          ((2, 3, 4, 5, 9), (4, 0, 3, 1, 2)), ((1, 33, 4, 16), (0, 2, 3, 1))]


def numbers(dtype, *shape):
    """Small ones: exact in every type, or wrapping."""
    return random.integers(0, 11, shape).astype(dtype)


def transposed(shape, order, dtype):
    x = numbers(dtype, *shape)
    kind = {"T": wire.a_type(TYPES[dtype])}
    y = wire.node("y", "Transpose", ["x", "order"], Tperm=wire.a_type(wire.INT32), **kind)
    graph = wire.graph(placeholder("x", shape, TYPES[dtype]),
                       constant("order", np.array(order, np.int32)), y)
    return graph, {"x": x}, x.transpose(order)


def among_others(shape, order):
    """relu(transpose(x * a + b) * c + d): a along the input's last dimension, c and d of the result."""
    f32 = {"T": wire.a_type(wire.FLOAT)}
    result = [shape[d] for d in order]
    x, a, b = numbers(np.float32, *shape), numbers(np.float32, shape[-1]), numbers(np.float32)
    c = numbers(np.float32, *result[:-1], 1)
    d = numbers(np.float32, result[-1])
    nodes = [placeholder("x", shape), constant("a", a), constant("b", b), constant("c", c),
             constant("d", d), constant("order", np.array(order, np.int32)),
             wire.node("xa", "Mul", ["x", "a"], **f32), wire.node("xab", "AddV2", ["xa", "b"], **f32),
             wire.node("t", "Transpose", ["xab", "order"], Tperm=wire.a_type(wire.INT32), **f32),
             wire.node("tc", "Mul", ["t", "c"], **f32), wire.node("tcd", "AddV2", ["tc", "d"], **f32),
             wire.node("y", "Relu", ["tcd"], **f32)]
    y = np.maximum((x * a + b).transpose(order) * c + d, 0)
    return wire.graph(*nodes), {"x": x}, y


def scaled(shape, dtype):
    """x a + b and one number for each row: a and b along short rows."""
    kind = {"T": wire.a_type(TYPES[dtype])}
    x, a, b = numbers(dtype, *shape), numbers(dtype, shape[-1]), numbers(dtype, *shape[:-1], 1)
    nodes = [placeholder("x", shape, TYPES[dtype]), constant("a", a), constant("b", b),
             wire.node("xa", "Mul", ["x", "a"], **kind), wire.node("y", "AddV2", ["xa", "b"], **kind)]
    return wire.graph(*nodes), {"x": x}, x * a + b


def cases():
    for shape in (2, 30, 19, 3), (1000, 5), (37, 7), (9, 6), (8, 3), (5, 3), (64, 9):
        for dtype in np.float32, np.float64, np.int32, np.int16:
            yield scaled(shape, dtype)
    for shape, order in SHAPES:
        yield transposed(shape, order, np.float32)
        yield among_others(shape, order)
    for dtype in TYPES:
        for shape, order in SHAPES[1], SHAPES[6], SHAPES[8]:
            yield transposed(shape, order, dtype)


report = Report(prints_good=False)
with tempfile.TemporaryDirectory() as folder:
    for graph, feeds, result in cases():
        path, case = write_case(folder, graph, feeds, y=result)
        for cpu in "x86-64", "x86-64-v3":
            done = run(sluice, "verify", path, f"--case={case}", f"--cpu={cpu}", "--rtol=0", "--atol=0")
            report.check(done.returncode == 0, feeds["x"].shape, result.shape, result.dtype, cpu,
                         done.stdout, done.stderr)
report.exit()
