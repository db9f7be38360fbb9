#!/usr/bin/env python3
"""Records the end-to-end cases: tier-1 operators by element type and layout.

Needs: pip install tensorflow-cpu    (not needed to build or test)
Usage: make_cases.py [OPERATOR ...]  writes the archives beside the script: all of them, or anew the
                                     cases of these operators

Cases of one operator share a graph: OPERATOR.N.pb, with OPERATOR.N.npz for the inputs and
TensorFlow's outputs, in the format of the corpus; nodes are named CASE/NODE. Every type that TensorFlow has a kernel for is recorded. Where it has none
(NCHW convolutions, operators of TF.js) the definition is evaluated by other operators.
"""
import io
import os
import sys
import zipfile

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf

import convolution_cases
import elementwise_cases
import flow_cases
import formula_cases
import movement_cases
import network_cases

v1 = tf.compat.v1
ARCHIVES = {
    "cases.zip": (elementwise_cases, movement_cases, network_cases),
    "formulas.zip": (formula_cases,),
    "flow.zip": (flow_cases,),
    "convolutions.zip": (convolution_cases,),
}
PER_BUNDLE = 12
HERE = os.path.dirname(os.path.abspath(__file__))


def session():
    config = v1.ConfigProto()
    # The graph as written: no constant folding, no fusion.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return v1.Session(config=config)


def add_member(archive, name, content):
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content, compresslevel=9)


def npz_bytes(feeds, fetches):
    """Stored, so that the archive around it can pack it; same bytes for same arrays."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for role, arrays in ("feed", feeds), ("fetch", fetches):
            for name, array in arrays.items():
                array = np.asarray(array)
                if array.dtype == tf.bfloat16.as_numpy_dtype:
                    array, key = array.view(np.uint16), f"{role}.bf16/{name}"
                elif array.dtype == object:
                    array, key = array.astype("S"), f"{role}/{name}"
                else:
                    key = f"{role}/{name}"
                content = io.BytesIO()
                np.lib.format.write_array(content, np.asarray(array, order="C"))
                info = zipfile.ZipInfo(key + ".npy", (1980, 1, 1, 0, 0, 0))
                file.writestr(info, content.getvalue())
    return out.getvalue()


def build_node(case):
    """The operator with its inputs: arrays become placeholders, Const(array) constants."""
    inputs, feeds = [], {}
    for i, value in enumerate(case.inputs):
        if isinstance(value, case.constant):
            inputs.append(tf.constant(value.array, name=f"c{i}"))
            continue
        placeholder = v1.placeholder(value.dtype, value.shape, name=f"x{i}")
        inputs.append(placeholder)
        feeds[placeholder.name] = value
    return case.build(inputs), feeds


def record(case):
    """(GraphDef, feeds, fetches), or None where TensorFlow has no such kernel."""
    values = case.golden() if case.golden else None
    with tf.Graph().as_default() as graph, session() as runner:
        try:
            outputs, feeds = build_node(case)
        except (TypeError, ValueError) as error:
            if case.by_type:
                return None
            raise RuntimeError(case.name) from error
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        definition = graph.as_graph_def()
        if case.rewrite:
            case.rewrite(definition)
        if not case.keep_library:
            definition.ClearField("library")
        names = case.fetches or [o.name for o in outputs]
        if values is None:
            try:
                values = runner.run(outputs, feeds)
            except tf.errors.OpError as error:
                if case.by_type and not isinstance(error, tf.errors.InternalError):
                    return None
                raise RuntimeError(case.name) from error
    return definition, feeds, dict(zip(names, values))


class Bundle:
    """Several cases of one operator in one graph, each under its own name."""

    def __init__(self):
        self.graph, self.feeds, self.fetches = None, {}, {}

    def add(self, case, definition, feeds, fetches):
        prefix = case.name.lstrip("_")
        for node in definition.node:
            node.name = f"{prefix}/{node.name}"
            for i, name in enumerate(node.input):
                control, name = name.startswith("^"), name.lstrip("^")
                node.input[i] = f"{'^' if control else ''}{prefix}/{name}"
        if self.graph is None:
            self.graph = definition
        else:
            self.graph.node.extend(definition.node)
        for arrays, more in (self.feeds, feeds), (self.fetches, fetches):
            arrays.update({f"{prefix}/{name}": a for name, a in more.items()})

    def write(self, archive, name):
        content = self.graph.SerializeToString(deterministic=True)
        add_member(archive, name + ".pb", content)
        add_member(archive, name + ".npz", npz_bytes(self.feeds, self.fetches))


def write_archive(archive_name, groups, wanted):
    seen, left_out, bundles = set(), 0, {}
    for group in groups:
        for case in group.cases():
            assert case.name not in seen, case.name
            if wanted and case.name.split(".")[0] not in wanted:
                continue
            recorded = record(case)
            if recorded is None:
                left_out += 1
                continue
            seen.add(case.name)
            operator = case.name.split(".")[0]
            last = bundles.setdefault(operator, [Bundle()])[-1]
            # Functions keep their names: those of two cases could be one.
            if len(last.fetches) >= PER_BUNDLE or (case.keep_library and last.graph is not None):
                last = Bundle()
                bundles[operator].append(last)
            last.add(case, *recorded)
    if not seen:
        return
    path = os.path.join(HERE, archive_name)
    kept = {}
    if wanted:
        with zipfile.ZipFile(path) as archive:
            kept = {n: archive.read(n) for n in archive.namelist() if n.split(".")[0] not in wanted}
    operators = {n.split(".")[0] for n in kept} | set(bundles)
    with zipfile.ZipFile(path, "w") as archive:
        for operator in sorted(operators):
            for name in kept:
                if name.split(".")[0] == operator:
                    add_member(archive, name, kept[name])
            for i, bundle in enumerate(bundles.get(operator, [])):
                bundle.write(archive, f"{operator}.{i}")
    files = sum(map(len, bundles.values()))
    size = os.path.getsize(path)
    print(f"{archive_name}: {len(seen)} cases in {files} graphs, {left_out} without a kernel, {size} bytes")


def main():
    for name, groups in ARCHIVES.items():
        write_archive(name, groups, set(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
