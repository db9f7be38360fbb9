import os
import sys

import lit.formats
import lit.llvm

lit.llvm.initialize(lit_config, config)
from lit.llvm import llvm_config  # noqa: E402  (initialize comes first)

config.name = "sluice"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".mlir", ".test", ".pbtxt"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.substitutions.append(("%sluice_src", config.sluice_source_dir))
config.substitutions.append(("%sluice_bin", config.sluice_binary_dir))
config.substitutions.append(("%python", sys.executable))
# `%exit N COMMAND`: the command must end with exactly that code.
config.substitutions.append(
    ("%exit", sys.executable + " " + os.path.join(config.test_source_root,
                                                  "Inputs", "exit_code.py")))

llvm_config.with_environment(
    "PATH", [config.sluice_tools_dir, config.llvm_tools_dir], append_path=True)

# One switch turns every sluice-opt run into a round-trip test as well.
if os.environ.get("SLUICE_VERIFY_ROUNDTRIP"):
    config.substitutions.insert(
        0, ("sluice-opt ", "sluice-opt --verify-roundtrip "))
