#!/usr/bin/env python3
"""Draws a comparison: plot.py RESULTS.json OUT.svg (or .png). Needs matplotlib."""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import report


def draw_threads(axes, results, threads):
    """Each engine's time over Sluice's, one row a model; right of 1 is slower."""
    names = list(results["models"])
    peers = list(results["peers"])
    colours = plt.get_cmap("tab10")
    for index, engine in enumerate(peers):
        places, ratios = [], []
        for row, name in enumerate(names):
            times = results["models"][name]["threads"].get(threads, {}).get("ms", {})
            if engine in times and "sluice" in times:
                places.append(row)
                ratios.append(times[engine] / times["sluice"])
        axes.plot(ratios, places, "o", color=colours(index), label=engine, alpha=0.8)
    for row, name in enumerate(names):
        result = results["models"][name]["threads"].get(threads, {})
        if report.best_peer(result) and not report.ratio(result):
            axes.text(1.05, row, "not run by Sluice", va="center", fontsize=8)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", which="both", alpha=0.3)
    mean, count, _ = report.geometric_mean(results, threads)
    title = f"{threads} thread" + ("s" if threads != "1" else "")
    if mean:
        title += f": best peer / Sluice {mean:.2f} (geometric mean of {count})"
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("time / time of Sluice")


def draw(results, path):
    counts = sorted({t for m in results["models"].values() for t in m["threads"]})
    if not counts:
        return
    height = 1.8 + 0.32 * len(results["models"])
    figure, axes = plt.subplots(
        1, len(counts), figsize=(6.5 * len(counts), height), sharey=True, squeeze=False
    )
    for column, threads in enumerate(counts):
        draw_threads(axes[0][column], results, threads)
    axes[0][-1].legend(fontsize=8, loc="best")
    figure.suptitle(results["cpu"], fontsize=9)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


if __name__ == "__main__":
    with open(sys.argv[1]) as results_file:
        draw(json.load(results_file), sys.argv[2])
