"""What a Follow costs, however often it comes and from how many."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from activitypub.ids import Ids
from federation.policy import MOST_ASKING_OF_AN_ORIGIN
from node.aid import following
from node.house import House
from node.inbound.effect import Did
from node.store import relations, tables
from node.store.relations import Direction, Follow
from tests.node.inbound.arriving import arrive, introduce, proven, receiving, take_effect
from tests.rig.alone import rows
from tests.rig.sender import Sender, collective, keys_of

MALLORY = collective("mallory", 8404)
ACTOR = MALLORY.ids.actor


@pytest.fixture
async def open_house(tmp_path: Path, database: str) -> AsyncIterator[House]:
    """The same in the mode `open`."""
    async with receiving(tmp_path, database, mode="open") as opened:
        yield opened


async def kept(house: House) -> Follow | None:
    async with house.store.transaction() as connection:
        return await relations.follow(connection, Direction.IN, ACTOR)


async def test_asking_again_while_waiting(house: House) -> None:
    """Of a Follow that comes again the newest is kept, in the old place; nothing else changes, and it can be undone."""
    first, second = (MALLORY.follow(house.ids.actor) for _ in range(2))
    await introduce(house, MALLORY)
    assert await arrive(house, (MALLORY, first)) == [Did.ASKED]
    before, roster = await kept(house), house.roster
    assert await arrive(house, (MALLORY, second)) == [Did.ASKED]
    after = await kept(house)
    assert before is not None
    assert after is not None
    assert (after.id, after.at) == (second["id"], before.at)
    assert house.roster is roster
    assert await arrive(house, (MALLORY, MALLORY.activity("Undo", second["id"]))) == [Did.UNDONE]
    assert ACTOR not in house.roster.asking


async def test_a_follower_that_asks_again(open_house: House) -> None:
    """A follower hears yes once, whatever it asks how often: of its Follow what names it, for as long as 30 days."""
    house = open_house
    await introduce(house, MALLORY)
    follows = [MALLORY.follow(house.ids.actor, summary="please " * 99) for _ in range(3)]
    assert await arrive(house, (MALLORY, follows[0])) == [Did.ACCEPTED]
    roster = house.roster
    assert ACTOR in roster.followers
    assert await arrive(house, *((MALLORY, one) for one in follows[1:])) == [Did.ACCEPTED] * 2
    assert house.roster is roster
    [sent], [delivery] = await rows(house, tables.activities), await rows(house, tables.deliveries)
    told = {"id": follows[2]["id"], "type": "Follow", "actor": ACTOR, "object": house.ids.actor}
    assert orjson.loads(sent["document"])["object"] == told
    assert (delivery["state"], delivery["expires"] - delivery["queued_at"]) == ("waiting", timedelta(days=30))
    assert await arrive(house, (MALLORY, MALLORY.activity("Undo", follows[2]))) == [Did.UNDONE]
    assert [await rows(house, table) for table in (tables.activities, tables.deliveries, tables.follows)] == [[]] * 3


async def test_a_follower_that_moved_its_inbox(open_house: House) -> None:
    """A follower whose actor is another by now is reached where it says."""
    house = open_house
    await introduce(house, MALLORY)
    await arrive(house, (MALLORY, MALLORY.follow(house.ids.actor)))
    await introduce(house, MALLORY, inbox=f"{MALLORY.ids.base}/elsewhere")
    assert await arrive(house, (MALLORY, MALLORY.follow(house.ids.actor))) == [Did.ACCEPTED]
    assert house.roster.followers[ACTOR].inbox == f"{MALLORY.ids.base}/elsewhere"


async def test_a_person_says_yes(house: House) -> None:
    """What a person accepts is a follower with its whole actor; until then its address alone is in the roster."""
    await introduce(house, MALLORY)
    await arrive(house, (MALLORY, MALLORY.follow(house.ids.actor)))
    assert house.roster.known(ACTOR) is None
    await following.follower_accept(house, ACTOR)
    assert (ACTOR in house.roster.asking, house.roster.followers[ACTOR].id) == (False, ACTOR)


async def test_larger_than_needed(house: House) -> None:
    """A Follow, or the actor that sends it, of more than 32 KiB is refused."""
    long = "x" * 32 * 1024
    await introduce(house, MALLORY)
    assert await arrive(house, (MALLORY, MALLORY.follow(house.ids.actor, summary=long))) == ["TooLarge"]
    await introduce(house, MALLORY, summary=long)
    assert await arrive(house, (MALLORY, MALLORY.follow(house.ids.actor))) == ["TooLarge"]
    assert await kept(house) is None


async def test_many_of_one_origin_at_once(house: House) -> None:
    """Of many that were proven before any of them took effect, no more wait than there is room for."""
    base, keys = MALLORY.ids.base, keys_of("many")
    many = [Sender(Ids(base, f"m{number}"), keys) for number in range(MOST_ASKING_OF_AN_ORIGIN + 2)]
    await introduce(house, *many)
    group = await proven(house, *((one, one.follow(house.ids.actor)) for one in many))
    assert await take_effect(house, group) == [Did.ASKED] * MOST_ASKING_OF_AN_ORIGIN + ["TooMany"] * 2
    assert set(house.roster.asking) == {one.ids.actor for one in many[:MOST_ASKING_OF_AN_ORIGIN]}


async def test_waiting_ends(house: House) -> None:
    """Whoever got no answer for 30 days waits no more; a follower stays."""
    friend = collective("friend", 8405)
    await introduce(house, MALLORY, friend)
    await arrive(house, *((one, one.follow(house.ids.actor)) for one in (MALLORY, friend)))
    await following.follower_accept(house, friend.ids.actor)
    began = house.now()
    house.now = lambda: began + timedelta(days=29, hours=23)
    await following.expire(house)
    assert ACTOR in house.roster.asking
    house.now = lambda: began + timedelta(days=30)
    await following.expire(house)
    assert (set(house.roster.asking), set(house.roster.followers)) == (set(), {friend.ids.actor})
    assert await kept(house) is None
