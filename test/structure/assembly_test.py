#!/usr/bin/env python3
"""The inner loops of each kernel family, in the assembly that `sluice compile` emits.

Usage: assembly_test.py SLUICE ROOT

Each family is compiled for AVX2 and AVX-512. A contraction's innermost loops with multiply-adds must
keep sums in registers of the promised width: no vector from or to the stack but for one in thirty, no
call, no store. Other families must have innermost loops of such vectors that call nothing and put no
more on the stack; constants that the registers do not hold may come from there. Reductions store less than they combine,
copies move whole vectors or call memcpy, and Winograd's transforms leave most of a tile in registers.
Functions compute two vectors in turns, so that no step waits for the one before it.
Each of these losses costs a factor of up to four and shows in no result.
"""
import os
import re
import subprocess
import sys
import tempfile

sluice, root = sys.argv[1:3]
sys.path.insert(0, os.path.join(root, "test", "hostile"))
import wire  # noqa: E402
from single_models import (along, attention, cast, concat, conv, formula, gather, graph,  # noqa: E402
                           half_conv, half_matmul, halves, matmul, narrow_conv, narrow_matmul,
                           normalize, pad, pairwise, pool, select, shaped, slices, transpose,
                           wide_conv, wide_matmul)

REGISTERS = {"x86-64-v3": "ymm", "x86-64-v4": "zmm"}


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
    "conv_bfloat16": half_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.BFLOAT16),
    "conv_half": half_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.HALF),
    "conv_first": conv([1, 56, 56, 3], [3, 3, 3, 32], stride=2),
    "depthwise": conv([1, 28, 28, 48], [3, 3, 48, 1], "DepthwiseConv2dNative"),
    "depthwise_stride": conv([1, 28, 28, 48], [3, 3, 48, 1], "DepthwiseConv2dNative", 2),
    "depthwise_5x5": conv([1, 14, 14, 40], [5, 5, 40, 1], "DepthwiseConv2dNative"),
    "depthwise_times_2": conv([1, 28, 28, 48], [3, 3, 48, 2], "DepthwiseConv2dNative"),
    "depthwise_times_3": conv([1, 28, 28, 48], [3, 3, 48, 3], "DepthwiseConv2dNative"),
    "groups_of_4": conv([1, 28, 28, 128], [3, 3, 4, 128]),
    "groups_of_8": conv([1, 28, 28, 128], [3, 3, 8, 128]),
    "groups_of_12": conv([1, 28, 28, 96], [3, 3, 12, 96]),
    "groups_1x1": conv([1, 28, 28, 128], [1, 1, 4, 128]),
}


ROWS, IMAGE = [32, 1000], [1, 28, 28, 48]
PIXELS = {classes: [1, 24, 24, classes] for classes in (2, 3, 5)}
GELU = [("Mul", ["x", 0.70710678]), ("Erf", [0]), ("AddV2", [1, 1.0]), ("Mul", ["x", 0.5]),
        ("Mul", [3, 2])]
ELEMENTWISE = ["Exp", "Expm1", "Log", "Log1p", "Tanh", "Sigmoid", "Erf", "Softplus", "Elu", "Selu",
               "Rsqrt", "Sqrt", "Relu", "Relu6", "Floor", "Sign", "Atan"]
CUBE, TALL = [32, 50, 40], [4, 50, 3, 40]
REDUCTIONS = {
    "sum": along("Sum", [8, 5000], [1]),
    "max": along("Max", [8, 5000], [1]),
    "mean_of_image": along("Mean", [1, 14, 14, 96], [1, 2]),
    "sum_of_columns": along("Sum", [100, 96], [0]),
    "sum_of_all": along("Sum", CUBE, [0, 1, 2]),
    "sum_of_middle": along("Sum", CUBE, [1]),
    "sum_of_ends": along("Sum", CUBE, [0, 2]),
    "sum_of_outer": along("Sum", CUBE, [0, 1]),
    "sum_of_inner": along("Sum", CUBE, [1, 2]),
    "max_of_ends": along("Max", CUBE, [0, 2]),
    "max_of_outer": along("Max", CUBE, [0, 1]),
    "min_of_every_other": along("Min", TALL, [1, 3]),
    "product_of_columns": along("Prod", CUBE, [0]),
    "max_of_fives": along("Max", [4, 1000, 5], [2]),
    "mean_of_halves": along("Mean", ROWS, [1], dtype=wire.HALF),
}
VECTORS = {
    **{op.lower(): graph(op, [64, 256]) for op in ELEMENTWISE},
    **{op.lower(): pairwise(op, [64, 256]) for op in ["Pow", "Maximum", "RealDiv", "AddV2"]},
    "gelu": formula([64, 256], *GELU),
    "softmax": graph("Softmax", ROWS),
    "log_softmax": graph("LogSoftmax", ROWS),
    "normalize": normalize(ROWS),
    "sum_of_pairs": along("Sum", [4, 1000, 2], [2]),
    "softmax_pairs": graph("Softmax", PIXELS[2]),
    "normalize_fives": normalize(PIXELS[5]),
    "argmax_threes": along("ArgMax", PIXELS[3], 3, output_type=wire.a_type(wire.INT32)),
    "argmax": along("ArgMax", ROWS, 1, output_type=wire.a_type(wire.INT32)),
    "cumsum": along("Cumsum", [4, 50, 96], 1),
    "cumsum_backwards": along("Cumsum", [4, 50, 96], 1, reverse=wire.a_bool(True),
                              exclusive=wire.a_bool(True)),
    "cumsum_of_columns": along("Cumsum", [100, 96], 0),
    "cumprod": along("Cumprod", [4, 50, 96], 1),
    "argmax_of_columns": along("ArgMax", ROWS, 0, output_type=wire.a_type(wire.INT32)),
    "select": select([64, 200]),
    "cast_int32": cast([64, 256], wire.INT32, wire.FLOAT),
    "cast_uint8": cast([64, 256], wire.UINT8, wire.FLOAT),
    "cast_half": cast([64, 256], wire.HALF, wire.FLOAT),
    "attention": attention(4, 128, 64),
    "attention_tails": attention(2, 37, 40),
    "max_pool": pool("MaxPool", IMAGE, 3),
    "max_pool_stride": pool("MaxPool", IMAGE, 2, 2),
    "average_pool": pool("AvgPool", IMAGE, 3),
}

IN_TURNS = {"exp", "expm1", "log", "log1p", "tanh", "sigmoid", "erf", "softplus", "elu", "selu", "atan",
            "gelu"}

SMALL, PADDING = [1, 14, 14, 48], [(0, 0), (1, 1), (2, 2), (0, 0)]
MOVES = {
    "resize_bilinear": shaped("ResizeBilinear", SMALL, [28, 28]),
    "resize_bilinear_centers": shaped("ResizeBilinear", SMALL, [28, 28],
                                      half_pixel_centers=wire.a_bool(True)),
    "resize_nearest": shaped("ResizeNearestNeighbor", SMALL, [28, 28]),
    "pad": pad("Pad", SMALL, PADDING),
    "pad_channels": pad("Pad", SMALL, [*PADDING[:3], (0, 16)]),
    "pad_mirrored": pad("MirrorPad", SMALL, PADDING, mode=wire.a_string("REFLECT")),
    "pad_mirrored_rows": pad("MirrorPad", [8, 1000], [(0, 0), (40, 40)],
                             mode=wire.a_string("REFLECT")),
    "transpose": transpose([128, 200], [1, 0]),
    "transpose_tails": transpose([37, 41], [1, 0]),
    "transpose_power_of_two": transpose([512, 512], [1, 0]),
    "transpose_to_pixels": transpose([1, 3, 32, 32], [0, 2, 3, 1]),
    "transpose_to_nchw": transpose(SMALL, [0, 3, 1, 2]),
    "transpose_to_nhwc": transpose([1, 48, 14, 14], [0, 2, 3, 1]),
    "transpose_heads": transpose([1, 128, 4, 64], [0, 2, 1, 3]),
    "transpose_keys": transpose([1, 128, 4, 64], [0, 2, 3, 1]),
    "transpose_int8": transpose([128, 200], [1, 0], wire.INT8),
    "transpose_double": transpose([128, 200], [1, 0], wire.DOUBLE),
    "gather_rows": gather([1000, 96], 32),
    "gather_short_rows": gather([1000, 8], 200),
    "gather_inner_rows": gather([8, 100, 96], 20, 1),
    "gather_columns": gather([64, 1000], 200, 1),
    "concat": concat([64, 48], [80, 48], 0),
    "concat_rows": concat([128, 48], [128, 80], 1),
    "slice": slices([64, 200], [3, 5], [50, 100]),
    "slice_every_other": slices([64, 200], [0, 0], [64, 200], [1, 2]),
    "reverse": slices([64, 200], [-1, -1], [-65, -201], [-1, -1]),
    "tile": shaped("Tile", [64, 48], [2, 3], Tmultiples=wire.a_type(wire.INT32)),
    "broadcast": shaped("BroadcastTo", [64, 1], [64, 200], Tidx=wire.a_type(wire.INT32)),
    "space_to_depth": graph("SpaceToDepth", SMALL, block_size=wire.a_int(2)),
    "depth_to_space": graph("DepthToSpace", SMALL, block_size=wire.a_int(2)),
}

# Squares of bytes have half a vector on each side; the others choose an index for each element.
ONE_BY_ONE = {"transpose_int8", "gather_columns", "pad_mirrored_rows"}

WINOGRAD = {
    "winograd": conv([1, 28, 28, 64], [3, 3, 64, 64]),
    "winograd_tails": conv([1, 14, 14, 256], [3, 3, 256, 256]),
}
# A tile has 36 vectors, all of them alive between its two transforms.
SPILLED = {"ymm": 0.2, "zmm": 0.1}

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
    "gemv_uint8": (narrow_matmul(1, 256, 512, wire.UINT8),
                   {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpwssd"}),
    "gemv_int16": (narrow_matmul(1, 256, 512, wire.INT16),
                   {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpwssd"}),
    "conv_uint8": (narrow_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.UINT8),
                   {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpwssd"}),
    "conv_int16": (narrow_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.INT16),
                   {"x86-64-v4": "vpmaddwd", "alderlake": "vpdpwssd"}),
    "conv_int8": (narrow_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.INT8),
                  {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpbusd"}),
    "gemm_int8_in_int32": (wide_matmul(49, 96, 160, wire.INT8, wire.INT8),
                           {"x86-64-v3": "vpmaddwd", "x86-64-v4": "vpmaddwd",
                            "alderlake": "vpdpbusd", "sapphirerapids": "vpdpbusd"}),
    "gemm_uint8_int8_in_int32": (wide_matmul(49, 96, 160, wire.UINT8, wire.INT8),
                                 {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpbusd"}),
    "gemm_int16_in_int32": (wide_matmul(49, 96, 160, wire.INT16, wire.INT16),
                            {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpwssd"}),
    "conv_int8_in_int32": (wide_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.INT8),
                           {"x86-64-v3": "vpmaddwd", "sapphirerapids": "vpdpbusd"}),
    "dots_bfloat16": (half_matmul(49, 96, 160, wire.BFLOAT16), {"sapphirerapids": "vdpbf16ps"}),
    "row_dots_bfloat16": (half_matmul(1, 256, 512, wire.BFLOAT16), {"sapphirerapids": "vdpbf16ps"}),
    "conv_dots_bfloat16": (half_conv([1, 14, 14, 32], [3, 3, 32, 48], wire.BFLOAT16),
                           {"sapphirerapids": "vdpbf16ps"}),
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
    moved = sum("(%rsp" in i for i in vectors)
    if moved > 0.03 * len(vectors):
        yield f"moves vectors from or to the stack, {moved} of {len(vectors)}"
    if any(i.startswith("call") for i in body):
        yield "calls a function"
    fmas = [i for i in body if i.startswith(instruction)]
    if any(not re.search(rf"%{register}\d+$", i) for i in fmas):
        yield f"multiplies in narrower registers than {register}"


def vector_faults(loops, register):
    """Faults of the loops that compute in vectors of single precision."""
    wide = False
    for function, body in loops:
        vectors = [i for i in body if re.search(r"%[xyz]mm", i)]
        packed = [i for i in vectors if re.match(r"v\w+ps\b", i)]
        if not packed or any(re.match(r"v(?!broadcast)\w+ss\b", i) for i in vectors):
            continue  # a loop of scalars, or around a combination of lanes
        wide |= sum(f"%{register}" in i for i in packed) > len(packed) / 2
        stored = sum(bool(re.search(r"mm\d+, -?\d*\(%rsp", i)) for i in vectors)
        # Two vectors whose exponents are doubles, as pow's, are six.
        if stored > 0.03 * len(vectors):
            yield f"{function}: puts vectors on the stack, {stored} in {len(vectors)}"
        if any(i.startswith("call") for i in body):
            yield f"{function}: calls a function"
    if not wide:
        yield f"no inner loop of {register} vectors"


def waits(body):
    """The share of multiply-adds that the next one waits for."""
    steps = [re.findall(r"%[xyz]mm\d+", i) for i in body if re.match(r"vfn?m(add|sub)\d+ps", i)]
    waiting = sum(first[-1] in second for first, second in zip(steps, steps[1:]))
    return waiting / max(1, len(steps) - 1)


def order_faults(loops):
    """Of functions: LLVM must leave two chains of steps in turns, as they are emitted."""
    for function, body in loops:
        steps = sum(bool(re.match(r"vfn?m(add|sub)\d+ps", i)) for i in body)
        if steps >= 8 and waits(body) > 0.5:
            yield f"{function}: {100 * waits(body):.0f} % of its steps wait for the one before"


def reduction_faults(loops, register):
    """Sums and the like must stay in whole registers: a loop stores less than it combines."""
    whole = False
    for function, body in loops:
        combined = [i for i in body if re.match(r"v(add|mul|cmp\w+)ps", i)]
        stored = [i for i in body if re.match(r"v\w+\s+%[xyz]mm\d+, .*\)", i)]
        whole |= len(combined) >= 4 and sum(f"%{register}" in i for i in combined) > len(combined) / 2
        if combined and len(stored) * 4 > len(combined):
            yield f"{function}: stores {len(stored)} vectors for {len(combined)} combined"
    if not whole:
        yield f"no inner loop of {register} vectors"


ONE_ELEMENT = re.compile(r"v(mov(ss|sd|d|q)|pextr\w|extractps|insertps|pinsr\w)\b.*\)|"
                         r"mov\w?\s+%\w+, [^%]*\((?!%rsp)")


def move_faults(loops):
    """32 bytes at a time or calls of memcpy, and few elements one by one."""
    whole = False
    for function, body in loops:
        if any(re.search(r"%[xyz]mm\d+, -?\d*\(%rsp", i) for i in body):
            yield f"{function}: puts vectors on the stack"
        stores = [i for i in body if re.match(r"vmov[aud]\w+\s+%[xyz]mm\d+, ", i) and ")" in i]
        whole |= any(re.search("%[yz]mm", i) for i in stores)
        whole |= any(re.match(r"call\w*\s+mem(cpy|set)", i) for i in body)
        single = sum(bool(ONE_ELEMENT.match(i)) for i in body)
        if single > max(4, len(stores)) or any("gather" in i for i in body):
            yield f"{function}: moves elements one by one"
    if not whole:
        yield "moves no vectors of 32 bytes"


def transform_faults(loops, register, most):
    """Of Winograd's tiles: long loops without branches, `most` of a vector from or to the stack."""
    transforms = 0
    for function, body in loops:
        vectors = [i for i in body if re.search(r"%[xyz]mm", i)]
        if len(vectors) < 80 or sum(i.startswith("j") for i in body) > 1:
            continue
        transforms += 1
        spilled = sum("(%rsp" in i for i in vectors)
        if spilled > most * len(vectors):
            yield f"{function}: {spilled} of {len(vectors)} vectors from or to the stack"
        if sum(f"%{register}" in i for i in vectors) < 0.9 * len(vectors):
            yield f"{function}: computes in narrower registers than {register}"
    if transforms < 2:
        yield "no transforms of Winograd's tiles"


# Nothing but the C library and the runtime is there to call: LLVM must need no support routine.
WITHOUT_CALLS = {
    "max_bfloat16": halves("Max"),
    "relu_bfloat16": halves("Relu"),
    "softmax_bfloat16": halves("Softmax"),
    "max_half": halves("Max", wire.HALF),
    "softmax_half": halves("Softmax", wire.HALF),
    **FAMILIES,
    **VECTORS,
    **REDUCTIONS,
    **MOVES,
}


def strict_faults(name, cpu, assembly):
    """Of a model of WITHOUT_CALLS."""
    register, loops = REGISTERS[cpu], inner_loops(assembly)
    for routine in sorted(set(re.findall(r"call\w*\s+(__\w+)", assembly))):
        yield f"calls {routine}"
    if name in FAMILIES:
        # The product's loops, of one basic block: several sums, none stored.
        products = [(f, b) for f, b in loops if sum(i.startswith("vfmadd") for i in b) >= 4
                    and sum(i.startswith("j") for i in b) == 1]
        for function, body in products:
            yield from (f"{function}: {fault}" for fault in faults(body, register))
        if not products:
            yield "no inner loop of multiply-adds"
    if name in VECTORS:
        yield from vector_faults(loops, register)
    if name in IN_TURNS:
        yield from order_faults(loops)
    if name in REDUCTIONS:
        yield from reduction_faults(loops, register)
    if name in MOVES:
        found = list(move_faults(loops))
        if name not in ONE_BY_ONE:
            yield from found
        elif not found:
            yield "moves whole vectors now: take it off ONE_BY_ONE"


def group_faults(instruction, register, assembly):
    loops = [(f, b) for f, b in inner_loops(assembly)
             if sum(i.startswith(instruction) for i in b) >= 4]
    for function, body in loops:
        yield from (f"{function}: {fault}" for fault in faults(body, register, instruction))
    if not loops:
        yield f"no inner loop of {instruction}"


def cases():
    """(name, model, processor, accuracy, function from assembly to faults)."""
    for name, text in WITHOUT_CALLS.items():
        for cpu in REGISTERS:
            # Winograd's transforms hold more values than there are registers.
            yield name, text, cpu, "strict", lambda code, n=name, c=cpu: strict_faults(n, c, code)
    for name, (text, instructions) in GROUPS.items():
        for cpu, instruction in instructions.items():
            register = "ymm" if cpu in ("x86-64-v3", "alderlake") else "zmm"
            yield (name, text, cpu, "default",
                   lambda code, i=instruction, r=register: group_faults(i, r, code))
    for name, text in WINOGRAD.items():
        for cpu, register in REGISTERS.items():
            yield (name, text, cpu, "default",
                   lambda code, r=register: transform_faults(inner_loops(code), r, SPILLED[r]))


models, failures = set(), 0
with tempfile.TemporaryDirectory() as folder:
    path, listing = os.path.join(folder, "model.pb"), os.path.join(folder, "model.s")
    for name, text, cpu, accuracy, check in cases():
        with open(path, "wb") as file:
            file.write(text)
        subprocess.run([sluice, "compile", path, "-o", listing, "--emit=asm", f"--cpu={cpu}",
                        f"--accuracy={accuracy}"], check=True)
        with open(listing) as file:
            found = list(check(file.read()))
        for fault in found:
            print(f"{name} for {cpu}: {fault}")
        models.add(name)
        failures += len(found)
print(f"{len(models)} models, {failures} faults")
sys.exit(1 if failures else 0)
