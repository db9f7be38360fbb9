"""Formulas that passes recognise as one operator, in the spellings of exporters."""
import itertools

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


def softmaxes(x, axis):
    """{name: softmax or its logarithm, as somebody writes it}"""
    keep = dict(axis=axis, keepdims=True)
    greatest = tf.reduce_max(x, **keep)
    e = tf.exp(x - greatest)
    total = tf.reduce_sum(e, **keep)
    lowest = tf.constant(-np.inf)
    return {
        "quotient": lambda: e / total,
        "reciprocal": lambda: e * (1.0 / total),
        "bounded": lambda: tf.exp(x - tf.maximum(lowest, greatest)) / total,
        "logarithm": lambda: (x - greatest) - tf.math.log(total),
        "log_sum_exp": lambda: x - (greatest + tf.math.log(total)),
        # Close to the formula, but another one.
        "unshifted": lambda: tf.exp(x) / tf.reduce_sum(tf.exp(x), **keep),
        "least": lambda: tf.exp(x - tf.reduce_min(x, **keep)) / total,
        "everything_too": lambda: [e / total, e, total, greatest],
    }


def softmax_cases():
    # One vector with a tail; many; other rows; several axes.
    for shape, axis in ((3, 5), -1), ((2, 3, 77), -1), ((4, 9, 6), 1), ((5, 4, 6), (1, 2)):
        x = values(np.float32, shape, 1)
        size = "x".join(map(str, shape))
        for name in softmaxes(tf.constant(x), axis):
            build = lambda i, name=name, axis=axis: softmaxes(i[0], axis)[name]()
            yield Case(f"SoftmaxFormula.{name}.{size}", [x], build)
    # Along other dimensions, with vectors inside, tails, and too few elements.
    along = ((3, 5, 32), 1), ((7, 2, 19), 0), ((4, 6, 3), 1)
    for (shape, axis), form in itertools.product(along, (tf.nn.softmax, tf.nn.log_softmax)):
        x = values(np.float32, shape, 2)
        x[:, 1] = -np.inf
        name = f"{form.__name__}.{'x'.join(map(str, shape))}"
        build = lambda i, form=form, axis=axis: form(i[0], axis=axis)
        yield Case(f"SoftmaxFormula.{name}", [x], build)
    special = np.array([[np.inf, 0, 1], [-np.inf, 0, 1], [np.nan, 0, 1], [-np.inf] * 3, [1e30, -1e30, 0]], np.float32)
    for name in "quotient", "logarithm":
        yield Case(f"SoftmaxFormula.{name}.special", [special], lambda i, name=name: softmaxes(i[0], -1)[name]())


def shared_cases():
    """Results that one kernel computes on the way to another."""
    x, y = values(np.float32, (7, 33), 1), values(np.float32, (7, 33), 2)
    wide = values(np.float32, (7, 99), 3)
    weights = Const(values(np.float32, (33, 20), 4, -1, 1))

    def cell(i):
        a, b, c = tf.split(i[0], 3, 1)
        state = tf.sigmoid(a) * i[1] + tf.sigmoid(b) * tf.tanh(c)
        return [tf.tanh(state) * tf.sigmoid(b), state]

    def chain(i):
        a = i[0] + i[1]
        b = tf.tanh(a)
        c = b * i[0]
        d = tf.exp(c) - a
        return [a, b, c, d]

    def many(i):
        steps = [i[0]]
        for _ in range(6):
            steps.append(tf.sin(steps[-1]) + i[1])
        return steps[1:]

    def compared(i):
        above = i[0] > i[1]
        return [tf.where(above, i[0], tf.tanh(i[1])), above]

    def after_product(i):
        z = tf.matmul(i[0], i[2])
        a = z + i[1][:, :20]
        return [tf.tanh(a) * z, a]

    def viewed(i):
        a = tf.exp(i[0])
        return [a * i[1], tf.reshape(a, [33, 7]), tf.transpose(a)]

    yield Case("SharedResult.cell", [wide, x], cell)
    yield Case("SharedResult.chain", [x, y], chain)
    yield Case("SharedResult.many", [x, y], many)
    yield Case("SharedResult.compared", [x, y], compared)
    yield Case("SharedResult.after_product", [x, y, weights], after_product)
    yield Case("SharedResult.viewed", [x, y], viewed)
    yield Case("SharedResult.one", [values(np.float32, (), 1), values(np.float32, (), 2)], chain)
    yield Case("SharedResult.long", [values(np.float32, (2, 4101), n) for n in (1, 2)], chain)


def head_cases():
    # What a product computes for several heads has a bias of two dimensions.
    x, weights = values(np.float32, (2, 5, 12), 1, -1, 1), Const(values(np.float32, (12, 3, 8), 2, -1, 1))
    bias = values(np.float32, (3, 8), 3)
    for name, added in ("constant", Const(bias)), ("input", bias), ("heads", bias[:, :1]), ("columns", bias[:1]):
        build = lambda i: tf.tanh(tf.einsum("bsi,ihd->bshd", i[0], i[1]) + i[2])
        yield Case(f"HeadBias.{name}", [x, weights, added], build)


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

    def subtracted():
        scores = tf.matmul(heads(q), heads(k), transpose_b=True) * scale - mask
        return heads(tf.matmul(tf.nn.softmax(scores + 1e-9), heads(v)))

    names = dict(plain=plain, einsum=einsum, by_hand=by_hand, merged=merged, subtracted=subtracted)
    names.update(unmasked=unmasked, scaled_mask=scaled_mask, weights_too=weights_too)
    return names


def chosen(q, k, v, bias, mask, group):
    """{name: attention with scores that a mask replaces, or heads that share keys}"""
    heads = lambda x: tf.transpose(x, [0, 2, 1, 3])
    scores = lambda: tf.matmul(heads(q), heads(k), transpose_b=True) * 0.25
    attend = lambda s: heads(tf.matmul(tf.nn.softmax(s), heads(v)))
    rows, keys = q.shape[1], k.shape[1]
    causal = tf.range(rows)[:, None] >= tf.range(keys)

    def grouped(repeat):
        weights = tf.nn.softmax(tf.matmul(heads(q), repeat(k), transpose_b=True) * 0.25)
        return heads(tf.matmul(weights, repeat(v)))

    def as_heads(x):
        b, t, h, d = x.shape
        wide = tf.broadcast_to(heads(x)[:, :, None], [b, h, group, t, d])
        return tf.reshape(wide, [b, h * group, t, d])

    if group > 1:
        return {
            "columns": lambda: grouped(lambda x: heads(tf.repeat(x, group, axis=2))),
            "rows": lambda: grouped(as_heads),
            # Other heads than one behind the other.
            "tiled": lambda: grouped(lambda x: heads(tf.tile(x, [1, 1, group, 1]))),
        }
    return {
        "finite": lambda: attend(tf.where(mask, scores(), -1e9)),
        "infinite": lambda: attend(tf.where(mask, scores(), -np.inf)),
        "otherwise": lambda: attend(tf.where(mask, np.float32(-3e38), scores())),
        "biased": lambda: attend(tf.where(mask, scores() + bias, 0.5)),
        "biased_later": lambda: attend(tf.where(mask, scores(), 0.5) + bias),
        "shifted": lambda: attend(tf.where(mask, scores() + 0.5, 0.25) + 0.125),
        "causal": lambda: attend(tf.where(causal, scores(), -1e9)),
        "causal_too": lambda: attend(tf.where(tf.logical_and(causal, mask), scores(), -1e9)),
        "twice": lambda: attend(tf.where(causal, tf.where(mask, scores(), -2.0), -3.0)),
    }


def fused_projection(x, qkv, heads):
    """Attention as vision transformers write it: one product for queries, keys and values."""
    b, n, c = x.shape
    together = tf.reshape(tf.matmul(x, qkv), [b, n, 3, heads, c // heads])
    q, k, v = tf.unstack(tf.transpose(together, [2, 0, 3, 1, 4]))
    weights = tf.nn.softmax(tf.matmul(q * 0.25, k, transpose_b=True))
    return tf.reshape(tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3]), [b, n, c])


def few_queries(q, k, v):
    """One query of each head, keys and values as rows of all heads."""
    weights = tf.nn.softmax(tf.einsum("bhd,bthd->bht", q, k) * 0.25)
    return tf.einsum("bht,bthd->bhd", weights, v)


def chosen_cases():
    for b, n, heads, depth in (1, 17, 3, 8), (2, 9, 1, 16), (3, 8, 2, 5):
        c = heads * depth
        inputs = [values(np.float32, (b, n, c), 1, -1, 1), Const(values(np.float32, (c, 3 * c), 2, -1, 1))]
        build = lambda i, heads=heads: fused_projection(*i, heads)
        yield Case(f"AttentionMask.fused.{b}x{n}x{heads}x{depth}", inputs, build)
        inputs = [values(np.float32, (b, heads, depth), 1)]
        inputs += [values(np.float32, (b, n, heads, depth), seed, -1, 1) for seed in (2, 3)]
        yield Case(f"AttentionMask.one_query.{b}x{n}x{heads}x{depth}", inputs, lambda i: few_queries(*i))
    shapes = [(1, 16, 2, 8, 16, 8), (2, 11, 3, 5, 23, 3), (1, 8, 1, 8, 130, 4)]
    for b, m, h, d, t, e in shapes:
        q, k = values(np.float32, (b, m, h, d), 1), values(np.float32, (b, t, h, d), 2, -1, 1)
        v, bias = values(np.float32, (b, t, h, e), 3), values(np.float32, (1, h, 1, t), 4)
        size = f"{b}x{m}x{h}x{d}x{t}x{e}"
        masks = {"keys": (b, 1, 1, t), "full": (b, h, m, t), "rows": (m, 1)}
        for shape, dims in masks.items():
            mask = values(np.bool_, dims, 5)
            # A row without keys: numbers that replace all scores count.
            if shape == "full":
                mask[:, 0, 1] = False
            inputs = [q, k, v, bias, mask]
            for name in chosen(*map(tf.constant, inputs), 1):
                if shape != "full" and name not in ("finite", "otherwise", "causal_too"):
                    continue
                build = lambda i, name=name: chosen(*i, 1)[name]()
                yield Case(f"AttentionMask.{name}.{shape}.{size}", inputs, build)
        for group in (2, 3):
            inputs = [values(np.float32, (b, m, h * group, d), 1), k, v]
            for name in "columns", "rows", "tiled":
                build = lambda i, name=name, group=group: chosen(*i, None, None, group)[name]()
                yield Case(f"AttentionGroups.{name}.{group}.{size}", inputs, build)


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
    yield from softmax_cases()
    yield from shared_cases()
    yield from head_cases()
    yield from attention_cases()
    yield from chosen_cases()
