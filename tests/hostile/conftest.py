"""One living node for all bad inputs of a database: what is refused changes nothing, so it is as good as new."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import NewDatabase
from tests.hostile.world import World, living


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The node and its peers."""
    async with living(tmp_path_factory.mktemp("world") / "alder", await new_database()) as made:
        yield made
