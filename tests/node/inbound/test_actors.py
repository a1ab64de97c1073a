"""What an actor says of itself."""

import orjson
import pytest

from activitypub.actor import read_actor
from node.aid import following
from node.house import House
from node.inbound.effect import Did
from node.store import relations, tables
from node.store.relations import Direction, Follow, FollowState
from tests.node.inbound.arriving import arrive, introduce
from tests.rig.alone import rows
from tests.rig.sender import collective

DOGWOOD = collective("dogwood", 8405)


@pytest.fixture
async def follower(house: House) -> House:
    """The house follows dogwood, which said yes."""
    await introduce(house, DOGWOOD)
    document = orjson.dumps(DOGWOOD.actor(name="Dogwood"))
    kept = Follow(Direction.OUT, DOGWOOD.ids.actor, "1", FollowState.ACCEPTED, b"{}", document, house.now())
    async with house.relating() as connection:
        await relations.keep_follow(connection, kept)
    return house


async def test_another_name_is_shown_and_nothing_else_is_taken(follower: House) -> None:
    """Neither keys nor addresses are believed from an Update."""
    house = follower
    before = house.roster.following[DOGWOOD.ids.actor]
    told = DOGWOOD.actor(name="Dogwood and Friends", inbox=f"{DOGWOOD.ids.actor}/other", assertionMethod=[])
    update = DOGWOOD.activity("Update", told)
    assert await arrive(house, (DOGWOOD, update)) == [Did.CHANGED]
    after = house.roster.following[DOGWOOD.ids.actor]
    assert (before.name, after.name) == ("Dogwood", "Dogwood and Friends")
    assert (after.inbox, after.ed25519_keys) == (before.inbox, before.ed25519_keys)
    [shown] = (await following.following(house))["following"]
    assert shown["name"] == "Dogwood and Friends"
    assert await arrive(house, (DOGWOOD, DOGWOOD.activity("Update", told))) == [Did.IGNORED]


@pytest.mark.parametrize("told", [{}, {"type": "Note"}, {"inbox": 7}, {"inbox": "https://other.example/"}])
async def test_what_is_no_other_name_changes_nothing(follower: House, told: dict[str, object]) -> None:
    """It is taken, and forgotten."""
    house = follower
    before = await rows(house, tables.follows)
    actor = DOGWOOD.actor(name="Other" if told else "Dogwood") | told
    assert await arrive(house, (DOGWOOD, DOGWOOD.activity("Update", actor))) == [Did.IGNORED]
    assert await rows(house, tables.follows) == before
    assert read_actor(orjson.loads(before[0]["peer_document"]), DOGWOOD.ids.actor, allow_http=True).name == "Dogwood"
