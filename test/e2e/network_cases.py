"""Contractions, convolutions, windows, normalisation, resizing, calls; both layouts."""
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import op_def_library

from case_types import *

raw = tf.raw_ops


def small(dtype, shape, seed=0):
    """Values whose sums stay exact enough for every type."""
    return values(dtype, shape, seed, -2, 2)


# ---- contractions


def matmul_cases():
    for dtype in FLOATS + [np.int32, np.int64] + COMPLEX:
        inputs = [small(dtype, (5, 7), 1), small(dtype, (7, 3), 2)]
        yield Case(f"MatMul.{kind(dtype)}", inputs, lambda i: raw.MatMul(a=i[0], b=i[1]))
        inputs = [small(dtype, (2, 1, 3, 4), 1), small(dtype, (3, 4, 5), 2)]
        yield Case(f"BatchMatMulV2.{kind(dtype)}", inputs, lambda i: raw.BatchMatMulV2(x=i[0], y=i[1]))
        inputs = [small(dtype, (2, 4, 3), 1), small(dtype, (2, 5, 4), 2)]
        build = lambda i: raw.BatchMatMulV2(x=i[0], y=i[1], adj_x=True, adj_y=True)
        yield Case(f"BatchMatMulV2.{kind(dtype)}.adjoint", inputs, build)
    sizes = [(1, 1, 1), (1, 64, 10), (16, 16, 16), (17, 33, 31), (3, 0, 4), (0, 4, 3), (1, 300, 129), (70, 65, 100)]
    for m, k, n in sizes:
        for a in False, True:
            for b in False, True:
                left = small(np.float32, (k, m) if a else (m, k), 1)
                right = small(np.float32, (n, k) if b else (k, n), 2)
                build = lambda i, a=a, b=b: raw.MatMul(a=i[0], b=i[1], transpose_a=a, transpose_b=b)
                name = f"MatMul.{m}x{k}x{n}{'.a' if a else ''}{'.b' if b else ''}"
                if k * n < 4000:
                    yield Case(name, [left, right], build)
                if not a and not (b and k * n > 10000):
                    yield Case(name + ".const", [left, Const(right)], build)
    for equation, *shapes in (
        ("ab,bc->ac", (3, 4), (4, 5)),
        ("abc,cd->abd", (2, 3, 4), (4, 5)),
        ("abhd,cbhd->hbac", (3, 2, 4, 5), (6, 2, 4, 5)),
        ("...ab,...bc->...ac", (2, 3, 4), (4, 5)),
        ("ab->ba", (3, 4)),
        ("aab->b", (3, 3, 4)),
        ("ab->", (3, 4)),
        ("a,b->ab", (3,), (4,)),
    ):
        inputs = [small(np.float32, s, n) for n, s in enumerate(shapes)]
        build = lambda i, e=equation: raw.Einsum(inputs=i, equation=e)
        name = equation.replace("->", "_to_").replace(",", "_").replace("...", "x")
        yield Case(f"Einsum.{name}", inputs, build)


# ---- layouts: TensorFlow's CPU kernels know NHWC, the definition holds for both


def to_nchw(array):
    return np.ascontiguousarray(np.transpose(array, (0, 3, 1, 2)))


def list_to_nchw(four):
    return [four[0], four[3], four[1], four[2]]


def both_layouts(name, image, rest, run, exact=None):
    """The case in NHWC, and in NCHW with TensorFlow's NHWC result transposed. `exact` computes
    what is recorded in place of `run`."""

    def golden():
        arrays = [tf.constant(image)] + [tf.constant(getattr(r, "array", r)) for r in rest]
        return [(exact or run)(arrays, "NHWC").numpy()]

    yield Case(name, [image] + rest, lambda i: run(i, "NHWC"), golden=golden if exact else None)
    try:
        result = golden()[0]
    except (tf.errors.OpError, TypeError, ValueError):
        return
    transposed = lambda: [to_nchw(result)]
    yield Case(f"{name}.nchw", [to_nchw(image)] + rest, lambda i: run(i, "NCHW"), golden=transposed)


def rounded_once(run):
    """Sums in float32. As it is shipped, with oneDNN, TensorFlow does the same for bfloat16, bit
    for bit; without oneDNN, as cases are recorded, it rounds the sum after every tap."""

    def exact(i, layout):
        return tf.cast(run([tf.cast(x, tf.float32) for x in i], layout), i[0].dtype)

    return exact


def lists(layout, *fours):
    return [list_to_nchw(f) if layout == "NCHW" else f for f in fours]


def convolution(op, strides, padding, dilations):
    def run(i, layout):
        s, d = lists(layout, strides, dilations)
        more = {}
        if isinstance(padding, list):
            pairs = [padding[n : n + 2] for n in (0, 2, 4, 6)]
            (pairs,) = lists(layout, pairs)
            more["explicit_paddings"] = [n for pair in pairs for n in pair]
        name = "EXPLICIT" if isinstance(padding, list) else padding
        function = getattr(raw, op)
        return function(
            input=i[0], filter=i[1], strides=s, padding=name, dilations=d, data_format=layout, **more
        )

    return run


def conv_cases():
    one = [1, 1, 1, 1]
    for dtype in FLOATS + [np.int32]:
        image, weights = small(dtype, (2, 6, 7, 3), 1), Const(small(dtype, (3, 3, 3, 5), 2))
        run = convolution("Conv2D", one, "SAME", one)
        yield from both_layouts(f"Conv2D.{kind(dtype)}", image, [weights], run)
        weights = Const(small(dtype, (3, 3, 3, 2), 2))
        run = convolution("DepthwiseConv2dNative", one, "SAME", one)
        exact = rounded_once(run) if dtype == BFLOAT16 else None
        name = f"DepthwiseConv2dNative.{kind(dtype)}"
        yield from both_layouts(name, image, [weights], run, exact)
    explicit = [0, 0, 1, 2, 0, 3, 0, 0]
    for label, shape, weights, strides, padding, dilations in (
        ("1x1", (1, 5, 5, 8), (1, 1, 8, 16), one, "VALID", one),
        ("1x1_stride", (1, 7, 7, 4), (1, 1, 4, 33), [1, 2, 2, 1], "SAME", one),
        ("stride", (1, 9, 8, 3), (3, 3, 3, 7), [1, 2, 3, 1], "SAME", one),
        ("valid", (1, 9, 8, 3), (5, 2, 3, 7), [1, 2, 1, 1], "VALID", one),
        ("dilated", (1, 11, 10, 3), (3, 3, 3, 4), one, "SAME", [1, 2, 3, 1]),
        ("explicit", (1, 6, 6, 2), (3, 3, 2, 4), one, explicit, one),
        ("grouped", (1, 6, 6, 8), (3, 3, 2, 12), one, "SAME", one),
        ("wide", (1, 4, 4, 40), (3, 3, 40, 50), one, "SAME", one),
        ("one_channel", (1, 10, 10, 1), (4, 4, 1, 20), [1, 2, 2, 1], "SAME", one),
        ("large_kernel", (1, 9, 9, 2), (9, 9, 2, 3), one, "SAME", one),
        ("row", (1, 1, 20, 4), (1, 5, 4, 6), one, "SAME", one),
        ("empty_batch", (0, 5, 5, 3), (3, 3, 3, 4), one, "SAME", one),
    ):
        rest = [Const(small(np.float32, weights, 2))]
        run = convolution("Conv2D", strides, padding, dilations)
        image = small(np.float32, shape, 1)
        yield from both_layouts(f"Conv2D.{label}", image, rest, run)
    fed = [small(np.float32, (1, 5, 5, 3), 1), small(np.float32, (3, 3, 3, 4), 2)]
    run = convolution("Conv2D", one, "SAME", one)
    yield Case("Conv2D.fed_weights", fed, lambda i: run(i, "NHWC"))
    for label, shape, weights, strides, padding in (
        ("stride", (1, 9, 9, 5), (3, 3, 5, 1), [1, 2, 2, 1], "SAME"),
        ("valid", (1, 9, 8, 17), (5, 5, 17, 1), one, "VALID"),
        ("multiplier", (2, 5, 5, 3), (3, 3, 3, 4), one, "SAME"),
        ("column", (1, 12, 3, 16), (7, 1, 16, 1), one, "SAME"),
        ("explicit", (1, 6, 6, 2), (3, 3, 2, 1), one, explicit),
    ):
        rest = [Const(small(np.float32, weights, 2))]
        run = convolution("DepthwiseConv2dNative", strides, padding, one)
        image = small(np.float32, shape, 1)
        yield from both_layouts(f"DepthwiseConv2dNative.{label}", image, rest, run)


def pool_cases():
    for op in "MaxPool", "AvgPool":
        key = "input" if op == "MaxPool" else "value"

        def pooling(ksize, strides, padding, op=op, key=key):
            def run(i, layout):
                k, s = lists(layout, ksize, strides)
                name = "EXPLICIT" if isinstance(padding, list) else padding
                more = {}
                if isinstance(padding, list):
                    pairs = [padding[n : n + 2] for n in (0, 2, 4, 6)]
                    (pairs,) = lists(layout, pairs)
                    more["explicit_paddings"] = [n for pair in pairs for n in pair]
                arguments = {key: i[0], "ksize": k, "strides": s, "padding": name}
                return getattr(raw, op)(**arguments, data_format=layout, **more)

            return run

        for dtype in FLOATS + INTEGERS:
            run = pooling([1, 2, 2, 1], [1, 2, 2, 1], "VALID")
            yield from both_layouts(f"{op}.{kind(dtype)}", values(dtype, (2, 6, 6, 3)), [], run)
        for label, ksize, strides, padding in (
            ("same", [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
            ("overlap", [1, 3, 2, 1], [1, 1, 1, 1], "SAME"),
            ("whole", [1, 7, 9, 1], [1, 1, 1, 1], "VALID"),
            ("wide_stride", [1, 2, 2, 1], [1, 3, 3, 1], "VALID"),
        ):
            image = values(np.float32, (1, 7, 9, 5), 3, -9, -1)
            yield from both_layouts(f"{op}.{label}", image, [], pooling(ksize, strides, padding))
    run = lambda i: raw.MaxPool(input=i[0], ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    low = np.full((1, 4, 4, 2), -np.inf, np.float32)
    low[0, 0, 0] = -3e38
    yield Case("MaxPool.low_values", [low[:, :2, :2]], run)


def normalisation_cases():
    for dtype in FLOATS:
        image = values(dtype, (2, 3, 4, 5))
        for layout in "NHWC", "NCHW":
            if layout == "NCHW" and dtype != np.float32:
                continue
            inputs = [image] if layout == "NHWC" else [to_nchw(image)]
            yield from batch_norms(f"FusedBatchNormV3.{kind(dtype)}", image, inputs, layout)
        yield Case(
            f"BiasAdd.{kind(dtype)}",
            [image, Const(values(dtype, (5,), 1))],
            lambda i: raw.BiasAdd(value=i[0], bias=i[1]),
        )
    for dtype in INTEGERS:
        inputs = [values(dtype, (3, 4)), Const(values(dtype, (4,), 1))]
        yield Case(f"BiasAdd.{kind(dtype)}", inputs, lambda i: raw.BiasAdd(value=i[0], bias=i[1]))
    for shape in (2, 5, 3), (2, 5, 3, 4), (2, 5, 3, 4, 2):
        inputs = [values(np.float32, shape), Const(values(np.float32, (5,), 1))]
        build = lambda i: raw.BiasAdd(value=i[0], bias=i[1], data_format="NCHW")
        yield Case(f"BiasAdd.nchw.rank_{len(shape)}", inputs, build)


def batch_norms(name, image, inputs, layout):
    rest = [values(np.float32, (5,), n, 0.5, 2).astype(np.float32) for n in range(4)]

    def norm(i, layout, training):
        empty = tf.constant([], tf.float32)
        mean, variance = (empty, empty) if training else (i[3], i[4])
        result = raw.FusedBatchNormV3(
            x=i[0], scale=i[1], offset=i[2], mean=mean, variance=variance,
            epsilon=1e-3, is_training=training, data_format=layout,
        )
        return [result.y, result.batch_mean, result.batch_variance] if training else [result.y]

    for training in False, True:
        def golden(training=training):
            arrays = [tf.constant(a) for a in [image] + rest]
            results = [r.numpy() for r in norm(arrays, "NHWC", training)]
            return [to_nchw(results[0])] + results[1:]

        suffix = (".training" if training else "") + (".nchw" if layout == "NCHW" else "")
        arrays = inputs + [Const(r) for r in rest]
        build = lambda i, training=training: norm(i, layout, training)
        yield Case(name + suffix, arrays, build, golden=golden if layout == "NCHW" else None)


def resize_cases():
    for op in "ResizeBilinear", "ResizeNearestNeighbor":
        flags = [(False, False), (True, False), (False, True)]
        if op == "ResizeNearestNeighbor":
            flags.append((True, True))
        for corners, centers in flags:
            for size in (2, 3), (7, 9), (4, 5), (1, 1):
                def build(i, op=op, corners=corners, centers=centers):
                    return getattr(raw, op)(
                        images=i[0], size=i[1], align_corners=corners, half_pixel_centers=centers
                    )

                name = f"{op}.{size[0]}x{size[1]}"
                name += ("_corners" if corners else "") + ("_centers" if centers else "")
                inputs = [values(np.float32, (2, 4, 5, 3)), Const(np.array(size, np.int32))]
                yield Case(name, inputs, build)
        for dtype in ALL:
            inputs = [values(dtype, (1, 3, 4, 2)), Const(np.array((5, 6), np.int32))]
            build = lambda i, op=op: getattr(raw, op)(images=i[0], size=i[1], half_pixel_centers=True)
            yield Case(f"{op}.{kind(dtype)}", inputs, build)


# ---- fused operators of Grappler and of TF.js


def fused_conv(i, fused, stride=1, alpha=0.3):
    return op_def_library.apply_op(
        "_FusedConv2D",
        name="fused",  # a scope may not start with "_"
        input=i[0],
        filter=i[1],
        args=i[2:],
        host_args=[],
        num_args=len(i) - 2,
        fused_ops=fused,
        strides=[1, stride, stride, 1],
        padding="SAME",
        explicit_paddings=[],
        data_format="NHWC",
        filter_format="HWIO",
        dilations=[1, 1, 1, 1],
        use_cudnn_on_gpu=False,
        epsilon=1e-3,
        leakyrelu_alpha=alpha,
    )


def fused_matmul(i, fused, alpha=0.3):
    return op_def_library.apply_op(
        "_FusedMatMul",
        name="fused",
        a=i[0],
        b=i[1],
        args=i[2:],
        fused_ops=fused,
        transpose_a=False,
        transpose_b=False,
        epsilon=1e-4,
        leakyrelu_alpha=alpha,
    )


def fused_cases():
    image, weights = small(np.float32, (1, 6, 6, 3), 1), Const(small(np.float32, (3, 3, 3, 8), 2))
    bias = Const(small(np.float32, (8,), 3))
    for last in [], ["Relu"], ["Relu6"], ["Elu"], ["LeakyRelu"]:
        fused = ["BiasAdd"] + last
        name = "_".join(fused)
        build = lambda i, fused=fused: fused_conv(i, fused)
        yield Case(f"_FusedConv2D.{name}", [image, weights, bias], build, by_type=False)
        build = lambda i, fused=fused: fused_matmul(i, fused)
        inputs = [small(np.float32, (3, 5), 1), Const(small(np.float32, (5, 8), 2)), bias]
        yield Case(f"_FusedMatMul.{name}", inputs, build, by_type=False)
    norm = [Const(values(np.float32, (8,), n, 0.5, 2)) for n in range(4)]
    for fused in ["FusedBatchNorm"], ["FusedBatchNorm", "Relu"]:
        build = lambda i, fused=fused: fused_conv(i, fused, stride=2)
        name = "_FusedConv2D." + "_".join(fused)
        yield Case(name, [image, weights] + norm, build, by_type=False)
    yield from tfjs_cases(image)


def tfjs_cases(image):
    alpha = values(np.float32, (3,), 4, 0, 1)

    def as_prelu(graph):
        node = graph.node[-1]
        node.op = "Prelu"

    yield Case(
        "Prelu", [image, Const(alpha)], lambda i: raw.Mul(x=i[0], y=i[1], name="out"),
        golden=lambda: [np.where(image < 0, image * alpha, image)], fetches=["out:0"], rewrite=as_prelu,
    )
    weights, bias = small(np.float32, (3, 3, 3, 2), 2), small(np.float32, (6,), 3)
    for last in "", "Relu6", "Relu":
        def as_fused(graph, last=last):
            node = next(n for n in graph.node if n.op == "DepthwiseConv2dNative")
            bias_name = next(n for n in graph.node if n.op == "BiasAdd").input[1]
            node.op = "FusedDepthwiseConv2dNative"
            node.input.append(bias_name)
            node.attr["num_args"].i = 1
            node.attr["fused_ops"].list.s.extend([b"BiasAdd"] + ([last.encode()] if last else []))
            node.attr["epsilon"].f = 0.0
            constant = next(n for n in graph.node if n.name == bias_name)
            kept = [n for n in graph.node if n.op != "BiasAdd" and n is not node and n is not constant]
            kept = [type(n).FromString(n.SerializeToString()) for n in kept + [constant, node]]
            del graph.node[:]
            graph.node.extend(kept)

        def plain(i):
            conv = raw.DepthwiseConv2dNative(
                input=i[0], filter=i[1], strides=[1, 1, 1, 1], padding="SAME", name="out"
            )
            return raw.BiasAdd(value=conv, bias=i[2])

        def golden(last=last):
            result = plain([tf.constant(a) for a in (image, weights, bias)])
            activation = {"": tf.identity, "Relu": tf.nn.relu, "Relu6": tf.nn.relu6}[last]
            return [activation(result).numpy()]

        yield Case(
            f"FusedDepthwiseConv2dNative.BiasAdd{last}", [image, Const(weights), Const(bias)], plain,
            golden=golden, fetches=["out:0"], rewrite=as_fused,
        )


def call_cases():
    @tf.function(input_signature=[tf.TensorSpec((2, 3), tf.float32)] * 2)
    def inner(x, y):
        return x * y + 1.0, x - y

    @tf.function(input_signature=[tf.TensorSpec((2, 3), tf.float32)] * 2)
    def outer(x, y):
        first, second = inner(x, y)
        return inner(first, second)[0]

    inputs = [values(np.float32, (2, 3), n) for n in range(2)]
    for op in "PartitionedCall", "StatefulPartitionedCall":
        def build(i, op=op):
            concrete = outer.get_concrete_function()
            concrete.add_to_graph(tf.compat.v1.get_default_graph())
            return getattr(raw, op)(args=i, Tout=[tf.float32], f=concrete)

        yield Case(op, inputs, build, keep_library=True)

    def ordered(i):
        with tf.control_dependencies([raw.NoOp()]):
            return raw.AddV2(x=i[0], y=i[1])

    yield Case("NoOp.control", inputs, ordered)


def cases():
    for group in (
        matmul_cases,
        conv_cases,
        pool_cases,
        normalisation_cases,
        resize_cases,
        fused_cases,
        call_cases,
    ):
        yield from group()
