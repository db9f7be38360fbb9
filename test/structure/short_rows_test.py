#!/usr/bin/env python3
"""Reductions, searches, softmax and normalisation over rows of a few elements, against numpy.

Usage: short_rows_test.py SLUICE

Rows of 2 to 17 elements, more and fewer of them than lanes, with remainders; parts of larger tensors,
factors for each row or column before the operator, functions and tensors behind it; results that are
parts of a wider tensor; softmax of rows that are not finite.
"""
import sys
import tempfile

from numeric import Report, TYPES, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]
random = np.random.default_rng(17)
REDUCTIONS = {"Sum": np.sum, "Max": np.max, "Min": np.min, "Mean": np.mean, "Prod": np.prod}


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_softmax(x):
    y = x - x.max(-1, keepdims=True)
    return y - np.log(np.exp(y).sum(-1, keepdims=True))


class Model:
    """Nodes with the values that they have, in double precision."""

    def __init__(self, dtype=np.float32):
        self.dtype, self.nodes, self.feeds = dtype, [], {}
        self.kind = wire.a_type(TYPES[dtype])

    def numbers(self, shape):
        values = random.integers(-9, 10, shape) if np.issubdtype(self.dtype, np.integer) \
            else random.standard_normal(shape)
        return values.astype(self.dtype)

    def input(self, shape):
        name = f"x{len(self.feeds)}"
        self.feeds[name] = self.numbers(shape)
        self.nodes.append(placeholder(name, shape, TYPES[self.dtype]))
        return name, self.feeds[name].astype(np.float64)

    def constant(self, value):
        name = f"c{len(self.nodes)}"
        self.nodes.append(constant(name, np.asarray(value)))
        return name

    def node(self, op, inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(wire.node(name, op, inputs, T=self.kind, **attributes))
        return name

    def binary(self, op, function, lhs, shape):
        """With a constant of that shape."""
        value = self.numbers(shape)
        return (self.node(op, [lhs[0], self.constant(value)]),
                function(lhs[1], value.astype(np.float64)))

    def slice(self, x, begin, end):
        parts = self.constant(np.array(begin, np.int32)), self.constant(np.array(end, np.int32)), \
            self.constant(np.ones(len(begin), np.int32))
        return (self.node("StridedSlice", [x[0], *parts], Index=wire.a_type(wire.INT32)),
                x[1][tuple(slice(a, b) for a, b in zip(begin, end))])

    def reduce(self, op, x, keep=False):
        axis = self.constant(np.array([-1], np.int32))
        return (self.node(op, [x[0], axis], Tidx=wire.a_type(wire.INT32), keep_dims=wire.a_bool(keep)),
                REDUCTIONS[op](x[1], axis=-1, keepdims=keep))

    def search(self, op, x, kind):
        axis = self.constant(np.array(-1, np.int32))
        result = (np.argmax if op == "ArgMax" else np.argmin)(x[1], axis=-1)
        return (self.node(op, [x[0], axis], Tidx=wire.a_type(wire.INT32),
                          output_type=wire.a_type(TYPES[kind])), result.astype(kind))

    def softmax(self, x):
        return self.node("Softmax", [x[0]]), softmax(x[1])

    def log_softmax(self, x):
        return self.node("LogSoftmax", [x[0]]), log_softmax(x[1])

    def normalize(self, x):
        mean = self.reduce("Mean", x, keep=True)
        square = (self.node("SquaredDifference", [x[0], mean[0]]), (x[1] - mean[1]) ** 2)
        variance = self.reduce("Mean", square, keep=True)
        root = self.node("Rsqrt", [self.node("AddV2", [variance[0],
                                                       self.constant(self.dtype(1e-3))])])
        centred = self.node("Sub", [x[0], mean[0]])
        return (self.node("Mul", [centred, root]),
                (x[1] - mean[1]) / np.sqrt(variance[1] + 1e-3))

    def finish(self, *results):
        """The model, what goes in and what comes out."""
        fetched = {}
        for name, value in results:
            dtype = value.dtype.type if np.issubdtype(value.dtype, np.integer) else self.dtype
            fetched[f"y{len(fetched)}"] = value.astype(dtype)
            self.nodes.append(wire.node(f"y{len(fetched) - 1}", "Identity", [name],
                                        T=wire.a_type(TYPES[dtype])))
        return wire.graph(*self.nodes), self.feeds, fetched


def on_rows(shape, dtype=np.float32):
    """Every operator alone."""
    model, is_integer = Model(dtype), np.issubdtype(dtype, np.integer)
    x = model.input(shape)
    results = [model.reduce(op, x) for op in REDUCTIONS if op != "Mean" or not is_integer]
    results += [model.search("ArgMax", x, np.int32), model.search("ArgMin", x, np.int64)]
    if not is_integer:
        results += [model.softmax(x), model.log_softmax(x), model.normalize(x)]
    return model.finish(*results)


def surrounded(shape):
    """Parts, factors and functions around the operators."""
    rows, size = shape[-2:]
    outer = tuple(shape[:-2])
    for op in "Sum", "softmax", "normalize":
        model = Model()
        x = model.input((*outer, rows + 7, size))
        x = model.slice(x, [*(0 for _ in outer), 4, 0], [*outer, rows + 4, size])
        x = model.binary("Mul", np.multiply, x, (rows, 1))
        x = model.binary("AddV2", np.add, x, (size,))
        x = model.binary("Mul", np.multiply, x, outer + (1, 1))
        y = model.reduce(op, x) if op in REDUCTIONS else getattr(model, op)(x)
        if op == "Sum":
            y = model.binary("Mul", np.multiply, y, (rows,))
        else:
            y = model.binary("Mul", np.multiply, y, (size,))
            y = model.binary("AddV2", np.add, y, (rows, 1))
        other = model.input(y[1].shape)
        y = model.node("Tanh", [model.node("AddV2", [y[0], other[0]])]), np.tanh(y[1] + other[1])
        yield model.finish(y)
    model = Model()
    wide = model.input((*outer, rows, size + 3))
    x = model.slice(wide, [0] * len(shape), list(shape))
    yield model.finish(model.softmax(x))
    model = Model()
    x = model.input(shape)
    axis = model.constant(np.array(-1, np.int32))
    parts = [model.softmax(x), model.log_softmax(x), x]
    y = model.node("ConcatV2", [*(p[0] for p in parts), axis], N=wire.a_int(3),
                   Tidx=wire.a_type(wire.INT32))
    yield model.finish((y, np.concatenate([p[1] for p in parts], axis=-1)))


def not_finite(shape):
    """Rows with NaN and infinities in first, last and other places; longer than vectors too."""
    model = Model()
    x = model.input(shape)
    values = model.feeds[x[0]]
    values[0, 0] = values[1, -1] = values[2] = values[3, 1] = np.nan
    values[3, 2] = values[4, 1] = values[5] = np.inf
    values[6] = values[7, 0] = -np.inf
    x = x[0], values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return model.finish(model.softmax(x), model.log_softmax(x))


def cases():
    for size in 3, 8, 13, 50, 500:
        yield not_finite((17, size))
    for size in range(2, 18):
        yield on_rows((3, 43, size))
    for shape in (2, 5, 3), (1, 4), (40, 1, 6), (8, 2), (2, 300, 5), (3, 3, 3, 3):
        yield on_rows(shape)
    for dtype in np.float64, np.int32, np.int64:
        for size in 2, 3, 4, 7:
            yield on_rows((5, 13, size), dtype)
    for shape in (21, 4), (3, 19, 3), (2, 3, 40, 8), (2, 3, 5, 12), (2, 17, 11):
        yield from surrounded(shape)


report = Report(prints_good=False)
with tempfile.TemporaryDirectory() as folder:
    for graph, feeds, results in cases():
        path, case = write_case(folder, graph, feeds, **results)
        for cpu in "x86-64", "x86-64-v3", "native":
            done = run(sluice, "verify", path, f"--case={case}", f"--cpu={cpu}")
            report.check(done.returncode == 0, {n: v.shape for n, v in feeds.items()}, cpu, done.stdout,
                         done.stderr)
report.exit()
