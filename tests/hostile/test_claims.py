from typing import Final

import pytest

from activitypub.message import ACTIVITY_JSON
from tests.hostile import claims, draft, proofs, standard
from tests.hostile.world import Case, World, check
from tests.rig.sender import address_of, http

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


async def test_a_signature_on_a_question(world: World) -> None:
    """S20: a GET with a signature that cannot be read is answered as one without."""
    target = "/proposals/x1"
    host = ("Host", address_of(world.inbox)[0])
    signed = [[("Signature", line)] for line in (*draft.LINES.values(), *standard.LINES.values())]
    signed += [[("Signature-Input", line), ("Signature", "sig1=:AAAA:")] for line in standard.INPUTS.values()]
    for fields in signed:
        answer = await world.say(http(target, [host, ("Accept", ACTIVITY_JSON), *fields], method="GET"))
        assert (answer.status, answer.body) == (404, b"Not found.\n")


async def test_a_signature_for_one_act_is_none_for_another(world: World) -> None:
    """S07, S08: what was signed for one method, path or query proves nothing for another; twice is taken once."""
    for good in (draft.drafted(world), standard.said(world)):
        before = await world.dump()
        for old, new in ((b"POST ", b"PUT "), (b"/actors/alder/inbox", b"/inbox"), (b"/inbox ", b"/inbox?x=1 ")):
            answer = await world.say(good.replace(old, new, 1))
            assert answer.status in {401, 405}, new
        assert await world.dump() == before
        assert [(await world.say(good)).status for _ in range(2)] == [202, 202]
