"""Operators on one element at a time, and casts."""
import numpy as np
import tensorflow as tf

from case_types import *

raw = tf.raw_ops


def unary_cases():
    plain = {
        "Neg": SIGNED + FLOATS + COMPLEX,
        "Square": SIGNED + FLOATS + COMPLEX,
        "Sqrt": FLOATS + COMPLEX,
        "Rsqrt": FLOATS + COMPLEX,
        "Exp": FLOATS + COMPLEX,
        "Log": FLOATS + COMPLEX,
        "Sigmoid": FLOATS + COMPLEX,
        "Tanh": FLOATS + COMPLEX,
        "Relu": FLOATS + INTEGERS,
        "Relu6": FLOATS + INTEGERS,
        "LeakyRelu": FLOATS,
    }
    for op, dtypes in plain.items():
        key = "features" if "Relu" in op else "x"

        def build(inputs, op=op, key=key):
            return getattr(raw, op)(**{key: inputs[0]})

        for dtype in dtypes:
            yield Case(f"{op}.{kind(dtype)}", [values(dtype, (3, 17))], build)
            if dtype not in COMPLEX:
                yield Case(f"{op}.{kind(dtype)}.edges", [edges(dtype)], build)
    for alpha in 0.0, -0.5, 1.5:
        yield Case(
            f"LeakyRelu.alpha_{alpha}",
            [edges(np.float32)],
            lambda inputs, alpha=alpha: raw.LeakyRelu(features=inputs[0], alpha=alpha),
        )
    yield Case("LogicalNot", [edges(np.bool_)], lambda inputs: raw.LogicalNot(x=inputs[0]))


def pairs(dtype):
    """Every edge value against every other."""
    edge = edges(dtype)
    left, right = np.meshgrid(edge, edge, indexing="ij")
    return [left.ravel(), right.ravel()]


def binary_cases():
    arithmetic = "AddV2 Add Sub Mul RealDiv Maximum Minimum SquaredDifference Pow".split()
    compare = "Equal NotEqual Less LessEqual Greater GreaterEqual".split()
    for op in arithmetic + compare:

        def build(inputs, op=op):
            return getattr(raw, op)(x=inputs[0], y=inputs[1])

        for dtype in ALL if op in ("Equal", "NotEqual") else NUMBERS:
            low = 0 if op == "Pow" else -4
            left, right = values(dtype, (2, 3, 5), 1, low), values(dtype, (3, 1), 2, low)
            if op == "Pow" and dtype in INTEGERS:
                left = np.minimum(left, 3)
            if op == "RealDiv":
                right = np.where(right == 0, np.ones_like(right), right)
            yield Case(f"{op}.{kind(dtype)}.broadcast", [left, right], build)
            plain = dtype in FLOATS or (dtype in INTEGERS and op not in ("RealDiv", "Pow"))
            if plain and op not in ("Pow", "SquaredDifference"):
                yield Case(f"{op}.{kind(dtype)}.edges", pairs(dtype), build)
        empty = [np.zeros((0, 3), np.float32), values(np.float32, (1, 3))]
        yield Case(f"{op}.empty", empty, build)
    for op in "LogicalAnd", "LogicalOr":

        def build(inputs, op=op):
            return getattr(raw, op)(x=inputs[0], y=inputs[1])

        yield Case(op, pairs(np.bool_), build)
        column = [values(np.bool_, (4, 1)), values(np.bool_, (3,))]
        yield Case(f"{op}.broadcast", column, build)


def string_cases():
    words = np.array([[b"a", b"", b"ab c"], [b"", "\u00fc".encode(), b"z" * 40]], object)
    row = np.array([b"", b"x", b"yz"], object)

    def add(i):
        return raw.Add(x=i[0], y=i[1])

    yield Case("Add.string", [words, words[::-1].copy()], add)
    yield Case("Add.string.broadcast", [words, row], add)
    yield Case("Add.string.constant", [words, Const(np.array(b"!", object))], add)
    yield Case("Add.string.chain", [words, row], lambda i: add([add([add(i), add(i)]), i[0]]))
    yield Case("Add.string.empty", [words[:0], row], add)
    for op, name in (raw.Equal, "Equal.string"), (raw.NotEqual, "NotEqual.string"):
        constant = Const(np.array(b"a", object))
        yield Case(f"{name}.constant", [words, constant], lambda i, op=op: op(x=i[0], y=i[1]))
        made = lambda i, op=op: op(x=add(i), y=add([i[0], i[0]]))
        yield Case(f"{name}.made", [words, row], made)


def select_cases():
    for dtype in ALL:
        one, two = values(dtype, (3, 4), 1), values(dtype, (3, 4), 2)
        condition = values(np.bool_, (3, 4), 3)

        def same(inputs):
            return raw.Select(condition=inputs[0], x=inputs[1], y=inputs[2])

        def broadcast(inputs):
            return raw.SelectV2(condition=inputs[0], t=inputs[1], e=inputs[2])

        yield Case(f"Select.{kind(dtype)}", [condition, one, two], same)
        row = values(np.bool_, (3,), 3)
        yield Case(f"Select.{kind(dtype)}.vector", [row, one, two], same)
        inputs = [values(np.bool_, (3, 1), 3), one, values(dtype, (4,), 2)]
        yield Case(f"SelectV2.{kind(dtype)}", inputs, broadcast)
    one = np.array([1, np.nan, np.inf, 4], np.float32)
    inputs = [np.array([True, False, False, True]), one, one[::-1].copy()]
    yield Case("SelectV2.nan", inputs, broadcast)


def cast_cases():
    for source in ALL:
        for target in ALL:
            if source in COMPLEX and target not in COMPLEX:
                continue
            # In the range of every type: beyond it TensorFlow leaves the result open.
            low = 0 if target in UNSIGNED else -9
            array = values(source, (5, 7), 4, low, 9)

            def build(inputs, target=target):
                return raw.Cast(x=inputs[0], DstT=target)

            yield Case(f"Cast.{kind(source)}.{kind(target)}", [array], build)
    for source, target in (
        (np.int64, np.int8),
        (np.int32, np.uint16),
        (np.uint64, np.float32),
        (np.int64, np.float64),
        (np.float64, np.float16),
        (np.float32, BFLOAT16),
        (np.float32, np.bool_),
    ):
        name = f"Cast.{kind(source)}.{kind(target)}.edges"
        yield Case(name, [edges(source)], lambda inputs, t=target: raw.Cast(x=inputs[0], DstT=t))


def cases():
    for group in unary_cases, binary_cases, string_cases, select_cases, cast_cases:
        yield from group()
