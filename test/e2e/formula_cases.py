"""Formulas that passes recognise as one operator, in the spellings of exporters."""
import numpy as np
import tensorflow as tf

from case_types import *

raw = tf.raw_ops


def norms(x, gamma, beta, epsilon=1e-5):
    """{name: layer normalisation along the last axis, as somebody writes it}"""
    keep = dict(axis=-1, keepdims=True)
    mean = tf.reduce_mean(x, **keep)
    centred = x - mean
    variance = tf.reduce_mean(tf.math.squared_difference(x, mean), **keep)
    size = x.shape[-1]

    def fused():
        # Keras: rows are the channels of a batch normalisation in training mode.
        rows = int(np.prod(x.shape[:-1]))
        y = raw.FusedBatchNormV3(
            x=tf.reshape(x, [1, rows, size, 1]), scale=tf.ones([rows]), offset=tf.zeros([rows]),
            mean=tf.constant([], tf.float32), variance=tf.constant([], tf.float32),
            epsilon=epsilon, data_format="NCHW", is_training=True,
        ).y
        return tf.reshape(y, x.shape) * gamma + beta

    def merged():
        # tf.nn.batch_normalization and Keras 3
        factor = tf.math.rsqrt(variance + epsilon) * gamma
        return x * factor + (beta - mean * factor)

    def keras():
        factor = tf.math.rsqrt(variance + epsilon) * gamma
        return x * factor + (-mean * factor + beta)

    def flat():
        rows = tf.reshape(x, [-1, size])
        average = tf.reduce_sum(rows, 1) * (1.0 / size)
        difference = rows - average[:, None]
        spread = tf.reduce_sum(difference * difference, 1) / float(size)
        y = difference / tf.sqrt(spread + epsilon)[:, None]
        return tf.reshape(y, x.shape) * gamma + beta

    return {
        "plain": lambda: centred * tf.math.rsqrt(variance + epsilon) * gamma + beta,
        "scaled_first": lambda: centred * (tf.math.rsqrt(variance + epsilon) * gamma) + beta,
        "power": lambda: centred * tf.pow(tf.reduce_mean(tf.pow(centred, 2.0), **keep) + epsilon, -0.5) * gamma,
        "quotient": lambda: centred / tf.sqrt(variance + epsilon) * gamma + beta,
        "difference_of_squares": lambda: centred
        * tf.math.rsqrt(tf.reduce_mean(x * x, **keep) - mean * mean + epsilon),
        "merged": merged,
        "keras": keras,
        "flat": flat,
        "fused": fused,
        "rms": lambda: x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), **keep) + epsilon) * gamma,
        "rms_quotient": lambda: gamma * (x / tf.sqrt(tf.reduce_mean(tf.square(x), **keep) + epsilon)),
        # Close to the formula, but another one.
        "other_mean": lambda: (x - tf.reduce_max(x, **keep)) * tf.math.rsqrt(variance + epsilon),
        "same_sign": lambda: x * tf.math.rsqrt(variance + epsilon) + mean * tf.math.rsqrt(variance + epsilon),
    }


def norm_cases():
    # One vector with a tail; many in registers; a row in memory; several axes.
    for shape in (2, 3, 5), (3, 100), (2, 2, 771), (1, 768):
        x = values(np.float32, shape, 1) + 3
        size = shape[-1]
        rest = [Const(values(np.float32, (size,), 2)), Const(values(np.float32, (size,), 3))]
        names = norms(tf.constant(x), tf.ones([size]), tf.ones([size]))
        for name in names:
            build = lambda i, name=name: norms(i[0], i[1], i[2])[name]()
            yield Case(f"LayerNorm.{name}.{'x'.join(map(str, shape))}", [x] + rest, build)
    rest = [Const(values(np.float32, (40,), 2)), Const(values(np.float32, (40,), 3))]
    inputs = [values(np.float32, (6, 40), n) for n in range(2)]

    def residual(i):
        y = norms(tf.nn.relu(i[0]) + i[1], i[2], i[3])["plain"]()
        return tf.tanh(y) + i[1]

    yield Case("LayerNorm.residual", inputs + rest, residual)
    long = [values(np.float32, (3, 1000), n) for n in range(2)]
    more = [Const(values(np.float32, (1000,), 2)), Const(values(np.float32, (1000,), 3))]
    yield Case("LayerNorm.residual_long", long + more, residual)
    x = values(np.float32, (2, 4, 5, 3), 1)

    def instance(i):
        mean, variance = tf.nn.moments(i[0], [1, 2], keepdims=True)
        return (i[0] - mean) * tf.math.rsqrt(variance + 1e-3)

    def group(i):
        mean, variance = tf.nn.moments(i[0], [1, 2, 3], keepdims=True)
        return (i[0] - mean) * tf.math.rsqrt(variance + 1e-3)

    yield Case("LayerNorm.instance", [x], instance)
    yield Case("LayerNorm.several_axes", [x], group)


def attentions(q, k, v, mask, scale):
    """{name: attention on [batch, row, head, column]}"""
    b, m, h, d = q.shape
    t, e = k.shape[1], v.shape[3]

    def heads(x):
        return tf.transpose(x, [0, 2, 1, 3])

    def plain():
        scores = tf.matmul(heads(q), heads(k), transpose_b=True) * scale
        weights = tf.nn.softmax(scores + mask)
        return tf.reshape(heads(tf.matmul(weights, heads(v))), [b, m, h * e])

    def einsum():
        scores = tf.einsum("bfhd,bthd->bhft", q, k) * scale + mask
        return tf.einsum("bhft,bthd->bfhd", tf.nn.softmax(scores), v)

    def by_hand():
        scores = tf.matmul(heads(q), tf.transpose(k, [0, 2, 3, 1])) / (1.0 / scale) + mask
        shifted = tf.exp(scores - tf.reduce_max(scores, -1, keepdims=True))
        weights = shifted / tf.reduce_sum(shifted, -1, keepdims=True)
        return heads(tf.matmul(weights, heads(v)))

    def merged():
        fold = lambda x: tf.reshape(heads(x), [b * h, x.shape[1], x.shape[3]])
        scores = tf.matmul(fold(q * scale), fold(k), transpose_b=True)
        weights = tf.nn.softmax(tf.reshape(scores, [b, h, m, t]) + mask)
        y = tf.matmul(tf.reshape(weights, [b * h, m, t]), fold(v))
        return heads(tf.reshape(y, [b, h, m, e]))

    def unmasked():
        scores = tf.matmul(heads(q), heads(k), transpose_b=True)
        return tf.matmul(tf.nn.softmax(scores), heads(v))

    def scaled_mask():
        scores = (tf.matmul(heads(q), heads(k), transpose_b=True) + mask) * scale
        return tf.matmul(tf.nn.softmax(scores), heads(v))

    def weights_too():
        weights = tf.nn.softmax(tf.matmul(heads(q), heads(k), transpose_b=True) + mask)
        return [weights, heads(tf.matmul(weights, heads(v)))]

    names = dict(plain=plain, einsum=einsum, by_hand=by_hand, merged=merged)
    names.update(unmasked=unmasked, scaled_mask=scaled_mask, weights_too=weights_too)
    return names


def attention_cases():
    # batch, queries, heads, depth, keys, width: whole tiles, tails everywhere,
    # fewer heads than chunks, many keys, one head.
    shapes = [(1, 32, 2, 32, 32, 32), (2, 19, 3, 5, 23, 9), (1, 150, 1, 16, 40, 33), (1, 9, 2, 8, 1100, 4), (3, 8, 1, 17, 1, 1)]
    for shape in shapes:
        b, m, h, d, t, e = shape
        q = values(np.float32, (b, m, h, d), 1)
        k, v = values(np.float32, (b, t, h, d), 2, -1, 1), values(np.float32, (b, t, h, e), 3)
        masks = {
            "keys": values(np.float32, (b, 1, 1, t), 4),
            "causal": Const(values(np.float32, (m, t), 5)),
            "full": values(np.float32, (b, h, m, t), 6),
            "hidden": np.where(values(np.float32, (b, 1, 1, t), 7) > 0, np.float32(0), np.float32(-10000)),
        }
        size = "x".join(map(str, shape))
        for name in attentions(q, k, v, masks["keys"], 0.25):
            build = lambda i, name=name: attentions(*i, 0.25)[name]()
            yield Case(f"Attention.{name}.{size}", [q, k, v, masks["keys"]], build)
        for name in "causal", "full", "hidden":
            build = lambda i: attentions(*i, 0.3)["plain"]()
            yield Case(f"Attention.mask_{name}.{size}", [q, k, v, masks[name]], build)


def cases():
    yield from norm_cases()
    yield from attention_cases()
