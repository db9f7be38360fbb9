#!/usr/bin/env python3
"""Compiles and runs every recorded case: tier-1 operators by type and layout (cases.zip), formulas
that passes recognise (formulas.zip), control flow and lists (flow.zip), convolutions
that passes rewrite (convolutions.zip).

Usage: run_e2e.py SLUICE [--filter REGEX] [--verbose]

Fails too when an operator of the tier-1 list has no case here; variables need a checkpoint and
are tested with SavedModels instead.
"""
import argparse
import os
import re
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(os.path.dirname(HERE), "corpus")
sys.path.insert(0, CORPUS)

import harness

# Inputs and constants are in every case; variables are in examples/ and fixtures/.
ELSEWHERE = {"Placeholder", "Const", "VarHandleOp", "ReadVariableOp", "AssignVariableOp"}


def missing_operators(names):
    with open(os.path.join(CORPUS, "tier1.txt")) as file:
        tier1 = {l.strip() for l in file if l.strip() and not l.startswith("#")}
    return sorted(tier1 - ELSEWHERE - {n.split(".")[0] for n in names})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice")
    parser.add_argument("--filter", default="")
    parser.add_argument("--verbose", action="store_true", help="every bad line")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--memory", type=int, default=8192)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        for name in "cases.zip", "formulas.zip", "flow.zip", "convolutions.zip":
            with zipfile.ZipFile(os.path.join(HERE, name)) as archive:
                archive.extractall(folder)
        names = sorted(n[:-3] for n in os.listdir(folder) if n.endswith(".pb"))
        missing = missing_operators(names)
        names = [n for n in names if re.search(options.filter, n)]

        def run(name):
            stem = os.path.join(folder, name)
            fetches = harness.fetch_names(stem + ".npz")
            command = [options.sluice, "verify", stem + ".pb", "--case", stem + ".npz"]
            limit = options.timeout, options.memory << 10
            code, output, _ = harness.run_limited(command, *limit)
            lines = [l for l in output.splitlines() if re.search(r"\bmismatch\b", l)]
            if code is None:
                return "no end", [], len(fetches)
            outcome, why = harness.classify(code, output, fetches)
            if outcome != harness.WRONG:
                lines = output.splitlines() if outcome != harness.PASSED else []
            return outcome if outcome == harness.PASSED else why, lines, len(fetches)

        results = harness.run_all(names, run, options.jobs)
    failed, outputs = [], 0
    for name in names:
        outcome, lines, count = results[name]
        outputs += count
        if outcome != harness.PASSED:
            failed.append(name)
            print(f"{name}: {outcome[:300]}")
            for line in lines if options.verbose else lines[:3]:
                print("    " + line[:300])
    for operator in missing:
        print(f"no case for {operator}")
    print(f"{len(names) - len(failed)} of {len(names)} graphs match, {outputs} outputs compared")
    return 1 if failed or missing or not names else 0


if __name__ == "__main__":
    sys.exit(main())
