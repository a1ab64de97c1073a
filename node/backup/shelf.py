"""The folder in which backups are kept: their names, and how many stay."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from node.holding import hold
from schema.errors import ConfigError

SUFFIX: Final = ".qafila.age"
PARTIAL: Final = ".partial"
STAMP: Final = "%Y%m%dT%H%M%SZ"
BEGINNING: Final = b"age-encryption.org/v1\n"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup on the shelf."""

    path: Path
    made_at: datetime
    size: int


def make_shelf(shelf: Path) -> None:
    """Make the folder for backups where it is not there yet; `ConfigError` where it cannot be."""
    try:
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{shelf} cannot be made: {error.strerror}.") from None


def name_of(name: str, made_at: datetime) -> str:
    """The file name of a backup."""
    return f"{name}-{made_at:{STAMP}}{SUFFIX}"


def kept(shelf: Path, name: str) -> list[Kept]:
    """The backups of this collective on the shelf, newest first."""
    stamped = re.compile(rf"{re.escape(name)}-([0-9]{{8}}T[0-9]{{6}})Z{re.escape(SUFFIX)}")
    found = []
    for entry in os.scandir(shelf) if shelf.is_dir() else ():
        if match := stamped.fullmatch(entry.name):
            with suppress(ValueError, FileNotFoundError):  # no moment that ever was; a link to nothing
                made_at = datetime.strptime(match[1] + "+0000", "%Y%m%dT%H%M%S%z")
                found.append(Kept(Path(entry.path), made_at, entry.stat().st_size))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def looks_whole(one: Kept) -> bool:
    """Whether a backup begins as age files do, and can be read; only its key can tell the rest."""
    try:
        with one.path.open("rb") as file:
            return file.read(len(BEGINNING)) == BEGINNING
    except OSError:
        return False


def sweep(shelf: Path, name: str) -> None:
    """Remove what is half written of backups, where nobody is at it any more."""
    for left in shelf.glob(f".{name}-*{SUFFIX}{PARTIAL}"):
        with suppress(OSError), hold(left):
            left.unlink()


def prune(shelf: Path, name: str, keep: int, made_at: datetime) -> list[Path]:
    """Remove all but the newest `keep` of those made until `made_at`, the moment of the last one; what was removed.

    What says that it is newer still was made by a clock that was wrong, or this one is: neither costs a backup.
    """
    old = [one.path for one in kept(shelf, name) if one.made_at <= made_at][keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return old
