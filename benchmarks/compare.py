#!/usr/bin/env python3
"""Sluice beside TensorFlow, XLA, ONNX Runtime, OpenVINO and LiteRT, in one run.

Needs: pip install tensorflow-cpu tf2onnx onnx onnxruntime openvino ai-edge-litert
Usage: compare.py --models DIR --trained DIR [--only NAME,..] [--json FILE] [--markdown FILE]

--models   output folder of make_models.py (mlp, mobilenet_v2); --make-models SCRIPT fills it
--trained  folder of trained models (mlperf-tiny, basic-pitch)

Each engine runs a model in a process of its own, pinned to the same cores. Samples are taken
in turns, in an order that rotates, with a multiply-add loop timed in every round; figures are
medians. An engine whose outputs are not TensorFlow's is reported and not timed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

import report
from workers import Worker, check_outputs, compile_model, first_result, run_checked

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PEERS = ["tensorflow", "xla", "onnxruntime", "openvino", "litert"]
MADE = ["mlp", "mobilenet_v2"]


def model_list(options):
    """{name: (SavedModel, case)}"""
    digits = os.path.join(ROOT, "examples", "digits")
    models = {"digits": (f"{digits}/model", f"{digits}/model.npz")}
    for name in MADE if options.models else []:
        folder = os.path.join(options.models, name)
        models[name] = (f"{folder}/saved_model", f"{folder}/{name}.npz")
    if options.trained:
        tiny = os.path.join(options.trained, "mlperf-tiny", "kws_ref_model")
        pitch = os.path.join(options.trained, "basic-pitch", "nmp")
        models["kws"] = (tiny, tiny + ".npz")
        models["basic_pitch"] = (pitch, pitch + ".npz")
    if options.only:
        models = {n: m for n, m in models.items() if n in options.only.split(",")}
    return models


def prepare(name, model, options):
    folder = os.path.join(options.work, name)
    if not os.path.exists(os.path.join(folder, "info.json")):
        script = os.path.join(HERE, "prepare.py")
        run_checked([sys.executable, script, *model, folder])
    return folder


def start_workers(folder, program, inputs, threads, options):
    """{engine: Worker or the text that says why there is none}"""
    commands = {}
    if program:
        commands["sluice"] = [program, str(threads)] + inputs
    for engine in options.engines.split(","):
        script = os.path.join(HERE, "peers.py")
        commands[engine] = [sys.executable, script, engine, folder, str(threads)]
    workers = {}
    cores = options.cores.split(",")[:threads]
    for engine, command in commands.items():
        worker = Worker(engine, ["taskset", "-c", ",".join(cores)] + command)
        error = worker.start() or check_outputs(worker, folder)
        if error:
            worker.stop()
        workers[engine] = error or worker
    return workers


def measure(workers, options):
    """{engine: milliseconds of each sample}, multiply-add peaks of each round"""
    live = {e: w for e, w in workers.items() if isinstance(w, Worker)}
    for worker in live.values():
        worker.calibrate(options.sample_ms)
    samples = {engine: [] for engine in live}
    peaks = []
    order = list(live)
    for _ in range(options.samples):
        order = order[1:] + order[:1]
        for engine in order:
            samples[engine].append(live[engine].sample())
        if "sluice" in live:
            peaks.append(live["sluice"].peak())
    return samples, peaks


def latency(folder, program, inputs, threads, options):
    workers = start_workers(folder, program, inputs, threads, options)
    try:
        samples, peaks = measure(workers, options)
    finally:
        for worker in workers.values():
            if isinstance(worker, Worker):
                worker.stop()
    result = {"errors": {e: w for e, w in workers.items() if isinstance(w, str)}}
    result["ms"] = {e: statistics.median(s) for e, s in samples.items()}
    result["min_ms"] = {e: min(s) for e, s in samples.items()}
    if peaks:
        result["fma_gflops"] = statistics.median(peaks)
    return result


def benchmark(name, model, options):
    folder = prepare(name, model, options)
    row = {"threads": {}}
    program, inputs = None, []
    try:
        build, program, inputs = compile_model(name, model[0], folder, options)
        row["sluice"] = build
    except RuntimeError as error:
        row["sluice_error"] = str(error)
        print(f"{name}: {error}", file=sys.stderr)
    for threads in (int(t) for t in options.threads.split(",")):
        result = latency(folder, program, inputs, threads, options)
        row["threads"][threads] = result
        for engine, error in result["errors"].items():
            print(f"{name}, {threads} threads, {engine}: {error}", file=sys.stderr)
    commands = {"sluice": [program, "--once"] + inputs} if program else {}
    for engine in options.engines.split(","):
        script = os.path.join(HERE, "peers.py")
        commands[engine] = [sys.executable, script, engine, folder, "--once"]
    row["first_result_ms"] = {
        engine: first_result(command, options) for engine, command in commands.items()
    }
    return row


def peer_versions(options):
    versions = {}
    for engine in options.engines.split(","):
        command = [sys.executable, os.path.join(HERE, "peers.py"), engine, "--version"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            version, size = done.stdout.split()
            versions[engine] = {"version": version, "library_bytes": int(size)}
    return versions


def cpu_name():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown"


def write(results, options):
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(report.markdown(results))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sluice", default=os.path.join(ROOT, "build/bin/sluice"))
    parser.add_argument("--models")
    parser.add_argument("--make-models", help="make_models.py, run if --models lacks one")
    parser.add_argument("--trained")
    parser.add_argument("--only")
    parser.add_argument("--engines", default=",".join(PEERS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--cores", default="0,1", help="cores to pin to")
    parser.add_argument("--cpu", default="native", help="Sluice's target")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--samples", type=int, default=21)
    parser.add_argument("--sample-ms", type=float, default=5)
    parser.add_argument("--work", default=os.path.join(ROOT, "build/benchmarks"))
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    options = parser.parse_args()

    missing = [
        n
        for n in MADE
        if options.models and not os.path.isdir(os.path.join(options.models, n))
    ]
    if missing and options.make_models:
        names = ["--only", ",".join(missing)]
        run_checked([sys.executable, options.make_models, options.models] + names)
    results = {"cpu": cpu_name(), "peers": peer_versions(options), "models": {}}
    for name, model in model_list(options).items():
        print(f"{name} ...", file=sys.stderr)
        results["models"][name] = benchmark(name, model, options)
        write(results, options)  # what is measured stays, whatever comes
    print(report.markdown(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
