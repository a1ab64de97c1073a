from typing import Final

import pytest

from tests.hostile import authority, documents, framing, requests, signatures
from tests.hostile.world import Case, World, check

pytestmark = pytest.mark.asyncio(loop_scope="package")

CASES: Final = (*requests.CASES, *framing.CASES, *signatures.CASES, *documents.CASES, *authority.CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_bad_input(world: World, case: Case) -> None:
    """A bad input gets its status, short and at once, changes nothing, dials nothing, and disturbs nobody."""
    await check(world, case)
