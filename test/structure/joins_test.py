#!/usr/bin/env python3
"""Tensors joined along their last dimension in one kernel, against numpy, equal to the bit.

Usage: joins_test.py SLUICE

Parts wider and narrower than a vector, empty ones, one value twice; elementwise operators before
and behind; every number type.
"""
import sys
import tempfile

from numeric import Report, TYPES, constant, np, placeholder, run, wire, write_case

sluice = sys.argv[1]
random = np.random.default_rng(13)


def integers(dtype, *shape):
    """Small ones: exact in every type, or wrapping."""
    return random.integers(0, 11, shape).astype(dtype)


def model(parts, order, behind):
    """Parts are joined in `order`; those with odd numbers are squared before."""
    dtype = TYPES[parts[0].dtype.type]
    kind = {"T": wire.a_type(dtype)}
    nodes, values = [constant("axis", np.array(-1, np.int32))], []
    for i, part in enumerate(parts):
        nodes.append(placeholder(f"x{i}", part.shape, dtype))
        if i % 2:
            nodes.append(wire.node(f"s{i}", "Mul", [f"x{i}", f"x{i}"], **kind))
            part = part * part
        values.append((f"s{i}" if i % 2 else f"x{i}", part))
    names = [values[i][0] for i in order]
    result = np.concatenate([values[i][1] for i in order], axis=-1)
    joined = "j" if behind else "y"
    nodes.append(wire.node(joined, "ConcatV2", [*names, "axis"], N=wire.a_int(len(order)),
                           Tidx=wire.a_type(wire.INT32), **kind))
    if behind:
        scale, other = integers(result.dtype, result.shape[-1]), integers(result.dtype, *result.shape)
        nodes += [constant("scale", scale), placeholder("other", other.shape, dtype),
                  wire.node("scaled", "Mul", ["j", "scale"], **kind),
                  wire.node("y", "AddV2", ["scaled", "other"], **kind)]
        result = result * scale + other
    feeds = {f"x{i}": part for i, part in enumerate(parts)}
    return wire.graph(*nodes), {**feeds, "other": other} if behind else feeds, result


def cases():
    for widths, order in (((48, 80), (0, 1)), ((1, 3, 8, 13), (0, 1, 2, 3)), ((5, 16), (0, 1, 0)),
                          ((16, 0, 7), (0, 1, 2)), ((1, 1, 1), (2, 0, 1)), ((33,) * 16, range(16))):
        for behind in False, True:
            yield [integers(np.float32, 3, 7, n) for n in widths], order, behind
    for dtype in TYPES:
        yield [integers(dtype, 40, n) for n in (20, 45)], (0, 1), False
        yield [integers(dtype, 2, n) for n in (3, 70)], (1, 0, 1), True


report = Report(prints_good=False)
with tempfile.TemporaryDirectory() as folder:
    for parts, order, behind in cases():
        graph, feeds, result = model(parts, order, behind)
        path, case = write_case(folder, graph, feeds, y=result)
        for cpu in "x86-64-v2", "x86-64-v3", "native":
            done = run(sluice, "verify", path, f"--case={case}", f"--cpu={cpu}", "--rtol=0",
                       "--atol=0")
            report.check(done.returncode == 0, [p.shape for p in parts], parts[0].dtype, order,
                         behind, cpu, done.stdout, done.stderr)
report.exit()
