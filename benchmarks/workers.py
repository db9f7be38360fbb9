"""Processes that hold one model in one engine and run it on command."""
import glob
import json
import os
import re
import shlex
import statistics
import subprocess
import tempfile
import threading
import time

import numpy as np

from engines import iree_commands

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
RTOL, ATOL = 1e-3, 1e-4  # of the trained models' goldens


def error_line(text):
    """The line that names the error: Python prints hints behind it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)]
    return (named or lines or [""])[-1][:300]


def run_checked(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        why = error_line(done.stderr or done.stdout)
        raise RuntimeError(f"{shlex.join(command[:3])}: {why}")
    return done.stdout


def run_measured(command, timeout):
    """(seconds, peak bytes) of a command; an error has the end of what it printed."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output)
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().strip()
    if process.returncode == -9 and seconds >= timeout:
        raise RuntimeError(f"{command[0]}: not done after {timeout} s")
    if process.returncode:
        raise RuntimeError(text or f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


def settle():
    """Pools of the engine before may still spin: they would take turns with this one's."""
    time.sleep(0.02)


class Worker:
    """Speaks the commands of worker.c, which peers.py understands too."""

    def __init__(self, engine, command):
        self.engine, self.command = engine, command
        self.runs = 1

    def start(self, timeout):
        """None, or why the process did not come up."""
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        late = threading.Event()

        def give_up():
            late.set()
            self.process.kill()

        timer = threading.Timer(timeout, give_up)
        timer.start()
        try:
            # Libraries may greet on stdout first.
            for line in self.process.stdout:
                words = line.split()
                if words[:1] == ["ready"]:
                    # From reading the model to the end of the first run.
                    self.load_ms = float(words[1]) if words[1:] else None
                    return None
        finally:
            timer.cancel()
        if late.is_set():
            return f"not ready after {timeout} s"
        code = self.process.wait()
        self.errors.seek(0)
        return error_line(self.errors.read()) or f"ended with code {code}"

    def ask(self, command):
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
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
        """Milliseconds of one run, of several in a row."""
        settle()
        self.ask("run 1")  # caches and threads are this engine's again
        return int(self.ask(f"run {self.runs}")) / 1e6 / self.runs

    def memory(self):
        """(resident bytes, the most there ever were)"""
        sizes = {}
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                key, _, rest = line.partition(":")
                if key in ("VmRSS", "VmHWM"):
                    sizes[key] = int(rest.split()[0]) * 1024
        return sizes["VmRSS"], sizes["VmHWM"]

    def outputs(self, folder, info):
        """Output arrays, in no particular order."""
        with tempfile.TemporaryDirectory() as work:
            prefix = os.path.join(work, "out")
            self.ask("dump " + prefix)
            if os.path.exists(prefix + ".npz"):
                with np.load(prefix + ".npz") as file:
                    return [file[k] for k in file.files]
            # Raw bytes: of every golden that has as many.
            arrays = []
            for path in glob.glob(prefix + ".*"):
                for name in info["outputs"]:
                    golden = np.load(os.path.join(folder, "goldens", name + ".npy"))
                    if golden.nbytes == os.path.getsize(path):
                        raw = np.fromfile(path, golden.dtype)
                        arrays.append(raw.reshape(golden.shape))
            return arrays

    def stop(self):
        try:
            self.process.stdin.close()
            self.process.wait(10)
        except (subprocess.TimeoutExpired, BrokenPipeError):
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


def compile_model(model, folder, options):
    """(figures of the build, the timing program, its input arguments)"""
    name = model.name
    archive = os.path.join(folder, f"lib{name}.a")
    command = [options.sluice, "compile", model.path, "-o", archive]
    command += ["--cpu=" + options.cpu] + shape_options(folder)
    seconds, peak = run_measured(command, options.timeout)
    program = os.path.join(folder, "worker")
    build = [options.cc, "-std=c11", "-O2", "-I" + folder]
    build += [f'-DMODEL_HEADER="{name}.h"', f"-DMODEL={name}_model"]
    build += [os.path.join(HERE, "worker.c"), archive, "-o", program, "-lpthread"]
    run_checked(build)
    run_checked(["strip", "-o", program + ".stripped", program])
    figures = {
        "compile_s": seconds,
        "compile_peak_bytes": peak,
        "archive_bytes": os.path.getsize(archive),
        "program_bytes": os.path.getsize(program + ".stripped"),
    }
    return figures, program, write_raw_inputs(folder)


def compile_iree(folder, options):
    """Figures of making model.vmfb; an error where it cannot be made."""
    missing = read_info(folder)["missing"].get("model.onnx")
    if missing:
        raise RuntimeError(f"no model.onnx: {missing}")
    spent, most = 0.0, 0
    for command in iree_commands(folder):
        try:
            seconds, peak = run_measured(command, options.timeout)
        except RuntimeError as error:
            lines = [line for line in str(error).splitlines() if "error" in line]
            raise RuntimeError((lines or [str(error)])[0][:300]) from None
        spent, most = spent + seconds, max(most, peak)
    size = os.path.getsize(os.path.join(folder, "model.vmfb"))
    return {"compile_s": spent, "compile_peak_bytes": most, "archive_bytes": size}


def build_machine(options):
    """The program of machine.c"""
    os.makedirs(options.work, exist_ok=True)
    program = os.path.join(options.work, "machine")
    command = [options.cc, "-std=c11", "-O2", "-I" + ROOT, "-o", program]
    command += [os.path.join(HERE, "machine.c")]
    run_checked(command + [os.path.join(ROOT, "tools", "sluice", "MachineLoops.c")])
    return program


def first_result(command, options):
    """Median milliseconds from exec to the end of a process that runs once."""
    pinned = ["taskset", "-c", options.cores.split(",")[0]] + command
    times = []
    # Slow ones once: the relative noise is small.
    while len(times) < 5 and sum(times) < 5000:
        start = time.perf_counter()
        try:
            done = subprocess.run(pinned, capture_output=True, timeout=options.timeout)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode:
            return None
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)
