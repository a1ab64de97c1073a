"""Bringing a collective back from a backup, wholly or not at all.

Rule 1: nothing is written over: the data folder is new or empty, and so is the database.
Rule 2: the backup is opened and proven to its last byte before anything of it is used.
Rule 3: what was published after the backup is not known here any more. So that no revision is used twice, the next one
        of each post is far beyond.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, inspect

from activitypub.ids import Ids
from node.backup.archive import Archive, Header, open_archive
from node.backup.lines import DAMAGED
from node.backup.seal import read_secret, unseal
from node.folder import DataFolder
from node.settings import SQLITE, read_settings, with_setting
from node.store import proposals, tables
from node.store.engine import Store, create_engine
from node.store.migrations import upgrade
from node.store.versions import REVISIONS
from schema.errors import ConfigError, InputError, StateError


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    header: Header
    rows: int


async def restore(
    folder: DataFolder,
    sealed: Path,
    key: Path,
    *,
    database: str | None = None,
    environment: Mapping[str, str],
) -> Restored:
    """Make the data folder and its database as they were; `database` is another place for the latter.

    Raises `InputError` for another key or a file that is no whole backup, `StateError` where something is there,
    `ConfigError` for what a newer Qafila wrote. Whatever it raises, nothing is left of it.
    """
    secret = read_secret(key)
    with folder.making() as mark:
        plain = folder.path / ".plain"
        unseal(sealed, plain, secret)
        with open_archive(plain) as archive:
            if archive.header.revision not in REVISIONS or archive.header.made_by not in ("init", "lab"):
                raise ConfigError("This backup was written by a newer Qafila. Install that version again.")
            mark("lab" if archive.header.made_by == "lab" else "init")
            _write_files(folder, archive.files, database)
            flags = {} if database is None else {"database": database}
            settings = read_settings(folder.settings_file, environment, flags, lab=folder.is_lab)
            if settings.database == SQLITE:
                folder.write(folder.database, b"")  # SQLite gives its other files the mode of this one
            rows = await fill(settings.database_url(folder.database), archive)
        plain.unlink()
    return Restored(archive.header, rows)


def _write_files(folder: DataFolder, files: Mapping[str, bytes], database: str | None) -> None:
    for file in (folder.settings_file, folder.keys_file):
        if file.name not in files:
            raise InputError(DAMAGED)
        folder.write(file, files[file.name])
    if database is not None:
        text = folder.settings_file.read_text(encoding="utf-8")
        folder.write(folder.settings_file, with_setting(text, "database", database).encode())


async def fill(url: str, archive: Archive) -> int:
    """Tables, rows and all later migrations, in one transaction."""
    store = Store(create_engine(url))
    total = 0
    try:
        async with store.transaction() as connection:
            if await connection.run_sync(lambda sync: inspect(sync).has_table(tables.node.name)):
                raise StateError("That database is not empty, and nothing is written over.")
            await connection.run_sync(upgrade, archive.header.revision)
            await connection.execute(delete(tables.node))
            async for tally in archive.load(connection):
                total += tally.rows
            await connection.run_sync(upgrade)
            await proposals.leap(connection, Ids(archive.header.url, archive.header.name).actor)
    finally:
        await store.close()
    return total
