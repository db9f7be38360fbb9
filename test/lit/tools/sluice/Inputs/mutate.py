"""mutate.py SLUICE MODEL FOLDER: damaged copies of a model end in exit code 0, 1 or 2
with a message, and never in a signal, a hang or an internal error."""
import random
import subprocess
import sys

sluice, model, folder = sys.argv[1:]
data = open(model, "rb").read()
random.seed(7)
cases = [data[: len(data) * i // 12] for i in range(12)]
for _ in range(18):
    changed = bytearray(data)
    # The structure stands mostly at the front and the back.
    where = random.choice([random.randrange(400), random.randrange(len(data))])
    changed[where] = random.randrange(256)
    cases.append(bytes(changed))

failed = 0
for i, case in enumerate(cases):
    path = f"{folder}/case.pb"
    with open(path, "wb") as out:
        out.write(case)
    command = [sluice, "compile", path, "--input", "images=1x8x8x1", "--emit=graph", "-o", f"{folder}/case.mlir"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    said = done.returncode == 0 or ": error: " in done.stderr
    if done.returncode not in (0, 1, 2) or not said:
        print(f"case {i}: exit code {done.returncode}: {done.stderr[:500]}")
        failed += 1
sys.exit(1 if failed else 0)
