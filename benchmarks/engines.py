"""The peers: how each loads a prepared model, and where it takes its threads from.

A runner is made by RUNNERS[engine](folder, info, inputs, threads) and returns the outputs
of one run as arrays. Every engine gets the model with its exact shapes, its own option for
the number of threads, and float32 arithmetic.
"""
import os

import numpy as np

PACKAGES = {  # engine: the modules that it needs, its own first
    "tensorflow": ["tensorflow"],
    "xla": ["tensorflow"],
    "onnxruntime": ["onnxruntime"],
    "openvino": ["openvino"],
    "litert": ["ai_edge_litert"],
    "iree": ["iree.runtime", "iree.compiler"],
    "torch": ["torch", "onnx2torch"],
}
FORMATS = {  # engine: the file that it loads
    "tensorflow": "frozen.pb",
    "xla": "frozen.pb",
    "onnxruntime": "model.onnx",
    "openvino": "model.onnx",
    "litert": "model.tflite",
    "iree": "model.vmfb",
    "torch": "model.onnx",
}


def plain(name):
    return name.split(":")[0]


def by_name(names, inputs):
    """The value of each of an engine's inputs: by name, else in alphabetical order."""
    known = {plain(n): v for n, v in inputs.items()}
    if all(plain(n) in known for n in names):
        return [known[plain(n)] for n in names]
    return [inputs[n] for n in sorted(inputs)]


def tensorflow_runner(folder, info, inputs, threads, compiled=False):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    graph = tf.compat.v1.GraphDef()
    with open(os.path.join(folder, "frozen.pb"), "rb") as file:
        graph.ParseFromString(file.read())
    names, outputs = sorted(info["inputs"]), sorted(info["outputs"])
    values = [tf.constant(inputs[n]) for n in names]
    wrapped = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(graph, name=""), []
    )
    pruned = wrapped.prune(
        [info["inputs"][n] for n in names], [info["outputs"][n] for n in outputs]
    )
    spec = [tf.TensorSpec(v.shape, v.dtype) for v in values]
    function = tf.function(
        lambda *arguments: pruned(*arguments),
        input_signature=spec,
        jit_compile=compiled,
    )
    concrete = function.get_concrete_function()
    return lambda: [r.numpy() for r in concrete(*values)]


def xla_runner(folder, info, inputs, threads):
    return tensorflow_runner(folder, info, inputs, threads, compiled=True)


def onnxruntime_runner(folder, info, inputs, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(
        os.path.join(folder, "model.onnx"), options, ["CPUExecutionProvider"]
    )
    names = [i.name for i in session.get_inputs()]
    feeds = dict(zip(names, by_name(names, inputs)))
    return lambda: session.run(None, feeds)


def openvino_runner(folder, info, inputs, threads):
    import openvino

    compiled = openvino.Core().compile_model(
        os.path.join(folder, "model.onnx"),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",  # bfloat16 would be another model
        },
    )
    request = compiled.create_infer_request()
    names = [port.get_any_name() for port in compiled.inputs]
    for index, value in enumerate(by_name(names, inputs)):
        request.set_input_tensor(index, openvino.Tensor(value))

    def run():
        request.infer()
        return [request.get_output_tensor(i).data for i in range(len(info["outputs"]))]

    return run


def litert_runner(folder, info, inputs, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(
        os.path.join(folder, "model.tflite"), num_threads=threads
    )
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    # Names of arguments survive as serving_default_NAME:0 or NAME.
    names = [d["name"].removeprefix("serving_default_") for d in details]
    for detail, value in zip(details, by_name(names, inputs)):
        interpreter.set_tensor(detail["index"], value)
    results = [d["index"] for d in interpreter.get_output_details()]

    def run():
        interpreter.invoke()
        return [interpreter.get_tensor(i) for i in results]

    return run


def iree_commands(folder):
    """What makes model.vmfb of model.onnx for this machine."""
    import sys

    tools = os.path.dirname(sys.executable)
    path = lambda name: os.path.join(folder, name)
    return [
        [f"{tools}/iree-import-onnx", path("model.onnx"), "-o", path("model.mlir")],
        [
            f"{tools}/iree-compile",
            path("model.mlir"),
            "-o",
            path("model.vmfb"),
            "--iree-hal-target-device=local",
            "--iree-hal-local-target-device-backends=llvm-cpu",
            "--iree-llvmcpu-target-cpu=host",
            "--iree-opt-level=O3",
        ],
    ]


def iree_runner(folder, info, inputs, threads):
    import iree.runtime as rt

    # One thread: the caller itself; more: a pool of as many workers.
    if threads > 1:
        rt.flags.parse_flags(f"--task_topology_group_count={threads}")
    device = rt.get_device("local-task" if threads > 1 else "local-sync")
    config = rt.Config(device=device)
    module = rt.VmModule.mmap(config.vm_instance, os.path.join(folder, "model.vmfb"))
    context = rt.SystemContext(config=config)
    context.add_vm_module(module)
    names = [n for n in module.function_names if not n.startswith("__")]
    names = [n for n in names if not n.endswith("$async")]
    function = getattr(context.modules, module.name)[names[0]]
    values = [rt.asdevicearray(device, v) for v in by_name(onnx_inputs(folder), inputs)]

    def run():
        results = function(*values)
        if not isinstance(results, (list, tuple)):
            results = [results]
        return [r.to_host() for r in results]

    return run


def onnx_inputs(folder):
    import onnx

    model = onnx.load(os.path.join(folder, "model.onnx"), load_external_data=False)
    weights = {w.name for w in model.graph.initializer}
    return [i.name for i in model.graph.input if i.name not in weights]


def fix_reshapes(model, values):
    """onnx2torch reads shapes from tensors, where torch.compile has to split the graph:
    put the ones that a run finds in their place."""
    import torch

    class Reshape(torch.nn.Module):
        def __init__(self, shape):
            super().__init__()
            self.shape = shape

        def forward(self, value, _):
            return value.reshape(self.shape)

    shapes = {}
    hooks = [
        module.register_forward_hook(
            lambda m, arguments, result, name=name: shapes.update({name: result.shape})
        )
        for name, module in model.named_modules()
        if type(module).__name__ == "OnnxReshape"
    ]
    with torch.inference_mode():
        model(*values)
    for hook in hooks:
        hook.remove()
    for name, shape in shapes.items():
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, Reshape(tuple(shape)))


def torch_runner(folder, info, inputs, threads):
    cache = os.path.join(folder, "torch")
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", cache)
    import torch
    import torch._inductor.config
    from onnx2torch import convert

    torch.set_num_threads(threads)
    torch._inductor.config.freezing = True  # weights are constants: packed once
    model = convert(os.path.join(folder, "model.onnx")).eval()
    names = onnx_inputs(folder)
    values = [torch.from_numpy(v) for v in by_name(names, inputs)]
    fix_reshapes(model, values)
    compiled = torch.compile(model, dynamic=False)

    def run():
        with torch.inference_mode():
            results = compiled(*values)
        if not isinstance(results, (list, tuple)):
            results = [results]
        return [r.numpy() for r in results]

    return run


RUNNERS = {
    "tensorflow": tensorflow_runner,
    "xla": xla_runner,
    "onnxruntime": onnxruntime_runner,
    "openvino": openvino_runner,
    "litert": litert_runner,
    "iree": iree_runner,
    "torch": torch_runner,
}
