"""Processes that hold one model in one engine and run it on command."""
import json
import os
import shlex
import statistics
import subprocess
import tempfile
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
RTOL, ATOL = 1e-3, 1e-4  # of the trained models' goldens
START_SECONDS = 300


def run_checked(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        tail = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise RuntimeError(f"{shlex.join(command[:3])}: {' '.join(tail)}")
    return done.stdout


class Worker:
    """Speaks the commands of worker.c; peers.py understands them too."""

    def __init__(self, engine, command):
        self.engine, self.command = engine, command
        self.runs = 1

    def start(self):
        """None, or why the process did not come up."""
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        # Libraries may greet on stdout first.
        for line in self.process.stdout:
            if line.strip() == "ready":
                return None
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return lines[-1] if lines else f"ended with code {self.process.wait()}"

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"{self.engine}: no answer to '{command}'")
        return answer

    def calibrate(self, sample_ms):
        """Warms up and finds how many runs make one sample."""
        self.ask("run 3")
        while True:
            spent = int(self.ask(f"run {self.runs}")) / 1e6
            if spent >= sample_ms:
                return
            factor = min(10.0, 1.2 * sample_ms / max(spent, 1e-6))
            self.runs = max(self.runs + 1, int(self.runs * factor))

    def sample(self):
        """Milliseconds of one run."""
        time.sleep(0.002)  # pools of the engine before may still spin
        return int(self.ask(f"run {self.runs}")) / 1e6 / self.runs

    def peak(self):
        return float(self.ask("peak"))

    def outputs(self, folder, info):
        """Output arrays, in no particular order."""
        with tempfile.TemporaryDirectory() as work:
            prefix = os.path.join(work, "out")
            self.ask("dump " + prefix)
            if os.path.exists(prefix + ".npz"):
                with np.load(prefix + ".npz") as file:
                    return [file[k] for k in file.files]
            arrays = []
            for name in info["outputs"]:
                golden = np.load(os.path.join(folder, "goldens", name + ".npy"))
                raw = np.fromfile(f"{prefix}.{name}", golden.dtype)
                arrays.append(raw.reshape(golden.shape))
            return arrays

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def read_info(folder):
    with open(os.path.join(folder, "info.json")) as file:
        return json.load(file)


def check_outputs(worker, folder):
    """None, or which golden no output matches."""
    info = read_info(folder)
    outputs = worker.outputs(folder, info)
    for name in info["outputs"]:
        golden = np.load(os.path.join(folder, "goldens", name + ".npy"))
        alike = [o for o in outputs if o.shape == golden.shape]
        if not any(np.allclose(o, golden, RTOL, ATOL) for o in alike):
            error = min((np.abs(o - golden).max() for o in alike), default="none alike")
            return f"wrong output '{name}', largest error {error}"
    return None


def write_raw_inputs(folder):
    """NAME=FILE arguments for worker.c"""
    arguments = []
    for name in read_info(folder)["inputs"]:
        array = np.load(os.path.join(folder, "inputs", name + ".npy"))
        path = os.path.join(folder, "inputs", name + ".raw")
        array.tofile(path)
        arguments.append(f"{name}={path}")
    return arguments


def shape_options(folder):
    kinds = {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64"}
    options = []
    for name in read_info(folder)["inputs"]:
        array = np.load(os.path.join(folder, "inputs", name + ".npy"), mmap_mode="r")
        shape = "x".join(str(d) for d in array.shape)
        options.append(f"--input={name}={shape}:{kinds[array.dtype.name]}")
    return options


def compile_model(name, saved_model, folder, options):
    """(figures of the build, the timing program, its input arguments)"""
    archive = os.path.join(folder, f"lib{name}.a")
    command = [options.sluice, "compile", saved_model, "-o", archive]
    command += ["--cpu=" + options.cpu] + shape_options(folder)
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=errors, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        text = errors.read().strip()
    if process.returncode:
        raise RuntimeError(f"sluice compile failed: {text[:500]}")

    program = os.path.join(folder, "worker")
    build = [options.cc, "-std=c11", "-O2", "-march=native", "-I" + folder]
    build += [f'-DMODEL_HEADER="{name}.h"', f"-DMODEL={name}_model"]
    build += [os.path.join(HERE, "worker.c"), archive, "-o", program, "-lpthread"]
    run_checked(build)
    run_checked(["strip", "-o", program + ".stripped", program])
    figures = {
        "compile_s": seconds,
        "compile_peak_bytes": usage.ru_maxrss * 1024,
        "archive_bytes": os.path.getsize(archive),
        "program_bytes": os.path.getsize(program + ".stripped"),
    }
    return figures, program, write_raw_inputs(folder)


def first_result(command, options):
    """Median milliseconds from exec to the end of a process that runs once."""
    pinned = ["taskset", "-c", options.cores.split(",")[0]] + command
    times = []
    for _ in range(3):
        start = time.perf_counter()
        done = subprocess.run(pinned, capture_output=True)
        if done.returncode:
            return None
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)
