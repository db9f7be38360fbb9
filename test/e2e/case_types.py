"""What one recorded case is made of."""
import dataclasses

import numpy as np
import tensorflow as tf

BFLOAT16 = tf.bfloat16.as_numpy_dtype
FLOATS = [np.float32, np.float64, np.float16, BFLOAT16]
SIGNED = [np.int8, np.int16, np.int32, np.int64]
UNSIGNED = [np.uint8, np.uint16, np.uint32, np.uint64]
INTEGERS = SIGNED + UNSIGNED
COMPLEX = [np.complex64, np.complex128]
NUMBERS = FLOATS + INTEGERS + COMPLEX
ALL = NUMBERS + [np.bool_]


@dataclasses.dataclass
class Const:
    array: np.ndarray


@dataclasses.dataclass
class Case:
    name: str
    inputs: list
    build: object  # tensors -> outputs
    by_type: bool = True  # may lack a kernel
    golden: object = None  # () -> list of arrays, where TensorFlow has no kernel
    fetches: object = None  # names, where the graph is rewritten
    rewrite: object = None  # changes the GraphDef after it is built
    keep_library: bool = False
    constant = Const


def kind(dtype):
    return np.dtype(dtype).name


def is_float(dtype):
    return dtype in FLOATS


def values(dtype, shape, seed=0, low=-4, high=4):
    """Seeded values of a type, whole and fractional, all in [low, high]."""
    rng = np.random.default_rng(seed + 7919 * len(shape))
    if dtype == np.bool_:
        return rng.random(shape) < 0.5
    if dtype in UNSIGNED:
        low = max(low, 0)
    if dtype in INTEGERS:
        return rng.integers(low, high + 1, shape).astype(dtype)
    real = rng.uniform(low, high, shape)
    if real.size > 64:
        real = np.round(real * 4) / 4  # packs well
    if dtype in COMPLEX:
        return (real + 1j * rng.uniform(low, high, shape)).astype(dtype)
    return real.astype(dtype)


def edges(dtype):
    """Values where careless code goes wrong."""
    if dtype == np.bool_:
        return np.array([True, False])
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        return np.array([0, 1, info.max, info.min, info.max - 1, info.min + 1, 2, 7], dtype)
    special = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 0.5, -2.5, 1e-4]
    if dtype in (np.float32, np.float64):
        special += [1e-30, -1e30, 88.0, -88.0]
    return np.array(special, dtype)
