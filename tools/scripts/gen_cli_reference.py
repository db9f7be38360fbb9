#!/usr/bin/env python3
"""Prints docs/cli.md, made from the help texts of the tool: gen_cli_reference.py SLUICE"""
import subprocess
import sys

HEAD = """# The command line

Made by `tools/scripts/gen_cli_reference.py`; a test compares it with the tool.

| exit code | meaning |
|---|---|
| 0 | done; for `verify`: everything matches; for `inspect`: the model compiles |
| 1 | the model is wrong, unsupported or beyond a limit; for `verify` also a mismatch |
| 2 | wrong usage |
| 4 | a file cannot be read or written |
| 70 | an error inside Sluice |

Errors go to stderr and name the file, the node, its operator and the attribute:

```
model.pb: error: node 'conv1' (Conv2D): attribute 'strides' must be positive, got 0
```

Output files are written whole or not at all.
"""
COMMANDS = ["compile", "run", "verify", "bench", "tune", "inspect"]


def help_of(*words):
    return subprocess.run(words + ("--help",), check=True, capture_output=True, text=True).stdout


def main():
    print(HEAD)
    print("```\n" + help_of(sys.argv[1]) + "```")
    for command in COMMANDS:
        print(f"\n## sluice {command}\n")
        print("```\n" + help_of(sys.argv[1], command) + "```")


main()
