#!/usr/bin/env python3
"""Brings one SavedModel into every peer's format at batch 1, with inputs and goldens.

Needs: pip install tensorflow-cpu tf2onnx onnx
Usage: prepare.py SAVED_MODEL CASE.npz OUT

CASE.npz holds the inputs (feed/NAME or feed/NAME:0); its first batch row is used. Writes
OUT/frozen.pb, model.onnx, model.tflite, inputs/NAME.npy, goldens/NAME.npy, info.json.
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # goldens by the plain kernels
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
import tf2onnx
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_from_session_graph,
)


def read_inputs(case, names):
    with np.load(case) as file:
        feeds = {
            k.split("/", 1)[1].split(":")[0]: file[k]
            for k in file.files
            if k.startswith("feed/")
        }
    if set(feeds) != set(names):
        if len(feeds) != 1 or len(names) != 1:
            sys.exit(f"{case}: feeds {sorted(feeds)}, the model wants {sorted(names)}")
        feeds = {names[0]: next(iter(feeds.values()))}
    return {name: np.ascontiguousarray(value[:1]) for name, value in feeds.items()}


def freeze(saved_model):
    """(GraphDef without variables, {input: tensor}, {output: tensor}).

    The v1 loader also takes folders whose Keras objects TensorFlow 2 refuses."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], saved_model)
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


def main():
    saved_model, case, out = sys.argv[1:]
    graph, in_tensors, out_tensors = freeze(saved_model)
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

    tf2onnx.convert.from_function(
        fixed, spec, opset=17, output_path=os.path.join(out, "model.onnx")
    )
    concrete = fixed.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    with open(os.path.join(out, "model.tflite"), "wb") as file:
        file.write(converter.convert())
    with open(os.path.join(out, "frozen.pb"), "wb") as file:
        file.write(graph.SerializeToString())
    info = {"inputs": in_tensors, "outputs": out_tensors}
    with open(os.path.join(out, "info.json"), "w") as file:
        json.dump(info, file, indent=1)


if __name__ == "__main__":
    main()
