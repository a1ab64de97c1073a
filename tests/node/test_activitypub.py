"""ActivityPub point by point: what a server must do and no other test asks it for directly.

FEDERATION.md lists every requirement with its test.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import pytest_asyncio

from activitypub.message import ACTIVITY_JSON, LD_JSON
from node.aid import publishing
from node.house import House
from node.store import tables
from schema.visibility import Audience
from tests.rig.alone import offer, rows
from tests.rig.http import Answer, ask
from tests.rig.nodes import collectives

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Published:
    """A node with an ally and three public posts, the last of them withdrawn."""

    house: House
    ally: House
    posts: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def published(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Published]:
    """The same for every test: none of them changes it."""
    async with collectives(tmp_path_factory.mktemp("activitypub"), "alder", "birch") as (house, ally):
        made = [
            (await publishing.publish(house, offer(title, Audience.PUBLIC)))["post"]["id"]
            for title in ("Rice", "Bread", "Soap")
        ]
        await publishing.withdraw(house, made[-1])
        yield Published(house, ally, made)


async def document(address: str, accept: str = LD_JSON) -> dict[str, Any]:
    answer = await ask(address, {"Accept": accept})
    assert answer.status == 200
    read: dict[str, Any] = orjson.loads(answer.body)
    return read


async def said(published: Published) -> list[dict[str, Any]]:
    """What the outbox shows, found as a stranger finds it: from the actor, page by page."""
    actor = await document(published.house.ids.actor)
    outbox = await document(actor["outbox"])
    items, page = [], outbox.get("first")
    while page is not None:
        shown = await document(page)
        items += shown["orderedItems"]
        page = shown.get("next")
    return items


@pytest.mark.parametrize("accept", [LD_JSON, ACTIVITY_JSON])
async def test_everything_has_an_id_and_a_type(published: Published, accept: str) -> None:
    """Whatever may be fetched comes to both media types, under the id that it says it has, with one type."""
    actor = await document(published.house.ids.actor, accept)
    collections = [actor[name] for name in ("outbox", "followers", "following")]
    first = (await document(actor["outbox"], accept))["first"]
    activities = [item["id"] for item in await said(published)]
    for address in (
        actor["id"],
        *collections,
        first,
        *activities,
        *published.posts[:2],
        published.house.ids.node_actor,
    ):
        found = await document(address, accept)
        assert found["id"] == address
        assert isinstance(found["type"], str)


async def test_collections_are_ordered_and_count_nothing(published: Published) -> None:
    """Outbox, followers and following are OrderedCollections, and none tells a number."""
    actor = await document(published.house.ids.actor)
    for name in ("outbox", "followers", "following"):
        found = await document(actor[name])
        assert (found["type"], found.get("totalItems")) == ("OrderedCollection", None)


async def test_the_outbox_is_newest_first(published: Published) -> None:
    """What was said last stands first, and what was withdrawn is in it no more."""
    assert [item["object"]["id"] for item in await said(published)] == [published.posts[1], published.posts[0]]


async def test_an_activity_and_its_object_agree(published: Published) -> None:
    """Who says it is who it is from, and both are addressed to the same."""
    for item in await said(published):
        assert item["actor"] == item["object"]["attributedTo"] == published.house.ids.actor
        assert (item["to"], item["cc"]) == (item["object"]["to"], item["object"]["cc"])
        assert not {"bto", "bcc", "audience"} & (item.keys() | item["object"].keys())


async def test_inboxes_are_written_to_and_the_outbox_is_read(published: Published) -> None:
    """There is no client-to-server side: 405 says what each of them takes instead."""
    ids = published.house.ids

    async def refused(method: str, address: str) -> tuple[int, str | None]:
        answer: Answer = await ask(address, {"Accept": LD_JSON, "Content-Type": LD_JSON}, method=method)
        return answer.status, answer.headers.get("allow")

    assert await refused("GET", ids.inbox) == (405, "POST")
    assert await refused("GET", ids.shared_inbox) == (405, "POST")
    assert await refused("POST", ids.outbox) == (405, "GET,HEAD")


async def test_what_is_withdrawn_leaves_a_tombstone(published: Published) -> None:
    """410, and in its body what it was and when it went."""
    answer = await ask(published.posts[-1], {"Accept": LD_JSON})
    assert answer.status == 410
    tombstone = orjson.loads(answer.body)
    assert tombstone.pop("deleted").endswith("Z")
    assert tombstone.pop("@context")
    assert tombstone == {"id": published.posts[-1], "type": "Tombstone", "formerType": "Note"}


async def test_deliveries_go_to_inboxes_of_others_once(published: Published) -> None:
    """Neither to Public nor to ourselves, and to each inbox one delivery of an activity."""
    found = [(row["activity"], row["inbox"]) for row in await rows(published.house, tables.deliveries)]
    assert len(found) == len(set(found)) > 0
    assert {inbox for _, inbox in found} == {published.ally.ids.shared_inbox}
