"""Convolutions that passes compute in another way: dilated by way of the batch, as Keras and DeepLab
spell them, and with few output channels, transposed."""
import numpy as np
import tensorflow as tf

from case_types import *


def data(shape, seed):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32) / 4


def two(block, pads, crops, inner, swap=False):
    """Around a function of images: space to batch and back."""

    def run(i):
        y = inner(tf.space_to_batch(i[0], block, pads), i[1])
        return [tf.batch_to_space(y, block[::-1] if swap else block, crops)]

    return run


def conv(strides=1, padding="VALID"):
    return lambda x, w: tf.nn.conv2d(x, w, strides, padding)


def depthwise(x, w):
    return tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID")


def one(block, pads):
    """One spatial dimension, in a convolution of two."""

    def run(i):
        x = tf.space_to_batch(i[0], [block], [pads])
        y = tf.squeeze(tf.nn.conv2d(x[:, None], i[1], 1, "VALID"), 1)
        return [tf.nn.bias_add(tf.batch_to_space(y, [block], [[0, 0]]), [0.5, 1.0, -1.0])]

    return run


def dilated():
    none = [[0, 0], [0, 0]]
    w = data((3, 3, 5, 3), 2)
    for name, shape, weights, run in (
        ("plain", (1, 12, 16, 5), w, two([2, 4], none, none, conv())),
        ("batch", (3, 12, 16, 5), w, two([3, 2], none, none, conv())),
        ("same", (2, 9, 10, 5), w, two([2, 2], [[2, 3], [2, 2]], [[0, 1], [0, 0]], conv())),
        ("inner_same", (1, 12, 12, 5), w, two([2, 3], none, none, conv(padding="SAME"))),
        ("one_axis", (1, 8, 12, 5), w, two([1, 3], none, none, conv())),
        ("depthwise", (2, 12, 12, 5), data((3, 3, 5, 1), 2), two([2, 2], none, none, depthwise)),
        ("causal", (1, 16, 5), data((1, 2, 5, 3), 2), one(4, [4, 0])),
        ("causal_batch", (2, 16, 5), data((1, 2, 5, 3), 2), one(4, [4, 0])),
        # Not dilated convolutions.
        ("strided", (1, 16, 16, 5), w, two([2, 2], none, none, conv(strides=2))),
        ("other_order", (1, 18, 18, 5), w, two([2, 3], none, none, conv(), swap=True)),
    ):
        yield Case(f"Dilation.{name}", [data(shape, 1), Const(weights)], run)


def narrow():
    def run(strides, padding, dilations):
        def build(i):
            y = tf.nn.conv2d(i[0], i[1], strides, padding, dilations=dilations)
            bias = np.arange(1, i[1].shape[-1] + 1).astype(np.float32)
            return [tf.sigmoid(tf.nn.bias_add(y, bias))]

        return build

    same = [[0, 0], [1, 2], [3, 2], [0, 0]]
    for name, shape, weights, strides, padding, dilations in (
        ("one", (2, 9, 24, 8), (5, 5, 8, 1), 1, "SAME", 1),
        ("cut", (2, 9, 21, 8), (5, 5, 8, 1), 1, "VALID", 1),
        ("two", (1, 8, 19, 3), (3, 5, 3, 2), 1, "SAME", 1),
        ("three", (1, 8, 19, 3), (3, 7, 3, 3), 1, "SAME", 1),
        ("strided", (1, 8, 30, 2), (3, 9, 2, 1), [2, 3], "SAME", 1),
        ("dilated", (1, 8, 40, 2), (3, 9, 2, 1), 1, "VALID", [2, 2]),
        ("padded", (1, 8, 17, 4), (3, 6, 4, 1), 1, same, 1),
        ("signal", (1, 1, 301, 1), (1, 64, 1, 1), 2, "VALID", 1),
        ("left_over", (1, 3, 52, 2), (1, 8, 2, 1), [1, 7], "VALID", 1),
    ):
        weights = Const(data(weights, 2))
        yield Case(f"Narrow.{name}", [data(shape, 1), weights], run(strides, padding, dilations))


def transposed():
    def run(shape, strides, padding):
        def build(i):
            y = tf.nn.conv_transpose(i[0], i[1], shape, strides, padding)
            return [tf.nn.relu(y + np.arange(shape[-1]).astype(np.float32))]

        return build

    for name, shape, weights, result, strides, padding in (
        ("blocks", (2, 5, 6, 3), (2, 2, 4, 3), (2, 10, 12, 4), 2, "SAME"),
        ("three", (1, 5, 6, 3), (3, 3, 4, 3), (1, 10, 12, 4), 2, "SAME"),
        ("three_odd", (1, 5, 6, 3), (3, 3, 4, 3), (1, 9, 11, 4), 2, "SAME"),
        ("four", (1, 5, 6, 3), (4, 4, 4, 3), (1, 10, 12, 4), 2, "SAME"),
        ("five_by_three", (1, 5, 6, 3), (5, 5, 4, 3), (1, 15, 12, 4), [3, 2], "SAME"),
        ("valid", (1, 5, 6, 3), (3, 4, 4, 3), (1, 11, 14, 4), 2, "VALID"),
        ("gaps", (1, 5, 6, 3), (2, 1, 4, 3), (1, 15, 18, 4), 3, "SAME"),
        ("one_axis", (1, 5, 6, 3), (3, 3, 4, 3), (1, 5, 12, 4), [1, 2], "SAME"),
        ("one_channel", (1, 5, 16, 3), (4, 4, 1, 3), (1, 10, 32, 1), 2, "SAME"),
        ("signal", (2, 9, 3), (8, 2, 3), (2, 36, 2), 4, "SAME"),
        ("volume", (1, 3, 4, 3, 2), (3, 2, 2, 3, 2), (1, 6, 8, 6, 3), 2, "SAME"),
        # Enough results for each phase to be computed by itself.
        ("wide_blocks", (2, 5, 6, 3), (2, 2, 16, 3), (2, 10, 12, 16), 2, "SAME"),
        ("wide_three", (2, 5, 6, 3), (3, 3, 17, 3), (2, 10, 12, 17), 2, "SAME"),
        ("wide_odd", (1, 5, 6, 3), (3, 3, 16, 3), (1, 9, 11, 16), 2, "SAME"),
        ("wide_four", (1, 5, 6, 3), (4, 4, 16, 3), (1, 10, 12, 16), 2, "SAME"),
        ("wide_five_by_three", (1, 5, 6, 3), (5, 5, 20, 3), (1, 15, 12, 20), [3, 2], "SAME"),
        ("wide_valid", (1, 5, 6, 3), (3, 4, 16, 3), (1, 11, 14, 16), 2, "VALID"),
        ("wide_gaps", (1, 5, 6, 3), (2, 1, 16, 3), (1, 15, 18, 16), 3, "SAME"),
        ("wide_one_axis", (1, 5, 6, 3), (3, 3, 16, 3), (1, 5, 12, 16), [1, 2], "SAME"),
        ("wide_signal", (2, 9, 3), (7, 16, 3), (2, 36, 16), 4, "SAME"),
        ("wide_volume", (1, 3, 4, 3, 2), (3, 2, 2, 16, 2), (1, 6, 8, 6, 16), 2, "SAME"),
    ):
        inputs = [data(shape, 1), Const(data(weights, 2))]
        yield Case(f"Transposed.{name}", inputs, run(result, strides, padding))
    for dtype in np.float16, np.float64:
        inputs = [data((1, 5, 6, 3), 1).astype(dtype), Const(data((3, 3, 32, 3), 2).astype(dtype))]
        yield Case(f"Transposed.wide_{np.dtype(dtype).name}", inputs,
                   lambda i: [tf.nn.conv2d_transpose(*i, (1, 10, 12, 32), 2, "SAME")])


def behind():
    """Operators behind the phases of a transposed convolution: some compute each by itself."""

    def transpose(i):
        return tf.nn.conv2d_transpose(i[0], i[1], (1, 10, 12, 16), 2, "SAME")

    scale = np.arange(16).astype(np.float32) / 8
    residual = data((1, 10, 12, 16), 3)
    for name, run in (
        ("leaky", lambda i: [tf.nn.leaky_relu(transpose(i) * scale + scale, 0.25)]),
        ("squared", lambda i: [tf.square(tf.nn.relu6(transpose(i)))]),
        ("residual", lambda i: [tf.nn.relu(transpose(i) + scale + residual)]),
        ("twice", lambda i: [y := transpose(i) * scale, tf.nn.relu(y)]),
        ("one_row", lambda i: [transpose(i) + residual[:, :1]]),
        ("joined", lambda i: [tf.concat([tf.nn.relu(transpose(i)), residual], -1)]),
        ("pooled", lambda i: [tf.nn.max_pool2d(tf.nn.relu(transpose(i)), 3, 1, "SAME")]),
        ("summed", lambda i: [tf.reduce_sum(transpose(i) * scale, [1, 2])]),
    ):
        inputs = [data((1, 5, 6, 3), 1), Const(data((3, 3, 16, 3), 2))]
        yield Case(f"Transposed.{name}", inputs, run)


def cases():
    yield from dilated()
    yield from narrow()
    yield from transposed()
    yield from behind()
