"""Proposals of other software: taken under the same rules, kept with their dialect, shown as what they are."""

import json
from datetime import UTC, timedelta
from typing import Any

import pytest

from activitypub.times import write_time
from node.aid import reading
from node.cli.posts import feed_lines, post_lines
from node.house import House
from node.inbound.effect import Did
from node.store import proposals
from node.store.proposals import Wanted
from tests.activitypub.foreign import BASE, FOREIGN, OWNER
from tests.node.inbound.arriving import BIRCH, arrive
from tests.rig.sender import now

MOMENT = write_time(now())
LATER = [write_time(now() + timedelta(minutes=minute)) for minute in (1, 2)]


def birchs(dialect: str, **members: Any) -> dict[str, Any]:
    """The example of a dialect as if our ally birch had written it today."""
    text = json.dumps(FOREIGN[dialect]).replace(OWNER, BIRCH.ids.actor).replace(BASE, BIRCH.ids.base)
    today = {key: MOMENT for key in ("published", "dc:created") if key in FOREIGN[dialect]}
    made = {**json.loads(text), **today, "attributedTo": BIRCH.ids.actor, **members}
    return {key: value for key, value in made.items() if key != "maid:expirationDate"}


async def shown(house: House, address: str) -> dict[str, Any]:
    post: dict[str, Any] = (await reading.show(house, address))["post"]
    return post


async def test_each_dialect_arrives(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is kept under its own id, and people are told that other software wrote it, and whether it is proven."""
    for dialect in FOREIGN:
        bare, unproven = birchs(dialect), birchs(dialect, id=f"{BIRCH.ids.base}/unproven/{dialect}")
        for document in (BIRCH.prove(bare), unproven):
            assert await arrive(house, (BIRCH, BIRCH.create(document))) == [Did.STORED]
            post = await shown(house, document["id"])
            assert (post["dialect"], post["foreign"], post["revision"]) == (dialect, True, None)
            assert (post["proven_by"] is None) is (document is unproven)
            assert json.loads((await reading.document(house, document["id"]))["document"]) == document
            post_lines(post, UTC)
            feed_lines([post], UTC)
            told = " ".join(capsys.readouterr().out.split())
            assert f"other software; some details may be missing (form: {dialect})" in told
            assert ", written by other software" in told
            assert (post["asks"] is not None) is ("asked in return" in told)


async def test_ours_are_not_foreign(house: House) -> None:
    """What another node of ours wrote is not called foreign, and nothing is written down of it."""
    note = BIRCH.note()
    assert await arrive(house, (BIRCH, BIRCH.create(note))) == [Did.STORED]
    post = await shown(house, note["id"])
    assert (post["dialect"], post["foreign"], post["asks"]) == ("qafila", False, None)
    async with house.store.transaction() as connection:
        [stored] = await proposals.listing(connection, Wanted())
    assert {"dialect", "asks"}.isdisjoint(json.loads(proposals.values_of(stored)["data"]))


async def test_the_later_one_stands(house: House) -> None:
    """Where nobody counts revisions `updated` decides, but nothing unproven replaces what was proven."""
    for dialect in FOREIGN:
        early, late = (birchs(dialect, updated=moment) for moment in LATER)
        came = [BIRCH.update(BIRCH.prove(one)) for one in (late, early)]
        assert await arrive(house, *((BIRCH, one) for one in came)) == [Did.STORED, Did.STALE]
        assert (await shown(house, late["id"]))["updated"] == LATER[1].replace("Z", "+00:00")
        newer = birchs(dialect, updated=write_time(now() + timedelta(minutes=3)))
        came = [BIRCH.update(newer), BIRCH.update(BIRCH.prove(newer))]
        assert await arrive(house, *((BIRCH, one) for one in came)) == ["Unauthenticated", Did.CHANGED]


async def test_what_is_none_is_ignored(house: House) -> None:
    """What merely looks like a proposal in another spelling is found to be none, and ignored."""
    note = birchs("valueflows", **{"vf:purpose": ["offer", "request"]})
    assert await arrive(house, (BIRCH, BIRCH.create(note))) == [Did.IGNORED]
