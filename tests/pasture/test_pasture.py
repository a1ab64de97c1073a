"""Every example of Fediverse Pasture is said to a living node."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
import pytest_asyncio
from sqlalchemy import select

from node.aid import door, following
from node.store.tables import follows
from tests.hostile.world import World, living
from tests.pasture.examples import examples
from tests.pasture.outcomes import NOTED, TAKEN, Outcome, hear, page
from tests.rig.dials import DIALS
from tests.rig.http import ask
from tests.rig.nodes import told
from tests.rig.sender import collective

PAGE: Final = Path(__file__).parent.parent.parent / "docs" / "pasture.md"
EXAMPLES: Final = tuple(examples())
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
FOREIGN: Final = re.compile(rb"<(?:script|img|video|audio|iframe|object)\b", re.IGNORECASE)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A node to which nothing of this was said yet."""
    async with living(tmp_path_factory.mktemp("pasture") / "alder", "sqlite") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def by_an_ally(world: World) -> list[Outcome]:
    """What became of all that an ally said, for which nothing was looked up or fetched."""
    mark = DIALS.mark
    heard = await hear(world, world.ally, EXAMPLES)
    assert DIALS.since(mark, but=world.port) == []
    return heard


async def test_the_page_is_what_happens(world: World, by_an_ally: list[Outcome]) -> None:
    """Each example gets the answer that docs/pasture.md names, and `make pasture` writes that page."""
    assert page(by_an_ally) == PAGE.read_text(encoding="utf-8")
    assert await world.serves()


async def test_what_was_taken_is_shown(world: World, by_an_ally: list[Outcome]) -> None:
    """Every proposal that was taken has a page for the operator, and no foreign script or picture is on it."""
    token = (await door.open_link(world.node))["url"].rpartition("/")[2].encode()
    opened = await ask(world.node.ids.home + "open", FORM, method="POST", body=b"token=" + token)
    signed_in = {"Cookie": opened.headers["set-cookie"].partition(";")[0]}
    taken = [outcome.example for outcome in by_an_ally if outcome.proposal == TAKEN]
    assert taken
    for example in taken:
        address = example.create(world.ally, "", proposal=True)["object"]["id"]
        shown = await ask(f"{world.node.ids.home}feed/post?id={quote(address, safe='')}", signed_in)
        assert shown.status == 200
        assert not FOREIGN.search(shown.body)


async def test_one_that_we_follow(world: World, by_an_ally: list[Outcome]) -> None:
    """A collective that we follow, and that is no ally, is heard like an ally: with one example of each line."""
    willow = collective("willow", world.peers.port)
    world.peers.serve(willow.ids.actor, willow.actor())
    world.peers.serve(willow.ids.shared_inbox, {}, status=202)
    await following.follow(world.node, willow.ids.actor)
    await told(world.node, "delivered")
    async with world.node.store.transaction() as connection:
        [request] = (
            await connection.execute(select(follows.c.id).where(follows.c.actor == willow.ids.actor))
        ).scalars()
    assert await world.status(willow.activity("Accept", request), by=willow) == 202
    lines = {(heard.example.category, heard.plain, heard.proposal): heard for heard in by_an_ally}.values()
    assert await hear(world, willow, [heard.example for heard in lines]) == list(lines)


async def test_strangers(world: World) -> None:
    """From anyone else each is refused, no key is fetched for it, and no row changes."""
    before, mark = await world.dump(), DIALS.mark
    for outcome in await hear(world, world.stranger, EXAMPLES):
        assert not {outcome.plain, outcome.proposal} & {NOTED, TAKEN}, outcome.example
    assert await world.dump() == before
    assert DIALS.since(mark, but=world.port) == []
    assert await world.serves()
