from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text, update

from node.store import versions
from node.store.engine import Store, create_engine
from node.store.identity import Identity, settle
from node.store.migrations import upgrade, upgrade_database
from node.store.tables import metadata, node
from node.store.versions import (
    COMPATIBLE_FROM,
    REVISIONS,
    SCHEMA_VERSION,
    check_version,
    migrate,
    stored_version,
)
from schema.errors import ConfigError, Unavailable
from tests.node.store.conftest import sqlite_url

HERE = (SCHEMA_VERSION, COMPATIBLE_FROM)
ALDER = Identity("https://alder.example", "alder")


@pytest.fixture
async def migrated(empty_url: str) -> AsyncIterator[Store]:
    """A database that the migrations made."""
    await upgrade_database(empty_url)
    opened = Store(create_engine(empty_url))
    yield opened
    await opened.close()


async def say_version(opened: Store, version: int, compatible: int) -> None:
    """Make the database say that other code wrote it."""
    async with opened.transaction() as connection:
        for key, value in (("schema_version", version), ("compatible_from", compatible)):
            await connection.execute(update(node).where(node.c.key == key).values(value=str(value)))


async def version_of(opened: Store) -> tuple[int, int] | None:
    async with opened.transaction() as connection:
        return await stored_version(connection)


async def check(opened: Store) -> None:
    async with opened.transaction() as connection:
        await check_version(connection)


def drift(connection: Connection) -> list[Any]:
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
    return found


def names(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def test_migrations_make_the_tables(migrated: Store) -> None:
    """The migrations, run on an empty database, give exactly the tables of `tables`, and today's code may open them."""
    async with migrated.transaction() as connection:
        assert await connection.run_sync(drift) == []
    assert await version_of(migrated) == HERE
    await check(migrated)


async def test_migrating_twice_is_once(migrated: Store, empty_url: str) -> None:
    """A database that is up to date stays as it is, with what it holds."""
    async with migrated.transaction() as connection:
        await settle(connection, ALDER)
    await migrated.close()
    await upgrade_database(empty_url)
    async with migrated.transaction() as connection:
        assert await connection.run_sync(drift) == []
        await settle(connection, ALDER)
    assert await version_of(migrated) == HERE


async def break_off(opened: Store) -> None:
    """Make the tables and fail in the same transaction."""
    async with opened.engine.begin() as connection:
        await connection.run_sync(upgrade)
        assert "proposals" in await connection.run_sync(names)
        raise InterruptedError


async def test_a_migration_that_breaks_off_leaves_nothing(empty_url: str) -> None:
    """Tables are made in one transaction: all of them or none."""
    opened = Store(create_engine(empty_url))
    with pytest.raises(InterruptedError):
        await break_off(opened)
    async with opened.transaction() as connection:
        assert await connection.run_sync(names) == []
    await opened.close()


async def test_newer_database_is_refused(migrated: Store, empty_url: str) -> None:
    """A database of newer code is not opened and not migrated, and the error says what to do."""
    newer = (SCHEMA_VERSION + 2, SCHEMA_VERSION + 1)
    await say_version(migrated, *newer)
    with pytest.raises(ConfigError, match=r"newer Qafila .*Install that version again, or restore a backup"):
        await check(migrated)
    await migrated.close()
    with pytest.raises(ConfigError, match="newer Qafila"):
        await upgrade_database(empty_url)
    assert await version_of(migrated) == newer


async def test_unknown_migration_is_refused(migrated: Store, empty_url: str) -> None:
    """A database that went through a migration unknown here is not opened and not migrated, whatever else it says."""
    async with migrated.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer Qafila"):
        await check(migrated)
    await migrated.close()
    with pytest.raises(ConfigError, match="newer Qafila"):
        await migrate(empty_url)


def test_every_migration_is_known() -> None:
    """The names that are taken for known are those of the migrations."""
    folder = Path(versions.__file__).parent / "migrations" / "versions"
    assert {path.name.partition("_")[0] for path in folder.glob("[0-9]*.py")} == REVISIONS


async def test_newer_database_that_older_code_understands_is_opened(migrated: Store, empty_url: str) -> None:
    """Newer code says from which version on its database may be opened, and nobody turns that back."""
    newer = (SCHEMA_VERSION + 1, SCHEMA_VERSION)
    await say_version(migrated, *newer)
    await check(migrated)
    await migrated.close()
    await upgrade_database(empty_url)
    assert await version_of(migrated) == newer


async def test_older_database_is_to_be_migrated(migrated: Store) -> None:
    """A database of older code is not opened, and the error names the command."""
    await say_version(migrated, SCHEMA_VERSION - 1, SCHEMA_VERSION - 1)
    with pytest.raises(ConfigError, match="qafila migrate"):
        await check(migrated)


async def test_no_database_yet(empty_url: str) -> None:
    """An empty database is not opened, and the error says how to make one."""
    opened = Store(create_engine(empty_url))
    with pytest.raises(ConfigError, match="qafila init"):
        await check(opened)
    await opened.close()


async def test_the_child_process_migrates(empty_url: str) -> None:
    """`migrate` makes the tables in a process of its own."""
    await migrate(empty_url)
    opened = Store(create_engine(empty_url))
    await check(opened)
    await opened.close()


async def test_the_child_process_says_why_not(tmp_path: Path) -> None:
    """What the child process stumbles over is told in one line; a newer database in the words that say what to do."""
    url = sqlite_url(tmp_path)
    await upgrade_database(url)
    opened = Store(create_engine(url))
    await say_version(opened, SCHEMA_VERSION + 1, SCHEMA_VERSION + 1)
    await opened.close()
    with pytest.raises(ConfigError, match=r"^This database was written by a newer Qafila"):
        await migrate(url)
    with pytest.raises(Unavailable, match=r"^The migration failed: .*unable to open database file"):
        await migrate(sqlite_url(tmp_path / "nowhere"))


async def test_a_database_belongs_to_one_collective(store: Store) -> None:
    """Name and address are written down once; another collective's settings are refused."""
    async with store.transaction() as connection:
        await settle(connection, ALDER)
    async with store.transaction() as connection:
        await settle(connection, ALDER)
    for other in (Identity(ALDER.url, "birch"), Identity("https://birch.example", ALDER.name)):
        with pytest.raises(ConfigError, match="belongs to alder"):
            async with store.transaction() as connection:
                await settle(connection, other)
