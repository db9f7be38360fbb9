"""Values and shapes of tensors (T126-T153)."""
from case import diagnostic, either, runs
from wire import *

SAME = [1, 2, 3, 4]


def constant(text, dtype=FLOAT):
    """The graph y = Identity(Const), and x so that a feed has a place."""
    return graph(const("c", text, dtype), node("y", "Identity", ["c"], T=a_type(dtype)))


def shape_cases():
    for label, dims in (
        ("T126 dims over int64", [1 << 40, 1 << 40]),
        ("T127 dims that wrap", [1 << 32, 1 << 32]),
        ("T127 dims that wrap to 4", [(1 << 62) + 1, 4]),
        ("T128 dim -1", [-1]),
        ("T129 dim INT64_MIN", [-(1 << 63)]),
        ("T132 rank 255", [1] * 255),
        ("T132 rank 1000", [1] * 1000),
    ):
        text = constant(tensor(FLOAT, dims, None, fixed32(5, 1.0)))
        found = diagnostic(label, text, feeds=())
        if "rank" in label:
            found.outcome = "either"
        yield found
    text = number(1, FLOAT) + data(2, number(3, 1)) + fixed32(5, 1.0)
    yield diagnostic("T130 unknown rank in a value", constant(text), feeds=())
    text = number(1, FLOAT) + data(2, shape([4], True)) + fixed32(5, 1.0)
    yield diagnostic("T131 unknown rank with dims", constant(text), feeds=())
    text = constant(tensor(FLOAT, [1 << 30, 1 << 30], None, fixed32(5, 1.0)))
    yield diagnostic("T141 exbibytes in 20 bytes", text, feeds=(), seconds=2)
    source = node("x", "Placeholder", dtype=a_type(FLOAT), shape=a_shape([4]))
    text = graph(source, unary("Relu"))
    yield diagnostic("T153 feed of another shape", text, feeds=("x=[1,2,3]",))


def content_cases():
    for label, size in ("T133 short", 12), ("T134 long", 20), ("T135 odd", 15):
        text = constant(tensor(FLOAT, [4], b"\0" * size))
        yield diagnostic(f"{label} content", text, "c", feeds=())
    text = constant(tensor(FLOAT, [4], b"\0" * 16, fixed32(5, 1.0)))
    yield either("T136 content and list", text, feeds=())
    for label, count, values in (
        ("T137 splat", 1, [7, 7, 7, 7]),
        ("T138 last repeats", 2, [7, 8, 8, 8]),
        ("T139 none gives zeros", 0, [0, 0, 0, 0]),
    ):
        listed = b"".join(fixed32(5, 7.0 + i) for i in range(count))
        text = constant(tensor(FLOAT, [4], None, listed))
        yield runs(f"{label}", text, values, feeds=())
    listed = b"".join(fixed32(5, 1.0) for _ in range(5))
    yield either("T140 five for four", constant(tensor(FLOAT, [4], None, listed)), feeds=())
    yield diagnostic("T142 no value", graph(node("y", "Const", dtype=a_type(FLOAT))), "y", feeds=())
    text = graph(const("y", ints([1], [1]), FLOAT))
    yield diagnostic("T143 two dtypes", text, "y", feeds=())
    strings = tensor(STRING, [2], b"\x7f\x01a")
    yield diagnostic("T144 string past the end", constant(strings, STRING), feeds=())
    strings = tensor(STRING, [1], b"\xff" * 11)
    yield diagnostic("T145 string length of 11 bytes", constant(strings, STRING), feeds=())
    attrs = dict(SrcT=a_type(BOOL), DstT=a_type(FLOAT))
    text = graph(
        const("c", tensor(BOOL, [3], b"\0\1\2"), BOOL), node("y", "Cast", ["c"], **attrs)
    )
    yield runs("T146 bool of 2", text, [0, 1, 1], feeds=())


def size_cases():
    for label, target in (
        ("T149 two -1", [-1, -1]),
        ("T149 -5", [-5]),
        ("T149 wrong count", [3]),
        ("T149 overflow", [1 << 30, 1 << 30]),
        ("T149 -1 that does not divide", [-1, 3]),
    ):
        attrs = dict(T=a_type(FLOAT), Tshape=a_type(INT32))
        wanted = const("s", ints([len(target)], target))
        text = graph(X, wanted, node("y", "Reshape", ["x", "s"], **attrs))
        yield diagnostic(label, text, "y")
    empty = const("c", tensor(FLOAT, [0], b""))
    wanted = const("s", ints([2], [-1, 0]))
    attrs = dict(T=a_type(FLOAT), Tshape=a_type(INT32))
    text = graph(empty, wanted, node("y", "Reshape", ["c", "s"], **attrs))
    yield diagnostic("T150 -1 with no elements", text, "y", feeds=())


def exabyte_cases():
    big = 1 << 62
    dims = const("d", ints([2], [big, big], INT64), INT64)
    one = const("v", floats([], [1.0]))
    attrs = dict(T=a_type(FLOAT), index_type=a_type(INT64))
    text = graph(dims, one, node("y", "Fill", ["d", "v"], **attrs))
    yield diagnostic("T151 Fill", text, "y", feeds=(), seconds=2)
    for label, count in ("T151 Tile", big), ("T151 negative Tile", -1):
        many = const("m", ints([1], [count], INT64), INT64)
        attrs = dict(T=a_type(FLOAT), Tmultiples=a_type(INT64))
        text = graph(X, many, node("y", "Tile", ["x", "m"], **attrs))
        yield diagnostic(label, text, "y", seconds=2)
    single = const("c", floats([1], [1.0]))
    wanted = const("d", ints([1], [big], INT64), INT64)
    attrs = dict(T=a_type(FLOAT), Tidx=a_type(INT64))
    text = graph(single, wanted, node("y", "BroadcastTo", ["c", "d"], **attrs))
    yield diagnostic("T151 BroadcastTo", text, "y", feeds=(), seconds=2)
    nodes = [
        const("i", ints([1], [0])),
        const("n", ints([], [(1 << 31) - 1])),
        const("on", floats([], [1.0])),
        const("off", floats([], [0.0])),
    ]
    wide = const("i", ints([1 << 16], [0] * (1 << 16)))
    attrs = dict(T=a_type(FLOAT), TI=a_type(INT32), axis=a_int(-1))
    text = graph(wide, *nodes[1:], node("y", "OneHot", ["i", "n", "on", "off"], **attrs))
    yield diagnostic("T151 OneHot", text, feeds=(), seconds=5)
    limits = [("s", 0), ("l", big), ("d", 1)]
    nodes = [const(n, ints([], [v], INT64), INT64) for n, v in limits]
    text = graph(*nodes, node("y", "Range", ["s", "l", "d"], Tidx=a_type(INT64)))
    yield diagnostic("T151 Range", text, "y", feeds=(), seconds=2)
    for label, amount in ("T151 Pad", big), ("T151 negative Pad", -3):
        pads = const("p", ints([1, 2], [0, amount], INT64), INT64)
        attrs = dict(T=a_type(FLOAT), Tpaddings=a_type(INT64))
        text = graph(X, pads, node("y", "Pad", ["x", "p"], **attrs))
        yield diagnostic(label, text, "y", seconds=2)


def cases():
    for group in shape_cases, content_cases, size_cases, exabyte_cases:
        yield from group()
