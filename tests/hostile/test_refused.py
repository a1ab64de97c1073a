from itertools import groupby
from typing import Final

import pytest

from tests.hostile import authority, documents, framing, requests, signatures, structure
from tests.hostile.world import Case, World, check

pytestmark = pytest.mark.asyncio(loop_scope="package")

CASES: Final = (
    *requests.CASES,
    *framing.CASES,
    *signatures.CASES,
    *documents.CASES,
    *structure.CASES,
    *authority.CASES,
)


def group(case: Case) -> str:
    """The line of the security rules that it belongs to, what it changes, and whether somebody is asked."""
    return "-".join((case.id.partition("-")[0], *sorted(case.changes), *("asks",) * case.asks))


GROUPS: Final = {name: [*cases] for name, cases in groupby(sorted(CASES, key=group), group)}


@pytest.mark.parametrize("name", GROUPS)
async def test_bad_input(world: World, name: str) -> None:
    """A bad input gets its status, short and at once, changes nothing, dials nothing, and disturbs nobody."""
    await check(world, *GROUPS[name])
