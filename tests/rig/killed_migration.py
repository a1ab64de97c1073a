"""Brings one database after the other up to date, each in a process that is killed one statement later than the last.

    python -m tests.rig.killed_migration < addresses, one a line

Prints the exit status of each process; the first that comes to its end is the last.
"""

import asyncio
import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from node.store.migrations import upgrade_database


def migrate_killed(url: str, statements: int) -> None:
    """Bring it up to date, and be gone before the statement after so many; the end of the transaction counts as one."""
    done = count()

    def step(*_: Any) -> None:
        if next(done) == statements:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    asyncio.run(upgrade_database(url))


def main() -> None:
    """Go through the addresses."""
    for statements, url in enumerate(sys.stdin.read().split()):
        process = os.fork()
        if process == 0:
            migrate_killed(url, statements)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        print(status)  # noqa: T201 (a program of its own)
        if status == 0:
            return


if __name__ == "__main__":
    main()
