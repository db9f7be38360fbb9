"""hostile.py SLUICE CASES.test FOLDER: small graphs, good and bad, and what must happen.

    == title
    > error REGEX | run VALUES | fails REGEX
    name: Operator(input, input) attribute=value ...

error: compiling ends with code 1 and a message that names file and node and matches;
no file is written. run: `sluice run` prints the value. fails: the run itself ends with a
status whose text matches. Values of attributes: DT_FLOAT, 3, 0.5, true, "text", [1,2],
shape(2,?), tensor(DT_FLOAT,[2,2],1.5,2), {any text form}. `x` is a placeholder, float [4].
`>` may be followed by `feed NAME=VALUE` words.
"""
import os
import re
import subprocess
import sys

X = "x: Placeholder() dtype=DT_FLOAT shape=shape(4)"
VALUES = {
    "DT_FLOAT": "float_val", "DT_DOUBLE": "double_val", "DT_INT64": "int64_val",
    "DT_BOOL": "bool_val", "DT_STRING": "string_val", "DT_HALF": "half_val",
    "DT_UINT32": "uint32_val", "DT_UINT64": "uint64_val",
}


def shape_text(sizes):
    dims = [s.strip() for s in sizes.split(",") if s.strip()]
    return " ".join(f"dim {{ size: {'-1' if d == '?' else d} }}" for d in dims)


def tensor_text(body):
    kind, sizes, values = re.fullmatch(r"(\w+),\[([^\]]*)\](.*)", body).groups()
    field = VALUES.get(kind, "int_val")
    fields = " ".join(f"{field}: {v}" for v in values.split(",") if v)
    return f"dtype: {kind} tensor_shape {{ {shape_text(sizes)} }} {fields}"


def value_text(value):
    if value.startswith("{"):
        return value[1:-1]
    if value.startswith("DT_"):
        return f"type: {value}"
    if value.startswith("shape("):
        return f"shape {{ {shape_text(value[6:-1])} }}"
    if value.startswith("tensor("):
        return f"tensor {{ {tensor_text(value[7:-1])} }}"
    if value.startswith('"'):
        return f"s: {value}"
    if value in ("true", "false"):
        return f"b: {value}"
    if value.startswith("["):
        items = [v for v in value[1:-1].split(",") if v]
        return "list { " + " ".join(f"i: {v}" for v in items) + " }"
    return f"i: {value}" if re.fullmatch(r"-?\d+", value) else f"f: {value}"


def node_text(line):
    name, op, inputs, rest = re.fullmatch(r"(\S+): (\w*)\(([^)]*)\)(.*)", line).groups()
    text = f'node {{ name: "{name}" op: "{op}"'
    for word in inputs.split(","):
        if word.strip():
            text += f' input: "{word.strip()}"'
    pattern = r"(\w+)=(\{.*?\}(?= \w+=|$)|\"[^\"]*\"|\w+\([^)]*\)|\S+)"
    for key, value in re.findall(pattern, rest):
        text += f' attr {{ key: "{key}" value {{ {value_text(value)} }} }}'
    return text + " }\n"


def read_cases(path):
    cases = []
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith("== "):
            cases.append({"title": line[3:], "nodes": []})
        elif line.startswith("> ") and cases:
            words = line[2:].split(" feed ")
            cases[-1]["kind"], cases[-1]["want"] = words[0].split(" ", 1)
            cases[-1]["feeds"] = words[1:]
        elif line and cases:
            cases[-1]["nodes"].append(line)
    return cases


def check(sluice, case, folder):
    """What is wrong, or None."""
    path, library = f"{folder}/case.pbtxt", f"{folder}/libcase.a"
    nodes = case["nodes"]
    if not any(n.startswith("x:") for n in nodes) and any(re.search(r"\bx\b", n) for n in nodes):
        nodes = [X] + nodes
    with open(path, "w") as out:
        out.writelines(node_text(n) for n in nodes)
        out.write("versions { producer: 1882 }\n")
    if case["kind"] == "error":
        command = [sluice, "compile", path, "-o", library]
    else:
        command = [sluice, "run", path] + [f"--feed={f}" for f in case["feeds"] or ["x=[1,2,3,4]"]]
    command += ["--fetch=y"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    output = done.stdout + done.stderr
    what = f"exit code {done.returncode}: {output.strip()[:600]}"
    if os.path.exists(library):
        os.remove(library)
        return "a library was written"
    if case["kind"] == "run":
        return None if done.returncode == 0 and done.stdout.strip() == case["want"] else what
    if case["kind"] == "fails" and "running the model failed" not in output:
        return "no failing run, " + what
    if not re.search(r"case\.pbtxt(:\d+:\d+)?: error: [a-z]?", done.stderr):
        return "no diagnostic, " + what
    matches = re.search(case["want"], output)
    return None if done.returncode == 1 and matches else what


def main():
    sluice, path, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    cases = read_cases(path)
    failed = 0
    for case in cases:
        wrong = check(sluice, case, folder)
        if wrong:
            print(f"{case['title']}: expected {case['kind']} {case['want']}\n  {wrong}")
            failed += 1
    print(f"{len(cases)} cases, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


main()
