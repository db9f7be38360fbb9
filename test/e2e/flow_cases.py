"""Branches, loops and lists of tensors, as functions (control flow of version 2)."""
import numpy as np
import tensorflow as tf

from case_types import *

raw = tf.raw_ops
tf.compat.v1.enable_control_flow_v2()


def flow_case(name, inputs, build):
    return Case(name, inputs, build, by_type=False, keep_library=True)


def scalar(value, dtype=np.int32):
    return np.array(value, dtype)


# ---- branches


def branch_cases():
    x = values(np.float32, (3, 4), 1)
    for taken in False, True:
        build = lambda i: tf.cond(i[0], lambda: (tf.exp(i[1]), i[1]), lambda: (i[1], i[1] * 2.0 + i[1]))
        yield flow_case(f"If.{taken}", [scalar(taken, bool), x], build)

    def nested(i):
        inner = lambda: tf.cond(i[1] > 2, lambda: i[2] - 1.0, lambda: tf.reduce_sum(i[2]) + i[2])
        return tf.cond(i[0] > 2, inner, lambda: tf.zeros_like(i[2]))

    for a in 1, 3:
        for b in 1, 3:
            yield flow_case(f"If.nested.{a}{b}", [scalar(a), scalar(b), x], nested)
    for k in -1, 0, 1, 2, 9:
        build = lambda i: tf.switch_case(i[0], [lambda: i[1], lambda: -i[1], lambda: tf.exp(i[1])])
        yield flow_case(f"Case.{k}", [scalar(k), x], build)


# ---- loops


def loop_cases():
    x = values(np.float32, (4, 4), 2, -0.5, 0.5)
    w = values(np.float32, (4, 4), 3, -0.5, 0.5)

    def power(i):
        return tf.while_loop(lambda k, y: k < 5, lambda k, y: (k + 1, tf.tanh(tf.matmul(y, i[1]))), [0, i[0]])

    yield flow_case("While.counted", [x, w], power)
    for limit in 0, 1, 7:
        build = lambda i: tf.while_loop(lambda k, y: k < i[1], lambda k, y: (k + 2, tf.sin(y) + i[0]), [0, i[0]])
        yield flow_case(f"While.limit.{limit}", [x, scalar(limit)], build)

    def until(i):
        return tf.while_loop(lambda y, n: tf.reduce_max(y) < 100.0, lambda y, n: (y * y + 1.0, n + 1), [i[0], 0])

    yield flow_case("While.until", [x], until)

    def fibonacci(i):
        return tf.while_loop(lambda k, a, b: k > 0, lambda k, a, b: (k - 3, b, a + b), [20, i[0], i[1]])

    yield flow_case("While.swap", [values(np.int64, (3,), 4), values(np.int64, (3,), 5)], fibonacci)

    def nested(i):
        def row(k, y):
            inner = tf.while_loop(lambda j, z: j < k, lambda j, z: (j + 1, tf.sin(z) + y), [0, i[0]])
            return k + 1, inner[1] + tf.cast(k, tf.float32)

        return tf.while_loop(lambda k, y: k < 4, row, [0, i[0]])[1]

    yield flow_case("While.nested", [x], nested)

    def branching(i):
        def step(k, y):
            return k + 1, tf.cond(tf.equal(k % 2, 0), lambda: tf.sin(y), lambda: y * i[0])

        return tf.while_loop(lambda k, y: k < i[1], step, [0, i[0]])[1]

    yield flow_case("While.branching", [x, scalar(5)], branching)

    # An operand that is padded, in a loop: its producer must not write early.
    def padded(i):
        pad = lambda y: tf.pad(y[1:3, 1:3] * 2.0, [[1, 1], [1, 1]]) + i[0]
        return tf.while_loop(lambda k, y: k < 3, lambda k, y: (k + 1, pad(y)), [0, i[0]])[1]

    yield flow_case("While.padded", [x], padded)


# ---- lists


def list_cases():
    x = values(np.float32, (6, 2, 4), 6, -0.5, 0.5)
    w = values(np.float32, (4, 5), 7, -0.5, 0.5)
    r = values(np.float32, (5, 5), 8, -0.5, 0.5)
    h = values(np.float32, (2, 5), 9, -0.5, 0.5)

    def recurrent(i, joined=False, reverse=False):
        x, w, r, h = i
        rows = tf.TensorArray(tf.float32, 6).unstack(x)
        out = tf.TensorArray(tf.float32, 6)
        both = tf.concat([w, r], 0)

        def step(k, h, out):
            row = rows.read(5 - k if reverse else k)
            if joined:
                h = tf.tanh(tf.matmul(tf.concat([row, h], 1), both))
            else:
                h = tf.tanh(tf.matmul(row, w) + tf.matmul(h, r))
            return k + 1, h, out.write(k, h)

        _, h, out = tf.while_loop(lambda k, *_: k < 6, step, [0, h, out])
        return h, out.stack()

    for constant in False, True:
        wrap = Const if constant else (lambda array: array)
        inputs = [x, wrap(w), wrap(r), h]
        name = "const" if constant else "fed"
        yield flow_case(f"TensorListSetItem.recurrent.{name}", inputs, recurrent)
        yield flow_case(f"TensorListSetItem.joined.{name}", inputs, lambda i: recurrent(i, joined=True))
        yield flow_case(f"TensorListSetItem.reverse.{name}", inputs, lambda i: recurrent(i, reverse=True))

    # Each row from the one before: the list is read and written.
    def running(i):
        out = tf.TensorArray(tf.float32, 5, clear_after_read=False).write(0, i[0])
        step = lambda k, out: (k + 1, out.write(k, tf.sin(out.read(k - 1)) + i[0]))
        return tf.while_loop(lambda k, _: k < 5, step, [1, out])[1].stack()

    yield flow_case("TensorListGetItem.running", [values(np.float32, (3,), 10)], running)

    # Two lists change places; rows that nothing sets are zeros.
    def exchanged(i):
        a, b = (tf.TensorArray(tf.float32, 4, element_shape=(3,)) for _ in range(2))
        step = lambda k, a, b: (k + 2, b.write(k, i[0] + tf.cast(k, tf.float32)), a)
        _, a, b = tf.while_loop(lambda k, *_: k < 3, step, [0, a, b])
        return a.stack(), b.stack()

    yield flow_case("TensorListStack.exchanged", [values(np.float32, (3,), 11)], exchanged)

    def old(i):
        made = raw.TensorListFromTensor(tensor=i[0], element_shape=[4])
        new = raw.TensorListSetItem(input_handle=made, index=i[1], item=i[2])
        item = raw.TensorListGetItem(input_handle=made, index=i[1], element_shape=[4], element_dtype=tf.float32)
        stacked = raw.TensorListStack(input_handle=new, element_shape=[4], element_dtype=tf.float32, num_elements=3)
        return item, stacked, raw.TensorListLength(input_handle=new)

    matrix, row = values(np.float32, (3, 4), 12), values(np.float32, (4,), 13)
    yield flow_case("TensorListFromTensor", [matrix, scalar(1), row], old)

    def pushed(i):
        empty = raw.EmptyTensorList(element_shape=[-1], max_num_elements=-1, element_dtype=tf.float32)
        two = raw.TensorListPushBack(input_handle=empty, tensor=i[0])
        two = raw.TensorListPushBack(input_handle=two, tensor=-i[0])
        shape = dict(element_shape=[4], element_dtype=tf.float32)
        rest, last = raw.TensorListPopBack(input_handle=two, **shape)
        return last, raw.TensorListStack(input_handle=rest, **shape)

    yield flow_case("TensorListPushBack", [row], pushed)

    def rearranged(i):
        shape = dict(element_shape=[4], element_dtype=tf.float32)
        made = raw.TensorListScatterV2(tensor=i[0], indices=[2, 0, 1], element_shape=[4], num_elements=-1)
        larger = raw.TensorListResize(input_handle=made, size=5)
        smaller = raw.TensorListResize(input_handle=made, size=2)
        pairs = raw.TensorListSplit(tensor=tf.reshape(i[0], [6, 2]), element_shape=[-1, 2], lengths=tf.constant([3, 3], tf.int64))
        joined = raw.TensorListConcatV2(input_handle=pairs, element_shape=[3, 2], leading_dims=tf.zeros([0], tf.int64), element_dtype=tf.float32)
        return (raw.TensorListGather(input_handle=made, indices=[1, 1, 2], **shape),
                raw.TensorListStack(input_handle=larger, **shape), raw.TensorListStack(input_handle=smaller, **shape), joined[0], joined[1])

    yield flow_case("TensorListScatterV2", [matrix], rearranged)


# ---- joins and parts of what loops carry, in runs that are long enough to stay in place


def placement_cases():
    x = values(np.float32, (4, 64), 14, -1, 1)
    less = lambda n: lambda k, *_: k < n

    def shifted(i):
        step = lambda k, b, a: (k + 1, tf.concat([b[:, 32:], tf.tanh(a)], 1), a + tf.reduce_sum(b[:, :32]) * 0.01)
        return tf.while_loop(less(5), step, [0, i[0], i[0][:, :32]])[1:]

    yield flow_case("While.shifted", [x], shifted)

    def halves(i):
        def step(k, b):
            left, right = tf.split(b, 2, 1)
            return k + 1, tf.concat([tf.nn.relu(right + 1.0), tf.tanh(left)], 1)

        y = tf.while_loop(less(7), step, [0, i[0]])[1]
        return tf.concat([y, i[0]], 1), y[:, 16:48]

    yield flow_case("While.halves", [x], halves)

    def rotated(i):
        def step(k, b):
            up = lambda: tf.concat([b[2:], b[:2]], 0)
            down = lambda: tf.concat([tf.exp(-tf.abs(b[:2])), b[2:]], 0)
            return k + 1, tf.cond(tf.reduce_sum(b) > 0, up, down) - 0.1

        return tf.while_loop(lambda k, b: (k < 20) & (tf.reduce_max(b) > -2), step, [0, i[0]])

    yield flow_case("While.rotated", [x], rotated)

    def padded(i):
        step = lambda k, b: (k + 1, tf.pad(tf.tanh(b[1:]), [[0, 1], [0, 0]]) + b * 0.25)
        return tf.while_loop(less(3), step, [0, i[0]])[1]

    yield flow_case("While.padded.rows", [x], padded)


def cases():
    for group in branch_cases, loop_cases, list_cases, placement_cases:
        yield from group()
