"""The inputs that a case file holds, at batch 1."""
import numpy as np


def first_row(value, batch):
    """The first of `batch` rows, wherever the dimension of that size is."""
    if batch == 1 or batch not in value.shape:
        return value
    axis = value.shape.index(batch)
    return np.take(value, [0], axis)


def read_feeds(case):
    """{input: value} of feed/NAME and feed/NAME:0; states count no batch in front."""
    with np.load(case) as file:
        feeds = {
            key.split("/", 1)[1].split(":")[0]: file[key]
            for key in file.files
            if key.startswith("feed/")
        }
    batch = min((v.shape[0] for v in feeds.values() if v.ndim), default=1)
    return {n: np.ascontiguousarray(first_row(v, batch)) for n, v in feeds.items()}


def fetch_names(case):
    with np.load(case) as file:
        keys = [key for key in file.files if key.startswith("fetch/")]
    return [key.split("/", 1)[1].removesuffix(":0") for key in keys]
