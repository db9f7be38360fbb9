"""Runs `sluice verify` on recorded cases and says how each one ended."""
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import time
import zipfile

SKIP = 77  # the exit code that ctest and .ci/run count as skipped

PASSED, REFUSED, WRONG = "passed", "refused", "wrong"
CRASH, HANG, ERROR = "crash", "hang", "error"
OUTCOMES = [PASSED, REFUSED, WRONG, CRASH, HANG, ERROR]
BAD = {WRONG, CRASH, HANG, ERROR}

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def shared_folder(name, override):
    """The folder `name` of recorded data beside the repository, or None."""
    path = override or os.environ.get("SLUICE_" + name.upper())
    path = path or os.path.join(os.path.dirname(ROOT), "shared", name)
    return path if os.path.isdir(path) else None


def fetch_names(case):
    with zipfile.ZipFile(case) as file:
        names = [n[: -len(".npy")] for n in file.namelist()]
    return [n.split("/", 1)[1] for n in names if n.startswith(("fetch/", "fetch.bf16/"))]


def classify(code, output, fetches):
    """The outcome of one run, and the line that explains it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]

    def line_with(word):
        return next((l for l in lines if re.search(rf"\b{word}\b", l)), None)

    if code == 0:
        # A pass that compared nothing must not count.
        silent = [name for name in fetches if name not in output]
        if silent:
            return ERROR, f"exit code 0 without a line about {silent[0]}"
        return PASSED, ""
    if code < 0 or code > 128:
        number = -code if code < 0 else code - 128
        try:
            number = signal.Signals(number).name
        except ValueError:
            pass
        return CRASH, f"{number}: {lines[-1] if lines else ''}"
    if line_with("mismatch"):
        return WRONG, line_with("mismatch")
    if line_with("unsupported"):
        # The diagnostic says more than the verdict does.
        return REFUSED, line_with("error") or line_with("unsupported")
    return ERROR, f"exit code {code}: {lines[0] if lines else 'no message'}"


def run_limited(command, seconds, memory_kib):
    """(exit code or None after the time limit, stdout and stderr, seconds)."""
    limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(memory_kib)] + command
    start = time.monotonic()
    process = subprocess.Popen(
        limited,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        code = None
    return code, output.decode(errors="replace"), time.monotonic() - start


def verify(command, fetches, options):
    code, output, seconds = run_limited(command, options.timeout, options.memory << 10)
    if code is None:
        return HANG, f"no end after {options.timeout} s", seconds
    outcome, why = classify(code, output, fetches)
    return outcome, why, seconds


def run_all(jobs, run, workers):
    """{job: run(job)} with progress on a terminal."""
    results = {}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(run, job): job for job in jobs}
        for future in concurrent.futures.as_completed(pending):
            results[pending[future]] = future.result()
            if sys.stderr.isatty():
                print(f"\r{len(results)} of {len(jobs)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
    return results


def table(head, rows):
    """Left-aligned first column, right-aligned others."""
    cells = [[str(c) for c in row] for row in [head] + rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        rest = "  ".join(c.rjust(w) for c, w in zip(row[1:], widths[1:]))
        print((row[0].ljust(widths[0]) + "  " + rest).rstrip())


def add_options(parser):
    parser.add_argument(
        "--sluice", default=os.path.join(ROOT, "build", "bin", "sluice")
    )
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--timeout", type=float, default=30, help="seconds a case")
    parser.add_argument("--memory", type=int, default=8192, help="address space, MiB")


def require_tool(path):
    if not os.access(path, os.X_OK):
        print(f"error: {path} is not there; build the target 'sluice' first")
        sys.exit(2)
