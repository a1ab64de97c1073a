"""A node moves from one database to another, from SQLite to PostgreSQL or back, and is the same after it.

Rule 1: it does not run meanwhile: the lock of its folder is held through the whole move.
Rule 2: the settings are switched when everything is in the new database and proven (`node.store.carrying`). What comes
        after that is a name: that of an embedded database that was left.
Rule 3: whatever cuts it off, the same command finishes it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from activitypub.ids import Ids
from node.folder import DataFolder, HeldFolder
from node.settings import SQLITE, Settings
from node.store import carrying, marks, proposals
from node.store.before import is_kept
from node.store.carrying import Begin, Tallies
from node.store.engine import Store, create_engine
from node.store.identity import Identity
from node.store.reaching import check_server
from node.store.rows import BATCH
from node.store.versions import check_schema
from node.toml import with_setting
from schema.errors import ConfigError, StateError, Unavailable


@dataclass(frozen=True, slots=True)
class Moved:
    """What there is, table by table, `before` rows of it from an earlier try; `kept` is the old file, where one was."""

    tables: Tallies
    before: int = 0
    kept: Path | None = None


async def move(
    held: HeldFolder, settings: Settings, database: str, *, now: datetime, begin: Begin, batch: int = BATCH
) -> Moved:
    """Carry everything over to `database`, a value of that setting and another one than now; let the settings name it.

    Raises `ConfigError` for a server that cannot be used, `StateError` where that database is not empty or differs at
    the end. Then the node may go on where it was.
    """
    folder = held.folder
    switched = _switched(folder, database)
    await _check_upgraded(folder, settings)
    if database == SQLITE:
        await _put_aside(folder, settings, now)
        if not folder.database.exists():
            folder.write(folder.database, b"")
        folder.database.chmod(0o600)  # SQLite gives its other files the mode of this one
    async with _opened(folder, settings) as old, _opened(folder, settings, database) as new:
        tables, before = await carrying.carry(old, new, _identity(settings), begin, batch)
    folder.write(folder.settings_file, switched)
    kept = await _put_aside(folder, settings, now) if settings.database == SQLITE else None
    return Moved(tables, before, kept)


async def look(held: HeldFolder, settings: Settings, database: str, *, begin: Begin) -> Moved:
    """What `move` would carry over, and whether it could; nothing is changed. Errors as there."""
    folder = held.folder
    _switched(folder, database)
    await _check_upgraded(folder, settings)
    async with _opened(folder, settings) as old, old.claiming() as source:
        mark, tables = await carrying.survey(source, _identity(settings), begin)
    if database != SQLITE or folder.database.exists():
        async with _opened(folder, settings, database) as new, new.transaction() as target:
            if database != SQLITE or (await marks.read(target)).left is None:
                await carrying.is_begun(target, mark)
    return Moved(tables)


async def stay(held: HeldFolder, settings: Settings, *, now: datetime) -> Path | None:
    """Let the node be where its settings say, after a move that was cut off.

    Where only the name of the old file was missing, it gets it, and is returned. Where the node had left the database
    that the settings name, it comes back to it; what it did elsewhere since, if anything, is not known here, so the
    revisions of its posts go on from far beyond. `StateError` where neither is so.
    """
    folder = held.folder
    async with _opened(folder, settings) as store, store.transaction() as connection:
        await check_schema(connection)
        if (await marks.read(connection)).left is not None:
            await marks.forget_left(connection)
            await proposals.leap(connection, Ids(settings.url, settings.name).actor)
            return None
    if settings.database != SQLITE and (kept := await _put_aside(folder, settings, now)):
        return kept
    raise StateError("The node's database is there already.")


async def _check_upgraded(folder: DataFolder, settings: Settings) -> None:
    """The way back of an upgrade leads to where the node is now: after a move it would lead nowhere."""
    if await is_kept(settings.database_url(folder.database)):
        raise StateError(
            "The database of before an upgrade is still kept. If all is well, say first: qafila migrate --forget"
        )


async def _put_aside(folder: DataFolder, settings: Settings, now: datetime) -> Path | None:
    """Give an embedded database that the node has left a name that says so; that name."""
    if not folder.database.exists():
        return None
    async with _opened(folder, settings, SQLITE) as store, store.transaction() as connection:
        if (await marks.read(connection)).left is None:
            return None
    if folder.database.with_name(f"{folder.database.name}-wal").exists():
        raise Unavailable(f"{folder.database} cannot be closed. Is another program reading it?")
    aside = folder.database.with_name(f"{folder.database.name}.moved-{now:%Y%m%dT%H%M%SZ}")
    folder.database.rename(aside)
    return aside


def _identity(settings: Settings) -> Identity:
    return Identity(settings.url, settings.name)


def _switched(folder: DataFolder, database: str) -> bytes:
    """The settings file as it will be."""
    text = folder.settings_file.read_text(encoding="utf-8")
    try:
        return with_setting(text, "database", database).encode()
    except ConfigError:  # its text holds the line, and there may be a password in it
        raise ConfigError(
            f"{folder.settings_file} is written in a way that this command cannot change. Put the setting database on "
            'a line of its own there, as database = "…" with what it is now, and try again.'
        ) from None


@asynccontextmanager
async def _opened(folder: DataFolder, settings: Settings, database: str | None = None) -> AsyncIterator[Store]:
    """The database that the settings name, or another one."""
    url = (settings if database is None else replace(settings, database=database)).database_url(folder.database)
    await check_server(url)
    store = Store(create_engine(url))
    try:
        yield store
    finally:
        await store.close()
