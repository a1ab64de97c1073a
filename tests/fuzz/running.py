"""Runs the fuzzer in a child process, and ends it by its own id where it does not end by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

REST = 60  # seconds to start, and to end


def fuzz_targets(names: Iterable[str], crashes: Path, *, seconds: int = 0, runs: int = -1, seed: int = 1) -> str:
    """Fuzz each of these; what the fuzzer says about faults it found, empty where it found none.

    What caused a fault lies in `crashes` then, in a file of its own.
    """
    listed = list(names)
    options = {"--seconds": seconds, "--runs": runs, "--seed": seed, "--crashes": crashes}
    command = [sys.executable, "-m", "tests.fuzz.child", *listed]
    command += [str(part) for option in options.items() for part in option]
    with subprocess.Popen(  # noqa: S603 (our own interpreter)
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONHASHSEED": "0"},  # the same sets in the same order
        start_new_session=True,
    ) as child:
        try:
            said, _ = child.communicate(timeout=REST + len(listed) * (seconds or REST))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            said, _ = child.communicate()
            return f"{said}\nit did not end"
    return said if child.returncode else ""
