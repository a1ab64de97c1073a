"""Which database this code may open, and bringing an older one up to date.

Rule 1: a database remembers the oldest version of the schema whose code may still open it (`compatible`). Newer code
        raises that number when it changes something that older code would misread.
Rule 2: migrations run in a child process: alembic is needed for a second, and would stay in memory for months.
"""

import asyncio
import sys

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store import tables
from schema.errors import ConfigError, Unavailable

SCHEMA_VERSION = 1
COMPATIBLE_FROM = 1


async def stored_version(connection: AsyncConnection) -> tuple[int, int] | None:
    """(version, oldest compatible version) of an open database, or None for an empty one."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(tables.node.name)):
        return None
    rows = dict((await connection.execute(select(tables.node.c.key, tables.node.c.value))).all())
    return int(rows["schema_version"]), int(rows["compatible_from"])


async def check_version(connection: AsyncConnection) -> None:
    """Refuse a database that this code must not open, with what to do; `ConfigError`."""
    found = await stored_version(connection)
    if found is None:
        raise ConfigError("This data folder holds no database yet. Make one with: qafila init")
    if _is_older(*found):
        raise ConfigError(
            f"This database is from an older Qafila (schema {found[0]}, needed: {SCHEMA_VERSION}). "
            "Bring it up to date with: qafila migrate"
        )


async def needs_upgrade(connection: AsyncConnection) -> bool:
    """Whether there are tables to make or change; `ConfigError` for a database of newer code, which stays as it is."""
    found = await stored_version(connection)
    return found is None or _is_older(*found)


def _is_older(version: int, compatible: int) -> bool:
    if compatible > SCHEMA_VERSION:
        raise ConfigError(
            f"This database was written by a newer Qafila (schema {version}); this one knows up to {SCHEMA_VERSION}. "
            "Install that version again, or restore a backup made before the upgrade."
        )
    return version < SCHEMA_VERSION


async def migrate(url: str) -> None:
    """Make or update the tables at `url`, in a child process; `Unavailable` with its last line if that fails."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "node.store.migrations",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await child.communicate(url.encode())  # not in the arguments: an address may hold a password
    if child.returncode:
        last = (said or complaint).decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"The migration failed: {last[0]}", shown="The database could not be brought up to date.")
