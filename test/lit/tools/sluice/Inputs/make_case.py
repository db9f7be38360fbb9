"""make_case.py FILE.npz KEY=DTYPE:VALUE...: writes the arrays of a test case."""
import ast
import sys

import numpy as np

arrays = {}
for word in sys.argv[2:]:
    key, value = word.split("=", 1)
    dtype, text = value.split(":", 1)
    arrays[key] = np.array(ast.literal_eval(text), dtype=dtype)
np.savez(sys.argv[1], **arrays)
