"""What tests of every package share: one way to run properties, and real databases."""

import os
from collections.abc import Awaitable, Callable, Iterator

import pytest
from hypothesis import settings

from tests.rig.postgres import fresh_database, serving

settings.register_profile("qafila", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("qafila")

NewDatabase = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as the tests do."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> NewDatabase:
    """Each call makes a fresh database and returns its address as SQLAlchemy writes it."""
    return lambda: fresh_database(postgres_server)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Each call returns what `make_folder` takes as `database`: a fresh one, on either database in turn."""
    if request.param == "sqlite":
        return _embedded
    made: NewDatabase = request.getfixturevalue("postgres_url")  # so that no server starts for SQLite alone
    return made


@pytest.fixture
async def database(new_database: NewDatabase) -> str:
    """The database of one node."""
    return await new_database()


async def _embedded() -> str:
    return "sqlite"
