"""What stands in a backup: whose it is, the files of its data folder, and its database.

    {"qafila_backup": 1, "made_at": "2026-11-25T09:00:00Z", "version": "0.1.0", "revision": "0001", …}
    {"files": {"qafila.toml": "…", "keys.json": "…"}}
    … the lines of the tables (`node.backup.lines`)

It is packed by gzip, and then sealed for one recipient (`node.backup.seal`). Whoever has the secret key can look into
it with `age --decrypt` and `zcat`.
"""

import gzip
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.times import read_time, write_time
from node.backup.lines import DAMAGED, dump, load
from node.store.rows import Tally
from schema.errors import ConfigError, InputError, Malformed, Unavailable

FORMAT: Final = 1
LONGEST: Final = 12 * 1024 * 1024
"""Bytes of a line: in the longest lies the largest message that the settings let in, in base64, and what is beside."""
MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Whose backup it is. `version` is that of the program which wrote it, `revision` its newest migration."""

    name: str
    url: str
    made_at: datetime
    made_by: str
    version: str
    revision: str

    def dump(self) -> dict[str, str | int]:
        """As it stands in the first line, and in results of commands."""
        return {
            "qafila_backup": FORMAT,
            "name": self.name,
            "url": self.url,
            "made_at": write_time(self.made_at),
            "made_by": self.made_by,
            "version": self.version,
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that is open for reading: its lines after the first two are those of the tables."""

    header: Header
    files: Mapping[str, bytes]
    lines: Iterator[bytes]

    async def load(self, connection: AsyncConnection) -> AsyncIterator[Tally]:
        """Put the tables back; `InputError` where they are not what was dumped."""
        async for tally in load(connection, self.lines):
            yield tally


async def write_archive(
    file: BinaryIO,
    header: Header,
    files: Mapping[str, bytes],
    connection: AsyncConnection,
    advance: Callable[[int], None],
) -> int:
    """Write it packed into an open file; how many rows are in it. `advance` hears of each piece's rows.

    Raises `Unavailable` where there is no room for it.
    """
    total = 0
    try:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
            packed.write(orjson.dumps(header.dump()) + b"\n")
            named = {name: b64encode(data).decode() for name, data in files.items()}
            packed.write(orjson.dumps({"files": named}) + b"\n")
            async for lines, number in dump(connection):
                packed.write(lines)
                total += number
                advance(number)
        file.flush()
    except OSError as error:
        raise Unavailable(f"The backup cannot be written: {error.strerror}.") from error
    return total


@contextmanager
def open_archive(file: BinaryIO, room: int) -> Iterator[Archive]:
    """A packed file; `InputError` for anything else, `ConfigError` for one that a newer Qafila wrote.

    Whoever has the public key can make a small file that unpacks to a large one, so no more than `room` bytes are.
    """
    with gzip.GzipFile(fileobj=file, mode="rb") as packed:
        lines = _lines(packed, room)
        yield Archive(_read_header(next(lines, b"")), _read_files(next(lines, b"")), lines)


def _lines(packed: gzip.GzipFile, room: int) -> Iterator[bytes]:
    left = room
    try:
        while line := packed.readline(LONGEST + 1):
            left -= len(line)
            if len(line) > LONGEST:
                raise InputError(DAMAGED)
            if left < 0:
                raise InputError(
                    f"This backup unpacks to more than the {room // MIB} MiB that are free here, so nothing was "
                    "restored from it. If it is one of your own, free some space first."
                )
            yield line
    except (OSError, EOFError, zlib.error):
        raise InputError(DAMAGED) from None


def _read_header(line: bytes) -> Header:
    try:
        said = orjson.loads(line)
        if said["qafila_backup"] != FORMAT:
            raise ConfigError("This backup was written by a newer Qafila. Install that version again.")
        texts = {key: str(said[key]) for key in ("name", "url", "made_by", "version", "revision")}
        return Header(made_at=read_time(said["made_at"]), **texts)
    except (ValueError, TypeError, KeyError, Malformed):
        raise InputError(DAMAGED) from None


def _read_files(line: bytes) -> dict[str, bytes]:
    try:
        files = {str(name): b64decode(data, validate=True) for name, data in orjson.loads(line)["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(DAMAGED) from None
    if any("/" in name or name.startswith(".") for name in files):
        raise InputError(DAMAGED)
    return files
