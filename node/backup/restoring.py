"""Bringing a collective back from a backup, wholly or not at all.

Rule 1: nothing is written over: the data folder is new or empty, and so is the database.
Rule 2: the backup is opened and proven to its last byte before anything of it is used. Until then it lies in a file
        without a name, which goes with this process.
Rule 3: what was published after the backup is not known here any more. So that no revision is used twice, the next one
        of each post is far beyond.
Rule 4: whom the node let in is not let in again: sessions and links that sign in are as old as the backup. So is its
        trust, and whoever restores it decides whether allies wait on hold.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import pyrage
from sqlalchemy import delete, inspect

from activitypub.ids import Ids
from activitypub.signatures.fingerprint import fingerprint
from activitypub.signatures.keyring import Keyring
from node.backup.archive import Archive, Header, open_archive
from node.backup.lines import DAMAGED
from node.backup.seal import unseal
from node.folder import KEYS, SETTINGS, DataFolder, Maker
from node.settings import SQLITE, parse_settings
from node.store import identity, proposals, relations, tables
from node.store.engine import Store, create_engine
from node.store.migrations import upgrade
from node.store.reaching import check_server
from node.store.versions import REVISIONS
from node.toml import with_setting
from schema.errors import ConfigError, InputError, StateError

NOWHERE: Final = "sqlite+aiosqlite:///file:?uri=true"
"""A database in a file without a name (https://sqlite.org/inmemorydb.html#temp_db)."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, or would: whose it is, and the eight words of its keys."""

    header: Header
    rows: int
    handle: str
    words: tuple[str, ...]


async def restore(
    folder: DataFolder,
    sealed: Path,
    secret: pyrage.x25519.Identity,
    *,
    database: str | None = None,
    environment: Mapping[str, str],
    hold_allies: bool = False,
) -> Restored:
    """Make the data folder and its database as they were; `database` is another place for the latter.

    Raises `InputError` for another key or a file that is no whole backup, `StateError` where something is there,
    `ConfigError` for what a newer Qafila wrote. Whatever it raises, nothing is left of it.
    """
    with folder.making() as mark, _opened(sealed, secret, folder.path) as archive:
        text, maker = archive.files[SETTINGS], _maker(archive.header)
        flags = {} if database is None else {"database": database}
        settings = parse_settings(text, SETTINGS, environment, flags, lab=maker == "lab")
        if database is not None:
            text = with_setting(text.decode(), "database", database).encode()
        handle, words = _known(archive)
        if settings.database == SQLITE:
            folder.write(folder.database, b"")  # SQLite gives its other files the mode of this one

        def write_files() -> None:
            folder.write(folder.settings_file, text)
            folder.write_keys(archive.files[KEYS])

        url = settings.database_url(folder.database)
        await check_server(url)
        rows = await fill(url, archive, hold_allies=hold_allies, at_last=write_files)
        mark(maker)
    return Restored(archive.header, rows, handle, words)


async def check(sealed: Path, secret: pyrage.x25519.Identity, place: Path) -> Restored:
    """Do what `restore` does, and keep nothing: no file in the folder `place` has a name. Errors as `restore`."""
    with _opened(sealed, secret, place) as archive:
        parse_settings(archive.files[SETTINGS], SETTINGS, {}, {}, lab=_maker(archive.header) == "lab")
        handle, words = _known(archive)
        rows = await fill(NOWHERE, archive)
    return Restored(archive.header, rows, handle, words)


@contextmanager
def _opened(sealed: Path, secret: pyrage.x25519.Identity, place: Path) -> Iterator[Archive]:
    with TemporaryFile(dir=place) as plain:
        unseal(sealed, plain, secret)
        plain.seek(0)
        with open_archive(plain, shutil.disk_usage(place).free) as archive:
            if archive.header.revision not in REVISIONS or archive.header.made_by not in ("init", "lab"):
                raise ConfigError("This backup was written by a newer Qafila. Install that version again.")
            if not {SETTINGS, KEYS} <= set(archive.files):
                raise InputError(DAMAGED)
            yield archive


def _maker(header: Header) -> Maker:
    return "lab" if header.made_by == "lab" else "init"


def _known(archive: Archive) -> tuple[str, tuple[str, ...]]:
    """The handle, and the eight words of the keys."""
    ids = Ids(archive.header.url, archive.header.name)
    line = Keyring.load(archive.files[KEYS]).lineage(ids)
    return f"@{ids.acct}", fingerprint(ids.actor, line.current)


async def fill(
    url: str, archive: Archive, *, hold_allies: bool = False, at_last: Callable[[], None] = lambda: None
) -> int:
    """Tables, rows and all later migrations, in one transaction; how many rows the backup has.

    What `at_last` does is done when all is in it. Where that fails, nothing is in it.
    """
    store = Store(create_engine(url))
    total = 0
    try:
        async with store.transaction() as connection:
            if await connection.run_sync(lambda sync: inspect(sync).has_table(tables.node.name)):
                raise StateError(
                    "That database is not empty, and nothing is written over. If it holds what a restore left that "
                    "was cut off, make an empty one in its place."
                )
            await connection.run_sync(upgrade, archive.header.revision)
            await connection.execute(delete(tables.node))
            async for tally in archive.load(connection):
                total += tally.rows
            await connection.run_sync(upgrade)
            await identity.settle(connection, identity.Identity(archive.header.url, archive.header.name))
            await proposals.leap(connection, Ids(archive.header.url, archive.header.name).actor)
            await connection.execute(delete(tables.links))
            await connection.execute(delete(tables.sessions))
            if hold_allies:
                await relations.hold_all_allies(connection)
            at_last()
    finally:
        await store.close()
    return total
