#!/usr/bin/env python3
"""Sums up the reports that test.sh leaves; the exit code says whether all is well.

Usage: summary.py REPORTS [--quick]
"""
import os
import re
import sys
import xml.etree.ElementTree as xml


def read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def junit(path):
    """(passed, failed, skipped, lines about the failed and skipped)"""
    text = read(path)
    if text is None:
        return 0, 1, 0, [f"failed: {os.path.basename(path)} was not written"]
    passed = failed = skipped = 0
    lines = []
    for case in xml.fromstring(text).iter("testcase"):
        name = f"{case.get('classname')}: {case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            lines.append("failed: " + name)
        elif skip is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
            why = skip.get("message") if skip is not None else None
            lines.append(f"skipped: {name} ({why or 'no reason given'})")
        else:
            passed += 1
    if passed + failed == 0:
        return 0, 1, skipped, lines + [f"failed: no test in {os.path.basename(path)}"]
    return passed, failed, skipped, lines


def counted(path):
    """The same of a log that ends in "N passed, N failed, N refused"."""
    text = read(path) or ""
    if ": skipped" in text:
        return 0, 0, 1, [text.strip()]
    match = re.search(r"(\d+) passed, (\d+) failed, (\d+) refused\s*$", text)
    if not match:
        return 0, 1, 0, [f"failed: {os.path.basename(path)} has no result"]
    passed, failed, refused = map(int, match.groups())
    lines = [f"failed: {failed} of {os.path.basename(path)}"] if failed else []
    if refused:
        lines.append(f"skipped: {refused} refused by the compiler, beyond tier 1")
    return passed, failed, refused, lines


def flaws(path, pattern, what):
    text = read(path)
    if text is None:
        return 0, 1, 0, [f"failed: {os.path.basename(path)} was not written"]
    found = [l for l in text.splitlines() if re.search(pattern, l)]
    return (0, 1, 0, [f"failed: {what}: {found[0]}"]) if found else (1, 0, 0, [])


def main():
    reports = sys.argv[1]

    def path(name):
        return os.path.join(reports, name)

    parts = {
        "warnings": flaws(path("build.log"), r"\bwarning:", "a warning"),
        "formatting": flaws(path("format.log"), r"error:", "not clang-format's"),
        "lit": junit(path("lit.xml")),
        "ctest": junit(path("ctest.xml")),
    }
    if "--quick" not in sys.argv:
        parts["corpus"] = counted(path("corpus.log"))
        parts["models"] = counted(path("models.log"))
    print("\n== summary")
    for name, (passed, failed, skipped, lines) in parts.items():
        print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")
        for line in lines[:30]:
            print("  " + line)
    totals = [sum(part[i] for part in parts.values()) for i in range(3)]
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
