"""Gives a command once and again, each time in a process that is killed one step later than the last.

    python -m tests.rig.killed_command FOLDER COMMAND ...

A step is whatever makes, writes or removes a file in FOLDER. Each process waits for a line, and how it ended is
printed; that which is not killed any more is the last.
"""

import importlib
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from node.cli import main as qafila

LOADED = ("node.cli.backing", "node.backup.making", "node.backup.restoring", "node.house", "node.aid.verbs")
CHANGES = frozenset({"sqlite3.connect", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"})
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed(folder: str, command: list[str], steps: int) -> None:
    """Do the command, and be gone before the step after so many."""
    done = count()

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in CHANGES or (event == "open" and arguments[2] & TO_WRITE)
        if changes and folder in str(arguments[0]) and next(done) == steps:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    qafila(command)


def main(folder: str, *command: str) -> None:
    """One process after the other."""
    for module in LOADED:
        importlib.import_module(module)
    for steps in count():
        sys.stdin.readline()
        process = os.fork()
        if process == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            killed(folder, list(command), steps)
        _, status = os.waitpid(process, 0)
        print(status, flush=True)  # noqa: T201 (a program of its own)
        if status == 0:
            return


if __name__ == "__main__":
    main(str(Path(sys.argv[1])), *sys.argv[2:])
