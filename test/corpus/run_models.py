#!/usr/bin/env python3
"""Verifies the trained models of other projects against TensorFlow's outputs.

Usage: run_models.py [--filter REGEX] [--all]

The models are searched in --models, $SLUICE_MODELS, ../shared/models beside the repository.
The repository's own digits model is always checked. With --all also models that may be refused.
"""
import argparse
import os
import re
import sys

import harness
from harness import PASSED, REFUSED

# Model, case, whether it must pass.
REQUIRED, MAY_REFUSE = True, False
MODELS = [
    ("mlperf-tiny/kws_ref_model", "mlperf-tiny/kws_ref_model.npz", REQUIRED),
    ("mlperf-tiny/pretrainedResnet.pb", "mlperf-tiny/pretrainedResnet.npz", REQUIRED),
    ("mlperf-tiny/vww_96.pb", "mlperf-tiny/vww_96.npz", REQUIRED),
    ("mlperf-tiny/str_ww_ref_model.pb", "mlperf-tiny/str_ww_ref_model.npz", REQUIRED),
    ("mlperf-tiny/ad01.pb", "mlperf-tiny/ad01.npz", REQUIRED),
    ("basic-pitch/nmp", "basic-pitch/nmp.npz", REQUIRED),
    ("basic-pitch/nmp", "basic-pitch/nmp.batch2.npz", REQUIRED),
    ("cppflow/load_model/model", "cppflow/load_model/model.npz", REQUIRED),
    (
        "cppflow/multi_input_output/model",
        "cppflow/multi_input_output/model.npz",
        REQUIRED,
    ),
    (
        "cppflow/load_frozen_graph/model.pb",
        "cppflow/load_frozen_graph/model.npz",
        REQUIRED,
    ),
    (
        "tf-serving/matrix_half_plus_two",
        "tf-serving/matrix_half_plus_two.npz",
        REQUIRED,
    ),
    ("tf-rust/addition/model.pb", "tf-rust/addition/model.npz", REQUIRED),
    (
        "tf-serving/saved_model_half_plus_two_cpu",
        "tf-serving/saved_model_half_plus_two_cpu.npz",
        MAY_REFUSE,
    ),
    (
        "tf-serving/saved_model_half_plus_three",
        "tf-serving/saved_model_half_plus_three.npz",
        MAY_REFUSE,
    ),
]
DIGITS = os.path.join(harness.ROOT, "examples", "digits")
OWN = [
    ("model", "model.npz", REQUIRED),
    ("digits.pb", "digits.npz", REQUIRED),
    ("digits.pbtxt", "digits.npz", REQUIRED),
]
TOLERANCE = ["--rtol=1e-3", "--atol=1e-4"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    harness.add_options(parser)
    parser.set_defaults(timeout=120)
    parser.add_argument("--models")
    parser.add_argument("--filter", help="regular expression on the model's path")
    parser.add_argument("--all", action="store_true", help="also what may be refused")
    options = parser.parse_args()
    harness.require_tool(options.sluice)

    jobs = [(DIGITS, *job) for job in OWN]
    models = harness.shared_folder("models", options.models)
    if models:
        jobs += [(models, *job) for job in MODELS if job[2] or options.all]
    else:
        print("models: no folder ../shared/models and no $SLUICE_MODELS; digits only")
    if options.filter:
        jobs = [job for job in jobs if re.search(options.filter, job[1])]

    def run(job):
        folder, model, case, _ = job
        case = os.path.join(folder, case)
        command = [options.sluice, "verify", os.path.join(folder, model)]
        command += ["--case", case] + TOLERANCE
        return harness.verify(command, harness.fetch_names(case), options)

    results = harness.run_all(jobs, run, options.jobs)
    rows, failed, refused = [], 0, 0
    for job in jobs:
        outcome, why, seconds = results[job]
        if outcome == REFUSED and not job[3]:
            refused += 1
        elif outcome != PASSED:
            failed += 1
        rows.append([f"{job[1]}, {os.path.basename(job[2])}", outcome, f"{seconds:.1f} s"])
        rows[-1].append(why[:200])
    harness.table(["model, case", "outcome", "time", ""], rows)
    passed = len(jobs) - failed - refused
    print(f"models: {passed} passed, {failed} failed, {refused} refused")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
