"""Resolve the requirements anew: `make lock`.

Two files, with hashes and without index addresses: `run.txt` is what a node needs, `dev.txt` adds the tools of the tests.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMON = (
    "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra postgres"
).split()
FILES = {"run": ["--group", "run"], "dev": ["--group", "dev"]}


def main() -> int:
    """Write both files; the exit status is the resolver's."""
    for name, groups in FILES.items():
        target = ROOT / "requirements" / f"{name}.txt"
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *COMMON, *groups, "-o", str(target)]
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 (fixed words)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
