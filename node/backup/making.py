"""Making a backup while the node runs, and keeping the newest few.

Rule 1: the database is copied at one moment. SQLite's only connection belongs to the node, which makes a copy and is
        busy with that for a while; PostgreSQL shows one moment to a transaction that asks for it.
Rule 2: what is not encrypted yet lies in the data folder, in a file without a name; the copy of SQLite needs one, and
        lies in a folder that this process holds. So neither outlives whoever is killed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from node.backup.archive import Header, write_archive
from node.backup.seal import check_recipient, seal
from node.backup.shelf import name_of
from node.folder import DataFolder
from node.holding import scratch
from node.settings import SQLITE, Settings
from node.store.rows import count
from node.store.versions import REVISIONS, check_version, stored_revision
from node.version import program_version
from schema.errors import ConfigError

Snapshot = Callable[[str], Awaitable[dict[str, Any]]]
"""Told the name of a `scratch` of the data folder; gives the `path` of a copy of the database in it."""
Begin = Callable[[int], Callable[[int], None]]
"""Told how many rows there will be; gives what is told of each piece's rows."""


async def make(
    folder: DataFolder, settings: Settings, shelf: Path, *, snapshot: Snapshot, now: datetime, begin: Begin
) -> tuple[Path, int]:
    """Write a backup into the folder `shelf`, which is there; where it is, and how many rows it has.

    `snapshot` asks the node for a copy of its SQLite. Raises `ConfigError` where nobody said for whom it is made.
    """
    if not settings.backup_recipient:
        raise ConfigError("Nobody could open a backup yet: it needs a key. Make one with: qafila backup key")
    recipient = check_recipient(settings.backup_recipient)
    with TemporaryFile(dir=folder.path) as plain:
        async with _one_moment(folder, settings, snapshot) as connection:
            header = Header(
                name=settings.name,
                url=settings.url,
                made_at=now,
                made_by=folder.made_by,
                version=program_version(),
                revision=await _revision(connection),
            )
            files = {
                folder.settings_file.name: folder.settings_file.read_bytes(),
                folder.keys_file.name: folder.read_keys(),
            }
            rows = await write_archive(plain, header, files, connection, begin(await count(connection)))
        plain.seek(0)
        sealed = shelf / name_of(settings.name, now)
        seal(plain, sealed, recipient)
    return sealed, rows


async def _revision(connection: AsyncConnection) -> str:
    """The newest migration of a database of which this code knows every table and column; `ConfigError`."""
    await check_version(connection)
    revision = await stored_revision(connection)
    if revision not in REVISIONS:
        raise ConfigError(
            f"A newer Qafila added to this database (migration {revision}), and this one would leave out what it does "
            "not know: nobody could restore such a backup. Install that version again, and make the backup with it."
        )
    return revision


@asynccontextmanager
async def _one_moment(folder: DataFolder, settings: Settings, snapshot: Snapshot) -> AsyncIterator[AsyncConnection]:
    """The database as it is at one moment, for reading."""
    with ExitStack() as held:
        options: dict[str, Any] = {}
        if settings.database == SQLITE:
            place = held.enter_context(scratch(folder.path))
            engine = create_async_engine(f"sqlite+aiosqlite:///{(await snapshot(place.name))['path']}")
        else:
            engine = create_async_engine(settings.database_url(folder.database))
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            async with engine.connect() as connection:
                await connection.execution_options(**options)
                yield connection
        finally:
            await engine.dispose()
