#!/usr/bin/env python3
"""Compile time and memory of graphs of many nodes.

Usage: compile_time.py SLUICE [--nodes 1000,10000,100000] [--only REGEX]

Three kinds of graph, each of N nodes: `chain` (elementwise, one after the other), `branches`
(pairs of operators on the input, all added up) and `layers` (products with small constants,
bias, activation). Prints a table; the last column is the growth of the time from one size to
the next over the growth of the size: 1 is linear.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

UNARY = "Tanh", "Neg", "Abs", "Sigmoid", "Square"


def node(name, op, *inputs, **attributes):
    text = "".join(f' input: "{i}"' for i in inputs)
    for key, value in attributes.items():
        text += f' attr {{ key: "{key}" value {{ {value} }} }}'
    return f'node {{ name: "{name}" op: "{op}"{text} }}\n'


def tensor(rows, columns, value):
    shape = f"tensor_shape {{ dim {{ size: {rows} }} dim {{ size: {columns} }} }}"
    return f"tensor {{ dtype: DT_FLOAT {shape} float_val: {value} }}"


FLOAT = {"T": "type: DT_FLOAT"}


def placeholder():
    shape = "shape { dim { size: 4 } dim { size: 16 } }"
    return node("x", "Placeholder", dtype="type: DT_FLOAT", shape=shape)


def chain(count):
    yield placeholder()
    last = "x"
    for i in range(count - 1):
        yield node(f"n{i}", UNARY[i % len(UNARY)], last, **FLOAT)
        last = f"n{i}"


def branches(count):
    yield placeholder()
    last = "x"
    for i in range((count - 1) // 3):
        yield node(f"a{i}", UNARY[i % len(UNARY)], "x", **FLOAT)
        yield node(f"b{i}", UNARY[(i + 1) % len(UNARY)], f"a{i}", **FLOAT)
        yield node(f"n{i}", "AddV2", last, f"b{i}", **FLOAT)
        last = f"n{i}"


def layers(count):
    yield placeholder()
    last = "x"
    for i in range((count - 1) // 5):
        value = tensor(16, 16, 0.01 + i % 7 / 1000)
        yield node(f"w{i}", "Const", dtype="type: DT_FLOAT", value=value)
        yield node(f"m{i}", "MatMul", last, f"w{i}", **FLOAT)
        yield node(f"c{i}", "Const", dtype="type: DT_FLOAT", value=tensor(1, 16, i % 5 / 10))
        yield node(f"s{i}", "AddV2", f"m{i}", f"c{i}", **FLOAT)
        yield node(f"n{i}", "Tanh", f"s{i}", **FLOAT)
        last = f"n{i}"


KINDS = {"chain": chain, "branches": branches, "layers": layers}


def compile_graph(sluice, graph, folder):
    """(seconds, bytes) of compiling the graph's last node."""
    names = re.findall(r'^node \{ name: "(\w+)"', graph, re.M)
    model = folder / "graph.pbtxt"
    model.write_text(graph)
    command = [sluice, "compile", model, "--fetch", names[-1], "-o", folder / "libgraph.a"]
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice", type=pathlib.Path)
    parser.add_argument("--nodes", default="1000,10000,100000")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print("| graph | nodes | seconds | MB | growth |\n|---|---|---|---|---|")
    for name, make in KINDS.items():
        if not re.search(options.only, name):
            continue
        before = None
        for count in map(int, options.nodes.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                graph = "".join(make(count))
                seconds, memory = compile_graph(options.sluice, graph, pathlib.Path(folder))
            growth = "" if not before else f"{seconds / before[0] / (count / before[1]):.2f}"
            print(f"| {name} | {count} | {seconds:.2f} | {memory / 1e6:.0f} | {growth} |",
                  flush=True)
            before = seconds, count


if __name__ == "__main__":
    main()
