import asyncio
import itertools
import random
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.hostile.world import World
from tests.rig.sender import Sender, now

pytestmark = pytest.mark.asyncio(loop_scope="package")

AT_ONCE = 200
PERMUTATIONS = 12
Acts = list[bytes]


async def here(world: World, friend: Sender) -> dict[str, Any]:
    """What the node keeps of this ally's, without the moments at which it came."""
    state = {}
    async with world.node.store.transaction() as connection:
        for row in await connection.exec_driver_sql(
            f"SELECT id, state, ends, data, document, proven_by FROM proposals WHERE owner = '{friend.ids.actor}'"  # noqa: S608 (our own name)
        ):
            state[row.id] = tuple(row)
        for row in await connection.exec_driver_sql(
            f"SELECT id, was_public FROM tombstones WHERE owner = '{friend.ids.actor}'"  # noqa: S608
        ):
            state[row.id] = ("withdrawn", bool(row.was_public))
    return state


async def test_the_same_request_again(world: World, friend: Sender) -> None:
    """T01: a replayed request is answered with 202 and changes nothing."""
    said = world.post(friend.create(), by=friend)
    assert (await world.say(said)).status == 202
    before = await world.dump()
    assert (await world.say(said)).status == 202
    assert await world.dump() == before


async def test_outside_the_window(world: World, friend: Sender) -> None:
    """T03: a request that was good an hour ago is refused with 401; just inside the window it is taken."""
    create = friend.create()
    assert await world.status(create, by=friend, date=now() - timedelta(minutes=61)) == 401
    assert await here(world, friend) == {}
    assert await world.status(create, by=friend, date=now() - timedelta(minutes=59)) == 202


async def test_to_another_place(world: World, friend: Sender) -> None:
    """T03: a request to one inbox is refused at the other, and a request to another host is not for us."""
    said = world.post(friend.create(), by=friend, to=world.node.ids.shared_inbox)
    port = str(world.port).encode()
    assert (await world.say(said.replace(b"POST /inbox", b"POST /actors/alder/inbox", 1))).status == 401
    assert (await world.say(said.replace(b"alder.localhost:" + port, b"cedar.localhost:" + port, 1))).status == 421
    assert await here(world, friend) == {}
    assert (await world.say(said)).status == 202


async def test_many_at_once(world: World, friend: Sender) -> None:
    """T01: the same activity many times in parallel is answered with 202 each and takes effect once."""
    create = friend.create()
    said = world.post(create, by=friend)
    answers = await asyncio.gather(*(world.say(said) for _ in range(AT_ONCE)))
    assert {answer.status for answer in answers} == {202}
    assert list(await here(world, friend)) == [create["object"]["id"]]
    assert sum(create["id"] in row for row in (await world.dump())["inbox"]) == 1


async def test_the_same_id_with_another_body(world: World, friend: Sender, caplog: pytest.LogCaptureFixture) -> None:
    """T02: the second activity under an id is refused with 409, the first one stays, and the log says so."""
    create = friend.create()
    assert await world.status(create, by=friend) == 202
    before = await world.dump()
    assert await world.status(friend.create(id=create["id"]), by=friend) == 409
    assert await world.dump() == before
    assert [record.getMessage() for record in caplog.records] == ["an ally used an id again for something else"]


@pytest.mark.parametrize("audience", ["allies", "public"])
async def test_every_order(world: World, friend: Sender, audience: str) -> None:
    """T04: Create, Update and Delete leave the same state in all six orders."""
    first = friend.proposal(audience=audience)
    acts = [
        friend.create(friend.note(first)),
        friend.update(friend.note(friend.proposal(first.id.rpartition("/")[2], revision=2, audience=audience))),
        friend.delete(first.id),
    ]
    ends = []
    for order in itertools.permutations(acts):
        await world.forget(friend)
        for one in order:
            assert await world.status(one, by=friend) == 202
        ends.append(await here(world, friend))
    assert ends == [{first.id: ("withdrawn", False)}] * 6


async def test_any_order_with_repetitions(world: World, friend: Sender) -> None:
    """T05: in any order, some twice, all at once, the newest versions and the withdrawals are what is left."""
    acts = history(friend)
    dice = random.Random(5)  # noqa: S311 (the same orders in every run)
    ends = []
    for _ in range(PERMUTATIONS):
        await world.forget(friend)
        order = acts + dice.sample(acts, len(acts) // 2)
        dice.shuffle(order)
        said = [world.post(one, by=friend) for one in order]
        answers = await asyncio.gather(*(world.say(one) for one in said))
        assert {answer.status for answer in answers} == {202}
        ends.append(await here(world, friend))
    assert all(end == ends[0] for end in ends)
    revisions = sorted(orjson.loads(row[3])["revision"] for row in ends[0].values() if len(row) > 2)
    assert (revisions, len(ends[0])) == ([2, 3, 4], 5)


def history(friend: Sender) -> Acts:
    """Five offers with two to four revisions each, of which two are withdrawn."""
    acts: list[bytes] = []
    for number, last in enumerate((2, 3, 4, 3, 2)):
        local = friend.proposal().id.rpartition("/")[2]
        notes = [friend.note(friend.proposal(local, revision=revision)) for revision in range(1, last + 1)]
        documents = [friend.create(notes[0]), *map(friend.update, notes[1:])]
        if number >= 3:
            documents.append(friend.delete(notes[0]["id"]))
        acts += map(orjson.dumps, documents)
    return acts


@pytest.mark.parametrize("year", [1970, 2099])
async def test_a_date_of_another_age(world: World, friend: Sender, year: int) -> None:
    """T07: an offer dated long ago or far ahead stands where it came, and is over within a year all the same."""
    create = friend.create(friend.note(published=f"{year}-01-01T00:00:00Z", endTime=None))
    assert await world.status(create, by=friend) == 202
    row = await world.proposal(create["object"]["id"])
    assert row is not None
    assert row["ends"] < now() + timedelta(days=367)
    assert abs(row["stored_at"] - now()) < timedelta(minutes=1)
    later = friend.create()
    assert await world.status(later, by=friend) == 202
    newer = await world.proposal(later["object"]["id"])
    assert newer is not None
    assert newer["seq"] > row["seq"]


async def test_a_body_that_breaks_off(world: World, friend: Sender) -> None:
    """H14: a body shorter than it says, then the end of the connection: nothing is stored."""
    before = await world.dump()
    answer = await world.say(world.post(friend.create(), by=friend)[:-1], end=True)
    assert answer.status in {0, 400}
    assert await world.dump() == before
    assert await world.serves()
