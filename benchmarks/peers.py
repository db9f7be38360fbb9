#!/usr/bin/env python3
"""Runs one prepared model in one peer, under the commands of worker.c.

Usage: peers.py ENGINE FOLDER THREADS          commands on stdin: "run N", "dump PREFIX"
       peers.py ENGINE FOLDER --once           one run, then the end
       peers.py ENGINE --version               version, bytes of its shared libraries

FOLDER is one that prepare.py wrote. Engines: tensorflow, xla, onnxruntime, openvino, litert.
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

PACKAGES = {
    "tensorflow": "tensorflow",
    "xla": "tensorflow",
    "onnxruntime": "onnxruntime",
    "openvino": "openvino",
    "litert": "ai_edge_litert",
}


def read_arrays(folder):
    arrays = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".npy"):
            continue
        arrays[name[: -len(".npy")]] = np.load(os.path.join(folder, name))
    return arrays


def tensorflow_runner(folder, info, inputs, threads, compiled):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    graph = tf.compat.v1.GraphDef()
    with open(os.path.join(folder, "frozen.pb"), "rb") as file:
        graph.ParseFromString(file.read())
    names, outputs = sorted(info["inputs"]), sorted(info["outputs"])
    values = [tf.constant(inputs[n]) for n in names]
    wrapped = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(graph, name=""), []
    )
    pruned = wrapped.prune(
        [info["inputs"][n] for n in names], [info["outputs"][n] for n in outputs]
    )
    spec = [tf.TensorSpec(v.shape, v.dtype) for v in values]
    function = tf.function(
        lambda *arguments: pruned(*arguments),
        input_signature=spec,
        jit_compile=compiled,
    )
    concrete = function.get_concrete_function()
    return lambda: [r.numpy() for r in concrete(*values)]


def onnxruntime_runner(folder, info, inputs, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(
        os.path.join(folder, "model.onnx"), options, ["CPUExecutionProvider"]
    )
    feeds = {i.name: inputs[n] for i, n in zip(session.get_inputs(), sorted(inputs))}
    return lambda: session.run(None, feeds)


def openvino_runner(folder, info, inputs, threads):
    import openvino

    compiled = openvino.Core().compile_model(
        os.path.join(folder, "model.onnx"),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",  # bfloat16 would be another model
        },
    )
    request = compiled.create_infer_request()
    for index, name in enumerate(sorted(inputs)):
        request.set_input_tensor(index, openvino.Tensor(inputs[name]))

    def run():
        request.infer()
        return [request.get_output_tensor(i).data for i in range(len(info["outputs"]))]

    return run


def litert_runner(folder, info, inputs, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(
        os.path.join(folder, "model.tflite"), num_threads=threads
    )
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    for name in inputs:
        # Argument names survive as serving_default_NAME:0 or NAME.
        match = [d for d in details if name in d["name"]] or details
        interpreter.set_tensor(match[0]["index"], inputs[name])
    results = [d["index"] for d in interpreter.get_output_details()]

    def run():
        interpreter.invoke()
        return [interpreter.get_tensor(i) for i in results]

    return run


def make_runner(engine, folder, threads):
    with open(os.path.join(folder, "info.json")) as file:
        info = json.load(file)
    inputs = read_arrays(os.path.join(folder, "inputs"))
    if engine in ("tensorflow", "xla"):
        return tensorflow_runner(folder, info, inputs, threads, engine == "xla")
    makers = {
        "onnxruntime": onnxruntime_runner,
        "openvino": openvino_runner,
        "litert": litert_runner,
    }
    return makers[engine](folder, info, inputs, threads)


def print_version(engine):
    import importlib.metadata
    import importlib.util

    package = PACKAGES[engine]
    folder = os.path.dirname(importlib.util.find_spec(package).origin)
    size = 0
    for parent, _, files in os.walk(folder):
        paths = [os.path.join(parent, f) for f in files if ".so" in f]
        size += sum(os.path.getsize(p) for p in paths if not os.path.islink(p))
    names = importlib.metadata.packages_distributions()[package]
    print(importlib.metadata.version(names[0]), size)


def main():
    engine = sys.argv[1]
    if sys.argv[2] == "--version":
        return print_version(engine)
    once = sys.argv[3] == "--once"
    run = make_runner(engine, sys.argv[2], 1 if once else int(sys.argv[3]))
    results = run()
    if once:
        return None
    print("ready", flush=True)
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
