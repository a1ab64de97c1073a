from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.house import House
from tests.node.inbound.arriving import receiving


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[House]:
    """A house with two allies, in which nothing runs."""
    async with receiving(tmp_path, database) as opened:
        yield opened
