import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.store.engine import Store, create_engine
from node.store.tables import metadata
from tests.conftest import NewDatabase


@pytest.fixture
def empty_url(database: str, tmp_path: Path) -> str:
    """The address of an empty database, as SQLAlchemy writes it."""
    return sqlite_url(tmp_path) if database == "sqlite" else database


@pytest.fixture(scope="session")
def shared_url(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database of each kind for all tests that need its tables alone: making one costs more than a test."""

    async def make() -> str:
        return await new_database()

    database = asyncio.run(make())
    return sqlite_url(tmp_path_factory.mktemp("shared")) if database == "sqlite" else database


@pytest.fixture
async def store(shared_url: str) -> AsyncIterator[Store]:
    """An open database with every table, all of them empty."""
    opened = Store(create_engine(shared_url))
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'qafila.db'}"
