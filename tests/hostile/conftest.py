"""One living node for all bad inputs of a database: what is refused changes nothing, so it is as good as new."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import NewDatabase
from tests.hostile.world import World, living
from tests.rig.sender import Sender, collective


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The node and its peers."""
    async with living(tmp_path_factory.mktemp("world") / "alder", await new_database()) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="package")
async def friend(world: World) -> Sender:
    """An ally of whom nothing has come yet."""
    made = await world.befriend(collective("tansy", world.peers.port))
    await world.forget(made)
    return made
