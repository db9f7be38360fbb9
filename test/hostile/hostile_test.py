#!/usr/bin/env python3
"""Malformed and hostile models: a diagnostic and exit code 1, or the right values.

Usage: hostile_test.py SLUICE [--filter REGEX] [--list]

Every case runs `sluice compile` and `sluice run` under a time and an address-space limit. A
refusal must name the model's file, leave no output behind and show no source path of the
compiler; exit codes are 1, or 3 where a limit was exceeded.
"""
import argparse
import concurrent.futures
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "corpus"))

import file_cases
import harness
import structure_cases
import tensor_cases
import value_cases
from case import DIAGNOSTIC, EITHER, RUNS, STATUS

MEMORY_KIB = 8 << 20
SOURCE_PATH = re.compile(r"\.(cpp|cc|h|inc):\d+|\bsluice::|\bllvm::|\bmlir::")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)", re.I)


def write_files(case, folder):
    for path, content in case.files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return os.path.join(folder, case.model)


def refusal_problem(case, code, output, model):
    if code not in (1, 3):
        return f"exit code {code}: {output[-300:]}"
    if os.path.basename(model) not in output:
        return f"the model's file is not named: {output[:300]}"
    if SOURCE_PATH.search(output):
        return f"shows a source path: {output[:300]}"
    # Up to 10,000 unsupported nodes are named, a line each.
    if len(output) > 1 << 20:
        return f"{len(output)} bytes of diagnostics"
    for word in case.mentions:
        if word.lower() not in output.lower():
            return f"'{word}' is not mentioned: {output[:300]}"
    if re.search(r"[\x00-\x08\x0b-\x1f]", output):
        return f"control characters: {output[:300]!r}"
    return None


def printed_values(output):
    """The numbers of the last bracketed value printed."""
    start = output.find("[")
    return [float(n) for n in NUMBER.findall(output[start:])] if start >= 0 else []


def died(code):
    return code is None or code < 0 or code > 100


def check(case, sluice):
    """None, or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        model = write_files(case, folder)
        os.makedirs(os.path.join(folder, "out"))
        library = os.path.join(folder, "out", "libm.a")
        run = [sluice, "run", model, "--fetch", case.fetch]
        run += [word for feed in case.feeds for word in ("--feed", feed)]
        compile_ = [sluice, "compile", model, "-o", library]
        if "model/" not in next(iter(case.files)):
            compile_ += ["--fetch", case.fetch]
        results = {}
        for command in run, compile_:
            code, output, _ = harness.run_limited(command, case.seconds, MEMORY_KIB)
            if died(code):
                end = "no end" if code is None else f"code {code}"
                return f"{command[1]}: {end} after {case.seconds} s: {output[-300:]}"
            results[command[1]] = code, output
        code, output = results["run"]
        if case.outcome == STATUS:
            missing = [w for w in case.mentions if w not in output]
            return None if code == 1 and not missing else f"run: code {code}: {output[-300:]}"
        if case.outcome == RUNS or (case.outcome == EITHER and code == 0):
            if code != 0:
                return f"refused: {output[:300]}"
            if case.values is not None and printed_values(output) != case.values:
                return f"printed {output[:300]}, expected {case.values}"
            return None
        # A diagnostic of run; that of compile too, unless only the feed is at fault.
        problem = refusal_problem(case, code, output, model)
        code, output = results["compile"]
        if problem is None and code != 0:
            problem = refusal_problem(case, code, output, model)
            left = sorted(os.listdir(os.path.join(folder, "out")))
            if left:
                problem = f"left {left} behind"
        return problem


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice")
    parser.add_argument("--filter", default="")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    groups = structure_cases, value_cases, tensor_cases, file_cases
    cases = [c for g in groups for c in g.cases() if re.search(options.filter, c.name)]
    if options.list:
        print("\n".join(f"{c.outcome:10} {c.name}" for c in cases))
        return 0
    workers = len(os.sched_getaffinity(0))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        problems = list(pool.map(lambda case: check(case, options.sluice), cases))
    failed = [(c, p) for c, p in zip(cases, problems) if p]
    for case, problem in failed:
        print(f"{case.name} ({case.outcome}): {problem}")
    print(f"hostile models: {len(cases) - len(failed)} of {len(cases)} as they should be")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
