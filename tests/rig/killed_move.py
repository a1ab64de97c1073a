"""Moves nodes, each in a process that is killed one step later than the last.

    python -m tests.rig.killed_move

Takes a data folder, a space and the new database in a line, and answers with the exit status of the process; then the
next. A step is a statement that brings rows, the end of a transaction with such, or a new name of a file.
"""

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from node.folder import DataFolder
from tests.rig.moves import move_on


def move_killed(folder: DataFolder, database: str, steps: int) -> None:
    """Move it, and be gone before the step after so many."""
    done = count()
    unfinished = set[Any]()

    def step() -> None:
        if next(done) == steps:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith("INSERT"):
            unfinished.add(connection)
            step()

    def commit(connection: Any) -> None:
        if connection in unfinished:
            unfinished.remove(connection)
            step()

    def audit(name: str, _: Any) -> None:
        if name == "os.rename":
            step()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    sys.addaudithook(audit)
    asyncio.run(move_on(folder, database))


def main() -> None:
    """Go through the lines."""
    for steps, line in enumerate(sys.stdin):
        path, _, database = line.strip().partition(" ")
        process = os.fork()
        if process == 0:
            move_killed(DataFolder(Path(path)), database, steps)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        print(status, flush=True)  # noqa: T201 (a program of its own)


if __name__ == "__main__":
    main()
