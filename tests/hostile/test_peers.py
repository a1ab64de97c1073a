"""Peers that answer badly when a stranger makes us ask for its actor: few bytes, little time, one connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
import pytest_asyncio

from tests.conftest import NewDatabase
from tests.hostile.peers import FETCHES, Answer, Fetch, served
from tests.hostile.world import MOST_MEMORY, World, largest, living
from tests.rig.dials import DIALS
from tests.rig.raw_server import talking
from tests.rig.sender import Sender, collective, keys_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEYS = keys_of("a stranger")
SECONDS = 1  # that a fetch may take
MOST_BYTES = 2 * 1024 * 1024  # that a peer can be rid of: 512 KiB that we read, and what lies in sockets
AT_ONCE = 8


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A node that waits a second for an answer."""
    path = tmp_path_factory.mktemp("hasty") / "alder"
    async with living(path, await new_database(), fetch_timeout_seconds=SECONDS) as made:
        yield made


@dataclass(slots=True)
class Peer:
    """What a bad peer saw."""

    answer: Answer
    pause: float
    connections: int = 0
    asked: list[str] = field(default_factory=list)
    written: int = 0
    document: bytes = b""
    address: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each request in its own way."""
        self.connections += 1
        writer.transport.set_write_buffer_limits(0)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode().splitlines()[0])
                for part in self.answer(self.document, self.address):
                    writer.write(part)
                    async with asyncio.timeout(10):  # `wait_for` of Python 3.11 can swallow that the test is over
                        await writer.drain()
                    self.written += len(part)
                    await asyncio.sleep(self.pause)


async def fetched(world: World, fetch: Fetch, name: str) -> tuple[Peer, list[int]]:
    """What the peer saw, and what was answered to two requests of a stranger that lives there."""
    peer = Peer(fetch.answer, fetch.pause)
    async with talking(peer.talk) as port:
        stranger = collective(name, port, KEYS)
        peer.document, peer.address = orjson.dumps(stranger.actor()), stranger.ids.actor
        heard = [await asks(world, stranger) for _ in range(2)]
    return peer, heard


async def asks(world: World, stranger: Sender) -> int:
    """What a stranger hears who asks to follow; it hears it in time."""
    answer = await world.say(world.post(stranger.follow(world.node.ids.actor), by=stranger))
    assert answer.seconds < SECONDS + 1
    assert len(answer.body) < 200
    return answer.status


def check(fetch: Fetch, peer: Peer, heard: list[int]) -> None:
    """It was asked as often as it should be, on one connection, and we took no more than we read."""
    assert heard == [fetch.status] * len(heard), fetch.id
    assert len(peer.asked) == fetch.requests, fetch.id
    assert peer.connections <= fetch.requests, fetch.id
    assert peer.written < MOST_BYTES, fetch.id


QUICK = [fetch for fetch in FETCHES if not fetch.slow]
SLOW = [fetch for fetch in FETCHES if fetch.slow]


@pytest.mark.parametrize("fetch", QUICK, ids=lambda fetch: fetch.id)
async def test_a_bad_answer(hasty: World, fetch: Fetch) -> None:
    """A bad answer is heard once, whoever asks again; it leaves no row and leads nowhere else."""
    before, mark, memory = await hasty.dump(), DIALS.mark, largest()
    peer, heard = await fetched(hasty, fetch, f"sage{FETCHES.index(fetch)}")
    assert largest() - memory < MOST_MEMORY
    check(fetch, peer, heard)
    assert await hasty.dump() == before
    assert len(DIALS.since(mark, but=hasty.port)) <= fetch.requests
    assert await hasty.serves()


async def test_slow_answers(hasty: World) -> None:
    """F07: what comes too slowly ends in time, several at once, and an ally is served at once meanwhile."""
    before, mark = await hasty.dump(), DIALS.mark
    for start in range(0, len(SLOW), AT_ONCE):
        some = SLOW[start : start + AT_ONCE]
        under_way = asyncio.gather(*(fetched(hasty, one, f"rue{start}n{number}") for number, one in enumerate(some)))
        await asyncio.sleep(SECONDS / 4)
        assert await hasty.serves()
        for one, (peer, heard) in zip(some, await under_way, strict=True):
            check(one, peer, heard)
    assert await hasty.dump() == before
    assert len(DIALS.since(mark, but=hasty.port)) <= len(SLOW)


async def test_a_good_answer(hasty: World) -> None:
    """The same peer is believed where nothing is wrong with what it says; a cookie of its is not sent back."""
    fetch = Fetch("good", served("Set-Cookie: a=b"), 202)
    peer, heard = await fetched(hasty, fetch, "thyme")
    check(fetch, peer, heard)


async def test_a_proxy_in_the_environment(hasty: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """F14: a proxy and a password that stand in the environment are nothing to a node."""
    proxy = Peer(served(), 0)
    (tmp_path / "netrc").write_text("default login someone password secret\n")
    async with talking(proxy.talk) as port:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        peer, heard = await fetched(hasty, Fetch("good", served(), 202), "basil")
    assert (heard, len(peer.asked), proxy.connections) == ([202] * 2, 1, 0)


async def test_https_that_is_none(hasty: World) -> None:
    """N08: a peer that speaks no TLS at an https address is given nothing, and is not asked again in the open."""
    peer = Peer(served(), 0)
    async with talking(peer.talk) as port:
        mark = DIALS.mark
        stranger = collective("mint", port, KEYS)
        base = f"https://mint.localhost:{port}"
        follow = stranger.follow(hasty.node.ids.actor, actor=f"{base}/actors/mint", id=f"{base}/activities/1")
        said = hasty.post(follow, by=stranger, key_id=f"{base}/actors/mint#main-key")
        assert [(await hasty.say(said)).status for _ in range(3)] == [503] * 3
        assert DIALS.since(mark, but=hasty.port) == [port]
    assert peer.asked == []
