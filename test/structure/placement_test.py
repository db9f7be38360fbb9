#!/usr/bin/env python3
"""Random graphs of joins, parts and last readers: values that lie in the buffers of others.

Usage: placement_test.py SLUICE ROOT [FIRST COUNT]

Concats along rows and channels, nested, of one value twice, of inputs and constants; paddings,
slices, splits and reshapes of them; read by convolutions, pools and elementwise operators; chains,
residuals and diamonds of elementwise and row operators, also of what loops carry and branches give;
some of them outputs. All numbers are small whole ones, so that every order of adding gives the same
bits: the compiled graph has to give those of the reference evaluator.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile
import zipfile

sluice, root = sys.argv[1:3]
first, count = (int(a) for a in sys.argv[3:5]) if len(sys.argv) > 3 else (0, 36)
sys.path.insert(0, os.path.join(root, "test", "hostile"))
import wire  # noqa: E402

FLOAT = wire.a_type(wire.FLOAT)
INT32 = wire.a_type(wire.INT32)


def size(shape):
    total = 1
    for extent in shape:
        total *= extent
    return total


class Graph:
    """Nodes of images: (name, [batch, rows, columns, channels])."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.nodes, self.values, self.feeds, self.functions = [], [], [], []
        for i in range(2):
            shape = [1, self.random.choice([4, 6, 8]), 8, self.random.choice([4, 16, 32])]
            self.nodes.append(wire.node(f"x{i}", "Placeholder", dtype=FLOAT,
                                        shape=wire.a_shape(shape)))
            self.feeds.append((f"x{i}", shape))
            self.values.append((f"x{i}", shape))
        while len(self.values) < 14:
            self.random.choice([self.convolve, self.convolve, self.apply, self.add, self.join,
                                self.join, self.join, self.pad, self.cut, self.split,
                                self.reshape, self.pool, self.constant, self.residual,
                                self.residual, self.chain, self.chain, self.diamond,
                                self.repeat, self.branch])()

    def name(self):
        return f"n{len(self.nodes)}"

    def pick(self, accept=lambda shape: True):
        # The latest first: chains, not stars.
        found = [v for v in self.values[-6:] if accept(v[1])]
        return self.random.choice(found) if found else None

    def make(self, op, inputs, shape, **attributes):
        name = self.name()
        self.nodes.append(wire.node(name, op, inputs, **attributes))
        if size(shape) <= 1 << 16:
            self.values.append((name, shape))
        return name

    def numbers(self, shape, limit):
        values = [self.random.randint(-limit, limit) for _ in range(size(shape))]
        name = self.name()
        self.nodes.append(wire.const(name, wire.floats(shape, values)))
        return name

    def ints(self, shape, values):
        name = self.name()
        self.nodes.append(wire.const(name, wire.ints(shape, values)))
        return name

    # Between -4 and 4, so that no sum is rounded.
    def clamp(self, source, shape):
        low, high = self.name(), None
        self.nodes.append(wire.const(low, wire.floats([], [-4])))
        high = self.name()
        self.nodes.append(wire.const(high, wire.floats([], [4])))
        smaller = self.name()
        self.nodes.append(wire.node(smaller, "Minimum", [source, high], T=FLOAT))
        self.make("Maximum", [smaller, low], shape, T=FLOAT)

    def convolve(self):
        name, shape = self.pick()
        results = self.random.choice([5, 16, 32])
        window = self.random.choice([1, 3])
        weights = self.numbers([window, window, shape[3], results], 1)
        product = self.name()
        self.nodes.append(wire.node(product, "Conv2D", [name, weights], T=FLOAT,
                                    strides=wire.a_ints([1, 1, 1, 1]),
                                    padding=wire.a_string("SAME")))
        self.clamp(product, shape[:3] + [results])

    def apply(self):
        name, shape = self.pick()
        self.make(self.random.choice(["Relu", "Neg", "Square"]), [name], shape, T=FLOAT)
        self.clamp(*self.values.pop())

    def add(self):
        name, shape = self.pick()
        other, _ = self.pick(lambda s: s == shape)
        total = self.name()
        self.nodes.append(wire.node(total, "AddV2", [name, other], T=FLOAT))
        self.clamp(total, shape)

    def residual(self):
        """A convolution of what it is added to: as many channels."""
        name, shape = self.pick()
        window = self.random.choice([1, 3])
        weights = self.numbers([window, window, shape[3], shape[3]], 1)
        product = self.name()
        self.nodes.append(wire.node(product, "Conv2D", [name, weights], T=FLOAT,
                                    strides=wire.a_ints([1, 1, 1, 1]),
                                    padding=wire.a_string("SAME")))
        other, _ = self.random.choice([(name, shape), self.pick(lambda s: s == shape)])
        total = self.name()
        self.nodes.append(wire.node(total, "AddV2", [product, other], T=FLOAT))
        self.clamp(total, shape)

    # Operators on values of one shape; whole numbers from -4 to 4 from such. `make` adds a
    # node, or a constant where there is no operator, and gives its name; `ints` as above.
    def step(self, make, name, other, ints):
        kind = self.random.choice(["add", "neg", "softmax", "norm", "scan", "where"])
        if kind == "add":
            name = make("AddV2", [name, other], T=FLOAT)
        elif kind == "neg":
            name = make("Neg", [name], T=FLOAT)
        elif kind == "scan":
            name = make("Cumsum", [name, ints([], [self.random.choice([1, 3])])], T=FLOAT,
                        Tidx=INT32, reverse=wire.a_bool(self.random.random() < 0.5),
                        exclusive=wire.a_bool(self.random.random() < 0.5))
        elif kind == "where":
            less = make("Less", [name, other], T=FLOAT)
            name = make("SelectV2", [less, make("Abs", [other], T=FLOAT), name], T=FLOAT)
        else:
            # Whether an element is large in its row: whole, whatever was rounded.
            if self.random.random() < 0.5:
                name = make("AddV2", [name, other], T=FLOAT)
            if kind == "softmax":
                name, limit = make("Softmax", [name], T=FLOAT), 0.03711
            else:
                name, limit = self.normalize(make, name, ints([1], [3])), 0.31371
            large = make("Greater", [name, make(None, limit)], T=FLOAT)
            name = make("Cast", [large], SrcT=wire.a_type(wire.BOOL), DstT=FLOAT)
            if self.random.random() < 0.5:
                name = make("Sub", [name, other], T=FLOAT)
        smaller = make("Minimum", [name, make(None, 4)], T=FLOAT)
        return make("Maximum", [smaller, make(None, -4)], T=FLOAT)

    def normalize(self, make, name, last):
        keep = {"T": FLOAT, "Tidx": INT32, "keep_dims": wire.a_bool(True)}
        mean = make("Mean", [name, last], **keep)
        square = make("SquaredDifference", [name, mean], T=FLOAT)
        variance = make("Mean", [square, last], **keep)
        safe = make("AddV2", [variance, make(None, 0.25)], T=FLOAT)
        centred = make("Sub", [name, mean], T=FLOAT)
        return make("Mul", [centred, make("Rsqrt", [safe], T=FLOAT)], T=FLOAT)

    def outside(self, op, inputs, **attributes):
        name = self.name()
        if op is None:
            self.nodes.append(wire.const(name, wire.floats([], [inputs])))
        else:
            self.nodes.append(wire.node(name, op, inputs, **attributes))
        return name

    def pair(self):
        name, shape = self.pick()
        other, _ = self.pick(lambda s: s == shape)
        return name, other, shape

    def chain(self):
        name, other, shape = self.pair()
        self.values.append((self.step(self.outside, name, other, self.ints), shape))

    def diamond(self):
        name, shape = self.pick()
        left = self.step(self.outside, name, name, self.ints)
        right = self.step(self.outside, name, left, self.ints)
        self.values.append((left, shape))
        self.values.append((self.step(self.outside, left, right, self.ints), shape))

    def function(self, inputs, results, counts=False):
        """A function of arguments a and b of one shape that gives values of that shape."""
        nodes, name = [], f"f{len(self.functions)}"
        # A function's values are named by the operator's result.
        named = {"Cast": "y", "Const": "output", "Softmax": "softmax", "Cumsum": "out",
                 "Mean": "output", "SelectV2": "output", "Rsqrt": "y", "Neg": "y", "Abs": "y",
                 "Identity": "output"}

        def make(op, sources, **attributes):
            made = f"m{len(nodes)}"
            if op is None:
                return constant(wire.floats([], [sources]))
            nodes.append(wire.body(made, op, sources, **attributes))
            return f"{made}:{named.get(op, 'z')}:0"

        def constant(text):
            nodes.append(wire.body(f"m{len(nodes)}", "Const", dtype=wire.a_type(text[1]),
                                   value=wire.a_tensor(text)))
            return f"m{len(nodes) - 1}:output:0"

        def ints(dims, values):
            return constant(wire.ints(dims, values))

        values = ["a", "b"]
        for _ in range(self.random.randint(1, 4)):
            values.append(self.step(make, self.random.choice(values[-3:]),
                                    self.random.choice(values), ints))
        found, outputs = [], []
        if counts:
            found.append(("k1", make("AddV2", ["k", ints([], [1])], T=INT32)))
            outputs.append(("k1", wire.INT32))
        for i in range(results):
            value = self.random.choice(values[-3:] + values[:2])
            found.append((f"r{i}", make("Identity", [value], T=FLOAT)))
            outputs.append((f"r{i}", wire.FLOAT))
        self.functions.append(wire.function(name, nodes, found, inputs, outputs))
        return name

    def repeat(self):
        name, other, shape = self.pair()
        inputs = (("k", wire.INT32), ("a", wire.FLOAT), ("b", wire.FLOAT))
        body, test = self.function(inputs, 2, counts=True), f"f{len(self.functions)}"
        limit = wire.body("n", "Const", dtype=INT32, value=wire.a_tensor(wire.ints([], [3])))
        less = wire.body("less", "Less", ["k", "n:output:0"], T=INT32)
        self.functions.append(wire.function(test, [limit, less], [("r", "less:z:0")], inputs,
                                            (("r", wire.BOOL),)))
        made = self.outside("StatelessWhile", [self.ints([], [0]), name, other],
                            T=wire.a_types([wire.INT32, wire.FLOAT, wire.FLOAT]),
                            cond=wire.a_function(test), body=wire.a_function(body))
        self.values += [(made + ":1", shape), (made + ":2", shape)]

    def branch(self):
        name, other, shape = self.pair()
        inputs = (("a", wire.FLOAT), ("b", wire.FLOAT))
        most = self.outside("Max", [name, self.ints([4], [0, 1, 2, 3])], T=FLOAT, Tidx=INT32)
        which = self.outside("Greater", [most, self.outside(None, 3)], T=FLOAT)
        branches = [wire.a_function(self.function(inputs, 1)) for _ in range(2)]
        made = self.outside("StatelessIf", [which, name, other], Tcond=wire.a_type(wire.BOOL),
                            Tin=wire.a_types([wire.FLOAT] * 2), Tout=wire.a_types([wire.FLOAT]),
                            then_branch=branches[0], else_branch=branches[1])
        self.values.append((made, shape))

    def constant(self):
        _, shape = self.pick()
        if self.random.random() < 0.5:
            self.values.append((self.numbers(shape, 4), shape))
        else:
            name = self.name()
            self.nodes.append(wire.const(name, wire.floats(shape, [2] * size(shape))))
            self.values.append((name, shape))

    def join(self):
        name, shape = self.pick()
        dim = self.random.choice([1, 3, 3])
        parts = [(name, shape)]
        for _ in range(self.random.randint(1, 3)):
            parts.append(self.pick(lambda s: all(
                d == dim or s[d] == shape[d] for d in range(4))))
        self.random.shuffle(parts)
        joined = list(shape)
        joined[dim] = sum(s[dim] for _, s in parts)
        axis = self.ints([], [dim])
        self.make("ConcatV2", [n for n, _ in parts] + [axis], joined, T=FLOAT, Tidx=INT32,
                  N=wire.a_int(len(parts)))

    def pad(self):
        name, shape = self.pick()
        amounts = [self.random.choice([0, 1, 2]) if 0 < k // 2 < 3 else 0 for k in range(8)]
        padded = [s + amounts[2 * d] + amounts[2 * d + 1] for d, s in enumerate(shape)]
        self.make("Pad", [name, self.ints([4, 2], amounts)], padded, T=FLOAT, Tpaddings=INT32)

    def cut(self):
        name, shape = self.pick()
        start, extent = [0] * 4, list(shape)
        for d in self.random.sample([1, 2, 3], self.random.randint(1, 2)):
            start[d] = self.random.randint(0, shape[d] - 1)
            extent[d] = self.random.randint(1, shape[d] - start[d])
        self.make("Slice", [name, self.ints([4], start), self.ints([4], extent)], extent,
                  T=FLOAT, Index=INT32)

    def split(self):
        dim = self.random.choice([1, 3])
        found = self.pick(lambda s: s[dim] % 2 == 0)
        if not found:
            return
        name, shape = found
        half = list(shape)
        half[dim] //= 2
        made = self.make("Split", [self.ints([], [dim]), name], half, T=FLOAT,
                         num_split=wire.a_int(2))
        self.values.append((made + ":1", half))

    def reshape(self):
        name, shape = self.pick()
        flat = [shape[0], shape[1] * shape[2], 1, shape[3]]
        if self.random.random() < 0.3:
            flat = [shape[0], shape[1], 1, shape[2] * shape[3]]
        self.make("Reshape", [name, self.ints([4], flat)], flat, T=FLOAT, Tshape=INT32)

    def pool(self):
        found = self.pick(lambda s: s[1] > 2 and s[2] > 2)
        if found:
            name, shape = found
            self.make("MaxPool", [name], shape, T=FLOAT, ksize=wire.a_ints([1, 3, 3, 1]),
                      strides=wire.a_ints([1, 1, 1, 1]), padding=wire.a_string("SAME"))


def write_array(path, shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},)}}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(values)}f", *values))


def results(folder, options):
    path = os.path.join(folder, "out.npz")
    if os.path.exists(path):
        os.unlink(path)
    done = subprocess.run([sluice, "run", os.path.join(folder, "m.pb"), *options,
                           "--accuracy=strict",  # Winograd's sums are others
                           f"--output={path}"], capture_output=True, text=True)
    if done.returncode:
        return done.stderr
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


failures = 0
for seed in range(first, first + count):
    graph = Graph(seed)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "m.pb"), "wb") as file:
            file.write(wire.graph(*graph.nodes, library=b"".join(graph.functions)))
        options = []
        for name, shape in graph.feeds:
            path = os.path.join(folder, name + ".npy")
            write_array(path, shape, [graph.random.randint(-4, 4) for _ in range(size(shape))])
            options.append(f"--feed={name}=@{path}")
        made = [n for n, _ in graph.values[2:]]
        fetches = {made[-1], *graph.random.sample(made, 2)}
        options += [f"--fetch={name}" for name in sorted(fetches)]
        expected = results(folder, options + ["--interpret"])
        found = results(folder, options)
        if found != expected or isinstance(found, str):
            failures += 1
            print(f"FAIL seed {seed}: {sorted(fetches)}")
            if isinstance(found, str) or isinstance(expected, str):
                print(expected if isinstance(expected, str) else found)
            else:
                print("differ:", [n for n in expected if found.get(n) != expected[n]])
print(f"{count - failures} of {count} graphs give the bits of the reference evaluator")
sys.exit(1 if failures or not count else 0)
