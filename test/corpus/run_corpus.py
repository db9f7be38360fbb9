#!/usr/bin/env python3
"""Verifies compiled code against the recorded graph corpus and guards what works.

Usage: run_corpus.py [--family F] [--filter REGEX] [--operators] [--list OUTCOME] [--update]

Fails when a case ends wrong, in a crash, a hang or without a clear refusal; when a case of
tier-1 operators alone (tier1.txt) does not pass; when a case of baseline.tsv no longer passes.
The corpus is searched in --corpus, $SLUICE_CORPUS, ../shared/corpus beside the repository.
"""
import argparse
import collections
import csv
import os
import re
import sys

import harness
from harness import BAD, OUTCOMES, PASSED

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.tsv")


def read_lines(path):
    if not os.path.exists(path):
        return set()
    with open(path) as file:
        return {l.strip() for l in file if l.strip() and not l.startswith("#")}


def read_index(corpus, options):
    """{"family/name": operators} of the cases asked for."""
    cases = {}
    with open(os.path.join(corpus, "index.tsv")) as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name = f"{row['family']}/{row['name']}"
            if options.family and row["family"] not in options.family:
                continue
            if options.filter and not re.search(options.filter, name):
                continue
            cases[name] = frozenset(row["operators"].split())
    return cases


def print_tables(cases, results, tier1, options):
    def row(label, names):
        count = collections.Counter(results[n][0] for n in names)
        return [label, len(names)] + [count[o] for o in OUTCOMES]

    families = sorted({n.split("/")[0] for n in cases})
    by_family = [row(f, [n for n in cases if n.split("/")[0] == f]) for f in families]
    core = [n for n in cases if cases[n] <= tier1]
    by_family += [row("tier 1", core), row("all", list(cases))]
    harness.table(["family", "cases"] + OUTCOMES, by_family)
    if options.operators:
        users = collections.defaultdict(list)
        for name, operators in cases.items():
            for operator in operators:
                users[operator].append(name)
        print()
        rows = [row(o, users[o]) for o in sorted(users)]
        harness.table(["operator", "cases"] + OUTCOMES, rows)


def write_baseline(passing, kept):
    with open(BASELINE, "w") as out:
        out.write("# Cases that pass; written by run_corpus.py --update.\n")
        out.writelines(name + "\n" for name in sorted(passing | kept))


def problems(cases, results, tier1, baseline):
    """(name, what is wrong with it) of every case that fails the run."""
    found = []
    for name in sorted(cases):
        outcome, why, _ = results[name]
        if outcome == PASSED:
            continue
        if outcome in BAD:
            found.append((name, f"{outcome}: {why}"))
        elif cases[name] <= tier1:
            found.append((name, f"tier 1, but {outcome}: {why}"))
        elif name in baseline:
            found.append((name, f"passed before, now {outcome}: {why}"))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    harness.add_options(parser)
    parser.add_argument("--corpus")
    parser.add_argument("--family", action="append")
    parser.add_argument("--filter", help="regular expression on FAMILY/NAME")
    parser.add_argument("--operators", action="store_true", help="table by operator")
    parser.add_argument("--list", choices=OUTCOMES, action="append", default=[])
    parser.add_argument("--results", help="write every case's outcome to this file")
    parser.add_argument("--update", action="store_true", help="rewrite baseline.tsv")
    parser.add_argument("--most", type=int, default=40, help="problems to print")
    options = parser.parse_args()

    corpus = harness.shared_folder("corpus", options.corpus)
    if not corpus:
        print("corpus: skipped, no folder ../shared/corpus and no $SLUICE_CORPUS")
        return harness.SKIP
    harness.require_tool(options.sluice)
    tier1 = read_lines(os.path.join(HERE, "tier1.txt"))
    cases = read_index(corpus, options)
    if not cases:
        print("error: no case matches")
        return 2

    def run(name):
        stem = os.path.join(corpus, name)
        fetches = harness.fetch_names(stem + ".npz")
        command = [options.sluice, "verify", stem + ".pb", "--case", stem + ".npz"]
        return harness.verify(command, fetches, options)

    results = harness.run_all(list(cases), run, options.jobs)
    print_tables(cases, results, tier1, options)
    for name in sorted(cases):
        if results[name][0] in options.list:
            print(f"{name}: {results[name][0]}: {results[name][1][:300]}")
    if options.results:
        with open(options.results, "w") as out:
            for name in sorted(cases):
                outcome, why, seconds = results[name]
                out.write(f"{name}\t{outcome}\t{seconds:.2f}\t{why}\n")

    passing = {n for n in cases if results[n][0] == PASSED}
    baseline = read_lines(BASELINE)
    if options.update:
        write_baseline(passing, baseline - set(cases))
        baseline = passing
    found = problems(cases, results, tier1, baseline)
    if found:
        print(f"\n{len(found)} problems")
    for name, text in found[: options.most]:
        print(f"  {name}: {text[:300]}")
    if len(found) > options.most:
        print(f"  and {len(found) - options.most} more (--most N)")
    refused = len(cases) - len(passing) - len(found)
    print(f"corpus: {len(passing)} passed, {len(found)} failed, {refused} refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
