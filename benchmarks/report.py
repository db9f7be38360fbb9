"""The Markdown tables of a comparison."""


def number(value):
    if value is None:
        return "-"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}"


def size(bytes_):
    if bytes_ >= 10e6:
        return f"{bytes_ / 1e6:.1f} MB"
    return f"{bytes_ / 1e3:.0f} kB"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def latency_table(results, threads, engines):
    head = ["model", "Sluice"] + engines + ["best peer / Sluice", "multiply-add peak"]
    rows = []
    for name, model in results["models"].items():
        result = model["threads"].get(threads)
        if not result:
            continue
        own = result["ms"].get("sluice")
        peers = [result["ms"].get(e) for e in engines]
        ran = [p for p in peers if p is not None]
        ratio = f"{min(ran) / own:.2f}" if own and ran else "-"
        peak = result.get("fma_gflops")
        rows.append([name, number(own)] + [number(p) for p in peers])
        rows[-1] += [ratio, f"{peak:.0f} GFLOP/s" if peak else "-"]
    return table(head, rows)


def build_table(results):
    head = ["model", "archive", "linked program", "compile time", "compiler peak memory"]
    rows = []
    for name, model in results["models"].items():
        build = model.get("sluice")
        if not build:
            rows.append([name, model.get("sluice_error", "-")[:120], "-", "-", "-"])
            continue
        rows.append(
            [
                name,
                size(build["archive_bytes"]),
                size(build["program_bytes"]),
                f"{build['compile_s']:.2f} s",
                size(build["compile_peak_bytes"]),
            ]
        )
    return table(head, rows)


def first_result_table(results, engines):
    head = ["model", "Sluice"] + engines
    rows = []
    for name, model in results["models"].items():
        times = model["first_result_ms"]
        rows.append([name] + [number(times.get(e)) for e in ["sluice"] + engines])
    return table(head, rows)


def markdown(results):
    engines = list(results["peers"])
    parts = [f"CPU: {results['cpu']}. Versions: "]
    parts[0] += ", ".join(f"{e} {p['version']}" for e, p in results["peers"].items())
    parts[0] += ".\n"
    threads = sorted({t for m in results["models"].values() for t in m["threads"]})
    for count in threads:
        plural = "thread" if count == 1 else "threads"
        parts.append(f"### Milliseconds a run, {count} {plural}\n")
        parts.append(latency_table(results, count, engines))
    parts.append("### Size and compilation (Sluice)\n")
    parts.append(build_table(results))
    libraries = ", ".join(
        f"{e} {size(p['library_bytes'])}" for e, p in results["peers"].items()
    )
    parts.append(f"Shared libraries of the peers' packages: {libraries}.\n")
    parts.append("### Milliseconds from exec to the end of a process that runs once\n")
    parts.append(first_result_table(results, engines))
    parts.append("Sluice in a C program; the peers from Python, import included.\n")
    return "\n".join(parts)
