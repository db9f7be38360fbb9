#!/usr/bin/env python3
"""Runs the commands of a Markdown page and compares what it says they print.

Usage: run_docs.py PAGE.md [--build BUILD]

Blocks fenced as `sh` run in the repository's root, in one bash after the other, in order; all
must succeed. A `text` block right behind one is what it prints: its lines must occur in the
output in order, and `...` inside a line stands for anything. A comment `<!-- file: PATH -->`
before a block of any language writes the block to PATH first. Blocks fenced as `console` or
anything else are only read by people. $PATH starts with BUILD/bin.
"""
import argparse
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FENCE = re.compile(r"^```(\w*)\s*$")
FILE = re.compile(r"^<!-- file: (\S+) -->\s*$")


def read_blocks(path):
    """[(line number, language, file or None, text)]"""
    blocks, target, start, language, lines = [], None, 0, None, []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            fence = FENCE.match(line)
            if language is not None:
                if fence:
                    blocks.append((start, language, target, "".join(lines)))
                    language, target, lines = None, None, []
                else:
                    lines.append(line)
            elif fence:
                start, language = number, fence.group(1)
            elif FILE.match(line):
                target = FILE.match(line).group(1)
    if language is not None:
        sys.exit(f"{path}:{start}: the block does not end")
    return blocks


def missing_line(expected, output):
    """The first line of `expected` that does not come next in `output`."""
    lines = iter(output.splitlines())
    for want in expected.splitlines():
        if want.strip() in ("", "..."):
            continue
        pattern = ".*".join(re.escape(p) for p in want.rstrip().split("..."))
        if not any(re.fullmatch(pattern, line.rstrip()) for line in lines):
            return want
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    options = parser.parse_args()
    environment = dict(os.environ)
    tools = os.path.join(os.path.abspath(options.build), "bin")
    environment["PATH"] = tools + os.pathsep + environment["PATH"]

    output, ran = "", 0
    for line, language, target, text in read_blocks(options.page):
        where = f"{options.page}:{line}"
        if target:
            path = os.path.join(ROOT, target)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        elif language == "sh":
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            output, ran = done.stdout, ran + 1
            if done.returncode:
                print(f"{where}: exit code {done.returncode}\n{text}\n{output}")
                return 1
        elif language == "text":
            missing = missing_line(text, output)
            if missing is not None:
                print(f"{where}: the output lacks '{missing}':\n{output}")
                return 1
    if not ran:
        print(f"{options.page}: no sh block")
        return 1
    print(f"{options.page}: {ran} blocks ran")
    return 0


if __name__ == "__main__":
    sys.exit(main())
