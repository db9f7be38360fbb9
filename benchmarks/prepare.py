#!/usr/bin/env python3
"""Brings one model into every engine's format at batch 1, with inputs and goldens.

Needs: pip install tensorflow-cpu, and tf2onnx onnx for model.onnx
Usage: prepare.py MODEL CASE.npz OUT [FOLDER]

MODEL is a SavedModel folder or a GraphDef; CASE.npz holds the inputs (feed/NAME or
feed/NAME:0), whose first batch row is used. FOLDER, of make_models.py, may hold ready
NAME.onnx and NAME.tflite of batch 1. Writes OUT/frozen.pb, model.onnx, model.tflite,
inputs/NAME.npy, goldens/NAME.npy and info.json. A format that cannot be made is named
there with the reason.
"""
import glob
import json
import os
import shutil
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # goldens by the plain kernels
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_from_session_graph,
)

from cases import read_feeds


def read_saved_model(path):
    """(GraphDef without variables, {input: tensor}, {output: tensor}).

    The v1 loader also takes folders whose Keras objects TensorFlow 2 refuses."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], path)
        signature = loaded.signature_def["serving_default"]
        inputs = {name: info.name for name, info in signature.inputs.items()}
        outputs = {name: info.name for name, info in signature.outputs.items()}
        graph = convert_variables_to_constants_from_session_graph(
            session,
            session.graph_def,
            [tensor.split(":")[0] for tensor in outputs.values()],
        )
    for function in graph.library.function:
        function.attr.pop("_input_shapes", None)  # freezing removed some of the inputs
    return graph, inputs, outputs


def read_graph_def(path, case):
    """The same; the case says which tensors are inputs and outputs."""
    graph = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        graph.ParseFromString(file.read())
    with np.load(case) as file:
        feeds = [k[len("feed/") :] for k in file.files if k.startswith("feed/")]
        fetches = [k[len("fetch/") :] for k in file.files if k.startswith("fetch/")]
    return (
        graph,
        {tensor.split(":")[0]: tensor for tensor in feeds},
        {tensor.split(":")[0]: tensor for tensor in fetches},
    )


def read_inputs(case, names):
    feeds = read_feeds(case)
    if set(feeds) != set(names):
        if len(feeds) != 1 or len(names) != 1:
            sys.exit(f"{case}: feeds {sorted(feeds)}, the model wants {sorted(names)}")
        feeds = {names[0]: next(iter(feeds.values()))}
    return feeds


def write_onnx(fixed, spec, path):
    import tf2onnx

    tf2onnx.convert.from_function(fixed, spec, opset=17, output_path=path)


def embed_constants(graph, path):
    """Converters leave some constants as inputs: gives them their values."""
    import onnx
    from onnx import numpy_helper

    constants = {node.name: node for node in graph.node if node.op == "Const"}
    model = onnx.load(path)
    for left in [i for i in model.graph.input if i.name in constants]:
        value = tf.make_ndarray(constants[left.name].attr["value"].tensor)
        model.graph.input.remove(left)
        model.graph.initializer.append(numpy_helper.from_array(value, left.name))
    onnx.save(model, path)


def write_tflite(fixed, path):
    concrete = fixed.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    with open(path, "wb") as file:
        file.write(converter.convert())


def last_line(error):
    lines = str(error).strip().splitlines() or [repr(error)]
    return f"{type(error).__name__}: {lines[-1][:300]}"


def main():
    path, case, out = sys.argv[1:4]
    ready = sys.argv[4] if len(sys.argv) > 4 else None
    if os.path.isdir(path):
        graph, in_tensors, out_tensors = read_saved_model(path)
    else:
        graph, in_tensors, out_tensors = read_graph_def(path, case)
    names, outputs = sorted(in_tensors), sorted(out_tensors)
    inputs = read_inputs(case, names)
    wrapped = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(graph, name=""), []
    )
    pruned = wrapped.prune(
        [in_tensors[n] for n in names], [out_tensors[n] for n in outputs]
    )
    spec = [tf.TensorSpec(inputs[n].shape, inputs[n].dtype, n) for n in names]

    @tf.function(input_signature=spec)
    def fixed(*values):
        return [tf.identity(r, "result") for r in pruned(*values)]

    goldens = fixed(*[tf.constant(inputs[n]) for n in names])
    for folder, values in (
        ("inputs", inputs),
        ("goldens", {n: g.numpy() for n, g in zip(outputs, goldens)}),
    ):
        os.makedirs(os.path.join(out, folder), exist_ok=True)
        for name, value in values.items():
            np.save(os.path.join(out, folder, name + ".npy"), value)
    with open(os.path.join(out, "frozen.pb"), "wb") as file:
        file.write(graph.SerializeToString())

    missing = {}
    for name, write in (
        ("model.onnx", lambda to: write_onnx(fixed, spec, to)),
        ("model.tflite", lambda to: write_tflite(fixed, to)),
    ):
        extension = os.path.splitext(name)[1]
        made = glob.glob(os.path.join(ready, "*" + extension)) if ready else []
        try:
            if made:
                shutil.copyfile(made[0], os.path.join(out, name))
            else:
                write(os.path.join(out, name))
            if extension == ".onnx":
                embed_constants(graph, os.path.join(out, name))
        except Exception as error:
            missing[name] = last_line(error)
    info = {"inputs": in_tensors, "outputs": out_tensors, "missing": missing}
    with open(os.path.join(out, "info.json"), "w") as file:
        json.dump(info, file, indent=1)


if __name__ == "__main__":
    main()
