#!/usr/bin/env python3
"""Nanoseconds per element of elementwise functions beside ONNX Runtime and TensorFlow.

Usage: math_peers.py SLUICE [--cpu LEVEL] [--rounds N]

One thread; the slope between 4,096 and 65,536 elements, so that the cost of starting an
operator does not count; the least of interleaved samples. Needs numpy, onnx, onnxruntime and
tensorflow. Prints rows for docs/math.md.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "test/math"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import onnx
import onnxruntime

from functions import FUNCTIONS
from workers import Worker

SIZES = 4096, 65536
RUNS = 200, 20  # in one sample
PEERS = "exp", "log", "tanh", "erf", "sigmoid", "gelu", "softplus", "sin", "cos", "sqrt", "rsqrt"


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def values(function, size):
    return np.random.default_rng(1).uniform(function.low, function.high, size).astype(np.float32)


class Sluice:
    def __init__(self, options, folder, function, size):
        name = f"{function.name}_{size}"
        model = folder / f"{name}.pbtxt"
        model.write_text(function.graph(size))
        run(options.sluice, "compile", model, "--fetch", "z", f"--cpu={options.cpu}",
            "-o", folder / f"libfn_{name}.a")
        compiler = os.environ.get("CC") or shutil.which("clang-22") or "cc"
        run(compiler, "-std=c11", "-O2", "-march=native", f"-I{folder}",
            f'-DMODEL_HEADER="fn_{name}.h"', f"-DMODEL=fn_{name}_model", HERE / "worker.c",
            folder / f"libfn_{name}.a", "-pthread", "-o", folder / name)
        values(function, size).tofile(folder / f"{name}.raw")
        self.worker = Worker("sluice", [str(folder / name), "1", f"x={folder / name}.raw"])
        if error := self.worker.start(60):
            sys.exit(error)

    def sample(self, runs):
        return int(self.worker.ask(f"run {runs}")) / runs

    def close(self):
        self.worker.stop()


class OnnxRuntime:
    def __init__(self, options, folder, function, size):
        node = onnx.helper.make_node
        nodes = {"gelu": [node("Gelu", ["x"], ["z"])],
                 "rsqrt": [node("Sqrt", ["x"], ["y"]), node("Reciprocal", ["y"], ["z"])]}
        nodes = nodes.get(function.name) or [node(function.name.capitalize(), ["x"], ["z"])]
        tensor = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(nodes, "g", [tensor("x", onnx.TensorProto.FLOAT, [size])],
                                       [tensor("z", onnx.TensorProto.FLOAT, [size])])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)])
        model.ir_version = 9
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), settings,
                                                    providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        self.binding.bind_cpu_input("x", values(function, size))
        self.binding.bind_ortvalue_output(
            "z", onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(size, np.float32)))

    def sample(self, runs):
        call, binding = self.session.run_with_iobinding, self.binding
        start = time.perf_counter_ns()
        for _ in range(runs):
            call(binding)
        return (time.perf_counter_ns() - start) / runs

    def close(self):
        pass


class TensorFlow:
    def __init__(self, options, folder, function, size):
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        functions = {"exp": tf.exp, "log": tf.math.log, "tanh": tf.tanh, "erf": tf.math.erf,
                     "sigmoid": tf.sigmoid, "softplus": tf.math.softplus, "sin": tf.sin,
                     "cos": tf.cos, "sqrt": tf.sqrt, "rsqrt": tf.math.rsqrt,
                     "gelu": lambda x: tf.nn.gelu(x, approximate=False)}
        body = functions[function.name]
        self.operand = tf.constant(values(function, size))
        self.call = tf.function(body).get_concrete_function(tf.TensorSpec([size], tf.float32))

    def sample(self, runs):
        start = time.perf_counter_ns()
        for _ in range(runs):
            self.call(self.operand)
        return (time.perf_counter_ns() - start) / runs

    def close(self):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice")
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    print("| function | Sluice | ONNX Runtime | TensorFlow | ratio to the better |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for function in FUNCTIONS:
            if function.name not in PEERS:
                continue
            rows = []
            for kind in (Sluice, OnnxRuntime, TensorFlow):
                rows.append([kind(options, pathlib.Path(name), function, s) for s in SIZES])
            best = [[float("inf")] * len(SIZES) for _ in rows]
            for _ in range(options.rounds):
                for row, least in zip(rows, best):
                    for i, (program, runs) in enumerate(zip(row, RUNS)):
                        least[i] = min(least[i], program.sample(runs))
            for row in rows:
                for program in row:
                    program.close()
            own, *others = [(b[1] - b[0]) / (SIZES[1] - SIZES[0]) for b in best]
            print(f"| {function.name} | {own:.3f} | " + " | ".join(f"{o:.3f}" for o in others) +
                  f" | {min(others) / own:.2f} |", flush=True)


if __name__ == "__main__":
    main()
