#!/usr/bin/env python3
"""Share of the roofline that the suite's models reach, by `sluice bench --profile`.

Usage: roofline.py SLUICE [--models MADE] [--trained TRAINED] [--only NAMES] [--threads N]
                   [--seconds S]

Needs: pip install numpy. Prints a table: the model's milliseconds, its roofline and their
quotient, then the geometric mean, over the launches of matrix products and convolutions, of
their share of the multiply-add peak (those that arithmetic bounds) and of their roofline (all).
Each share twice: by medians, and at best, by the fastest twentieth of the runs and the best
rates that the machine showed between them. docs/benchmarks.md says what a roofline is. Above 1:
Winograd's kernels, which need fewer products than are counted, and data that stayed in a nearer
cache.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from cases import fetch_names, read_feeds
from models import model_list

CONTRACTIONS = {"contract", "conv"}


def profile(options, model, folder):
    command = [options.sluice, "bench", model.path, "--cpu=native", "--profile", "--json",
               f"--threads={options.threads}", f"--seconds={options.seconds}"]
    for name, value in read_feeds(model.case).items():
        path = folder / f"{len(command)}.npy"
        np.save(path, value)
        command.append(f"--feed={name}=@{path}")
    if model.path.endswith(".pb"):
        command += [f"--fetch={name}" for name in fetch_names(model.case)]
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True)
    if done.returncode:
        print(f"{model.name}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def is_contraction(launch):
    return any(name.split(".")[-1] in CONTRACTIONS for name in launch["operators"])


def mean(values):
    values = [v for v in values if v > 0]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


# Of the model, of the contractions that arithmetic bounds, and of all contractions.
SHARES = ("of_roofline", "best_of_roofline", "of_peak", "best_of_peak", "of_roofline",
          "best_of_roofline")


def row(name, time, roofline, values):
    shares = [percent(mean(value)) for value in values]
    cells = [name, time, roofline, *shares[:2], str(len(values[-1])), *shares[2:]]
    print("| " + " | ".join(cells) + " |", flush=True)


def percent(value):
    return f"{100 * value:.0f} %" if value is not None else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice", type=pathlib.Path)
    parser.add_argument("--models")
    parser.add_argument("--trained")
    parser.add_argument("--only")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    print("| model | ms | roofline ms | share | at best | contractions | of the peak | at best "
          "| of their roofline | at best |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    totals = [[] for _ in SHARES]
    for model in model_list(options):
        with tempfile.TemporaryDirectory() as folder:
            result = profile(options, model, pathlib.Path(folder))
        if not result:
            continue
        launches = [l for l in result["launches"] if is_contraction(l)]
        bound = [l for l in launches if l["bound"] == "compute"]
        values = [[part[share] for part in parts]
                  for share, parts in zip(SHARES, (2 * [[result]] + 2 * [bound] + 2 * [launches]))]
        for total, value in zip(totals, values):
            total += value
        row(model.name, f"{result['median_ms']:.3f}", f"{result['roofline_ms']:.3f}", values)
    row("all (geometric means)", "", "", totals)


if __name__ == "__main__":
    main()
