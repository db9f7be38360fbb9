"""Attributes, types, tensor values and shapes, folding and run time (T075-T172)."""
import struct

from case import diagnostic, either, runs, status
from wire import *

SAME = [1, 2, 3, 4]
IMAGE = node("x", "Placeholder", dtype=a_type(FLOAT), shape=a_shape([1, 4, 4, 1]))
ROW = "[" + ",".join(["[1]"] * 4) + "]"
PICTURE = (f"x=[[{','.join([ROW] * 4)}]]",)


def attribute_cases():
    # The type is that of the input; where T is not read, the values must be right.
    for label, attrs in (
        ("T075 T missing", {}),
        ("T076 T with nothing set", {"T": b""}),
        ("T077 T of another kind", {"T": a_int(1)}),
        ("T078 T with an unknown field", {"T": data(99, "z")}),
    ):
        yield either(label, graph(X, node("y", "Relu", ["x"], **attrs)), values=SAME)
    for label, padding in (
        ("T075 padding missing", None),
        ("T076 padding with nothing set", b""),
        ("T077 padding of another kind", a_int(1)),
        ("T078 padding with an unknown field", data(99, "z")),
    ):
        attrs = dict(T=a_type(FLOAT), ksize=a_ints([1, 2, 2, 1]), strides=a_ints([1, 1, 1, 1]))
        if padding is not None:
            attrs["padding"] = padding
        text = graph(IMAGE, node("y", "MaxPool", ["x"], **attrs))
        yield diagnostic(label, text, "y", "padding", feeds=PICTURE)
    twice = [("T", a_type(FLOAT)), ("T", a_type(INT32))]
    yield either("T079 attribute twice", graph(X, node("y", "Relu", ["x"], twice)))
    for label, dtype in (
        ("T080 DT_INVALID", 0),
        ("T081 dtype 999", 999),
        ("T081 dtype -1", -1),
        ("T082 reference type", 101),
        ("T083 DT_RESOURCE", RESOURCE),
        ("T084 DT_VARIANT", VARIANT),
        ("T085 DT_STRING", STRING),
    ):
        nodes = [const("c", tensor(dtype, [4], b"\0" * 16), dtype)]
        nodes.append(node("y", "Relu", ["c"], T=a_type(dtype)))
        yield diagnostic(label, graph(X, *nodes))
    for label, bits in ("T086 NaN alpha", 0x7FC00000), ("T087 infinite alpha", 0x7F800000):
        alpha = varint(4 << 3 | 5) + struct.pack("<I", bits)
        yield runs(label, graph(X, unary("LeakyRelu", alpha=alpha)), SAME)


def window_cases():
    kernel = const("w", floats([3, 3, 1, 1], [1.0] * 9))
    base = dict(T=a_type(FLOAT), strides=a_ints([1, 1, 1, 1]), padding=a_string("SAME"))

    def conv(label, source=IMAGE, weights=kernel, op="Conv2D", **changes):
        attrs = {**base, **changes}
        text = graph(source, weights, node("y", op, ["x", "w"], **attrs))
        return diagnostic(label, text, "y", feeds=PICTURE)

    yield conv("T088 strides 0", strides=a_ints([1, 0, 0, 1]))
    yield conv("T089 strides negative", strides=a_ints([1, -1, -1, 1]))
    yield conv("T090 three strides", strides=a_ints([1, 1, 1]))
    yield conv("T091 dilations 0", dilations=a_ints([1, 0, 0, 1]))
    yield conv("T091 dilations 2^62", dilations=a_ints([1, 1 << 62, 1, 1]))
    huge = a_ints([0, 0, 1 << 62, 1 << 62, 0, 0, 0, 0])
    explicit = a_string("EXPLICIT")
    yield conv("T095 paddings 2^62", padding=explicit, explicit_paddings=huge)
    negative = a_ints([0, 0, -1, -1, 0, 0, 0, 0])
    yield conv("T096 paddings negative", padding=explicit, explicit_paddings=negative)
    batch = a_ints([1, 1, 0, 0, 0, 0, 0, 0])
    yield conv("T097 padding of the batch", padding=explicit, explicit_paddings=batch)
    yield conv("T098 three paddings", padding=explicit, explicit_paddings=a_ints([0, 0, 0]))
    yield conv("T099 unknown padding", padding=a_string("SOME"))
    yield conv("T100 unknown data format", data_format=a_string("HWCN"))
    none = const("w", tensor(FLOAT, [3, 3, 1, 0], b""))
    yield conv("T103 channel multiplier 0", weights=none, op="DepthwiseConv2dNative")
    three = const("w", floats([3, 3, 3, 1], [1.0] * 27))
    yield conv("T104 channels that do not divide", weights=three)
    large = const("w", floats([5, 5, 1, 1], [1.0] * 25))
    yield conv("T094 kernel above the input", weights=large, padding=a_string("VALID"))
    for label, ksize in ("T092 ksize 0", 0), ("T093 ksize 2^62", 1 << 62):
        attrs = dict(base, ksize=a_ints([1, ksize, ksize, 1]))
        found = diagnostic(label, graph(IMAGE, node("y", "MaxPool", ["x"], **attrs)), "y", feeds=PICTURE)
        if ksize:  # SAME: every window is the whole picture
            found.outcome, found.values = "either", [1.0] * 16
        yield found
    for size in 0, 1:
        attrs = dict(T=a_type(FLOAT), block_size=a_int(size))
        text = graph(IMAGE, node("y", "SpaceToDepth", ["x"], **attrs))
        yield diagnostic(f"T101 block size {size}", text, "y", feeds=PICTURE)


def axis_cases():
    def reduce(label, axes, dtype=INT32):
        nodes = [const("i", ints([len(axes)], axes, dtype), dtype)]
        attrs = dict(T=a_type(FLOAT), Tidx=a_type(dtype))
        text = graph(X, *nodes, node("y", "Sum", ["x", "i"], **attrs))
        return diagnostic(label, text, "y")

    yield reduce("T109 axis out of range", [1])
    yield reduce("T110 axis INT64_MIN", [-(1 << 63)], INT64)
    yield reduce("T111 axis INT32_MIN", [-(1 << 31)])
    yield reduce("T112 axis twice", [0, -1])
    for label, order in ("T113 perm twice", [0, 0]), ("T114 perm out of range", [0, 2]):
        square = const("c", floats([2, 2], SAME))
        perm = const("p", ints([2], order))
        attrs = dict(T=a_type(FLOAT), Tperm=a_type(INT32))
        yield diagnostic(label, graph(square, perm, node("y", "Transpose", ["c", "p"], **attrs)), "y", feeds=())

    def slice_of(begin, end, step, **masks):
        names = "begin", "end", "step"
        values = begin, end, step
        nodes = [const(n, ints([len(v)], v)) for n, v in zip(names, values)]
        attrs = dict(T=a_type(FLOAT), Index=a_type(INT32))
        attrs.update({k: a_int(v) for k, v in masks.items()})
        return graph(X, *nodes, node("y", "StridedSlice", ["x", *names], **attrs))

    yield diagnostic("T115 slice step 0", slice_of([0], [4], [0]), "y")
    text = slice_of([0, 0], [4, 4], [1, 1], ellipsis_mask=3)
    yield diagnostic("T116 two ellipses", text, "y")
    yield either("T117 mask beyond the spec", slice_of([0], [4], [1], begin_mask=1 << 40))
    text = slice_of([9], [10], [1], shrink_axis_mask=1)
    yield diagnostic("T118 shrink out of range", text, "y")
    lowest = -(1 << 31)
    yield either("T119 INT32_MIN everywhere", slice_of([lowest], [lowest], [lowest]))
    for label, count in ("T120 split by 0", 0), ("T121 split that does not divide", 3):
        axis = const("a", ints([], [0]))
        text = graph(X, axis, node("y", "Split", ["a", "x"], T=a_type(FLOAT), num_split=a_int(count)))
        yield diagnostic(label, text, "y")
    for label, sizes in (
        ("T122 negative sizes", [-2, 6]),
        ("T122 two open sizes", [-1, -1]),
        ("T122 wrong sum", [1, 2]),
    ):
        nodes = [const("s", ints([2], sizes)), const("a", ints([], [0]))]
        attrs = dict(T=a_type(FLOAT), Tlen=a_type(INT32), num_split=a_int(2))
        text = graph(X, *nodes, node("y", "SplitV", ["x", "s", "a"], **attrs))
        yield diagnostic(label, text, "y")


def einsum_cases():
    square = node("x", "Placeholder", dtype=a_type(FLOAT), shape=a_shape([2, 2]))
    for label, equation, count in (
        ("T105 three operands", "ab,bc,cd->ad", 3),
        ("T106 no arrow", "ab,bc", 2),
        ("T107 unbalanced ellipsis", "a..b,bc->ac", 2),
        ("T107 ellipsis in the output only", "ab,bc->...ac", 2),
        ("T108 output label twice", "ab,bc->aa", 2),
        ("T108 unknown output label", "ab,bc->az", 2),
        ("T108 rank unlike the equation", "abc,cd->abd", 2),
    ):
        attrs = dict(T=a_type(FLOAT), N=a_int(count), equation=a_string(equation))
        text = graph(square, node("y", "Einsum", ["x"] * count, **attrs))
        found = diagnostic(label, text, "y", feeds=("x=[[1,2],[3,4]]",))
        # TensorFlow puts "aa" on a diagonal.
        if count == 3 or "..." in equation or equation.endswith("->aa"):
            found.outcome = "either"
        yield found


def fused_cases():
    nodes = [const("w", floats([4, 4], [1.0] * 16)), const("b", floats([4], [0.0] * 4))]
    source = node("x", "Placeholder", dtype=a_type(FLOAT), shape=a_shape([1, 4]))
    for label, fused, args in (
        ("T123 unknown fused op", ["Frobnicate"], 1),
        ("T124 num_args unlike the inputs", ["BiasAdd"], 2),
    ):
        attrs = dict(T=a_type(FLOAT), num_args=a_int(args), fused_ops=a_strings(fused))
        text = graph(source, *nodes, node("y", "_FusedMatMul", ["x", "w", "b"], **attrs))
        yield diagnostic(label, text, "y", feeds=("x=[[1,2,3,4]]",))


def run_time_cases():
    index = node("i", "Placeholder", dtype=a_type(INT32), shape=a_shape([1]))
    axis = const("a", ints([], [0]))
    attrs = dict(Tparams=a_type(FLOAT), Tindices=a_type(INT32), Taxis=a_type(INT32))
    text = graph(X, index, axis, node("y", "GatherV2", ["x", "i", "a"], **attrs))
    for value in 4, -1, -(1 << 31), (1 << 31) - 1:
        feeds = ("x=[1,2,3,4]", f"i=[{value}]")
        yield status(f"T159 gather of {value}", text, feeds, "y")
    yield runs("T159 gather of 3", text, [4], feeds=("x=[1,2,3,4]", "i=[3]"))
    zero = const("z", ints([1], [0]))
    for op in "FloorDiv", "FloorMod", "RealDiv":
        whole = node("x", "Placeholder", dtype=a_type(INT32), shape=a_shape([1]))
        text = graph(whole, zero, node("y", op, ["x", "z"], T=a_type(INT32)))
        yield diagnostic(f"T154 {op} by 0", text, feeds=("x=[1]",))
    whole = node("x", "Placeholder", dtype=a_type(INT32), shape=a_shape([2]))
    power = node("e", "Placeholder", dtype=a_type(INT32), shape=a_shape([2]))
    text = graph(whole, power, node("y", "Pow", ["x", "e"], T=a_type(INT32)))
    yield status("T156 integer Pow at run time", text, ("x=[2,2]", "e=[1,-1]"), "y")
    nodes = [const("b", ints([1], [2])), const("e", ints([1], [-1]))]
    text = graph(*nodes, node("y", "Pow", ["b", "e"], T=a_type(INT32)))
    yield diagnostic("T156 integer Pow of constants", text, "y", feeds=())
    attrs = dict(SrcT=a_type(FLOAT), DstT=a_type(INT32))
    text = graph(X, node("y", "Cast", ["x"], **attrs))
    values = [2147483647, -2147483648, 0, -1]
    yield runs("T158 saturating cast", text, values, feeds=("x=[1e30,-inf,nan,-1.9]",))
    nodes = [const(n, ints([], [v])) for n, v in (("s", 0), ("l", 4), ("d", 0))]
    text = graph(*nodes, node("y", "Range", ["s", "l", "d"], Tidx=a_type(INT32)))
    yield diagnostic("T163 Range of delta 0", text, "y", feeds=())
    nodes = [const("b", ints([1], [3])), const("s", ints([1], [2]))]
    attrs = dict(T=a_type(FLOAT), Index=a_type(INT32))
    text = graph(X, *nodes, node("y", "Slice", ["x", "b", "s"], **attrs))
    yield diagnostic("T164 Slice out of range", text, "y")


def cases():
    for group in (
        attribute_cases,
        window_cases,
        axis_cases,
        einsum_cases,
        fused_cases,
        run_time_cases,
    ):
        yield from group()
