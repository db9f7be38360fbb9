"""Writes GraphDef and SavedModel bytes by hand, so that illegal ones can be written too."""
import struct

FLOAT, DOUBLE, INT32, UINT8, INT16, INT8, STRING, COMPLEX64, INT64, BOOL = range(1, 11)
BFLOAT16, HALF, RESOURCE, VARIANT = 14, 19, 20, 21


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def fixed32(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


# ---- shapes, tensors, attributes


def shape(dims, unknown_rank=False):
    text = b"".join(data(2, number(1, d)) for d in dims)
    return text + (number(3, 1) if unknown_rank else b"")


def tensor(dtype, dims, content=None, extra=b""):
    text = number(1, dtype) + data(2, shape(dims))
    return text + (data(4, content) if content is not None else b"") + extra


def floats(dims, values):
    return tensor(FLOAT, dims, struct.pack(f"<{len(values)}f", *values))


def ints(dims, values, dtype=INT32):
    form = {INT32: "i", INT64: "q", INT8: "b", UINT8: "B"}[dtype]
    return tensor(dtype, dims, struct.pack(f"<{len(values)}{form}", *values))


def a_string(value):
    return data(2, value)


def a_int(value):
    return number(3, value)


def a_float(value):
    return fixed32(4, value)


def a_bool(value):
    return number(5, value)


def a_type(value):
    return number(6, value)


def a_shape(dims, unknown_rank=False):
    return data(7, shape(dims, unknown_rank))


def a_tensor(text):
    return data(8, text)


def a_placeholder(name):
    return data(9, name)


def a_function(name):
    return data(10, data(1, name))


def a_ints(values):
    return data(1, data(3, b"".join(varint(v) for v in values)))


def a_types(values):
    return data(1, data(6, b"".join(varint(v) for v in values)))


def a_strings(values):
    return data(1, b"".join(data(2, v) for v in values))


def a_functions(names):
    return data(1, b"".join(data(9, data(1, n)) for n in names))


def attributes(field, attrs):
    return b"".join(
        data(field, data(1, key) + data(2, value)) for key, value in attrs
    )


def body(name, op, inputs=(), attrs=(), **named):
    """A NodeDef. `attrs`: (key, value) pairs, for keys that occur twice."""
    text = data(1, name) + data(2, op) + b"".join(data(3, i) for i in inputs)
    return text + attributes(5, list(attrs) + list(named.items()))


def node(*args, **named):
    return data(1, body(*args, **named))


def graph(*nodes, library=b""):
    text = b"".join(nodes) + (data(2, library) if library else b"")
    return text + data(4, number(1, 1087))


# ---- the frame of most cases: x float [4] -> node under test -> fetch y

X = node("x", "Placeholder", dtype=a_type(FLOAT), shape=a_shape([4]))


def const(name, text, dtype=None):
    """`dtype` is the tensor's own, the first field of `text`, unless given."""
    dtype = text[1] if dtype is None else dtype
    return node(name, "Const", dtype=a_type(dtype), value=a_tensor(text))


def unary(op, name="y", source="x", **attrs):
    return node(name, op, [source], T=a_type(FLOAT), **attrs)


# ---- functions


def argument(name, dtype=FLOAT):
    return data(1, name) + number(3, dtype)


def function(name, nodes, results, inputs=(("a", FLOAT),), outputs=(("r", FLOAT),)):
    signature = data(1, name)
    signature += b"".join(data(2, argument(*i)) for i in inputs)
    signature += b"".join(data(3, argument(*o)) for o in outputs)
    text = data(1, signature) + b"".join(data(3, n) for n in nodes)
    text += b"".join(data(4, data(1, k) + data(2, v)) for k, v in results)
    return data(1, text)


def call(name, target, inputs, tin=None, tout=None, op="PartitionedCall"):
    return body(
        name,
        op,
        inputs,
        Tin=a_types(tin if tin is not None else [FLOAT] * len(inputs)),
        Tout=a_types(tout if tout is not None else [FLOAT]),
        f=a_function(target),
    )


def relu_body(name="r", source="a"):
    return body(name, "Relu", [source], T=a_type(FLOAT))


# ---- SavedModel


def tensor_info(name, dtype=FLOAT, dims=(4,)):
    return data(1, name) + number(2, dtype) + data(3, shape(dims))


def signature(inputs, outputs, key="serving_default"):
    text = b"".join(data(1, data(1, k) + data(2, v)) for k, v in inputs)
    text += b"".join(data(2, data(1, k) + data(2, v)) for k, v in outputs)
    text += data(3, "tensorflow/serving/predict")
    return data(5, data(1, key) + data(2, text))


def meta_graph(graph_text, signatures, tags=("serve",), extra=b""):
    info = b"".join(data(4, t) for t in tags)
    return data(2, data(1, info) + data(2, graph_text) + signatures + extra)


def saved_model(*meta_graphs, version=1):
    return number(1, version) + b"".join(meta_graphs)
