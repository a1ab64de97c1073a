"""Time that jumps, messages that come late or in the wrong order, and peers that lost what they had (the T list)."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio

from node.aid import publishing
from node.store import proposals
from tests.conftest import NewDatabase
from tests.hostile.test_replay import here, history
from tests.hostile.world import World, living
from tests.rig.alone import offer
from tests.rig.clock import Clock
from tests.rig.sender import Sender, address_of, collective, http, now

pytestmark = pytest.mark.asyncio(loop_scope="package")
ROUNDS = 3
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Age:
    """A world whose clock can be moved, and an ally whose own clock goes with it or not."""

    world: World
    clock: Clock
    friend: Sender

    async def hears(self, said: bytes) -> int:
        """What the node answers."""
        return (await self.world.say(said)).status

    async def says(self, document: dict[str, Any], *, date: datetime | None = None) -> int:
        """What it answers to a document that is signed at the node's own time, or at another."""
        return await self.world.status(document, by=self.friend, date=date or self.clock())

    async def state(self, address: str) -> str | None:
        """The state of a proposal here, after the minute's look at what has ended."""
        async with self.world.node.store.transaction() as connection:
            await proposals.expire(connection, self.clock())
        row = await self.world.proposal(address)
        return None if row is None else row["state"]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def old_world(
    new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, Clock]]:
    """The node, and the clock that it goes by."""
    clock = Clock(now())
    async with living(tmp_path_factory.mktemp("age") / "alder", await new_database(), now=clock) as made:
        yield made, clock


@pytest_asyncio.fixture(loop_scope="package")
async def age(old_world: tuple[World, Clock]) -> Age:
    """The present, and an ally of whom nothing has come yet."""
    world, clock = old_world
    clock.now = now()
    friend = await world.befriend(collective("tansy", world.peers.port))
    await world.forget(friend)
    return Age(world, clock, friend)


@pytest.mark.parametrize(
    ("away", "status"),
    [
        (timedelta(minutes=-61), 401),
        (timedelta(minutes=-59), 202),
        (timedelta(minutes=59), 202),
        (timedelta(minutes=61), 401),
        (timedelta(days=36_500), 401),
        (timedelta(days=-10_000), 401),
    ],
    ids=str,
)
async def test_dates_around_the_window(age: Age, away: timedelta, status: int) -> None:
    """T03: a request is taken where its date lies within the hour before or after our clock, and nowhere else."""
    assert await age.says(age.friend.create(), date=age.clock() + away) == status
    assert len(await here(age.world, age.friend)) == (status == 202)


async def test_a_replay_when_the_window_is_over(age: Age) -> None:
    """T03: the same bytes change nothing within the window, are refused after it, and signed anew change nothing."""
    create = age.friend.create()
    said = age.world.post(create, by=age.friend, date=age.clock())
    assert await age.hears(said) == 202
    before = await age.world.dump()
    age.clock.move(minutes=50)
    assert await age.hears(said) == 202
    age.clock.move(minutes=20)
    assert await age.hears(said) == 401
    age.clock.move(days=400)
    assert await age.says(create) == 202
    assert await age.world.dump() == before


async def test_the_same_id_with_other_content_a_year_later(age: Age) -> None:
    """T02: an id is never free again."""
    create = age.friend.create()
    assert await age.says(create) == 202
    before = await age.world.dump()
    age.clock.move(days=365)
    assert await age.says(age.friend.create(id=create["id"])) == 409
    assert await age.world.dump() == before


async def test_the_same_id_of_another_sender(age: Age) -> None:
    """T03: what one ally said does not make the same words of its neighbour a repetition."""
    neighbour = age.world.neighbour
    create = neighbour.create()
    assert await age.world.status(age.world.ally.create(id=create["id"]), date=age.clock()) == 202
    assert await age.world.status(create, by=neighbour, date=age.clock()) == 202
    assert await age.world.proposal(create["object"]["id"]) is not None


async def test_a_clock_that_is_set_back(age: Age) -> None:
    """T06: it makes no replay new, refuses what is dated too far ahead of it, and keeps the order of arrival."""
    first, second, third = (age.friend.create() for _ in range(3))
    said = age.world.post(first, by=age.friend, date=age.clock())
    assert await age.hears(said) == 202
    age.clock.move(hours=3)
    assert await age.hears(said) == 401
    assert await age.says(second) == 202
    before = await age.world.dump()
    age.clock.move(hours=-3)
    assert await age.hears(said) == 202
    assert await age.says(second, date=age.clock() + 3 * HOUR) == 401
    assert await age.world.dump() == before
    assert await age.says(third) == 202
    rows = [await age.world.proposal(one["object"]["id"]) for one in (first, second, third)]
    order = [row["seq"] for row in rows if row is not None]
    assert order == sorted(order)
    assert len(order) == 3


async def test_a_clock_that_ran_ahead(age: Age) -> None:
    """T06: what ended by a wrong clock is open again by the right one, whether it came before or meanwhile."""
    before, meanwhile = (age.friend.create() for _ in range(2))
    assert await age.says(before) == 202
    age.clock.move(days=90)
    assert await age.says(meanwhile) == 202
    both = [one["object"]["id"] for one in (before, meanwhile)]
    assert [await age.state(one) for one in both] == ["expired", "expired"]
    age.clock.move(days=-90)
    assert [await age.state(one) for one in both] == ["open", "open"]


async def test_a_change_that_arrives_when_it_has_ended(age: Age) -> None:
    """T08: the last word of its owner counts: with the old end it stays over, with a later one it is open again."""
    friend = age.friend
    first = friend.proposal()
    local = first.id.rpartition("/")[2]
    assert await age.says(friend.create(friend.note(first))) == 202
    age.clock.move(days=31)
    assert await age.says(friend.update(friend.note(friend.proposal(local, revision=2)))) == 202
    assert await age.state(first.id) == "expired"
    later = (age.clock() + timedelta(days=10)).isoformat()
    updated = age.clock().isoformat()
    note = friend.note(friend.proposal(local, revision=3), endTime=later, updated=updated)
    assert await age.says(friend.update(note)) == 202
    assert await age.state(first.id) == "open"
    assert await age.says(friend.create(friend.note(first))) == 202
    assert await age.state(first.id) == "open"


async def test_an_older_version(age: Age) -> None:
    """T09: a version older than what is here, whatever date it names, is answered with 202 and changes nothing."""
    friend = age.friend
    newest = friend.proposal(revision=4)
    local = newest.id.rpartition("/")[2]
    assert await age.says(friend.update(friend.note(newest))) == 202
    before = await here(age.world, friend)
    for revision, updated in ((3, "2099-01-01T00:00:00Z"), (2, "1970-01-01T00:00:00Z"), (1, None)):
        old = friend.note(friend.proposal(local, revision=revision), updated=updated, endTime=None)
        assert await age.says(friend.update(old)) == 202
        assert await here(age.world, friend) == before
    assert await age.says(friend.update(friend.note(newest, name="Marmalade"))) == 409
    assert await here(age.world, friend) == before


async def test_an_undo_before_its_follow(age: Age) -> None:
    """T04: Follow and Undo leave the same in both orders."""
    friend = age.friend
    follow = friend.follow(age.world.node.ids.actor)
    undo = friend.activity("Undo", follow)
    for order in ((follow, undo), (undo, follow), (undo, undo, follow, follow)):
        await age.world.forget(friend)
        assert [await age.says(one) for one in order] == [202] * len(order)
        assert friend.ids.actor not in age.world.node.roster.asking
    assert await age.says(friend.follow(age.world.node.ids.actor)) == 202
    assert friend.ids.actor in age.world.node.roster.asking
    assert await age.says(friend.activity("Undo", friend.follow(age.world.node.ids.actor))) == 202


async def test_losses_and_retries(age: Age) -> None:
    """T05: acts that are lost, repeated and tried again until they are heard leave the same as all in order."""
    acts, dice = history(age.friend), random.Random(8)  # noqa: S311 (the same losses in every run)
    ends = []
    for _ in range(ROUNDS):
        await age.world.forget(age.friend)
        waiting = dice.sample(acts, len(acts))
        while waiting:
            for act in dice.sample(waiting, len(waiting)):
                lost, repeated = dice.random() < 0.4, dice.random() < 0.3
                for _ in range(0 if lost else 1 + repeated):
                    assert await age.hears(age.world.post(act, by=age.friend, date=age.clock())) == 202
                if not lost:
                    waiting.remove(act)
        ends.append(await here(age.world, age.friend))
    await age.world.forget(age.friend)
    for act in acts:
        assert await age.hears(age.world.post(act, by=age.friend, date=age.clock())) == 202
    assert ends == [await here(age.world, age.friend)] * ROUNDS


async def test_a_node_that_lost_what_it_had(age: Age) -> None:
    """T10: we are repaired by hearing it again; who asks us again is given the same bytes, which changes nothing."""
    acts = history(age.friend)
    for act in acts:
        assert await age.hears(age.world.post(act, by=age.friend, date=age.clock())) == 202
    before = await here(age.world, age.friend)
    await age.world.forget(age.friend)
    for act in acts:
        assert await age.hears(age.world.post(act, by=age.friend, date=age.clock())) == 202
    assert await here(age.world, age.friend) == before

    ours = (await publishing.publish(age.world.node, offer()))["post"]["id"]
    headers = age.friend.headers(ours, b"", method="GET", date=age.clock())
    said = http(address_of(ours)[1], [*headers, ("Accept", "application/activity+json")], method="GET")
    answers = [await age.world.say(said) for _ in range(3)]
    row = await age.world.proposal(ours)
    assert row is not None
    assert {(one.status, one.body) for one in answers} == {(200, row["document"])}
    assert orjson.loads(row["document"])["id"] == ours
    assert (await age.world.say(said.replace(b"Signature:", b"X-Signature:"))).status == 404
