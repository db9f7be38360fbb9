"""The runtime is a project of its own: it builds with any C11 compiler, without
LLVM, needs libc only, allocates only in the pool, and stays small.

Usage: runtime_alone_test.py SOURCE_ROOT"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TEXT_LIMIT = 50 * 1024

# What each object may take from outside.
CORE = {"memcpy", "memset", "memmove", "memcmp", "getauxval"}
POOL = CORE | {
    "aligned_alloc", "calloc", "free", "sched_yield", "clock_gettime", "sched_getaffinity",
    "sched_getcpu", "pthread_setaffinity_np", "__sched_cpucount", "sigfillset", "pthread_sigmask", "pthread_create",
    "pthread_join", "pthread_mutex_init", "pthread_mutex_lock",
    "pthread_mutex_unlock", "pthread_mutex_destroy", "pthread_cond_init",
    "pthread_cond_wait", "pthread_cond_signal", "pthread_cond_broadcast",
    "pthread_cond_destroy",
}
COMPILER_OWN = {"_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"}

failures = []


def check(condition, message):
    if not condition:
        failures.append(message)


def run(*command):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}")
    return done.stdout


def find(*names):
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    return None


def archive_symbols(archive):
    """Per member: names defined outside, names needed."""
    members, current = {}, None
    for line in run("nm", "-g", archive).splitlines():
        header = re.fullmatch(r"(\S+\.o):", line)
        if header:
            current = members.setdefault(header[1], (set(), set()))
        elif line.strip():
            kind, name = line.split()[-2:]
            current[kind in "Uw"].add(name)
    return members


def check_symbols(archive, compiler):
    members = archive_symbols(archive)
    check(len(members) >= 5, f"{compiler}: found only {sorted(members)}")
    defined = set().union(*(own for own, _ in members.values()))
    for name in defined:
        check(name.startswith("sluice_"), f"{compiler}: exports {name}")
    for member, (_, needed) in members.items():
        allowed = POOL if "pool" in member else CORE
        extra = needed - defined - allowed - COMPILER_OWN
        check(not extra, f"{compiler}: {member} needs {sorted(extra)}")


def check_size(archive, compiler):
    text = sum(int(line.split()[0]) for line in
               run("size", archive).splitlines()[1:] if line.strip())
    check(0 < text < TEXT_LIMIT, f"{compiler}: {text} bytes of text")


def build(source, compiler, folder):
    run("cmake", "-S", source, "-B", folder, f"-DCMAKE_C_COMPILER={compiler}",
        "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", folder)
    archive = folder / "libsluice_runtime.a"
    if archive.exists():
        check_symbols(archive, compiler)
        check_size(archive, compiler)
    else:
        failures.append(f"{compiler}: no archive")


def check_headers(source, folder):
    """The user's header in every language it promises."""
    include = source / "include"
    (folder / "use.c").write_text('#include "sluice/sluice.h"\nextern int x;\n')
    (folder / "use.cpp").write_text('#include "sluice/sluice.h"\n'
                                    "extern int x;\n")
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
             f"-I{include}"]
    for names, file, standards in (
            (("gcc", "clang-22"), "use.c", ("c99", "c11", "c17")),
            (("g++", "clang++-22"), "use.cpp", ("c++11", "c++17", "c++20"))):
        for name in names:
            compiler = find(name, name.removesuffix("-22"))
            for standard in standards if compiler else ():
                run(compiler, f"-std={standard}", *flags, folder / file)


def check_includes(source):
    """Nothing but its own headers and libc's."""
    allowed = {"stddef.h", "stdint.h", "stdlib.h", "stdatomic.h", "pthread.h", "time.h",
               "sched.h", "signal.h", "sluice/abi.h", "sluice/sluice.h"}
    for file in [*source.glob("src/*.c"), *source.glob("include/sluice/*.h")]:
        for name in re.findall(r'#\s*include\s*[<"]([^">]+)', file.read_text()):
            check(name in allowed, f"{file.name} includes {name}")


def main():
    source = pathlib.Path(sys.argv[1]) / "runtime"
    compilers = [path for path in (find("gcc"), find("clang-22", "clang"))
                 if path]
    check(len(compilers) == 2, f"need gcc and clang, found {compilers}")
    check_includes(source)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        check_headers(source, scratch)
        for index, compiler in enumerate(compilers):
            build(source, compiler, scratch / str(index))
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
