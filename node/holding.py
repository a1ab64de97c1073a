"""What is held by a process for as long as it lives: the lock of a file (flock(2)), and folders for a while.

Rule 1: a lock goes with the process that has it, however that ends.
Rule 2: a folder for a while that nobody holds any more is removed by whoever comes next.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final

from schema.errors import InputError

PREFIX: Final = ".backup-"
HELD: Final = "held"


@contextmanager
def hold(file: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a file, which is made for it, alone or with others that share it.

    `BlockingIOError` where another process has it otherwise.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A new folder in `folder` for what must not outlive the block. Who is killed in it leaves it to be swept."""
    sweep(folder)
    place = Path(mkdtemp(prefix=PREFIX, dir=folder))  # made with 0700
    try:
        with hold(place / HELD):
            yield place
    finally:
        rmtree(place, ignore_errors=True)


def scratch_called(folder: Path, name: str) -> Path:
    """The place of a `scratch` in `folder` that another process holds; `InputError` for anything else."""
    place = folder / name
    if place.parent != folder or not name.startswith(PREFIX) or not place.is_dir():
        raise InputError("That is no place for a copy of the database.")
    return place


def sweep(folder: Path) -> None:
    """Remove every `scratch` in `folder` that nobody holds."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError), hold(left / HELD):
            rmtree(left, ignore_errors=True)
