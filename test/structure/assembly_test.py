#!/usr/bin/env python3
"""The inner loops of each kernel family, in the assembly that `sluice compile` emits.

Usage: assembly_test.py SLUICE ROOT

Each family is compiled for AVX2 and AVX-512. A contraction's innermost loops with multiply-adds must
keep sums in registers of the promised width: no vector from or to the stack, no call, no store. Other
families must have innermost loops of such vectors that call nothing and put no vector on the stack;
constants that the registers do not hold may come from there. Each of these losses costs a factor of
up to four and shows in no result.
"""
import math
import os
import re
import subprocess
import sys
import tempfile

sluice, root = sys.argv[1:3]
sys.path.insert(0, os.path.join(root, "test", "hostile"))
import wire  # noqa: E402

REGISTERS = {"x86-64-v3": "ymm", "x86-64-v4": "zmm"}


def weights(name, dims):
    values = [math.sin(i) for i in range(math.prod(dims))]
    return wire.const(name, wire.floats(dims, values))


def model(dims, *nodes):
    x = wire.node("x", "Placeholder", dtype=wire.a_type(wire.FLOAT), shape=wire.a_shape(dims))
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
    x = wire.node("x", "Placeholder", dtype=a_type, shape=wire.a_shape([m, k]))
    narrow = wire.node("c", "Cast", ["w"], SrcT=wire.a_type(wire.FLOAT), DstT=a_type)
    product = wire.node("p", "MatMul", ["x", "c"], T=a_type)
    return wire.graph(x, weights("w", [k, n]), narrow, product)


def narrow_weights(dims, dtype):
    size = {wire.INT8: 1, wire.UINT8: 1, wire.INT16: 2}[dtype]
    content = bytes(i * 37 % 251 for i in range(math.prod(dims) * size))
    return wire.const("w", wire.tensor(dtype, dims, content))


def narrow_matmul(m, k, n, dtype):
    """Of integers, in groups along the sum."""
    x = wire.node("x", "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape([m, k]))
    product = wire.node("p", "MatMul", ["x", "w"], T=wire.a_type(dtype))
    return wire.graph(x, narrow_weights([k, n], dtype), product)


def narrow_conv(dims, window, dtype):
    x = wire.node("x", "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape(dims))
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
    x = wire.node("x", "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape(dims))
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
    z = wire.node("z", "Placeholder", dtype=wire.a_type(wire.FLOAT), shape=wire.a_shape(dims))
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
    x = wire.node("x", "Placeholder", dtype=wire.a_type(dtype), shape=wire.a_shape([3, 21]))
    return wire.graph(x, axis, wire.node("y", op, inputs, **attrs))


FAMILIES = {
    "gemm": matmul(49, 96, 160),
    "gemm_tail": matmul(37, 50, 27),
    "gemm_gelu": matmul(64, 64, 64, ["Tanh", "Sigmoid"]),
    "few_rows": matmul(3, 128, 256),
    "gemv": matmul(1, 256, 512),
    "gemv_short": matmul(1, 256, 10),
    "gemm_bfloat16": half_matmul(49, 96, 160, wire.BFLOAT16),
    "gemm_half": half_matmul(49, 96, 160, wire.HALF),
    "gemv_bfloat16": half_matmul(1, 256, 512, wire.BFLOAT16),
    "conv_1x1": conv([1, 14, 14, 96], [1, 1, 96, 64]),
    "conv_3x3": conv([1, 28, 28, 32], [3, 3, 32, 48]),
    "conv_7x7": conv([1, 7, 7, 64], [3, 3, 64, 64]),
    "conv_first": conv([1, 56, 56, 3], [3, 3, 3, 32], stride=2),
    "depthwise": conv([1, 28, 28, 48], [3, 3, 48, 1], "DepthwiseConv2dNative"),
    "depthwise_stride": conv([1, 28, 28, 48], [3, 3, 48, 1], "DepthwiseConv2dNative", 2),
    "depthwise_5x5": conv([1, 14, 14, 40], [5, 5, 40, 1], "DepthwiseConv2dNative"),
}


ROWS, IMAGE = [32, 1000], [1, 28, 28, 48]
GELU = [("Mul", ["x", 0.70710678]), ("Erf", [0]), ("AddV2", [1, 1.0]), ("Mul", ["x", 0.5]),
        ("Mul", [3, 2])]
ELEMENTWISE = ["Exp", "Expm1", "Log", "Log1p", "Tanh", "Sigmoid", "Erf", "Softplus", "Elu", "Selu",
               "Rsqrt", "Sqrt", "Relu", "Relu6", "Floor", "Sign", "Atan"]
VECTORS = {
    **{op.lower(): graph(op, [64, 256]) for op in ELEMENTWISE},
    **{op.lower(): pairwise(op, [64, 256]) for op in ["Pow", "Maximum", "RealDiv", "AddV2"]},
    "gelu": formula([64, 256], *GELU),
    "softmax": graph("Softmax", ROWS),
    "log_softmax": graph("LogSoftmax", ROWS),
    "normalize": normalize(ROWS),
    "sum": along("Sum", [8, 5000], [1]),
    "max": along("Max", [8, 5000], [1]),
    "mean_of_image": along("Mean", [1, 14, 14, 96], [1, 2]),
    "sum_of_columns": along("Sum", [100, 96], [0]),
    "argmax": along("ArgMax", ROWS, 1, output_type=wire.a_type(wire.INT32)),
    "cumsum": along("Cumsum", [4, 50, 96], 1),
    "attention": attention(4, 128, 64),
    "attention_tails": attention(2, 37, 40),
    "max_pool": pool("MaxPool", IMAGE, 3),
    "max_pool_stride": pool("MaxPool", IMAGE, 2, 2),
    "average_pool": pool("AvgPool", IMAGE, 3),
}

# Four exponentials side by side are more than sixteen registers hold.
SPILLING = {(name, "x86-64-v3") for name in ["softmax", "log_softmax", "attention"]}

# What multiplies groups of narrow elements, and in which registers.
GROUPS = {
    "gemm_int8": (narrow_matmul(49, 96, 160, wire.INT8),
                  {"x86-64-v3": "vpmaddwd", "x86-64-v4": "vpmaddwd", "alderlake": "vpdpbusd",
                   "sapphirerapids": "vpdpbusd"}),
    "gemm_uint8": (narrow_matmul(49, 96, 160, wire.UINT8),
                   {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpwssd"}),
    "gemm_int16": (narrow_matmul(49, 96, 160, wire.INT16),
                   {"x86-64-v3": "vpmaddwd", "x86-64-v4": "vpmaddwd", "alderlake": "vpdpwssd",
                    "sapphirerapids": "vpdpwssd"}),
    "gemv_int8": (narrow_matmul(1, 256, 512, wire.INT8),
                  {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpbusd"}),
    "conv_int8": (narrow_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.INT8),
                  {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpbusd"}),
    "dots_bfloat16": (half_matmul(49, 96, 160, wire.BFLOAT16), {"sapphirerapids": "vdpbf16ps"}),
}


def inner_loops(assembly):
    """Instructions of the loops that hold no loop, [(function, [instruction])]."""
    loops, function, code, labels, found = [], None, [], {}, []
    for line in [*assembly.splitlines(), "end:"]:
        text = line.split("#")[0].replace("{vex}", "").strip()
        label = re.match(r"([\w.$]+):", text)
        if label and label.group(1).startswith(".L"):
            labels[label.group(1)] = len(code)
        elif label:
            loops += [(function, code[a:b]) for a, b in found
                      if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in found)]
            function, code, labels, found = label.group(1), [], {}, []
        elif text and not text.startswith("."):
            code.append(text)
            jump = re.match(r"j\w+\s+(\.L\w+)$", text)
            if jump and jump.group(1) in labels:
                found.append((labels[jump.group(1)], len(code)))
    return loops


def faults(body, register, instruction="vfmadd"):
    vectors = [i for i in body if re.search(r"%[xyz]mm", i)]
    if any("(%rsp" in i for i in vectors):
        yield "moves vectors from or to the stack"
    if any(i.startswith("call") for i in body):
        yield "calls a function"
    fmas = [i for i in body if i.startswith(instruction)]
    if any(not re.search(rf"%{register}\d+$", i) for i in fmas):
        yield f"multiplies in narrower registers than {register}"


def vector_faults(loops, register, may_spill):
    """Faults of the loops that compute in vectors of single precision."""
    wide = False
    for function, body in loops:
        vectors = [i for i in body if re.search(r"%[xyz]mm", i)]
        packed = [i for i in vectors if re.match(r"v\w+ps\b", i)]
        if not packed or any(re.match(r"v(?!broadcast)\w+ss\b", i) for i in vectors):
            continue  # a loop of scalars, or around a combination of lanes
        wide |= sum(f"%{register}" in i for i in packed) > len(packed) / 2
        if any(re.search(r"mm\d+, -?\d*\(%rsp", i) for i in vectors) and not may_spill:
            yield f"{function}: puts vectors on the stack"
        if any(i.startswith("call") for i in body):
            yield f"{function}: calls a function"
    if not wide:
        yield f"no inner loop of {register} vectors"


# Nothing but the C library and the runtime is there to call: LLVM must need no support routine.
WITHOUT_CALLS = {
    "max_bfloat16": halves("Max"),
    "relu_bfloat16": halves("Relu"),
    "softmax_bfloat16": halves("Softmax"),
    "max_half": halves("Max", wire.HALF),
    "softmax_half": halves("Softmax", wire.HALF),
    **FAMILIES,
    **VECTORS,
}


def support_calls(assembly):
    return sorted(set(re.findall(r"call\w*\s+(__\w+)", assembly)))


failures = 0
with tempfile.TemporaryDirectory() as folder:
    for name, text in WITHOUT_CALLS.items():
        path = os.path.join(folder, name + ".pb")
        with open(path, "wb") as file:
            file.write(text)
        for cpu, register in REGISTERS.items():
            listing = os.path.join(folder, f"{name}.s")
            # Winograd's transforms hold more values than there are registers.
            subprocess.run([sluice, "compile", path, "-o", listing, "--emit=asm", f"--cpu={cpu}",
                            "--accuracy=strict"], check=True)
            with open(listing) as file:
                assembly = file.read()
            found = [f"calls {routine}" for routine in support_calls(assembly)]
            if name in FAMILIES:
                # The product's loops, of one basic block: several sums, none stored.
                loops = [(f, b) for f, b in inner_loops(assembly)
                         if sum(i.startswith("vfmadd") for i in b) >= 4
                         and sum(i.startswith("j") for i in b) == 1]
                found += [f"{f}: {fault}" for f, b in loops for fault in faults(b, register)]
                if not loops:
                    found.append("no inner loop of multiply-adds")
            if name in VECTORS:
                found += vector_faults(inner_loops(assembly), register, (name, cpu) in SPILLING)
            for fault in found:
                print(f"{name} for {cpu}: {fault}")
            failures += len(found)
    for name, (text, instructions) in GROUPS.items():
        path, listing = os.path.join(folder, name + ".pb"), os.path.join(folder, name + ".s")
        with open(path, "wb") as file:
            file.write(text)
        for cpu, instruction in instructions.items():
            subprocess.run([sluice, "compile", path, "-o", listing, "--emit=asm", f"--cpu={cpu}"],
                           check=True)
            with open(listing) as file:
                loops = [(f, b) for f, b in inner_loops(file.read())
                         if sum(i.startswith(instruction) for i in b) >= 4]
            register = "ymm" if cpu in ("x86-64-v3", "alderlake") else "zmm"
            found = [f"{f}: {fault}" for f, b in loops for fault in faults(b, register, instruction)]
            if not loops:
                found.append(f"no inner loop of {instruction}")
            for fault in found:
                print(f"{name} for {cpu}: {fault}")
            failures += len(found)
print(f"{len(WITHOUT_CALLS) + len(GROUPS)} models, {failures} faults")
sys.exit(1 if failures else 0)
