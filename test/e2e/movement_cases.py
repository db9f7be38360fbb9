"""Operators that move, make or reduce elements."""
import numpy as np
import tensorflow as tf

from case_types import *

raw = tf.raw_ops
INT32 = np.int32


def ints(*numbers):
    return Const(np.array(numbers, INT32))


def scalar(number, dtype=INT32):
    return Const(np.array(number, dtype))


def by_types(name, dtypes, shape, rest, build):
    """One case a type: values of `shape`, then the constants `rest`."""
    for dtype in dtypes:
        yield Case(f"{name}.{kind(dtype)}", [values(dtype, shape)] + rest, build)


def shape_cases():
    def reshape(i):
        return raw.Reshape(tensor=i[0], shape=i[1])

    def transpose(i):
        return raw.Transpose(x=i[0], perm=i[1])

    yield from by_types("Reshape", ALL, (2, 3, 4), [ints(4, -1)], reshape)
    yield Case("Reshape.to_scalar", [values(np.float32, (1, 1)), Const(np.zeros(0, INT32))], reshape)
    yield Case("Reshape.empty", [np.zeros((0, 4), np.float32), ints(4, 0)], reshape)
    yield from by_types("Transpose", ALL, (3, 5, 2), [ints(2, 0, 1)], transpose)
    for order in (1, 0), (0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 1, 0), (4, 0, 2, 1, 3):
        name = "Transpose." + "".join(map(str, order))
        sizes = (3, 4, 5, 2, 3)[: len(order)]
        yield Case(name, [values(np.float32, sizes), ints(*order)], transpose)
    yield Case("Transpose.large", [values(np.float32, (65, 130)), ints(1, 0)], transpose)
    yield from by_types("ExpandDims", ALL, (2, 3), [scalar(-2)], lambda i: raw.ExpandDims(input=i[0], axis=i[1]))
    one = values(np.float32, (1, 3, 1, 2, 1))
    for axes in [], [0], [-1, 2], [0, 2, 4]:
        name = "Squeeze." + ("_".join(map(str, axes)) or "all")
        yield Case(name, [one], lambda i, axes=axes: raw.Squeeze(input=i[0], axis=axes))
    for op in "Shape", "Size", "Rank":
        yield Case(op, [values(np.float32, (2, 3, 4))], lambda i, op=op: getattr(raw, op)(input=i[0]))
    yield Case("Shape.int64", [values(np.int8, (2, 0))], lambda i: raw.Shape(input=i[0], out_type=tf.int64))
    for op in "Identity", "Snapshot", "StopGradient", "PreventGradient":
        yield from by_types(op, ALL, (2, 3), [], lambda i, op=op: getattr(raw, op)(input=i[0]))
    pair = [values(np.float32, (2,)), values(np.int64, (3,))]
    yield Case("IdentityN", pair, lambda i: raw.IdentityN(input=i))
    yield Case("PlaceholderWithDefault", [values(np.float32, (2, 3))], with_default)


def with_default(inputs):
    default = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3))
    return raw.AddV2(x=raw.PlaceholderWithDefault(input=default, shape=(2, 3)), y=inputs[0])


def join_cases():
    for dtype in ALL:
        three = [values(dtype, (2, n, 3), n) for n in (1, 4, 2)]
        name = kind(dtype)
        yield Case(f"ConcatV2.{name}", three + [scalar(-2)], lambda i: raw.ConcatV2(values=i[:3], axis=i[3]))
        same = [values(dtype, (2, 3), n) for n in range(3)]
        yield Case(f"Pack.{name}", same, lambda i: raw.Pack(values=i, axis=-1))
        yield Case(f"Unpack.{name}", [values(dtype, (2, 3, 4))], lambda i: raw.Unpack(value=i[0], num=3, axis=1))
        yield Case(f"Split.{name}", [scalar(1), values(dtype, (2, 6))], lambda i: raw.Split(axis=i[0], value=i[1], num_split=3))
        sizes = [values(dtype, (2, 6)), ints(1, -1, 2), scalar(-1)]
        yield Case(f"SplitV.{name}", sizes, lambda i: raw.SplitV(value=i[0], size_splits=i[1], axis=i[2], num_split=3))
    empty = [np.zeros((2, 0), np.float32), values(np.float32, (2, 3)), scalar(1)]
    yield Case("ConcatV2.empty_piece", empty, lambda i: raw.ConcatV2(values=i[:2], axis=i[2]))


def slice_cases():
    def slice_(i):
        return raw.Slice(input=i[0], begin=i[1], size=i[2])

    yield from by_types("Slice", ALL, (4, 5, 3), [ints(1, 0, 2), ints(2, -1, 1)], slice_)
    yield Case("Slice.empty", [values(np.float32, (4, 5)), ints(4, 1), ints(0, 2)], slice_)

    def strided(name, begin, end, step, shape=(5, 6, 4), dtype=np.float32, **masks):
        def build(i):
            return raw.StridedSlice(input=i[0], begin=i[1], end=i[2], strides=i[3], **masks)

        return Case(f"StridedSlice.{name}", [values(dtype, shape), ints(*begin), ints(*end), ints(*step)], build)

    for dtype in ALL:
        yield strided(kind(dtype), (1, -2), (4, 0), (2, -1), dtype=dtype)
    yield strided("shrink", (2, 0), (3, 6), (1, 1), shrink_axis_mask=1)
    yield strided("negative_shrink", (-1,), (0,), (1,), shrink_axis_mask=1)
    yield strided("open", (1, 2), (3, 4), (1, 1), begin_mask=1, end_mask=2)
    yield strided("reversed", (0, 0, 0), (0, 0, 0), (-1, -2, 1), begin_mask=7, end_mask=7)
    yield strided("ellipsis", (1, 0, 1), (4, 0, 3), (1, 1, 1), ellipsis_mask=2)
    yield strided("new_axis", (0, 0, 1), (0, 0, 3), (1, 1, 1), new_axis_mask=1, begin_mask=2, end_mask=2)
    yield strided("clamped", (-100, 3), (100, 100), (1, 1))
    yield strided("empty", (3,), (3,), (1,))


def fill_cases():
    for dtype in ALL:
        name = kind(dtype)
        yield Case(f"Fill.{name}", [ints(2, 3), values(dtype, ())], lambda i: raw.Fill(dims=i[0], value=i[1]))
        yield Case(f"Tile.{name}", [values(dtype, (2, 3)), ints(2, 3)], lambda i: raw.Tile(input=i[0], multiples=i[1]))
        wide = [values(dtype, (3, 1)), ints(2, 3, 4)]
        yield Case(f"BroadcastTo.{name}", wide, lambda i: raw.BroadcastTo(input=i[0], shape=i[1]))
        pads = Const(np.array([[1, 0], [2, 3]], INT32))
        yield Case(f"Pad.{name}", [values(dtype, (2, 3)), pads], lambda i: raw.Pad(input=i[0], paddings=i[1]))
        padded = [values(dtype, (2, 3)), pads, values(dtype, (), 5)]
        yield Case(f"PadV2.{name}", padded, lambda i: raw.PadV2(input=i[0], paddings=i[1], constant_values=i[2]))
        for mode in "REFLECT", "SYMMETRIC":
            inputs = [values(dtype, (3, 4)), Const(np.array([[1, 2], [3, 0]], INT32))]
            build = lambda i, mode=mode: raw.MirrorPad(input=i[0], paddings=i[1], mode=mode)
            yield Case(f"MirrorPad.{name}.{mode}", inputs, build)
        hot = [ints(0, 2, -1, 5), scalar(3), scalar(1, dtype), scalar(0, dtype)]
        build = lambda i: raw.OneHot(indices=i[0], depth=i[1], on_value=i[2], off_value=i[3])
        yield Case(f"OneHot.{name}", [hot[0].array] + hot[1:], build)
        tables = [values(dtype, (5, 3)), values(INT32, (2, 4), 1, 0, 4), scalar(0)]
        build = lambda i: raw.GatherV2(params=i[0], indices=i[1], axis=i[2])
        yield Case(f"GatherV2.{name}", tables, build)
    yield Case("Tile.zero", [values(np.float32, (2, 3)), ints(0, 2)], lambda i: raw.Tile(input=i[0], multiples=i[1]))
    batch = [values(np.float32, (2, 5, 3)), values(np.int64, (2, 4), 1, 0, 4), scalar(1)]
    build = lambda i: raw.GatherV2(params=i[0], indices=i[1], axis=i[2], batch_dims=1)
    yield Case("GatherV2.batch", batch, build)
    last = [values(np.float32, (2, 5)), values(INT32, (3,), 1, 0, 4), scalar(-1)]
    yield Case("GatherV2.last_axis", last, lambda i: raw.GatherV2(params=i[0], indices=i[1], axis=i[2]))
    for dtype in np.int32, np.int64, np.float32, np.float64:
        limits = [scalar(n, dtype) for n in (2, 11, 3)]
        build = lambda i: raw.Range(start=i[0], limit=i[1], delta=i[2])
        yield Case(f"Range.{kind(dtype)}", limits, build)
        limits = [scalar(n, dtype) for n in (5, -4, -2)]
        yield Case(f"Range.{kind(dtype)}.down", limits, build)
    for axis in 0, 1, -1:
        hot = [values(INT32, (2, 3), 1, -1, 4), scalar(4), scalar(5.0, np.float32), scalar(-1.0, np.float32)]
        build = lambda i, axis=axis: raw.OneHot(indices=i[0], depth=i[1], on_value=i[2], off_value=i[3], axis=axis)
        yield Case(f"OneHot.axis_{axis}", hot, build)


def reduction_cases():
    for op in "Sum", "Mean", "Max":
        for dtype in NUMBERS:
            yield Case(f"{op}.{kind(dtype)}", [values(dtype, (3, 5, 4)), ints(1)], reducer(op))
        for axes in [0], [2], [0, 2], [0, 1, 2], [-1, 0], []:
            for keep in False, True:
                name = f"{op}.axes_{'_'.join(map(str, axes))}{'_keep' if keep else ''}"
                inputs = [values(np.float32, (3, 5, 4)), Const(np.array(axes, INT32))]
                yield Case(name, inputs, reducer(op, keep))
        yield Case(f"{op}.nan", [edges(np.float32).reshape(2, 7), ints(1)], reducer(op))
        yield Case(f"{op}.empty", [np.zeros((3, 0), np.float32), ints(1)], reducer(op))
        yield Case(f"{op}.long", [values(np.float32, (3, 4099)), ints(1)], reducer(op))
        yield Case(f"{op}.outer", [values(np.float32, (515, 19)), ints(0)], reducer(op))
    for dtype in FLOATS + INTEGERS:
        build = lambda i: raw.ArgMax(input=i[0], dimension=i[1])
        yield Case(f"ArgMax.{kind(dtype)}", [values(dtype, (4, 9, 3)), scalar(1)], build)
    build = lambda i: raw.ArgMax(input=i[0], dimension=i[1], output_type=tf.int32)
    yield Case("ArgMax.ties", [np.zeros((2, 5), np.float32), scalar(-1)], build)
    for dtype in FLOATS:
        build = lambda i: raw.Softmax(logits=i[0])
        yield Case(f"Softmax.{kind(dtype)}", [values(dtype, (3, 4, 11))], build)
    yield Case("Softmax.large_values", [values(np.float32, (2, 33), 1, -1e4, 1e4)], build)
    low = np.full((2, 5), -np.inf, np.float32)
    low[1, 2] = 0
    yield Case("Softmax.minus_infinity", [low], build)


def reducer(op, keep=False):
    return lambda i: getattr(raw, op)(input=i[0], axis=i[1], keep_dims=keep)


def cases():
    groups = shape_cases, join_cases, slice_cases, fill_cases, reduction_cases
    for group in groups:
        yield from group()
