"""Files: wire bytes, text, SavedModel folders and their tensor bundles."""
import os

from case import DIAGNOSTIC, EITHER, Case, diagnostic, either
from wire import *

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIGITS = os.path.join(ROOT, "examples", "digits", "model")
VALID = graph(X, unary("Relu"))


def wire_cases():
    yield diagnostic("empty file", b"")
    yield diagnostic("random bytes", bytes(i * 167 % 251 for i in range(4096)))
    for size in range(1, len(VALID), 3):
        yield either(f"prefix of {size} bytes", VALID[:size])
    for at in range(0, len(VALID), 2):
        changed = bytearray(VALID)
        changed[at] ^= 0xFF
        yield either(f"byte {at} inverted", bytes(changed))
    yield diagnostic("trailing garbage", VALID + b"\xff\xff\xff")
    yield diagnostic("varint of 11 bytes", b"\xff" * 11 + VALID)
    yield diagnostic("group that does not end", varint(9 << 3 | 3) + VALID)
    yield diagnostic("length past the end", varint(1 << 3 | 2) + varint(1 << 40) + b"x")
    nested = b""
    for _ in range(2000):
        nested = data(1, nested)
    yield either("nesting of 2000", data(2, nested) + VALID)
    yield diagnostic("PNG", b"\x89PNG\r\n\x1a\n" + bytes(64))
    yield diagnostic("JSON", b'{"format": "graph-model", "modelTopology": {}}')


def text_cases():
    def text(label, content, outcome=DIAGNOSTIC):
        files = {"model.pbtxt": content}
        return Case(f"text: {label}", files, outcome, model="model.pbtxt")

    good = b'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }'
    good += b' attr { key: "shape" value { shape { dim { size: 4 } } } } }'
    good += b' node { name: "y" op: "Relu" input: "x" attr { key: "T" value { type: DT_FLOAT } } }'
    found = text("valid", good, "runs")
    found.values = [1, 2, 3, 4]
    yield found
    yield text("brace missing", good[:-1])
    yield text("bad escape", b'node { name: "\\q" }')
    yield text("string that does not end", b'node { name: "x')
    yield text("unknown field", b'node { nome: "x" }')
    yield text("deep nesting", b"node { attr { value { list { " * 5000)
    yield text("deep functions", b"library { function { " * 20000, DIAGNOSTIC)
    yield text("number out of range", b"versions { producer: 99999999999999 }" + good, EITHER)
    yield text("empty", b"")
    yield text("NUL bytes", b"\0" * 100)


def read_digits():
    files = {}
    for parent, _, names in os.walk(DIGITS):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                files["model/" + os.path.relpath(path, DIGITS)] = file.read()
    return files


def folder(label, files, *mentions, outcome=DIAGNOSTIC):
    image = "images=[" + ",".join(["[[0],[0],[0],[0],[0],[0],[0],[0]]"] * 8) + "]"
    return Case(
        label,
        files,
        outcome,
        feeds=("images=[" + image[7:] + "]",),
        fetch="probs",
        mentions=mentions,
        model="model",
    )


def bundle_cases():
    files = read_digits()
    index, shard = "model/variables/variables.index", "model/variables/variables.data-00000-of-00001"
    pb = "model/saved_model.pb"

    def changed(label, path, content, outcome=DIAGNOSTIC):
        different = dict(files)
        if content is None:
            del different[path]
        else:
            different[path] = content
        return folder("bundle: " + label, different, outcome=outcome)

    good = folder("bundle: valid", files, outcome="runs")
    yield good
    table, weights = files[index], files[shard]
    yield changed("no index", index, None)
    yield changed("empty index", index, b"")
    yield changed("index of 47 bytes", index, table[:47])
    yield changed("bad magic", index, table[:-1] + b"\0")
    footer = len(table) - 48
    beyond = varint(1 << 50) + varint(100) + varint(1 << 50) + varint(100)
    yield changed("handles past the end", index, table[:footer] + beyond.ljust(40, b"\0") + table[-8:])
    long = b"\xff" * 11
    yield changed("handle of 11 bytes", index, table[:footer] + long.ljust(40, b"\0") + table[-8:])
    for at in range(0, len(table), 11):
        bad = bytearray(table)
        bad[at] ^= 0x55
        # The footer's padding is nobody's; all else is guarded by checksums.
        outcome = EITHER if at >= footer else DIAGNOSTIC
        yield changed(f"index byte {at} changed", index, bytes(bad), outcome)
    yield changed("no shard", shard, None)
    yield changed("empty shard", shard, b"")
    # Every entry must lie in its shard, whether the model reads it or not.
    for count in 1, 100:
        yield changed(f"shard cut by {count}", shard, weights[:-count])
    yield changed("half a shard", shard, weights[: len(weights) // 2])
    for at in 0, 20000:
        bad = bytearray(weights)
        bad[at] ^= 1
        # Only what is read is checked; byte 20,000 belongs to a large weight.
        outcome = DIAGNOSTIC if at else EITHER
        yield changed(f"weight byte {at} changed", shard, bytes(bad), outcome)
    yield changed("no saved_model.pb", pb, None)
    yield changed("empty saved_model.pb", pb, b"")
    yield changed("half of saved_model.pb", pb, files[pb][: len(files[pb]) // 2])


def saved_model_cases():
    def model(label, text, *mentions, **more):
        made = Case(f"SavedModel: {label}", {"model/saved_model.pb": text}, mentions=mentions, model="model")
        for key, value in more.items():
            setattr(made, key, value)
        return made

    ports = [("x", tensor_info("x:0"))], [("y", tensor_info("y:0"))]
    usual = signature(*ports)
    found = model("valid", saved_model(meta_graph(VALID, usual)), outcome="runs", values=[1, 2, 3, 4])
    yield found
    for version in 0, 2:
        text = saved_model(meta_graph(VALID, usual), version=version)
        yield model(f"schema version {version}", text)
    yield model("no meta graph", saved_model())
    twice = meta_graph(VALID, usual)
    yield model("two meta graphs of the same tags", saved_model(twice, twice))
    yield model("another tag", saved_model(meta_graph(VALID, usual, ["train"])), outcome=EITHER)
    # Then the placeholders are the inputs.
    text = saved_model(meta_graph(VALID, b""))
    yield model("no signature", text, outcome=EITHER, values=[1, 2, 3, 4])
    for label, info in (
        ("tensor that is not there", tensor_info("nope:0")),
        ("port that is not there", tensor_info("y:7")),
        ("empty tensor name", tensor_info("")),
        ("name that is no tensor", tensor_info("y:z")),
    ):
        bad = signature(ports[0], [("y", info)])
        yield model(f"signature with a {label}", saved_model(meta_graph(VALID, bad)))
    other = signature(ports[0], [("y", tensor_info("y:0", INT32))])
    yield model("signature of another dtype", saved_model(meta_graph(VALID, other)))
    handle = node("v", "VarHandleOp", dtype=a_type(FLOAT), shape=a_shape([4]), shared_name=a_string("v"))
    read = node("r", "ReadVariableOp", ["v"], dtype=a_type(FLOAT))
    lost = graph(X, handle, read, node("y", "AddV2", ["x", "r"], T=a_type(FLOAT)))
    yield model("variable without a value", saved_model(meta_graph(lost, usual)), "v")


def cases():
    for group in wire_cases, text_cases, bundle_cases, saved_model_cases:
        yield from group()
