"""Which database this code may open, and bringing an older one up to date.

Rule 1: a database remembers the oldest version of the schema whose code may still open it (`compatible`). Newer code
        raises that number when it changes something that older code would misread.
Rule 2: a database that a move is filling, or has left, is opened and migrated by nobody (`node.store.marks`).
Rule 3: migrations run in a child process: alembic is needed for a second, and would stay in memory for months.
"""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import column, inspect, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store import marks, tables
from node.store.before import keep_files, let_go
from schema.errors import ConfigError, Unavailable

SCHEMA_VERSION = 4
COMPATIBLE_FROM = 1
REVISIONS = frozenset({"0001", "0002", "0003", "0004"})
"""Every migration of this code, by its name."""
REFUSED = 3
"""How the child process ends where it must not touch the database."""
KEEP = "--keep"
"""Told to the child process where the tables of before are to be kept."""
_ALEMBIC = table("alembic_version", column("version_num"))


async def stored_version(connection: AsyncConnection) -> tuple[int, int] | None:
    """(version, oldest compatible version) of an open database, or None for an empty one."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(tables.node.name)):
        return None
    rows = dict((await connection.execute(select(tables.node.c.key, tables.node.c.value))).all())
    return int(rows["schema_version"]), int(rows["compatible_from"])


async def stored_revision(connection: AsyncConnection) -> str:
    """The newest migration that this database had."""
    newest: str = max((await connection.execute(select(_ALEMBIC.c.version_num))).scalars())
    return newest


async def check_version(connection: AsyncConnection) -> None:
    """Refuse a database that this code must not open, with what to do; `ConfigError`."""
    await marks.check(connection)
    await check_schema(connection)


async def check_schema(connection: AsyncConnection) -> None:
    """The same, without a look at marks of a move."""
    found = await stored_version(connection)
    if found is None:
        raise ConfigError("This data folder holds no database yet. Make one with: qafila init")
    if await _is_older(connection, *found):
        raise ConfigError(
            f"This database is from an older Qafila (schema {found[0]}, needed: {SCHEMA_VERSION}). "
            "Bring it up to date with: qafila migrate"
        )


async def needs_upgrade(connection: AsyncConnection) -> bool:
    """Whether there are tables to make or change; `ConfigError` for a database of newer code, which stays as it is."""
    await marks.check(connection)
    found = await stored_version(connection)
    return found is None or await _is_older(connection, *found)


async def _is_older(connection: AsyncConnection, version: int, compatible: int) -> bool:
    """Whether it must be migrated first; a migration that this code does not know was made by newer code."""
    revisions = set((await connection.execute(select(_ALEMBIC.c.version_num))).scalars())
    if compatible > SCHEMA_VERSION or (version <= SCHEMA_VERSION and not revisions <= REVISIONS):
        raise ConfigError(
            f"This database was written by a newer Qafila (schema {version}); this one knows up to {SCHEMA_VERSION}. "
            "Install that version again, or restore a backup made before the upgrade."
        )
    return version < SCHEMA_VERSION


async def migrate(url: str, *, keep: bool = False) -> None:
    """Make or update the tables at `url`, in a child process; with `keep` there is a way back (`node.store.before`).

    Nobody else has an embedded database open then.

    `ConfigError` where newer code made them, `Unavailable` with the child's last line where it fails.
    """
    made = make_url(url)
    if keep:
        await let_go(url)  # first of all: what an earlier upgrade left must never come back
    if keep and made.get_backend_name() == "sqlite":
        keep_files(Path(str(made.database)))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "node.store.migrations"),
        *((KEEP,) if keep else ()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await child.communicate(url.encode())  # not in the arguments: an address may hold a password
    if child.returncode:
        last = (said or complaint).decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        if child.returncode == REFUSED:
            raise ConfigError(last[0])
        raise Unavailable(f"The migration failed: {last[0]}", shown="The database could not be brought up to date.")
