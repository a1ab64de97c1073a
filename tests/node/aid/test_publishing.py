import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from federation.evidence import examine
from node.aid import allies, publishing, reading
from node.house import House
from node.store import proposals, tables
from node.store.proposals import Stored
from schema.errors import DomainError, InputError, NotFound, StateError
from schema.plain import load_draft
from schema.proposal import publish as first_version
from schema.visibility import Audience
from tests.rig.alone import offer, rows, sent
from tests.rig.paper import address_of, ids_of

TO_BOTH = [("Create", "birch"), ("Create", "cedar")]


async def publish(house: House, *what: Any, **more: Any) -> str:
    """Publish an offer; returns its address."""
    address: str = (await publishing.publish(house, offer(*what, **more)))["post"]["id"]
    return address


async def told(house: House) -> list[tuple[str, str]]:
    found = (await reading.events(house))["events"]
    return [(event["what"], event["title"]) for event in found]


async def activities(house: House) -> list[dict[str, Any]]:
    """What was signed, without what was erased since."""
    return [orjson.loads(row["document"]) for row in await rows(house, tables.activities) if row["document"]]


async def test_publishing_stores_signs_and_queues(house: House) -> None:
    """A post for allies is stored, is signed inside and out, waits for each ally, and is told to who watches."""
    address = await publish(house)
    [row] = await rows(house, tables.proposals)
    [create] = await activities(house)
    assert (row["id"], row["owner"], row["audience"], row["state"]) == (address, house.ids.actor, "allies", "open")
    assert (create["type"], create["to"], create["object"]["id"]) == ("Create", [house.ids.allies], address)
    assert orjson.loads(row["document"]) == create["object"]
    own = house.read_actor(orjson.dumps(house.actor_document()), house.ids.actor)
    assert [one.holds for one in examine(create, {own.id: own}, house.now())] == [True, True]
    assert sorted(await sent(house)) == TO_BOTH
    assert await told(house) == [("published", "20 kg rice")]
    post = (await reading.show(house, address))["post"]
    assert post["deliveries"] == {"waiting": 2, "delivered": 0, "refused": 0}
    assert (post["own"], post["revision"], post["published"]) == (True, 1, "2026-11-23T09:00:00+00:00")


async def test_a_post_leaves_after_a_random_wait(house: House) -> None:
    """The moment at which a post leaves tells nothing about the moment at which it was written."""
    house.settings = replace(house.settings, delivery_delay_seconds=60)
    house.random = lambda: 0.5
    await publish(house)
    waits = {row["not_before"] - row["queued_at"] for row in await rows(house, tables.deliveries)}
    assert waits == {timedelta(seconds=30)}


async def test_a_change_is_the_next_revision(house: House) -> None:
    """A change is stored in place, sent as an Update, and counted; null takes a value away."""
    address = await publish(house, note="from the depot")
    post = (await publishing.change(house, address, {"title": "19 kg rice", "note": None}))["post"]
    assert (post["title"], post["note"], post["revision"], post["state"]) == ("19 kg rice", "", 2, "open")
    [row] = await rows(house, tables.proposals)
    _, update = await activities(house)
    assert update["type"] == "Update"
    assert orjson.loads(row["document"]) == update["object"]
    assert update["object"]["revision"] == 2
    assert (await told(house))[-1] == ("changed", "19 kg rice")


async def test_a_change_that_changes_nothing_is_refused(house: House) -> None:
    """Nobody is told twice what they know."""
    address = await publish(house)
    with pytest.raises(StateError, match="already says so"):
        await publishing.change(house, address, {"title": "20 kg rice"})
    assert len(await activities(house)) == 1


@pytest.mark.parametrize("audience", [Audience.CIRCLE, Audience.ALLIES, Audience.PUBLIC])
async def test_the_audience_cannot_change(house: House, audience: Audience) -> None:
    """Whoever wants others to see a post withdraws it and publishes anew; nothing is sent, nothing is changed."""
    address = await publish(house, "rice", audience)
    before = await rows(house, tables.deliveries)
    for other in set(Audience) - {audience}:
        with pytest.raises(DomainError, match="audience stays"):
            await publishing.change(house, address, {"audience": other.value, "title": "more rice"})
    assert await rows(house, tables.deliveries) == before
    assert (await reading.show(house, address))["post"]["revision"] == 1


async def test_closing(house: House) -> None:
    """A closed post stays readable, tells everyone that nothing is left, and opens again by a change."""
    address = await publish(house)
    assert (await publishing.close(house, address))["post"]["state"] == "closed"
    assert (await activities(house))[-1]["object"]["publishes"]["finished"] is True
    assert (await reading.list_own(house))["posts"] == []
    assert [post["id"] for post in (await reading.list_own(house, state="closed"))["posts"]] == [address]
    with pytest.raises(StateError):
        await publishing.close(house, address)
    assert (await publishing.change(house, address, {"title": "rice again"}))["post"]["state"] == "open"


async def test_withdrawing(house: House) -> None:
    """A withdrawn post is gone here, leaves a tombstone, and a Delete without its text goes to everyone who got it."""
    address = await publish(house)
    assert await publishing.withdraw(house, address) == {"id": address, "title": "20 kg rice", "peers": 2}
    assert await rows(house, tables.proposals) == []
    assert [row["id"] for row in await rows(house, tables.tombstones)] == [address]
    delete = (await activities(house))[-1]
    assert (delete["type"], delete["object"]["id"], delete["object"]["type"]) == ("Delete", address, "Tombstone")
    assert "rice" not in str(await rows(house, tables.activities))
    assert (await told(house))[-1] == ("withdrawn", "20 kg rice")
    for verb in (publishing.withdraw, publishing.close, reading.show):
        with pytest.raises(NotFound):
            await verb(house, address)


async def test_a_delete_goes_to_everyone_who_got_it(house: House) -> None:
    """Who is an ally no more gets the Delete all the same, and so does who became one since; it never expires."""
    address = await publish(house)
    await deliver_all(house)
    await allies.ally_remove(house, address_of("birch"))
    await allies.ally_suspend(house, address_of("cedar"))
    await publishing.withdraw(house, address)
    assert sorted(await sent(house)) == [("Delete", "birch"), ("Delete", "cedar")]
    assert {row["expires"] for row in await rows(house, tables.deliveries) if row["state"] == "waiting"} == {None}


async def deliver_all(house: House) -> None:
    async with house.store.transaction() as connection:
        await connection.execute(tables.deliveries.update().values(state="delivered"))


async def test_what_is_for_the_circle_never_leaves(house: House) -> None:
    """A post for our circle has no document, no activity and no delivery, whatever is done with it."""
    address = await publish(house, "insulin", Audience.CIRCLE)
    await publishing.change(house, address, {"title": "more insulin"})
    await publishing.close(house, address)
    [row] = await rows(house, tables.proposals)
    assert (row["document"], row["proven_by"]) == (None, None)
    with pytest.raises(NotFound, match="never left this node"):
        await reading.document(house, address)
    assert (await publishing.withdraw(house, address))["peers"] == 0
    assert await rows(house, tables.activities) == []
    assert await rows(house, tables.deliveries) == []


async def test_a_post_waits_no_longer_than_it_holds(house: House) -> None:
    """What nobody could deliver is of no use after its end."""
    await publish(house, expires=house.now() + timedelta(days=2))
    [end] = {row["expires"] for row in await rows(house, tables.deliveries)}
    assert end == house.now().replace(minute=0, second=0) + timedelta(days=2, hours=1)


async def test_beginnings_of_ids(house: House) -> None:
    """A beginning of four or more characters names a post of ours where only one begins so."""
    ids = iter(["abcd1", "a1", "abcd2", "a2", "abce1", "a3"])
    house.new_id = lambda: next(ids)
    for title in ("one", "two", "three"):
        await publish(house, title)
    assert (await reading.show(house, "abce"))["post"]["title"] == "three"
    assert (await reading.show(house, "abcd2"))["post"]["title"] == "two"
    assert (await reading.show(house, house.ids.proposal("abcd1")))["post"]["title"] == "one"
    with pytest.raises(InputError, match="More than one"):
        await reading.show(house, "abcd")
    for bad in ("abc", "", "a%cd", "../abcd"):
        with pytest.raises(InputError, match="4 or more characters"):
            await reading.show(house, bad)
    for unknown in ("abcf", "ABCE", f"{house.ids.base}/proposals/abce"):
        with pytest.raises((NotFound, InputError)):
            await reading.show(house, unknown)


async def test_posts_of_others_are_not_ours_to_change(house: House) -> None:
    """Only its owner changes a post."""
    proposal = first_version(
        load_draft(offer()), id=f"{ids_of('birch').base}/proposals/1", owner=address_of("birch"), now=house.now()
    )
    async with house.store.transaction() as connection:
        await proposals.add(connection, Stored(proposal, b"{}", None, house.now()))
    assert (await reading.show(house, proposal.id))["post"]["owner_name"] == "Birch Collective"
    for verb in (publishing.withdraw, publishing.close, partial(publishing.change, changes={"title": "mine"})):
        with pytest.raises(InputError, match="another collective"):
            await verb(house, proposal.id)
    assert await rows(house, tables.activities) == []


async def test_time_ends_a_post(house: House) -> None:
    """A draft whose last day is over is refused, and so is one that would stay for more than a year."""
    for wrong in (timedelta(hours=-1), timedelta(days=400)):
        with pytest.raises(DomainError):
            await publish(house, expires=house.now() + wrong)
    assert await rows(house, tables.proposals) == []


async def test_changes_at_once_are_revisions_one_after_the_other(house: House) -> None:
    """However changes of one post meet, no revision is signed twice."""
    address = await publish(house)
    changes = (publishing.change(house, address, {"title": title}) for title in ("One", "Two", "Three", "Four"))
    revisions = [done["post"]["revision"] for done in await asyncio.gather(*changes)]
    assert sorted(revisions) == [2, 3, 4, 5]
