#!/usr/bin/env python3
"""Products and convolutions of 8- and 16-bit integers and of bfloat16, against numpy: integers
equal on every instruction set, and where one archive's weights serve several.

Usage: narrow_products_test.py SLUICE

Depths that are no multiple of a group, one row and many, columns that cut panels, the extremes of
each type, windows of few channels, strides, weights computed at run time.
"""
import sys
import tempfile

from numeric import Report, TYPES, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]

CPUS = ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4,x86-64-v3,x86-64-v2",
        "sapphirerapids,haswell,x86-64"]
random = np.random.default_rng(11)


def integers(dtype, shape):
    """All values, and the extremes more often."""
    info = np.iinfo(dtype)
    values = random.integers(info.min, info.max, shape, dtype, endpoint=True)
    chosen = random.integers(0, 4, shape)
    return np.where(chosen == 0, dtype(info.min),
                    np.where(chosen == 1, dtype(info.max), values)).astype(dtype)


def product(x, w, is_constant=True):
    """x w in 32 bits, as TensorFlow's quantised models ask for it."""
    a, b = TYPES[x.dtype.type], TYPES[w.dtype.type]
    right = constant("w", w) if is_constant else placeholder("w", w.shape, b)
    y = wire.node("y", "BatchMatMulV3", ["x", "w"], Ta=wire.a_type(a), Tb=wire.a_type(b),
                  Tout=wire.a_type(wire.INT32))
    feeds = {"x": x} if is_constant else {"x": x, "w": w}
    with np.errstate(over="ignore"):
        result = np.matmul(x.astype(np.int32), w.astype(np.int32))
    return wire.graph(placeholder("x", x.shape, a), right, y), feeds, result


def narrow_product(x, w):
    """Sums that wrap around in the operands' own type."""
    dtype = TYPES[x.dtype.type]
    y = wire.node("y", "MatMul", ["x", "w"], T=wire.a_type(dtype))
    result = np.matmul(x.astype(np.int64), w.astype(np.int64)).astype(x.dtype)
    return wire.graph(placeholder("x", x.shape, dtype), constant("w", w), y), {"x": x}, result


def convolution(x, w, stride):
    """Weights are 32-bit numbers that fit 8, as constant folding leaves them."""
    wide = w.astype(np.int32)
    a = TYPES[x.dtype.type]
    cast = wire.node("c", "Cast", ["x"], SrcT=wire.a_type(a), DstT=wire.a_type(wire.INT32))
    y = wire.node("y", "Conv2D", ["c", "w"], T=wire.a_type(wire.INT32),
                  strides=wire.a_ints([1, stride, stride, 1]), padding=wire.a_string("VALID"))
    height, width = x.shape[1] - w.shape[0] + 1, x.shape[2] - w.shape[1] + 1
    result = sum(x[:, i:i + height:stride, j:j + width:stride].astype(np.int32) @ wide[i, j]
                 for i in range(w.shape[0]) for j in range(w.shape[1]))
    graph = wire.graph(placeholder("x", x.shape, a), constant("w", wide), cast, y)
    return graph, {"x": x}, result


def to_bfloat16(array):
    """The bits of bfloat16 and the numbers that they are."""
    bits = (array.astype(np.float32).view(np.uint32) + 0x8000 >> 16).astype(np.uint16)
    return bits, (bits.astype(np.uint32) << 16).view(np.float32)


def half_product(m, k, n):
    """Operands are made from f32, whose files numpy can write."""
    x, w = random.standard_normal((m, k)), random.standard_normal((k, n)) / np.sqrt(k)
    (_, x), (bits, w) = to_bfloat16(x), to_bfloat16(w)
    f32, bf16 = wire.a_type(wire.FLOAT), wire.a_type(wire.BFLOAT16)
    graph = wire.graph(
        placeholder("x", x.shape), constant("w", bits, wire.BFLOAT16),
        wire.node("c", "Cast", ["x"], SrcT=f32, DstT=bf16),
        wire.node("p", "MatMul", ["c", "w"], T=bf16),
        wire.node("y", "Cast", ["p"], SrcT=bf16, DstT=f32))
    return graph, {"x": x}, (x.astype(np.float64) @ w).astype(np.float32)


def cases():
    bytes_ = (np.int8, np.int8), (np.uint8, np.int8), (np.int8, np.uint8), (np.uint8, np.uint8)
    pairs = bytes_ + ((np.int16, np.int16),)
    for m, k, n in ((1, 64, 40), (1, 3, 7), (5, 7, 33), (29, 130, 70), (2, 1, 9), (64, 96, 16),
                    (3, 257, 130)):
        for left, right in pairs:
            yield f"{left.__name__} {right.__name__} {m}x{k}x{n}", product(
                integers(left, (m, k)), integers(right, (k, n)))
        for dtype in np.int8, np.uint8, np.int16:
            yield f"wrapping {dtype.__name__} {m}x{k}x{n}", narrow_product(
                integers(dtype, (m, k)), integers(dtype, (k, n)))
    for left, right in pairs:
        yield f"batch {left.__name__} {right.__name__}", product(
            integers(left, (3, 5, 21)), integers(right, (3, 21, 18)))
        yield f"run-time {left.__name__} {right.__name__}", product(
            integers(left, (6, 21)), integers(right, (21, 18)), is_constant=False)
    for left, right in bytes_ + ((np.int16, np.int16),):
        for channels, window, stride in ((3, 3, 2), (1, 3, 1), (6, 3, 1), (16, 3, 1), (20, 1, 1)):
            yield f"conv {left.__name__} {right.__name__} {channels}", convolution(
                integers(left, (2, 9, 11, channels)),
                integers(right, (window, window, channels, 24)), stride)


def half_cases():
    for m, k, n in (1, 64, 40), (5, 7, 33), (29, 130, 70), (64, 96, 16):
        yield f"bfloat16 {m}x{k}x{n}", half_product(m, k, n)


report = Report(prints_good=False)
with tempfile.TemporaryDirectory() as folder:
    def check(name, model, feeds, result, *options):
        path, case = write_case(folder, model, feeds, y=result)
        for cpu in CPUS:
            done = run(sluice, "verify", path, f"--case={case}", f"--cpu={cpu}", *options)
            report.check(done.returncode == 0, name, cpu, done.stdout, done.stderr)

    for name, parts in cases():
        check(name, *parts)
    for name, parts in half_cases():
        check(name, *parts, "--rtol=1e-2", "--atol=1e-2")
report.exit()
