"""Alembic inside the package, without an ini file: `python -m node.store.migrations`, the database's URL on stdin."""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import DBAPIError

from node.store.before import copy_back, set_aside
from node.store.calls import check_stopped
from node.store.engine import create_engine, take_turn
from node.store.tables import node
from node.store.versions import (
    COMPATIBLE_FROM,
    REFUSED,
    SCHEMA_VERSION,
    needs_upgrade,
    stored_revision,
    stored_version,
)
from schema.errors import ConfigError


def config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the tables up to `revision`, in the transaction of `connection`, and write down who may open them."""
    command.upgrade(config(connection), revision)
    versions = {"schema_version": SCHEMA_VERSION, "compatible_from": COMPATIBLE_FROM}
    connection.execute(delete(node).where(node.c.key.in_(versions)))
    connection.execute(insert(node), [{"key": key, "value": str(value)} for key, value in versions.items()])


def upgrade_a_copy(connection: Connection, revision: str) -> None:
    """Bring a copy of the tables up to date, which are at `revision`, and keep those themselves (PostgreSQL)."""
    moved = set_aside(connection)
    upgrade(connection, revision)
    copy_back(connection, moved)
    upgrade(connection)


async def upgrade_database(url: str, *, keep: bool = False) -> None:
    """Bring the tables at `url` up to date, in one transaction.

    `ConfigError` where newer code made them, or where processes of the node run, on whatever machine. With `keep`,
    tables of PostgreSQL stay beside the new ones as they were (`node.store.before`).
    """
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            await take_turn(connection)
            if not await needs_upgrade(connection):
                return
            await check_stopped(connection)
            if keep and connection.dialect.name == "postgresql" and await stored_version(connection) is not None:
                await connection.run_sync(upgrade_a_copy, await stored_revision(connection))
            else:
                await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def main(url: str, *, keep: bool) -> None:
    """Run to the end, or say in one line on stdout why not: on stderr libraries may have their own word after it."""
    try:
        asyncio.run(upgrade_database(url, keep=keep))
    except (ConfigError, OSError, DBAPIError) as error:
        sys.stdout.write(f"{error.orig if isinstance(error, DBAPIError) else error}\n")
        sys.exit(REFUSED if isinstance(error, ConfigError) else 1)
