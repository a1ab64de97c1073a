from typing import Final

import pytest

from tests.hostile import claims, draft, proofs, standard
from tests.hostile.world import Case, World, check

pytestmark = pytest.mark.asyncio(loop_scope="package")

CASES: Final = (*draft.CASES, *standard.CASES, *proofs.CASES, *claims.CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_false_claim(world: World, case: Case) -> None:
    """Whoever is not proven, or speaks for another, gets the right status, changes nothing and makes us ask nobody."""
    await check(world, case)


async def test_what_the_false_claims_are_made_from(world: World) -> None:
    """The same requests are taken where nothing in them is wrong: so each is refused for what is wrong in it."""
    for good in (draft.drafted(world), standard.said(world), standard.said(world, rsa=True)):
        assert (await world.say(good)).status == 202
