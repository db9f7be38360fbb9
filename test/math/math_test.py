#!/usr/bin/env python3
"""Checks the error bounds of compiled functions against references in double.

Usage: math_test.py SLUICE [--full] [--time] [--cpu LEVEL] [--function REGEX] [--table]

Without options: a sample of all floats and the floats around special ones, at every
instruction-set level that this machine has, and no call to the C library in the assembly.
  --full      all 2**32 operands, or 2**30 samples of two; about a minute a function
  --time      nanoseconds per element too
  --table     rows for docs/math.md
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from functions import FUNCTIONS

SIZE = 4096
STRIDE = {1: 2039, 2: 509}
LEVELS = {"x86-64-v2": "sse4_2", "x86-64-v3": "avx2", "x86-64-v4": "avx512vl"}
# A call that the assembly of an f32 kernel may have.
CALLS_ALLOWED = {"memcpy", "memset", "memmove"}


def run(*command, **variables):
    done = subprocess.run([str(part) for part in command], text=True,
                          env={**os.environ, **variables},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def levels_here():
    try:
        flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        flags = None
    present = flags.group(1).split() if flags else []
    return [level for level, flag in LEVELS.items() if flag in present]


class Program:
    """The sweep program with every function compiled for every level."""

    def __init__(self, sluice, functions, levels, folder):
        self.calls = {}
        self.path = folder / "sweep"
        self.levels = levels
        archives, headers = [], ""
        for function in functions:
            model = folder / f"{function.name}.pbtxt"
            model.write_text(function.graph(SIZE))
            for number, level in enumerate(levels):
                name = f"fn{number}_{function.name}"
                archives.append(folder / f"lib{name}.a")
                compile = (sluice, "compile", model, "--fetch", "z", f"--cpu={level}")
                run(*compile, "-o", archives[-1])
                assembly = run(*compile, "--emit=asm", "-o", "-")
                called = re.findall(r"^\s*(?:call\w*|jmp)\s+(\w+)(?:@PLT)?\s*$", assembly, re.M)
                self.calls[function.name, level] = sorted(set(called) - CALLS_ALLOWED)
                headers += f'#include "{name}.h"\n'
        lists = f"#define LEVEL_COUNT {len(levels)}\n#define LEVELS(name) {{"
        lists += ", ".join(f"&fn{n}_##name##_model" for n in range(len(levels))) + "}\n"
        for operands, name in ((1, "UNARY_MODELS"), (2, "BINARY_MODELS")):
            rows = " ".join(f"ROW({f.name})" for f in functions if f.operands == operands)
            lists += f"#define {name}(ROW) {rows}\n"
        (folder / "models.h").write_text(headers + lists)
        compiler = os.environ.get("CC") or shutil.which("clang-22") or "cc"
        run(compiler, "-O3", "-march=native", "-fno-math-errno", "-Wall", "-Werror", f"-I{folder}",
            HERE / "sweep.c", *archives, "-o", self.path, *vector_library(compiler, folder), "-lm")

    def ask(self, command, function, *arguments):
        """The fields of a line by level."""
        lines = run(self.path, command, function.name, *arguments,
                    LEAST=str(function.least)).splitlines()
        return {level: line.split() for level, line in zip(self.levels, lines, strict=True)}


def vector_library(compiler, folder):
    """-lmvec where the C library has one."""
    source = folder / "empty.c"
    source.write_text("int main(void) { return 0; }\n")
    done = subprocess.run([compiler, source, "-lmvec", "-o", folder / "empty"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return () if done.returncode else ("-lmvec",)


def decimal(text):
    return f"{float.fromhex(text):.9g}"


class Result:
    """What is the largest error of a function at a level, and what is wrong with it."""

    def __init__(self, function, level, calls, checks):
        self.function, self.level, self.time = function, level, ""
        fields = max(checks, key=lambda fields: float(fields[1]))
        self.error = float(fields[1])
        self.distance = max(float(fields[6]) for fields in checks)
        where = fields[2:4][: function.operands]
        self.where = ", ".join(map(decimal, where))
        self.lines = []
        bound = function.ulp
        if bound is not None and self.error > bound:
            self.lines.append(f"{self.error:.3f} ULP at {', '.join(where)} "
                              f"({fields[4]}, not {fields[5]}), bound {bound}")
        if function.distance is not None and self.distance > function.distance:
            self.lines.append(f"absolute error {self.distance:.3g}, bound {function.distance}")
        for fields in checks:
            if int(fields[7]):
                where = ", ".join(fields[8:10][: function.operands])
                self.lines.append(f"{fields[7]} results wrong in being NaN or in sign, first at {where}")
        if calls:
            self.lines.append(f"calls {', '.join(calls)}")

    def size(self):
        return f"{self.error:.2f}" if self.function.ulp is not None else f"{self.distance:.1e} abs"

    def __str__(self):
        return "\n".join([f"{self.function.name:10}{self.level:12}{self.size():>12} at "
                          f"{self.where:26} {self.time}"] +
                         [f"{self.function.name} {self.level}: FAILED: {line}"
                          for line in self.lines])


def check(program, function, options):
    stride = 1 if options.full else STRIDE[function.operands]
    samples = program.ask("check", function, 0, stride)
    specials = program.ask("special", function)
    results = [Result(function, level, program.calls[function.name, level],
                      [samples[level], specials[level]]) for level in program.levels]
    if options.time:
        times = program.ask("time", function, function.low, function.high)
        for result in results:
            result.time = f"{float(times[result.level][0]):.3f}"
    return results


def table_row(results):
    first = results[0].function
    bound = f"{first.distance:.0e} abs" if first.ulp is None else f"{first.ulp}"
    cells = [first.name, bound]
    for result in results:
        cells += [result.size(), result.where, result.time]
    return f"| {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sluice")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--cpu", action="append")
    parser.add_argument("--function", default="")
    options = parser.parse_args()
    levels = options.cpu or levels_here()
    if not levels:
        print("skipped: no x86-64 level that is tested")
        sys.exit(77)
    functions = [f for f in FUNCTIONS if re.fullmatch(options.function or ".*", f.name)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.sluice, functions, levels, pathlib.Path(folder))
        if options.table:
            print("| function | bound | " +
                  " | ".join(f"{level} | at | ns" for level in levels) + " |")
            print("|---|---|" + "---|---|---|" * len(levels))
        for function in functions:
            results = check(program, function, options)
            print(table_row(results) if options.table else "\n".join(map(str, results)), flush=True)
            failed += sum(bool(result.lines) for result in results)
    print(f"{len(functions) * len(levels) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
