#!/usr/bin/env python3
"""The inner loops of contractions, in the assembly that `sluice compile` emits.

Usage: assembly_test.py SLUICE ROOT

Each family is compiled for AVX2 and AVX-512. Its innermost loops with multiply-adds must keep
sums in registers of the promised width: no vector from or to the stack, no call, no store. Each of
these losses costs a factor of up to four and shows in no result.
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


def conv(dims, window, op="Conv2D", stride=1, padding="SAME"):
    product = wire.node("p", op, ["x", "w"], T=wire.a_type(wire.FLOAT),
                        strides=wire.a_ints([1, stride, stride, 1]),
                        padding=wire.a_string(padding))
    return model(dims, weights("w", window), product, wire.unary("Relu6", source="p"))


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


def inner_loops(assembly):
    """Instructions of the loops of one basic block, [(function, [instruction])]."""
    loops, function, code, labels = [], None, [], {}
    for line in assembly.splitlines():
        text = line.split("#")[0].strip()
        label = re.match(r"([\w.$]+):", text)
        if label and label.group(1).startswith(".L"):
            labels[label.group(1)] = len(code)
        elif label:
            function, code, labels = label.group(1), [], {}
        elif text and not text.startswith("."):
            code.append(text)
            jump = re.match(r"j\w+\s+(\.L\w+)$", text)
            if jump and jump.group(1) in labels:
                body = code[labels[jump.group(1)]:]
                if sum(i.startswith("j") for i in body) == 1:
                    loops.append((function, body))
    return loops


def faults(body, register):
    vectors = [i for i in body if re.search(r"%[xyz]mm", i)]
    if any("(%rsp" in i for i in vectors):
        yield "moves vectors from or to the stack"
    if any(i.startswith("call") for i in body):
        yield "calls a function"
    fmas = [i for i in body if i.startswith("vfmadd")]
    if any(not re.search(rf"%{register}\d+$", i) for i in fmas):
        yield f"multiplies in narrower registers than {register}"


# Nothing but the C library and the runtime is there to call: LLVM must need no support routine.
WITHOUT_CALLS = {
    "max_bfloat16": halves("Max"),
    "relu_bfloat16": halves("Relu"),
    "softmax_bfloat16": halves("Softmax"),
    "max_half": halves("Max", wire.HALF),
    "softmax_half": halves("Softmax", wire.HALF),
    **FAMILIES,
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
                # The product's loops: several sums, none stored.
                loops = [(f, b) for f, b in inner_loops(assembly)
                         if sum(i.startswith("vfmadd") for i in b) >= 4]
                found += [f"{f}: {fault}" for f, b in loops for fault in faults(b, register)]
                if not loops:
                    found.append("no inner loop of multiply-adds")
            for fault in found:
                print(f"{name} for {cpu}: {fault}")
            failures += len(found)
print(f"{len(WITHOUT_CALLS)} models, {failures} faults")
sys.exit(1 if failures else 0)
