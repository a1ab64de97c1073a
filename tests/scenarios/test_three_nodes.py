"""Three nodes in one process, each with a server, a worker and a database of its own, and nobody in the middle."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import orjson
import pytest

from node.aid import publishing, reading
from node.aid.proving import verify
from node.house import House
from node.store import tables
from schema.visibility import Audience
from tests.conftest import NewDatabase
from tests.rig.alone import offer, rows
from tests.rig.nodes import befriend, make_folder, running, told

NAMES = ("alder", "birch", "cedar")
PROVE_ALONE = Path(__file__).parent.parent / "rig" / "prove_alone.py"


@pytest.fixture
async def houses(new_database: NewDatabase, tmp_path: Path) -> AsyncIterator[list[House]]:
    """Three running nodes, each an ally of each."""
    async with AsyncExitStack() as stack:
        opened = []
        for name in NAMES:
            folder = await make_folder(tmp_path / name, name, database=await new_database())
            house, _ = await stack.enter_async_context(running(folder))
            opened.append(house)
        for house, other in permutations(opened, 2):
            await befriend(house, other)
        yield opened


async def publish_all(houses: list[House]) -> None:
    """Each publishes for its allies and for everyone, and both arrive at both others."""
    for house in houses:
        for audience in (Audience.ALLIES, Audience.PUBLIC):
            await publishing.publish(house, offer(f"{audience.value} of {house.ids.name}", audience))
    for house in houses:
        await told(house, "received", 4)
        await told(house, "delivered", 4)


async def documents(house: House) -> dict[str, str]:
    """The signed text of everything that a node has, by address."""
    posts = (await reading.feed(house))["posts"]
    return {post["id"]: (await reading.document(house, post["id"]))["document"] for post in posts}


def text(document: dict[str, Any]) -> str:
    return orjson.dumps(document).decode()


async def test_everyone_has_everything_as_it_was_signed(houses: list[House]) -> None:
    """Whatever one publishes, the others list, proven, and keep and serve byte for byte what was signed."""
    await publish_all(houses)
    kept = [await documents(house) for house in houses]
    assert kept[0] == kept[1] == kept[2]
    assert len(kept[0]) == 6
    for house, ally in pairwise([*houses, houses[0]]):
        posts = (await reading.feed(house))["posts"]
        assert all(post["proven_by"] for post in posts)
        assert sum(post["own"] for post in posts) == 2
        assert (await reading.status(house))["waiting"] == 0
        signed = [row["document"] for row in await rows(house, tables.activities)]
        for address, document in kept[0].items():
            if address.startswith(house.ids.base):
                assert sum(document.encode() in one for one in signed) == 1
                _, served = await ally.fetcher.document(address)
                assert served == document.encode()


async def test_changes_reach_everyone(houses: list[House]) -> None:
    """A change, a closing and a withdrawal reach the others, who then have what its owner has."""
    alder, *others = houses
    ids = [(await publishing.publish(alder, offer(title)))["post"]["id"] for title in ("rice", "oil", "beans")]
    for house in others:
        await told(house, "received", 3)
    await publishing.change(alder, ids[0], {"title": "more rice"})
    await publishing.close(alder, ids[1])
    await publishing.withdraw(alder, ids[2])
    for house in others:
        await told(house, "received", 6)
        posts = (await reading.feed(house, state="all"))["posts"]
        assert {post["id"]: (post["title"], post["state"], post["revision"]) for post in posts} == {
            ids[0]: ("more rice", "open", 2),
            ids[1]: ("oil", "closed", 2),
        }
        assert await documents(house) == await documents(alder)


async def test_proofs_hold_without_a_network(houses: list[House]) -> None:
    """With the network gone, what came from others is still proven, activities too; one changed letter is not."""
    await publish_all(houses)
    alder, birch, _ = houses
    await birch.transport.__aexit__()
    for document in (await documents(birch)).values():
        proof = await verify(birch, document=document)
        assert proof["holds"]
        [finding] = proof["findings"]
        assert (finding["what"], finding["key_from"]) == ("object", "store")
        assert not (await verify(birch, document=document.replace(" of ", " 0f ")))["holds"]
    create = (await rows(alder, tables.activities))[0]["document"].decode()
    assert [one["what"] for one in (await verify(birch, document=create))["findings"]] == ["activity", "object"]
    assert (await verify(birch, document=create))["holds"]


async def test_an_independent_script_proves_it(houses: list[House], tmp_path: Path) -> None:
    """A script that shares no code with us proves a document that another node keeps, and finds every change in it."""
    await publish_all(houses)
    alder, birch, cedar = houses
    document = next(text for address, text in (await documents(birch)).items() if address.startswith(alder.ids.base))
    changed = json.loads(document) | {"name": "another title"}
    added = json.loads(document) | {"summary": ""}
    redated = json.loads(document)
    redated["proof"]["created"] = "2026-11-24T00:00:00Z"
    own, other = text(alder.actor_document()), text(cedar.actor_document())
    cases = [(document, own, 0), (document, other, 1)]
    cases += [(text(tampered), own, 1) for tampered in (changed, added, redated)]
    for signed, actor, status in cases:
        (tmp_path / "offer.json").write_text(signed)
        (tmp_path / "actor.json").write_text(actor)
        script = [sys.executable, "-I", str(PROVE_ALONE), "offer.json", "actor.json"]
        child = await asyncio.create_subprocess_exec(*script, cwd=tmp_path, stdout=PIPE, stderr=PIPE)
        said, complaint = await child.communicate()
        assert (child.returncode, said, complaint) == (status, [b"holds\n", b"does not hold\n"][status], b"")
