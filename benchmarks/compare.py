#!/usr/bin/env python3
"""Sluice beside the other engines, in one run.

Needs: pip install tensorflow-cpu, and of the peers what is to be compared:
       tf2onnx onnx onnxruntime openvino ai-edge-litert
       iree-base-compiler[onnx] iree-base-runtime torch onnx2torch; matplotlib for --plot
Usage: compare.py [--models DIR] [--trained DIR] [--only NAME,..] [--json FILE]
                  [--markdown FILE] [--plot FILE.svg]

--models   output folder of make_models.py; --make-models SCRIPT fills it
--trained  folder of trained models (mlperf-tiny, basic-pitch)

Each engine runs a model in a process of its own, pinned to the same cores. Samples are taken
in turns, in an order that rotates, with a multiply-add loop timed in every round; figures are
medians. An engine whose outputs are not TensorFlow's is reported and not timed, and so is one
that cannot be installed, or that does not take the model.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

import report
from engines import PACKAGES
from models import MADE, model_list
from workers import (
    Worker,
    build_machine,
    check_outputs,
    compile_iree,
    compile_model,
    first_result,
    run_checked,
    settle,
)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def prepare(model, options):
    folder = os.path.join(options.work, model.name)
    if not os.path.exists(os.path.join(folder, "info.json")):
        command = [sys.executable, os.path.join(HERE, "prepare.py")]
        command += [model.path, model.case, folder]
        run_checked(command + ([model.folder] if model.folder else []))
    return folder


def peer_command(engine, folder, *arguments):
    return [sys.executable, os.path.join(HERE, "peers.py"), engine, folder, *arguments]


def pinned(command, threads, options):
    cores = options.cores.split(",")[:threads]
    return ["taskset", "-c", ",".join(cores)] + command


def start_workers(commands, folder, threads, options):
    """{engine: Worker or the text that says why there is none}"""
    workers = {}
    for engine, command in commands.items():
        worker = Worker(engine, pinned(command, threads, options))
        error = worker.start(options.timeout)
        if not error:
            try:
                error = check_outputs(worker, folder)
            except RuntimeError as problem:
                error = str(problem)
        if error:
            worker.stop()
        workers[engine] = error or worker
    return workers


def measure(live, machine, options):
    """{engine: milliseconds of each sample}, multiply-add peaks of each round"""
    for worker in live.values():
        worker.calibrate(options.sample_ms)
    samples = {engine: [] for engine in live}
    peaks = []
    order = list(live)
    for _ in range(options.samples):
        order = order[1:] + order[:1]
        for engine in order:
            samples[engine].append(live[engine].sample())
        settle()
        peaks.append(float(machine.ask("peak")))
    return samples, peaks


def latency(commands, folder, threads, machine, options):
    workers = start_workers(commands, folder, threads, options)
    live = {e: w for e, w in workers.items() if isinstance(w, Worker)}
    result = {"errors": {e: w for e, w in workers.items() if isinstance(w, str)}}
    try:
        samples, peaks = measure(live, machine, options)
        result["ms"] = {e: statistics.median(s) for e, s in samples.items()}
        result["min_ms"] = {e: min(s) for e, s in samples.items()}
        result["fma_gflops"] = statistics.median(peaks)
        result["load_ms"] = {e: w.load_ms for e, w in live.items()}
        memory = {e: w.memory() for e, w in live.items()}
        result["resident_bytes"] = {e: m[0] for e, m in memory.items()}
        result["resident_peak_bytes"] = {e: m[1] for e, m in memory.items()}
    finally:
        for worker in live.values():
            worker.stop()
    return result


def build(model, folder, engines, options):
    """{engine: figures of what is compiled ahead}, {engine: why not}, Sluice's command"""
    builds, errors, command = {}, {}, []
    try:
        builds["sluice"], program, inputs = compile_model(model, folder, options)
        command = [program, *inputs]
    except RuntimeError as error:
        errors["sluice"] = str(error)
    if "iree" in engines:
        try:
            builds["iree"] = compile_iree(folder, options)
        except RuntimeError as error:
            errors["iree"] = str(error)
    return builds, errors, command


def benchmark(model, engines, machine, options):
    try:
        folder = prepare(model, options)
    except RuntimeError as error:
        return {"error": str(error), "threads": {}}
    builds, errors, own = build(model, folder, engines, options)
    row = {"builds": builds, "errors": errors, "threads": {}, "first_result_ms": {}}
    peers = [e for e in engines if e not in errors]
    for threads in options.threads.split(","):
        commands = {"sluice": [own[0], threads, *own[1:]]} if own else {}
        commands |= {e: peer_command(e, folder, threads) for e in peers}
        result = latency(commands, folder, int(threads), machine, options)
        result["errors"] = errors | result["errors"]
        row["threads"][threads] = result
    commands = {"sluice": [own[0], "--once", *own[1:]]} if own else {}
    ran = row["threads"][threads]["ms"]
    commands |= {e: peer_command(e, folder, "--once") for e in peers if e in ran}
    for engine, command in commands.items():
        row["first_result_ms"][engine] = first_result(command, options)
    return row


def find_peers(options):
    """{engine: version and size}, {engine: why it is not there}"""
    versions, absent = {}, {}
    for engine in options.engines.split(","):
        command = [sys.executable, os.path.join(HERE, "peers.py"), engine, "--version"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            version, size = done.stdout.split()[-2:]
            versions[engine] = {"version": version, "library_bytes": int(size)}
        else:
            absent[engine] = (done.stderr.strip().splitlines() or ["does not start"])[-1]
            print(f"{engine}: {absent[engine]}", file=sys.stderr)
    return versions, absent


def cpu_name():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def cache_bytes(level):
    names = {2: "SC_LEVEL2_CACHE_SIZE", 3: "SC_LEVEL3_CACHE_SIZE"}
    return os.sysconf(names[level]) if names[level] in os.sysconf_names else 0


def add_bandwidths(best, machine):
    """Raises `best` to what one core reads and copies now, in GB/s: in half of L2, in L3
    beyond L2, in memory beyond L3."""
    l2 = cache_bytes(2) or 1 << 20
    l3 = cache_bytes(3) or 1 << 25
    sizes = {"L2": l2 // 2, "L3": min(max(4 * l2, 1 << 23), l3 // 2)}
    sizes["memory"] = min(max(2 * l3, 1 << 26), 1 << 30)
    for level, size in sizes.items():
        rates = best.setdefault(level, {"bytes": size, "read_gbps": 0, "copy_gbps": 0})
        for loop in ("read", "copy"):
            rate = float(machine.ask(f"{loop} {size}"))
            rates[f"{loop}_gbps"] = max(rates[f"{loop}_gbps"], rate)


def write(results, options):
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(report.markdown(results))
    if options.plot:
        import plot

        plot.draw(results, options.plot)


def make_missing_models(options):
    missing = [
        n
        for n in MADE
        if not os.path.isdir(os.path.join(options.models, n))
        and (not options.only or n in options.only.split(","))
    ]
    if missing and options.make_models:
        names = ["--only", ",".join(missing)]
        run_checked([sys.executable, options.make_models, options.models] + names)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sluice", default=os.path.join(ROOT, "build/bin/sluice"))
    parser.add_argument("--models")
    parser.add_argument("--make-models", help="make_models.py, run if --models lacks one")
    parser.add_argument("--trained")
    parser.add_argument("--only")
    parser.add_argument("--engines", default=",".join(PACKAGES))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--cores", default="0,1", help="cores to pin to")
    parser.add_argument("--cpu", default="native", help="Sluice's target")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--samples", type=int, default=21)
    parser.add_argument("--sample-ms", type=float, default=5)
    parser.add_argument("--timeout", type=float, default=600, help="seconds, of one step")
    parser.add_argument("--work", default=os.path.join(ROOT, "build/benchmarks"))
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    parser.add_argument("--plot", help="file of the plot: .svg or .png")
    return parser.parse_args()


def main():
    options = parse_arguments()
    if options.models:
        make_missing_models(options)
    peers, absent = find_peers(options)
    results = {"cpu": cpu_name(), "peers": peers, "absent": absent}
    results |= {"bandwidth": {}, "models": {}}
    machine = Worker("machine", pinned([build_machine(options)], 1, options))
    if error := machine.start(options.timeout):
        sys.exit(f"machine.c: {error}")
    for model in model_list(options):
        print(f"{model.name} ...", file=sys.stderr)
        results["models"][model.name] = benchmark(model, list(peers), machine, options)
        add_bandwidths(results["bandwidth"], machine)
        write(results, options)  # what is measured stays, whatever comes
    machine.stop()
    print(report.markdown(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
