#!/usr/bin/env python3
"""Trains the digits model and writes every file this folder keeps of it.

Needs: pip install tensorflow-cpu scikit-learn   (not needed to build or run)
Usage: train.py [FOLDER]                         (default: the script's folder)

Writes into FOLDER:
  model/                    SavedModel, signature serving_default:
                            images float [batch, 8, 8, 1] -> probs float [batch, 10]
  digits.pb, digits.pbtxt   the same network frozen to a GraphDef
  heldout.bin               the held-out images for the C program (layout below)
  model.npz                 held-out images and TensorFlow's probabilities, by signature names
  digits.npz                the same by tensor names of digits.pb

heldout.bin: "DIGITS1\\n", the number of images N as 4 bytes little-endian, then N records
of 66 bytes: 64 pixels (0 to 16, row by row), the label, TensorFlow's answer.
"""
import os
import random
import shutil
import sys
import tempfile

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # plain kernels: the reference
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

SEED = 20


def network():
    layers = tf.keras.layers
    inputs = tf.keras.Input((8, 8, 1), name="images")
    x = inputs
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(64, activation="relu")(x)
    return tf.keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


class Digits(tf.Module):
    """The trained network with one signature and nothing of Keras in the file."""

    def __init__(self, model):
        super().__init__()
        self._kept = [v.value for v in model.variables if "seed" not in v.name]
        # Tracking would save every layer's own functions and configuration.
        self._model = [lambda images: model(images, training=False)]

    @tf.function(
        input_signature=[tf.TensorSpec((None, 8, 8, 1), tf.float32, "images")]
    )
    def predict(self, images):
        return {"probs": tf.identity(self._model[0](images), "probs")}


def save_model(module, folder):
    """A SavedModel without the files and fields that only Python reads."""
    with tempfile.TemporaryDirectory() as work:
        tf.saved_model.save(
            module,
            work,
            signatures={"serving_default": module.predict},
            options=tf.saved_model.SaveOptions(save_debug_info=False),
        )
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "variables"))
        for name in (
            "saved_model.pb",
            "variables/variables.index",
            "variables/variables.data-00000-of-00001",
        ):
            shutil.copyfile(os.path.join(work, name), os.path.join(folder, name))


def save_frozen(module, folder):
    frozen = convert_variables_to_constants_v2(module.predict.get_concrete_function())
    graph = tf.compat.v1.graph_util.extract_sub_graph(
        frozen.graph.as_graph_def(), ["probs"]
    )
    graph.ClearField("library")
    tf.io.write_graph(graph, folder, "digits.pb", as_text=False)
    tf.io.write_graph(graph, folder, "digits.pbtxt", as_text=True)
    return frozen.prune("images:0", "probs:0")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(__file__) or "."
    random.seed(SEED)
    np.random.seed(SEED)
    tf.keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()

    data = load_digits()
    pixels = data.images.astype(np.uint8)
    images = (data.images / 16.0).astype(np.float32)[..., None]
    train, test = train_test_split(
        np.arange(len(images)), test_size=0.25, random_state=SEED, stratify=data.target
    )
    model = network()
    model.compile(tf.keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
    model.fit(images[train], data.target[train], 32, epochs=30, verbose=0)

    module = Digits(model)
    save_model(module, os.path.join(folder, "model"))
    probs = module.predict(images[test])["probs"].numpy()
    answers = probs.argmax(1)
    labels = data.target[test]

    frozen = save_frozen(module, folder)
    frozen_probs = frozen(tf.constant(images[test])).numpy()
    assert np.allclose(frozen_probs, probs, atol=1e-6)
    np.savez_compressed(
        os.path.join(folder, "model.npz"),
        **{"feed/images": images[test], "fetch/probs": probs},
    )
    np.savez_compressed(
        os.path.join(folder, "digits.npz"),
        **{"feed/images:0": images[test], "fetch/probs:0": frozen_probs},
    )
    with open(os.path.join(folder, "heldout.bin"), "wb") as out:
        out.write(b"DIGITS1\n" + len(test).to_bytes(4, "little"))
        for i, index in enumerate(test):
            out.write(pixels[index].tobytes())
            out.write(bytes([labels[i], answers[i]]))

    reloaded = tf.saved_model.load(os.path.join(folder, "model"))
    again = reloaded.signatures["serving_default"](images=tf.constant(images[test]))
    assert np.array_equal(again["probs"].numpy(), probs)
    print(f"{int((answers == labels).sum())} of {len(test)} right")


if __name__ == "__main__":
    main()
