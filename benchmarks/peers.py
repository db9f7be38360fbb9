#!/usr/bin/env python3
"""Runs one prepared model in one peer, under the commands of worker.c.

Usage: peers.py ENGINE FOLDER THREADS          commands on stdin: "run N", "dump PREFIX"
       peers.py ENGINE FOLDER --once           one run, then the end
       peers.py ENGINE --version               version, bytes of its shared libraries

FOLDER is one that prepare.py wrote; the engines are those of engines.py.
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

from engines import FORMATS, PACKAGES, RUNNERS


def read_arrays(folder):
    return {
        name[: -len(".npy")]: np.load(os.path.join(folder, name))
        for name in sorted(os.listdir(folder))
        if name.endswith(".npy")
    }


def make_runner(engine, folder, threads):
    with open(os.path.join(folder, "info.json")) as file:
        info = json.load(file)
    if FORMATS[engine] in info["missing"]:
        sys.exit(f"no {FORMATS[engine]}: {info['missing'][FORMATS[engine]]}")
    inputs = read_arrays(os.path.join(folder, "inputs"))
    return RUNNERS[engine](folder, info, inputs, threads)


def print_version(engine):
    import importlib.metadata
    import importlib.util

    for module in PACKAGES[engine]:
        if importlib.util.find_spec(module) is None:
            sys.exit(f"module {module} is not installed")
    module = PACKAGES[engine][0]
    size = 0
    for parent, _, files in os.walk(
        os.path.dirname(importlib.util.find_spec(module).origin)
    ):
        paths = [os.path.join(parent, f) for f in files if ".so" in f]
        size += sum(os.path.getsize(p) for p in paths if not os.path.islink(p))
    names = importlib.metadata.packages_distributions()[module.split(".")[0]]
    print(importlib.metadata.version(names[0]), size)


def main():
    engine = sys.argv[1]
    if sys.argv[2] == "--version":
        return print_version(engine)
    once = sys.argv[3] == "--once"
    start = time.perf_counter()
    run = make_runner(engine, sys.argv[2], 1 if once else int(sys.argv[3]))
    results = run()
    if once:
        return None
    print(f"ready {(time.perf_counter() - start) * 1e3:.3f}", flush=True)
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "run":
            start = time.perf_counter_ns()
            for _ in range(int(rest)):
                results = run()
            print(time.perf_counter_ns() - start, flush=True)
        elif command == "dump":
            np.savez(rest + ".npz", *results)
            print("done", flush=True)


if __name__ == "__main__":
    main()
