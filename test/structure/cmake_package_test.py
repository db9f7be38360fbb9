"""find_package(Sluice) and sluice_add_model: a project of its own compiles a
model while it builds, runs with it, and compiles again when the model changes.

Usage: cmake_package_test.py SOURCE_ROOT BUILD"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
PACKAGE = pathlib.Path(sys.argv[2]).resolve() / "lib/cmake/Sluice"

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(User C CXX)
find_package(Sluice 0.1 REQUIRED)
sluice_add_model(digits MODEL model CPU x86-64-v2 SIGNATURE serving_default
  INPUT images=1x8x8x1:f32 CXX_CLASS user::Digits HEADER_VARIABLE header)
message(STATUS "header: ${header}")
add_executable(app main.c)
target_link_libraries(app PRIVATE digits)
add_executable(dropin main.cpp)
target_compile_features(dropin PRIVATE cxx_std_17)
target_link_libraries(dropin PRIVATE digits)
"""

DROPIN = """
#include "digits.hpp"
#include <cstdio>
int main() {
  user::Digits net;
  std::printf("%d %d\\n", net.Run(), net.LookupArgIndex("feed_none"));
}
"""


def run(*command, expect=0):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if (done.returncode == 0) != (expect == 0):
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


class Package(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="sluice package ")
        self.addCleanup(self.scratch.cleanup)
        self.source = pathlib.Path(self.scratch.name) / "source"
        self.build = pathlib.Path(self.scratch.name) / "build"
        self.source.mkdir()
        example = ROOT / "examples/digits"
        shutil.copytree(example / "model", self.source / "model")
        shutil.copy(example / "main.c", self.source)
        (self.source / "main.cpp").write_text(DROPIN)
        (self.source / "CMakeLists.txt").write_text(PROJECT)

    def configure(self, expect=0):
        return run("cmake", "-G", "Ninja", "-S", self.source, "-B", self.build,
                   f"-DSluice_DIR={PACKAGE}", expect=expect)

    def test_builds_runs_and_follows_changes(self):
        text = self.configure()
        self.assertIn("digits.sluice/digits.h", text)
        run("cmake", "--build", self.build)
        answer = run(self.build / "app", ROOT / "examples/digits/heldout.bin")
        self.assertIn("446 of 450 held-out digits right", answer)
        self.assertEqual(run(self.build / "dropin"), "1 -1\n")
        # Nothing to do, until the weights are touched.
        self.assertIn("no work to do", run("cmake", "--build", self.build))
        weights = next((self.source / "model/variables").glob("*.data-*"))
        weights.touch()
        again = run("cmake", "--build", self.build)
        self.assertIn("Sluice digits", again)

    def test_mistakes_stop_the_configuration(self):
        for wrong, why in (("MODEL", "MODEL is missing"),
                           ("MODEL nowhere", "no model at"),
                           ("MODEL model SPEED 9", "unknown argument")):
            (self.source / "CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.25)\nproject(User C)\n"
                f"find_package(Sluice REQUIRED)\nsluice_add_model(x {wrong})\n")
            self.assertIn(why, self.configure(expect=1))
            shutil.rmtree(self.build, ignore_errors=True)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
