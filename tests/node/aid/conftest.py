from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.house import House
from tests.rig.alone import alone


@pytest.fixture
async def house(database: str, tmp_path: Path) -> AsyncIterator[House]:
    """Alder, on either database, with two allies on paper."""
    async with alone(tmp_path, database, "birch", "cedar") as opened:
        yield opened
