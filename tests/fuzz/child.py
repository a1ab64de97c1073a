"""`python -m tests.fuzz.child` fuzzes targets one after the other, each in a process of its own that it forks.

The fuzzer instruments what it imports and leaves by `os._exit`, so nothing of this happens in the process of the tests.
"""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

import atheris

MEMORY_MIB = 1024
SLOW_SECONDS = 10  # one input that takes longer is a fault, on a busy machine too


def fuzz(name: str, corpus: Path, options: argparse.Namespace) -> None:
    """Fuzz one target, and end this process."""
    target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    for number, good in enumerate(target.corpus):
        (corpus / f"{number:03}").write_bytes(good)
    arguments = [
        f"-runs={options.runs}",
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-timeout={SLOW_SECONDS}",
        f"-artifact_prefix={options.crashes / name}-",
        "-max_len=4096",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], target)
    atheris.Fuzz()


def main() -> int:
    """Each target in turn; the number of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--runs", type=int, default=-1)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path())
    wanted = parser.parse_args()
    with atheris.instrument_imports(include=["schema", "activitypub", "federation"], enable_loader_override=False):
        importlib.import_module("tests.fuzz.targets")
    failed = []
    for name in wanted.targets:
        with tempfile.TemporaryDirectory(prefix="qafila-fuzz-") as corpus:
            child = os.fork()
            if child == 0:
                fuzz(name, Path(corpus), wanted)
            _, status = os.waitpid(child, 0)
            if os.waitstatus_to_exitcode(status):
                failed.append(name)
    sys.stderr.write(f"failed: {' '.join(failed) or 'none'}\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
