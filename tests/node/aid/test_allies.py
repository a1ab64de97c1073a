import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from federation.fetch import Fetcher
from federation.signing import Reader
from federation.transport import Reason, Response, Unreached
from node.aid import allies, delivering, publishing, reading
from node.house import House
from node.store import tables
from schema.errors import InputError, NotFound, PeerUnreachable, StateError
from schema.visibility import Audience
from tests.rig.alone import alone, offer, peer_of, rows, sent
from tests.rig.nodes import befriend, collectives, make_folder, running, told
from tests.rig.paper import address_of

Pair = tuple[House, House]


@pytest.fixture
async def strangers(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two running nodes that do not know each other."""
    async with (
        running(await make_folder(tmp_path / "alder", "alder")) as (alder, _),
        running(await make_folder(tmp_path / "birch", "birch")) as (birch, _),
    ):
        yield alder, birch


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two running nodes, allies of each other."""
    async with collectives(tmp_path, "alder", "birch") as houses:
        alder, birch = houses
        yield alder, birch


def words(house: House) -> str:
    return " ".join(house.own_words())


async def titles(house: House) -> list[str]:
    """What is in the feed, newest first."""
    return [post["title"] for post in (await reading.feed(house))["posts"]]


async def waiting(house: House) -> int:
    found: int = (await reading.status(house))["waiting"]
    return found


async def test_looking_decides_nothing(strangers: Pair) -> None:
    """Looking at a collective shows its name and its eight words, the same that it shows itself, and writes nothing."""
    alder, birch = strangers
    seen = await allies.ally_look(alder, f"@{birch.ids.acct}")
    assert seen == await allies.ally_look(alder, birch.ids.actor)
    assert seen == {
        "actor": birch.ids.actor,
        "name": "Birch Collective",
        "handle": f"@{birch.ids.acct}",
        "handle_verified": True,
        "words": list((await reading.whoami(birch))["words"]),
        "known": "no",
        "has_ed25519": True,
    }
    assert len(seen["words"]) == 8
    assert (await allies.ally_list(alder))["allies"] == []


class NoWebFinger:
    """A net on which no node answers questions about handles."""

    def __init__(self, transport: Reader) -> None:
        self.transport = transport

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """What is there, and nothing about handles."""
        if "/.well-known/" in url:
            raise Unreached(Reason.CONNECT)
        return await self.transport.get(url, headers)


async def test_a_handle_that_leads_nowhere_is_marked(strangers: Pair) -> None:
    """A collective found by its address is shown; its handle says that nobody could verify it."""
    alder, birch = strangers
    alder.fetcher = Fetcher(NoWebFinger(alder.transport), alder.exchange, allow_http=True)
    seen = await allies.ally_look(alder, birch.ids.actor)
    assert (seen["handle"], seen["handle_verified"]) == (f"@{birch.ids.acct}", False)
    assert len(seen["words"]) == 8


async def test_wrong_words_make_no_ally(strangers: Pair) -> None:
    """An ally is added with the words of its own keys alone: in any spelling, but not one word off."""
    alder, birch = strangers
    right = birch.own_words()
    for wrong in (words(alder), " ".join(right[:7]), " ".join(reversed(right)), ""):
        with pytest.raises(StateError, match="eight words are not those"):
            await allies.ally_add(alder, birch.ids.actor, wrong, "Amal")
    assert alder.roster.allies == {}
    await allies.ally_add(alder, birch.ids.actor, f"  {words(birch).upper()} ", " Amal ")
    [ally] = (await allies.ally_list(alder))["allies"]
    assert (ally["actor"], ally["state"], ally["added_by"], ally["posts"]) == (birch.ids.actor, "ally", "Amal", 0)
    assert (await allies.ally_look(alder, birch.ids.actor))["known"] == "ally"


async def test_an_ally_is_added_by_a_person(strangers: Pair) -> None:
    """Who decided is asked for, ourselves we cannot add, and a node that is not there is said not to be there."""
    alder, birch = strangers
    for nobody in ("", "  ", "x" * 101, "Amal\n"):
        with pytest.raises(InputError, match="Say who decided"):
            await allies.ally_add(alder, birch.ids.actor, words(birch), nobody)
    with pytest.raises(InputError, match="our own collective"):
        await allies.ally_add(alder, alder.ids.actor, words(alder), "Amal")
    with pytest.raises(PeerUnreachable):
        await allies.ally_look(alder, address_of("cedar"))


async def test_a_new_ally_gets_what_is_open_already(strangers: Pair) -> None:
    """Whichever of the two is first, and whatever was refused meanwhile, in the end each has the other's open posts."""
    alder, birch = strangers
    await publishing.publish(alder, offer("Rice"))
    closed = await publishing.publish(alder, offer("Closed before"))
    await publishing.close(alder, closed["post"]["id"])
    await publishing.publish(birch, offer("Blankets"))
    added = await allies.ally_add(alder, birch.ids.actor, words(birch), "a steward")
    assert added["posts"] == 1
    await told(alder, "refused")  # birch does not know alder yet
    assert (await allies.ally_add(birch, alder.ids.actor, words(alder), "a steward"))["posts"] == 1
    await told(alder, "received")
    await told(birch, "received")
    assert await titles(alder) == ["Blankets", "Rice"]
    assert await titles(birch) == ["Rice", "Blankets"]


async def test_an_ally_is_named_by_address_or_handle(pair: Pair) -> None:
    """Address, handle and handle without @ all name an ally; anything else is said not to be one."""
    alder, birch = pair
    for name in (birch.ids.actor, f"@{birch.ids.acct}", birch.ids.acct):
        assert (await allies.ally_suspend(alder, name))["actor"] == birch.ids.actor
    for name in ("birch", alder.ids.actor, ""):
        with pytest.raises(NotFound, match="qafila ally list"):
            await allies.ally_resume(alder, name)


async def test_an_ally_on_hold(pair: Pair) -> None:
    """Nothing goes to an ally on hold and nothing of it is taken; what waits goes out once that is over."""
    alder, birch = pair
    await publishing.publish(birch, offer("flour"))
    await told(alder, "received")
    await allies.ally_suspend(alder, birch.ids.actor)
    await publishing.publish(alder, offer("rice"))
    await publishing.publish(birch, offer("beans"))
    await told(birch, "refused")
    assert await titles(alder) == ["rice", "flour"]  # what came before stays
    assert await titles(birch) == ["beans", "flour"]
    assert (await allies.ally_list(alder))["allies"][0]["state"] == "suspended"
    await allies.ally_resume(alder, birch.ids.actor)
    await delivering.retry_deliveries(birch)
    await told(alder, "received", 2)
    assert await titles(alder) == ["beans", "rice", "flour"]
    await publishing.publish(alder, offer("oil"))
    await told(birch, "received", 2)
    assert await titles(birch) == ["oil", "rice", "beans", "flour"]  # what was published meanwhile too


async def test_what_waits_for_an_ally_on_hold_waits_on(tmp_path: Path) -> None:
    """Deliveries from before the hold stay in the queue and arrive after it."""
    birch_folder = await make_folder(tmp_path / "birch", "birch")
    async with running(await make_folder(tmp_path / "alder", "alder")) as (alder, _):
        async with running(birch_folder) as (birch, _):
            await befriend(alder, birch)
            await befriend(birch, alder)
        await publishing.publish(alder, offer("rice"))
        await allies.ally_suspend(alder, birch.ids.actor)
        async with running(birch_folder) as (birch, _):
            await delivering.retry_deliveries(alder)
            await publishing.publish(alder, offer("oil"))
            await asyncio.sleep(0.1)
            assert await titles(birch) == []
            assert await waiting(alder) == 1
            await allies.ally_resume(alder, birch.ids.actor)
            await told(birch, "received", 2)
            assert await titles(birch) == ["oil", "rice"]  # what was published meanwhile comes after it


async def test_what_is_for_allies_is_dropped_with_the_alliance(tmp_path: Path) -> None:
    """Who is an ally no more gets nothing that is for allies, not what waits and not what was refused before."""
    async with alone(tmp_path, "sqlite", "birch", "cedar") as house:
        await publishing.publish(house, offer("rice"))
        await publishing.publish(house, offer("oil", Audience.PUBLIC))
        refused = tables.deliveries.update().where(tables.deliveries.c.id == 1).values(state="refused")
        async with house.store.transaction() as connection:
            await connection.execute(refused)
        await allies.ally_remove(house, address_of("birch"))
        await delivering.retry_deliveries(house)
        states = {(row["peer"], row["activity"]): row["state"] for row in await rows(house, tables.deliveries)}
        assert states == {
            (peer_of("birch"), 1): "dropped",
            (peer_of("cedar"), 1): "waiting",
            (peer_of("birch"), 2): "waiting",
            (peer_of("cedar"), 2): "waiting",
        }
        await publishing.publish(house, offer("beans"))
        assert sorted(await sent(house)) == [("Create", "birch"), *[("Create", "cedar")] * 3]
