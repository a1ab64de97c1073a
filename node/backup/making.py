"""Making a backup while the node runs, and keeping the newest few.

Rule 1: the database is copied at one moment. SQLite's only connection belongs to the node, which makes a copy and is
        busy with that for a while; PostgreSQL shows one moment to a transaction that asks for it.
Rule 2: what is not encrypted yet lies in the data folder, for its owner alone, and is removed again.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from node.backup.archive import Header, write_archive
from node.backup.seal import check_recipient, seal
from node.backup.shelf import name_of
from node.folder import DataFolder
from node.settings import SQLITE, Settings
from node.store.rows import count
from node.store.versions import check_version, stored_revision
from schema.errors import ConfigError

DAY: Final = 86_400  # seconds
Snapshot = Callable[[], Awaitable[dict[str, Any]]]
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
    with TemporaryDirectory(prefix=".backup-", dir=folder.path) as work:
        plain = Path(work) / "plain"
        async with _one_moment(folder, settings, snapshot) as connection:
            await check_version(connection)
            header = Header(
                name=settings.name,
                url=settings.url,
                made_at=now,
                made_by=folder.made_by,
                version=version("qafila"),
                revision=await stored_revision(connection),
            )
            files = {
                folder.settings_file.name: folder.settings_file.read_bytes(),
                folder.keys_file.name: folder.read_keys(),
            }
            rows = await write_archive(plain, header, files, connection, begin(await count(connection)))
        sealed = shelf / name_of(settings.name, now)
        seal(plain, sealed, recipient)
    return sealed, rows


@asynccontextmanager
async def _one_moment(folder: DataFolder, settings: Settings, snapshot: Snapshot) -> AsyncIterator[AsyncConnection]:
    """The database as it is at one moment, for reading."""
    copy: Path | None = None
    options: dict[str, Any] = {}
    if settings.database == SQLITE:
        _forget_old_copies(folder)
        copy = Path((await snapshot())["path"])
        engine = create_async_engine(f"sqlite+aiosqlite:///{copy}")
    else:
        engine = create_async_engine(settings.database_url(folder.database))
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**options)
            yield connection
    finally:
        await engine.dispose()
        if copy is not None:
            copy.unlink(missing_ok=True)


def _forget_old_copies(folder: DataFolder) -> None:
    """A backup that was killed may have left its copy."""
    for left in folder.path.glob(f"{folder.snapshot_prefix}*"):
        if left.stat().st_mtime < time.time() - DAY:
            left.unlink(missing_ok=True)
