"""Structure of graphs and functions (T001-T074)."""
from case import diagnostic, either, runs
from wire import *

SAME = [1, 2, 3, 4]


def binary(op, name, left, right):
    return node(name, op, [left, right], T=a_type(FLOAT))


def graph_cases():
    yield runs("T001 valid relu", graph(X, unary("Relu")), SAME)
    cycle = graph(X, binary("Add", "p", "x", "q"), unary("Relu", "q", "p"), unary("Relu", "y", "q"))
    yield diagnostic("T002 cycle", cycle, "cycle")
    yield diagnostic("T003 own input", graph(X, unary("Relu", "y", "y")), "y")
    yield diagnostic("T004 missing input", graph(X, unary("Relu", "y", "nope")), "nope")
    yield diagnostic("T005 one name twice", graph(X, unary("Relu"), unary("Neg")), "y")
    yield diagnostic("T006 missing fetch", graph(X, unary("Relu", "z")), "y")
    yield diagnostic("T007 no nodes", b"")
    library = function("f", [relu_body()], [("r", "r:activations:0")])
    yield diagnostic("T008 only a library", graph(library=library))
    yield diagnostic("T009 empty op", graph(X, unary("")), "y")
    yield diagnostic("T010 empty name", graph(X, unary("Relu", ""), unary("Relu", "y", "")))
    for label, name in ("space", "a b"), ("quote", 'a"b'), ("line", "a\nb"), ("nul", "a\0b"), ("bytes", b"a\xff"):
        source = name if isinstance(name, bytes) else name.encode()
        text = graph(X, unary("Relu", name), node("y", "Neg", [source], T=a_type(FLOAT)))
        yield either(f"T011 name with {label}", text)
    odd = ["", ":", ":0", "a:-1", "x:99999999999999999999", "x:", "x:0x1", "^", "^x:1"]
    for i, name in enumerate(odd):
        yield diagnostic(f"T{12 + i:03} input {name!r}", graph(X, unary("Relu", "y", name)), "y")
    text = graph(X, node("y", "Relu", ["^x", "x"], T=a_type(FLOAT)))
    yield either("T021 control input first", text)
    yield diagnostic("T022 port too high", graph(X, unary("Relu", "y", "x:1")), "y")
    yield diagnostic("T023 too few inputs", graph(X, node("y", "AddV2", ["x"], T=a_type(FLOAT))), "y")
    yield diagnostic("T024 too many inputs", graph(X, node("y", "Relu", ["x", "x"], T=a_type(FLOAT))), "y")
    text = graph(X, node("y", "Pack", ["x", "x"], T=a_type(FLOAT), N=a_int(3), axis=a_int(0)))
    yield diagnostic("T025 N unlike the inputs", text, "y", "N")
    wide = graph(X, node("y", "Pack", ["x"] * 200000, T=a_type(FLOAT), N=a_int(200000), axis=a_int(0)))
    yield either("T026 wide node", wide, seconds=60)
    yield diagnostic("T029 unknown op", graph(X, unary("Frobnicate")), "Frobnicate", "unsupported")
    text = graph(X, unary("Frobnicate", "z"), unary("PyFunc", "y", "z"))
    yield diagnostic("T031 all unsupported listed", text, "Frobnicate", "PyFunc", "unsupported")
    many = [unary("Frobnicate", f"n{i}", f"n{i - 1}" if i else "x") for i in range(20000)]
    yield diagnostic("T032 many unsupported", graph(X, *many, unary("Relu", "y", "n19999")), "unsupported")


def chain_cases():
    chain = [unary("Neg", f"n{i}", f"n{i - 1}" if i else "x") for i in range(20000)]
    text = graph(X, *chain, unary("Identity", "y", "n19999"))
    yield runs("T027 chain of 20,000", text, SAME, seconds=60)


def control_flow_cases():
    switch = dict(T=a_type(FLOAT))
    yield diagnostic("T034 Exit without Enter", graph(X, unary("Exit")))
    text = graph(X, unary("NextIteration", "n"), unary("Relu", "y", "n"))
    yield diagnostic("T035 NextIteration without Merge", text)
    text = graph(X, node("y", "Merge", ["x"], N=a_int(1), **switch))
    yield either("T040 Merge of one input", text)
    condition = const("c", tensor(BOOL, [], b"\1"), BOOL)
    text = graph(X, condition, node("s", "Switch", ["c", "x"], **switch), unary("Relu", "y", "s:1"))
    yield diagnostic("T043 Switch with its inputs swapped", text)
    enter = node("e", "Enter", ["x"], frame_name=a_string("f"), **switch)
    merge = node("m", "Merge", ["e", "n"], N=a_int(2), **switch)
    text = graph(X, enter, merge, unary("NextIteration", "n", "m"), unary("Exit", "y", "m"))
    yield diagnostic("T041 loop without LoopCond", text)


def function_cases():
    ret = [("r", "r:activations:0")]
    good = function("f", [relu_body()], ret)

    def called(library, node_text=None):
        return graph(X, data(1, node_text or call("y", "f", ["x"])), library=library)

    yield runs("valid call", called(good), SAME)
    own = function("f", [call("r", "f", ["a"])], [("r", "r:output:0")])
    yield diagnostic("T046 calls itself", called(own), "f")
    there = function("f", [call("r", "g", ["a"])], [("r", "r:output:0")])
    back = function("g", [call("r", "f", ["a"])], [("r", "r:output:0")])
    yield diagnostic("T047 two calling each other", called(there + back), "call themselves")
    bomb = good
    for i in range(26):
        target = f"g{i - 1}" if i else "f"
        twice = [call("p", target, ["a"]), call("r", target, ["p:output:0"])]
        bomb += function(f"g{i}", twice, [("r", "r:output:0")])
    text = called(bomb, call("y", "g25", ["x"]))
    yield diagnostic("T051 exponential calls", text, seconds=5)
    yield diagnostic("T052 missing function", called(good, call("y", "nope", ["x"])), "nope")
    yield diagnostic("T053 two functions of one name", called(good + good), "f")
    like_op = function("Relu", [relu_body()], ret)
    yield either("T054 function named like an op", called(like_op, call("y", "Relu", ["x"])))
    yield diagnostic("T055 fewer inputs", called(good, call("y", "f", [])), "y")
    yield diagnostic("T056 more inputs", called(good, call("y", "f", ["x", "x"])), "y")
    yield diagnostic("T057 Tin unlike", called(good, call("y", "f", ["x"], tin=[INT32])), "y")
    yield diagnostic("T057 Tout unlike", called(good, call("y", "f", ["x"], tout=[INT32])))
    for label, results in (
        ("T058 ret names a missing node", [("r", "nope:output:0")]),
        ("T059 ret lacks an output", []),
        ("T061 ret with a bad index", [("r", "r:activations:7")]),
    ):
        yield diagnostic(label, called(function("f", [relu_body()], results)), "f")
    extra = function("f", [relu_body()], ret + [("z", "r:activations:0")])
    yield either("T060 ret with another key", called(extra))
    for label, source in (
        ("T062 wrong output argument", "p:nope:0"),
        ("T063 index out of range", "p:activations:999"),
    ):
        nodes = [relu_body("p"), relu_body("r", source)]
        yield diagnostic(label, called(function("f", nodes, ret)), "f")
    nodes = [relu_body("p"), relu_body("r", "p:0")]
    yield either("T064 two-part name", called(function("f", nodes, ret)))
    missing = [body("r", "Relu", ["a"], T=a_placeholder("T"))]
    yield diagnostic("T065 attribute placeholder without value", called(function("f", missing, ret)))
    nested = good
    for i in range(500):
        target = f"g{i - 1}" if i else "f"
        nested += function(f"g{i}", [call("r", target, ["a"])], [("r", "r:output:0")])
    text = called(nested, call("y", "g499", ["x"]))
    yield either("T074 calls nested 500 deep", text)


def cases():
    for group in graph_cases, chain_cases, control_flow_cases, function_cases:
        yield from group()
