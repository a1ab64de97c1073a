from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.store.engine import Store, create_engine
from node.store.tables import metadata


@pytest.fixture
def empty_url(database: str, tmp_path: Path) -> str:
    """The address of an empty database, as SQLAlchemy writes it."""
    return sqlite_url(tmp_path) if database == "sqlite" else database


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    """An open database with every table."""
    opened = Store(create_engine(empty_url))
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'qafila.db'}"
