"""What stands in a backup: whose it is, the files of its data folder, and its database.

    {"qafila_backup": 1, "made_at": "2026-11-25T09:00:00Z", "version": "0.1.0", "revision": "0001", …}
    {"files": {"qafila.toml": "…", "keys.json": "…"}}
    … the lines of the tables (`node.backup.lines`)

It is packed by gzip, and then sealed for one recipient (`node.backup.seal`). Whoever has the secret key can look into
it with `age --decrypt` and `zcat`.
"""

import gzip
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.times import read_time, write_time
from node.backup.lines import DAMAGED, dump, load
from node.store.rows import Tally
from schema.errors import ConfigError, InputError, Malformed

FORMAT: Final = 1


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
        try:
            async for tally in load(connection, self.lines):
                yield tally
        except (OSError, EOFError, zlib.error):
            raise InputError(DAMAGED) from None


async def write_archive(
    path: Path,
    header: Header,
    files: Mapping[str, bytes],
    connection: AsyncConnection,
    advance: Callable[[int], None],
) -> int:
    """Write a new packed file, for its owner alone; how many rows are in it. `advance` hears of each piece's rows."""
    total = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(orjson.dumps(header.dump()) + b"\n")
        named = {name: b64encode(data).decode() for name, data in files.items()}
        packed.write(orjson.dumps({"files": named}) + b"\n")
        async for lines, number in dump(connection):
            packed.write(lines)
            total += number
            advance(number)
    return total


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """A packed file; `InputError` for anything else, `ConfigError` for one that a newer Qafila wrote."""
    with gzip.open(path, "rb") as packed:
        try:
            header, files = _read_header(packed.readline()), _read_files(packed.readline())
        except (OSError, EOFError, zlib.error):
            raise InputError(DAMAGED) from None
        yield Archive(header, files, iter(packed))


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
