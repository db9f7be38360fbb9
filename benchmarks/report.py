#!/usr/bin/env python3
"""Tables of a comparison. As a program: report.py RESULTS.json prints them again."""
import json
import math
import re
import sys

SHOWN = 160  # characters of an error


def number(value):
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}"


def size(bytes_):
    if bytes_ is None:
        return "-"
    if bytes_ >= 10e6:
        return f"{bytes_ / 1e6:.1f} MB"
    return f"{bytes_ / 1e3:.0f} kB"


def cell(text):
    """An error in one cell; of many unsupported nodes, their operators."""
    operators = re.findall(r"\((\w+)\): unsupported operator", text)
    if operators:
        text = "unsupported operators: " + ", ".join(dict.fromkeys(operators))
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def engines_of(results):
    return ["sluice"] + list(results["peers"])


def titles(results):
    return ["Sluice"] + list(results["peers"])


def best_peer(result):
    """(engine, milliseconds) of the fastest, or None."""
    times = {e: t for e, t in result.get("ms", {}).items() if e != "sluice"}
    return min(times.items(), key=lambda item: item[1]) if times else None


def ratio(result):
    """How many times faster than the best peer, or None."""
    own, best = result.get("ms", {}).get("sluice"), best_peer(result)
    return best[1] / own if own and best else None


def geometric_mean(results, threads):
    """(mean of the ratios, how many models, how many Sluice does not run)"""
    rows = [m["threads"].get(threads, {}) for m in results["models"].values()]
    ratios = [r for r in map(ratio, rows) if r]
    refused = sum(1 for r in rows if best_peer(r) and not ratio(r))
    if not ratios:
        return None, 0, refused
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    return mean, len(ratios), refused


def latency_cell(result, engine):
    if engine in result.get("ms", {}):
        return number(result["ms"][engine])
    return "fails" if engine in result.get("errors", {}) else "-"


def latency_table(results, threads):
    engines = engines_of(results)
    head = ["model"] + titles(results) + ["best peer", "best peer / Sluice", "multiply-add peak"]
    rows = []
    for name, model in results["models"].items():
        result = model["threads"].get(threads, {})
        best, faster = best_peer(result), ratio(result)
        peak = result.get("fma_gflops")
        row = [name] + [latency_cell(result, e) for e in engines]
        row += [best[0] if best else "-", f"{faster:.2f}" if faster else "-"]
        rows.append(row + [f"{peak:.0f} GFLOP/s" if peak else "-"])
    return table(head, rows)


def geometric_line(results, threads):
    mean, count, refused = geometric_mean(results, threads)
    if not mean:
        return ""
    line = f"Geometric mean of best peer / Sluice over {count} models: {mean:.3f}"
    if refused:
        line += f"; {refused} that Sluice does not run are not in it"
    return line + ".\n"


def build_table(results):
    head = ["model", "archive", "linked program", "compile time", "compile memory"]
    head += ["IREE's module", "IREE's compile time", "IREE's compile memory"]
    rows = []
    for name, model in results["models"].items():
        builds = model.get("builds", {})
        own, iree = builds.get("sluice", {}), builds.get("iree", {})
        row = [name, size(own.get("archive_bytes")), size(own.get("program_bytes"))]
        for build in (own, iree):
            if build is iree:
                row.append(size(build.get("archive_bytes")))
            seconds = build.get("compile_s")
            row.append(f"{seconds:.2f} s" if seconds else "-")
            row.append(size(build.get("compile_peak_bytes")))
        rows.append(row)
    return table(head, rows)


def engine_table(results, value):
    """value(model, engine) of each."""
    engines = engines_of(results)
    rows = [
        [name] + [value(model, engine) for engine in engines]
        for name, model in results["models"].items()
    ]
    return table(["model"] + titles(results), rows)


def resident(model, engine):
    for result in model["threads"].values():  # of the fewest threads
        return size(result.get("resident_peak_bytes", {}).get(engine))
    return "-"


def load(model, engine):
    for result in model["threads"].values():
        return number(result.get("load_ms", {}).get(engine))
    return "-"


def failures(results):
    """{(model, engine): why}, first of all that Sluice refuses."""
    found = {}
    for name, model in results["models"].items():
        if "error" in model:
            found[name, "all"] = model["error"]
        for result in [model, *model["threads"].values()]:
            for engine, error in result.get("errors", {}).items():
                found.setdefault((name, engine), error)
    order = sorted(found.items(), key=lambda item: item[0][1] != "sluice")
    return dict(order)


def markdown(results):
    peers = results["peers"]
    versions = ", ".join(f"{e} {p['version']}" for e, p in peers.items())
    parts = [f"CPU: {results['cpu']}. Versions: {versions}.\n"]
    for engine, why in results.get("absent", {}).items():
        parts.append(f"Not compared: {engine} ({cell(why)}).\n")
    rates = results.get("bandwidth", {}).items()
    if rates:
        text = ", ".join(
            f"{level} {r['read_gbps']:.0f} (copy {r['copy_gbps']:.0f})"
            for level, r in rates
        )
        parts.append(f"Bandwidth of one core, GB/s: {text}.\n")
    for threads in sorted({t for m in results["models"].values() for t in m["threads"]}):
        plural = "thread" if threads == "1" else "threads"
        parts.append(f"### Milliseconds a run, {threads} {plural}\n")
        parts.append(latency_table(results, threads))
        parts.append(geometric_line(results, threads))
    failed = failures(results)
    if failed:
        parts.append("### What does not run\n")
        rows = [[name, engine, cell(why)] for (name, engine), why in failed.items()]
        parts.append(table(["model", "engine", "why"], rows))
    parts.append("### Cold start: milliseconds from exec to the end of one run\n")
    first = lambda model, e: number(model.get("first_result_ms", {}).get(e))
    parts.append(engine_table(results, first))
    parts.append("Sluice in a C program; the peers from Python, import included.\n")
    parts.append("### Milliseconds to load the model and run it once\n")
    parts.append(engine_table(results, load))
    parts.append("Inside the process, imports not counted; XLA and torch compile here.\n")
    parts.append("### Resident memory of the process, at most\n")
    parts.append(engine_table(results, resident))
    parts.append("### Size and compilation ahead of time\n")
    parts.append(build_table(results))
    libraries = ", ".join(f"{e} {size(p['library_bytes'])}" for e, p in peers.items())
    parts.append(f"Shared libraries of the peers' packages: {libraries}.\n")
    return "\n".join(part for part in parts if part)


if __name__ == "__main__":
    with open(sys.argv[1]) as results_file:
        print(markdown(json.load(results_file)))
