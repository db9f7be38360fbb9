"""Models of one operator or a short formula each, for the tests of what is emitted."""
import math

import wire


def placeholder(name, dims, dtype=wire.FLOAT):
    return wire.node(name, "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape(dims))


def weights(name, dims):
    values = [math.sin(i) for i in range(math.prod(dims))]
    return wire.const(name, wire.floats(dims, values))


def model(dims, *nodes):
    x = placeholder("x", dims)
    return wire.graph(x, *nodes)


def matmul(m, k, n, epilogue=()):
    product = wire.node("p", "MatMul", ["x", "w"], T=wire.a_type(wire.FLOAT))
    bias = wire.node("b", "BiasAdd", ["p", "v"], T=wire.a_type(wire.FLOAT))
    tail, last = [], "b"
    for i, op in enumerate(epilogue):
        tail.append(wire.unary(op, name=f"e{i}", source=last))
        last = f"e{i}"
    end = wire.unary("Relu", source=last)
    return model([m, k], weights("w", [k, n]), weights("v", [n]), product, bias, *tail, end)


def half_matmul(m, k, n, dtype):
    """Summed in f32: the same tile behind loads that widen."""
    a_type = wire.a_type(dtype)
    x = placeholder("x", [m, k], dtype)
    narrow = wire.node("c", "Cast", ["w"], SrcT=wire.a_type(wire.FLOAT), DstT=a_type)
    product = wire.node("p", "MatMul", ["x", "c"], T=a_type)
    return wire.graph(x, weights("w", [k, n]), narrow, product)


def half_conv(dims, window, dtype):
    a_type = wire.a_type(dtype)
    narrow = wire.node("c", "Cast", ["w"], SrcT=wire.a_type(wire.FLOAT), DstT=a_type)
    product = wire.node("p", "Conv2D", ["x", "c"], T=a_type, strides=wire.a_ints([1, 1, 1, 1]),
                        padding=wire.a_string("SAME"))
    return wire.graph(placeholder("x", dims, dtype), weights("w", window), narrow, product)


def narrow_weights(dims, dtype):
    size = {wire.INT8: 1, wire.UINT8: 1, wire.INT16: 2}[dtype]
    content = bytes(i * 37 % 251 for i in range(math.prod(dims) * size))
    return wire.const("w", wire.tensor(dtype, dims, content))


def narrow_matmul(m, k, n, dtype):
    """Of integers, in groups along the sum."""
    x = placeholder("x", [m, k], dtype)
    product = wire.node("p", "MatMul", ["x", "w"], T=wire.a_type(dtype))
    return wire.graph(x, narrow_weights([k, n], dtype), product)


def wide_matmul(m, k, n, x_type, w_type):
    """Of narrow integers with sums of 32 bits."""
    product = wire.node("p", "BatchMatMulV3", ["x", "w"], Ta=wire.a_type(x_type),
                        Tb=wire.a_type(w_type), Tout=wire.a_type(wire.INT32))
    return wire.graph(placeholder("x", [m, k], x_type), narrow_weights([k, n], w_type), product)


def wide_conv(dims, window, dtype):
    int32 = wire.a_type(wire.INT32)
    casts = [wire.node(f"wide_{name}", "Cast", [name], SrcT=wire.a_type(dtype), DstT=int32)
             for name in ("x", "w")]
    product = wire.node("p", "Conv2D", ["wide_x", "wide_w"], T=int32,
                        strides=wire.a_ints([1, 1, 1, 1]), padding=wire.a_string("SAME"))
    return wire.graph(placeholder("x", dims, dtype), narrow_weights(window, dtype), *casts, product)


def narrow_conv(dims, window, dtype):
    x = placeholder("x", dims, dtype)
    product = wire.node("p", "Conv2D", ["x", "w"], T=wire.a_type(dtype),
                        strides=wire.a_ints([1, 1, 1, 1]), padding=wire.a_string("SAME"))
    return wire.graph(x, narrow_weights(window, dtype), product)


def conv(dims, window, op="Conv2D", stride=1, padding="SAME"):
    product = wire.node("p", op, ["x", "w"], T=wire.a_type(wire.FLOAT),
                        strides=wire.a_ints([1, stride, stride, 1]),
                        padding=wire.a_string(padding))
    return model(dims, weights("w", window), product, wire.unary("Relu6", source="p"))


def graph(op, dims, *operands, dtype=wire.FLOAT, nodes=(), **attributes):
    """One operator on x and other nodes."""
    x = placeholder("x", dims, dtype)
    y = wire.node("y", op, ["x", *operands], T=wire.a_type(dtype), **attributes)
    return wire.graph(x, *nodes, y)


def along(op, dims, dims_or_dim, **attributes):
    scalar = isinstance(dims_or_dim, int)
    values = [dims_or_dim] if scalar else dims_or_dim
    axis = wire.const("a", wire.ints([] if scalar else [len(values)], values))
    return graph(op, dims, "a", nodes=[axis], Tidx=wire.a_type(wire.INT32), **attributes)


def pool(op, dims, window, stride=1):
    return graph(op, dims, ksize=wire.a_ints([1, window, window, 1]),
                 strides=wire.a_ints([1, stride, stride, 1]), padding=wire.a_string("SAME"))


def pairwise(op, dims):
    z = placeholder("z", dims)
    return graph(op, dims, "z", nodes=[z])


def formula(dims, *steps):
    """Steps are (operator, operands, attributes); an operand is a number or the step it names."""
    nodes, names = [], {"x": "x"}
    for i, (op, operands, *attributes) in enumerate(steps):
        inputs = []
        for operand in operands:
            if isinstance(operand, list):
                nodes.append(wire.const(f"c{len(nodes)}", wire.ints([len(operand)], operand)))
                inputs.append(f"c{len(nodes) - 1}")
            elif isinstance(operand, float):
                nodes.append(wire.const(f"c{len(nodes)}", wire.floats([], [operand])))
                inputs.append(f"c{len(nodes) - 1}")
            else:
                inputs.append(names.get(operand, operand))
        names[i] = f"s{i}"
        nodes.append(wire.node(f"s{i}", op, inputs, T=wire.a_type(wire.FLOAT),
                               **(attributes[0] if attributes else {})))
    return model(dims, *nodes)


MEAN = {"Tidx": wire.a_type(wire.INT32), "keep_dims": wire.a_bool(True)}


def normalize(dims):
    last = [len(dims) - 1]
    return formula(dims, ("Mean", ["x", last], MEAN), ("SquaredDifference", ["x", 0]),
                   ("Mean", [1, last], MEAN), ("AddV2", [2, 1e-5]), ("Rsqrt", [3]),
                   ("Sub", ["x", 0]), ("Mul", [5, 4]))


def attention(heads, rows, depth):
    tensors = [wire.node(n, "Placeholder", dtype=wire.a_type(wire.FLOAT),
                         shape=wire.a_shape([1, heads, rows, depth])) for n in "qkv"]
    a_float = {"T": wire.a_type(wire.FLOAT)}
    return wire.graph(*tensors, wire.const("c", wire.floats([], [0.125])),
                      wire.node("s", "BatchMatMulV2", ["q", "k"], adj_y=wire.a_bool(True), **a_float),
                      wire.node("m", "Mul", ["s", "c"], **a_float),
                      wire.node("p", "Softmax", ["m"], **a_float),
                      wire.node("y", "BatchMatMulV2", ["p", "v"], **a_float))


def halves(op, dtype=wire.BFLOAT16):
    axis = wire.const("a", wire.ints([1], [1]))
    inputs, attrs = ["x"], {"T": wire.a_type(dtype)}
    if op == "Max":
        inputs, attrs["Tidx"] = ["x", "a"], wire.a_type(wire.INT32)
    x = placeholder("x", [3, 21], dtype)
    return wire.graph(x, axis, wire.node("y", op, inputs, **attrs))


def integers(name, values, dims=None):
    return wire.const(name, wire.ints([len(values)] if dims is None else dims, values))


def shaped(op, dims, values, **attributes):
    """With a list of integers as its second operand."""
    return graph(op, dims, "a", nodes=[integers("a", values)], **attributes)


def transpose(dims, order, dtype=wire.FLOAT):
    return shaped("Transpose", dims, order, Tperm=wire.a_type(wire.INT32), dtype=dtype)


def pad(op, dims, sizes, **attributes):
    """Before and behind each dimension."""
    sizes = integers("a", [size for pair in sizes for size in pair], [len(dims), 2])
    return graph(op, dims, "a", nodes=[sizes], Tpaddings=wire.a_type(wire.INT32), **attributes)


def gather(dims, count, axis=0):
    y = wire.node("y", "GatherV2", ["x", "i", "a"], Tparams=wire.a_type(wire.FLOAT),
                  Tindices=wire.a_type(wire.INT32), Taxis=wire.a_type(wire.INT32))
    return wire.graph(placeholder("x", dims), placeholder("i", [count], wire.INT32),
                      integers("a", [axis], []), y)


def concat(dims, others, axis):
    y = wire.node("y", "ConcatV2", ["x", "z", "a"], N=wire.a_int(2), T=wire.a_type(wire.FLOAT),
                  Tidx=wire.a_type(wire.INT32))
    return wire.graph(placeholder("x", dims), placeholder("z", others),
                      integers("a", [axis], []), y)


def slices(dims, *lists):
    """From, to and, of three, by which step."""
    op = "StridedSlice" if len(lists) == 3 else "Slice"
    names = "abc"[: len(lists)]
    return graph(op, dims, *names, nodes=list(map(integers, names, lists)),
                 Index=wire.a_type(wire.INT32))


def select(dims):
    y = wire.node("y", "SelectV2", ["c", "x", "z"], T=wire.a_type(wire.FLOAT))
    return wire.graph(placeholder("c", dims, wire.BOOL), placeholder("x", dims),
                      placeholder("z", dims), y)


def cast(dims, source, target):
    y = wire.node("y", "Cast", ["x"], SrcT=wire.a_type(source), DstT=wire.a_type(target))
    return wire.graph(placeholder("x", dims, source), y)
