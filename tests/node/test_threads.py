"""The conversation that a proposal begins, and the answers to it, over a socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from federation.outbox import Signer
from federation.signing import sign_request
from node.aid import publishing, reading
from node.house import House
from schema.visibility import Audience
from tests.rig.alone import befriend_on_paper, offer
from tests.rig.http import Answer, ask
from tests.rig.nodes import make_folder, running
from tests.rig.paper import ids_of, keys_of

ACTIVITY = {"Accept": "application/activity+json"}


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[House]:
    """A running node with one ally, to which nothing leaves while the test lasts."""
    folder = await make_folder(tmp_path / "alder", "alder", database=database, delivery_delay_seconds=3600)
    async with running(folder) as (opened, _):
        opened.random = lambda: 0.99
        await befriend_on_paper(opened, "birch")
        yield opened


async def fetch(house: House, address: str, *, by: str | None = None) -> Answer:
    """Ask as a program, signed by a collective on paper where one is named."""
    signer = None if by is None else Signer(ids_of(by), keys_of(by))
    signed = {} if signer is None else sign_request(signer, "GET", address, b"", house.now())
    return await ask(address, ACTIVITY | signed)


async def publish(house: House, audience: Audience) -> str:
    made = await publishing.publish(house, offer(audience.value, audience))
    address: str = made["post"]["id"]
    return address


async def note(house: House, address: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads((await reading.document(house, address))["document"])
    return document


async def test_a_public_proposal_begins_a_conversation(house: House) -> None:
    """Anyone may fetch what `context` and `replies` name: the proposal itself as the oldest post, and no answers."""
    address = await publish(house, Audience.PUBLIC)
    signed = await note(house, address)
    thread, answers = [orjson.loads((await fetch(house, signed[name])).body) for name in ("context", "replies")]
    assert (thread["id"], thread["type"], thread["attributedTo"]) == (
        signed["context"],
        "OrderedCollection",
        house.ids.actor,
    )
    assert thread["first"]["orderedItems"] == [address]
    assert (answers["id"], answers["type"], answers["first"]["items"]) == (signed["replies"], "Collection", [])
    for collection in (thread, answers):
        page = orjson.loads((await fetch(house, collection["first"]["id"])).body)
        assert page.pop("@context")
        assert page == collection["first"]
        assert page["partOf"] == collection["id"]
        assert "next" not in page
        assert (await fetch(house, f"{collection['id']}?page=second")).status == 404


async def test_the_conversation_stays_the_same_until_it_is_gone(house: House) -> None:
    """A change and a closing keep both addresses; after a withdrawal each is answered with 410 and its Tombstone."""
    address = await publish(house, Audience.PUBLIC)
    first = await note(house, address)
    await publishing.change(house, address, {"title": "more rice"})
    changed = await note(house, address)
    await publishing.close(house, address)
    closed = await note(house, address)
    assert [one["revision"] for one in (first, changed, closed)] == [1, 2, 3]
    for name in ("context", "replies"):
        assert first[name] == changed[name] == closed[name]
        assert (await fetch(house, first[name])).status == 200
    await publishing.withdraw(house, address)
    for name, kind in (("context", "OrderedCollection"), ("replies", "Collection")):
        for target in (first[name], f"{first[name]}?page=first"):
            answer = await fetch(house, target)
            assert answer.status == 410
            gone = orjson.loads(answer.body)
            assert (gone["id"], gone["type"], gone["formerType"]) == (first[name], "Tombstone", kind)


async def test_only_the_audience_reads_the_conversation(house: House) -> None:
    """What is said about a post for allies is for allies; for all others, and for our circle, it is not there."""
    address, inner = await publish(house, Audience.ALLIES), await publish(house, Audience.CIRCLE)
    signed = await note(house, address)
    unknown = house.ids.proposal("0" * 32)
    absent = await fetch(house, house.ids.conversation(unknown))
    assert absent.status == 404
    for name in ("context", "replies"):
        assert (await fetch(house, signed[name], by="birch")).status == 200
        for answer in (await fetch(house, signed[name]), await fetch(house, signed[name], by="mallory")):
            assert (answer.status, answer.body) == (404, absent.body)
    for hidden in (house.ids.conversation(inner), house.ids.replies(inner)):
        assert (await fetch(house, hidden, by="birch")).status == 404
    await publishing.withdraw(house, address)
    assert (await fetch(house, signed["context"], by="birch")).status == 404
