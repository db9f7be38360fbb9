"""exit_code.py N COMMAND...: succeeds when COMMAND ends with exactly code N."""
import subprocess
import sys

expected, command = int(sys.argv[1]), sys.argv[2:]
code = subprocess.run(command).returncode
if code != expected:
    print(f"exit code {code}, expected {expected}: {' '.join(command)}", file=sys.stderr)
sys.exit(code != expected)
