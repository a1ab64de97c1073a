"""How connections end: after what cannot be trusted, in a crowd, and with those who never read."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.hostile.framing import hurried, page, pieces, spelled
from tests.hostile.requests import BOMB, chunked, good
from tests.hostile.world import World, living

pytestmark = pytest.mark.asyncio(loop_scope="package")
MEBIBYTE = 2**20
PIPELINED = 1_000
PLACES = 12


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def small_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A node with few places that waits a second for everything."""
    limits: dict[str, Any] = {"connections": PLACES, "answer_timeout_seconds": 1, "body_timeout_seconds": 1}
    path: Path = tmp_path_factory.mktemp("small") / "alder"
    async with living(path, "sqlite", **limits) as made:
        yield made


async def whole(world: World, said: bytes, seconds: float = 5) -> bytes:
    """Everything that comes until the node closes the connection; TimeoutError where it stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    try:
        writer.write(said)
        async with asyncio.timeout(seconds):
            return await reader.read()
    finally:
        writer.close()


def memory() -> int:
    """The bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096


def statuses(answers: bytes) -> list[int]:
    """The status of each answer in a row of them."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answers)]


@pytest.mark.parametrize(
    "said",
    [
        lambda w: good(w, ("Content-Length", "5"), ("Content-Length", "6")),
        lambda w: good(w, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")),
        lambda w: chunked(w, coding="xchunked"),
        lambda w: pieces(w, b"3\r\nabcX\r\n0\r\n\r\n"),
        lambda w: chunked(w).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
        lambda w: spelled(w, b"HTTP/1.1", b"HTTP/1.0", ("Connection", "keep-alive")),
        lambda w: hurried(w, length=262_145),
        lambda w: page(w, "/", ("Content-Length", "100")),
        lambda w: page(w, "alder.localhost:80", method="CONNECT"),
        lambda w: good(w, ("X-Cinnamon", "M" * 9_216)),
        lambda w: good(w, ("Expect", "a-miracle")),
    ],
    ids=[
        *("two-lengths", "length-and-chunks", "xchunked", "longer-than-said", "chunks-of-http-1.0", "http-1.0"),
        *("too-large", "body-that-nobody-reads", "connect", "long-header", "expect"),
    ],
)
async def test_what_cannot_be_trusted_is_the_last(world: World, said: object) -> None:
    """H02, H04, H07, H16: where the next request would begin is not guessed; one answer, and the connection is over."""
    assert callable(said)
    answers = await whole(world, said(world) + page(world, "/nowhere"))
    assert len(statuses(answers)) == 1
    assert await world.serves()


async def test_nobody_is_told_to_go_on_in_vain(world: World) -> None:
    """H07: who waits to be told to go on hears the refusal, or is told to go on once all but the body is fine."""
    assert statuses(await whole(world, hurried(world, length=262_145))) == [413]
    assert statuses(await whole(world, hurried(world, host="evil.example"))) == [421]
    assert statuses(await whole(world, hurried(world, kind="text/plain"))) == [415]
    assert statuses(await whole(world, good(world, ("Expect", "100-continue"), ("Connection", "close")))) == [100, 202]


async def test_an_endless_body_is_not_listened_to(world: World) -> None:
    """H08: behind the limit no more is taken than lies in the buffers, and the connection ends within two seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port, limit=4_096)
    piece = b"10000\r\n" + bytes(65_536) + b"\r\n"
    head = chunked(world, size=1).partition(b"\r\n\r\n")[0]
    began, sent = time.monotonic(), 0
    try:
        writer.write(head + b"\r\n\r\n")
        async with asyncio.timeout(5):
            while sent < 200 * MEBIBYTE:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
    assert sent < 16 * MEBIBYTE
    assert time.monotonic() - began < 3
    assert await world.serves()
    del reader


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_nothing_is_unpacked(world: World, coding: str) -> None:
    """H10: refusing a compressed body costs no more time than any refusal."""
    said = good(world, ("Content-Encoding", coding), body=BOMB)
    began = time.process_time()
    assert (await world.say(said)).status == 415
    assert time.process_time() - began < 0.05


async def test_a_thousand_requests_in_a_row(world: World) -> None:
    """H13: they are answered in their order, with little memory, while others are served."""
    targets = ["/nowhere" if number % 3 else "/.well-known/nodeinfo" for number in range(PIPELINED)]
    said = b"".join(page(world, target) for target in targets) + page(world, "/", ("Connection", "close"))
    before = memory()
    talking = asyncio.create_task(whole(world, said, seconds=20))
    await asyncio.sleep(0.05)
    assert await world.serves()
    expected = [404 if target == "/nowhere" else 200 for target in targets]
    assert statuses(await talking) == [*expected, 200]
    assert memory() - before < 16 * MEBIBYTE


async def test_a_thousand_offers_in_a_row(world: World) -> None:
    """H13: a request with a body is no end of a row: each is answered by itself."""
    said = good(world) * 200 + good(world, ("Connection", "close"))
    assert statuses(await whole(world, said, seconds=20)) == [202] * 201


async def test_whoever_does_not_read_is_cut_off(small_world: World) -> None:
    """H13: ten thousand requests and not one answer read: little memory, others are served, and it is over in time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", small_world.port, limit=1_024)
    before, began = memory(), time.monotonic()
    said = page(small_world, "/ns/qafila") * 100
    try:
        async with asyncio.timeout(10):
            for _ in range(1_000):
                writer.write(said)
                await writer.drain()
        raise AssertionError("everything was taken")
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
    assert time.monotonic() - began < 5
    assert memory() - before < 16 * MEBIBYTE
    assert await small_world.serves()
    del reader


async def test_the_slow_give_way(small_world: World) -> None:
    """H11: with every place taken by those who send slowly, an ally is served at once."""
    begun = page(small_world, "/")[:-2]
    body = good(small_world)[:-9]
    lines = [await asyncio.open_connection("127.0.0.1", small_world.port) for _ in range(3 * PLACES)]
    try:
        for number, (_, writer) in enumerate(lines):
            writer.write((begun, body, b"")[number % 3])
        await asyncio.sleep(0.05)
        assert await small_world.serves()
        async with asyncio.timeout(1):
            assert await lines[0][0].read() == b""
    finally:
        for _, writer in lines:
            writer.transport.abort()


async def test_one_address_has_its_own_limit(tmp_path: Path) -> None:
    """H11: of one address no more are connected than the settings say, and the newest is served."""
    async with living(tmp_path / "alder", "sqlite", connections_of_one_address=3) as few_world:
        lines = [await asyncio.open_connection("127.0.0.1", few_world.port) for _ in range(3)]
        try:
            assert await few_world.serves()
            async with asyncio.timeout(1):
                assert await lines[0][0].read() == b""
        finally:
            for _, writer in lines:
                writer.transport.abort()


async def test_no_room(small_world: World) -> None:
    """With every place taken by those who are being served, a newcomer is told to come later."""
    said = [good(small_world, ("Connection", "close")) for _ in range(PLACES)]
    async with small_world.node.store.transaction():
        asking = [asyncio.create_task(whole(small_world, one, seconds=10)) for one in said]
        await asyncio.sleep(0.2)
        answer = await small_world.say(b"")
        assert (answer.status, b"retry-after: " in answer.headers.lower()) == (503, True)
    assert [statuses(answer) for answer in await asyncio.gather(*asking)] == [[202]] * PLACES
    assert await small_world.serves()


async def test_many_slow_bodies(small_world: World) -> None:
    """H12: bodies that stop coming are answered with 408 when their time is over, and nothing of them is kept."""
    before = await small_world.dump()
    said = good(small_world)[:-9]
    answers = await asyncio.gather(*(whole(small_world, said) for _ in range(PLACES - 2)))
    assert [statuses(answer) for answer in answers] == [[408]] * (PLACES - 2)
    assert await small_world.dump() == before


async def test_lines_that_break(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """H14: a connection that is reset in the middle of a body leaves nothing, neither rows nor lines in the log."""
    before = await world.dump()
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(good(world)[:-9])
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.transport.abort()
    await asyncio.sleep(0.05)
    assert await world.dump() == before
    assert await world.serves()
    assert caplog.records == []


async def test_absent_and_not_yours(world: World) -> None:
    """What is not there, what is for others and what can be no id of ours get the very same answer."""
    paths = ("/proposals/abc", "/proposals/" + world.kept.id.rpartition("/")[2], "/proposals/ABC", "/activities/abc")
    answers = [await world.say(page(world, path, ("Accept", "application/activity+json"))) for path in paths]
    heads = [[line for line in one.headers.split(b"\r\n") if not line.startswith(b"Date:")] for one in answers]
    assert [one.status for one in answers] == [404] * len(paths)
    assert all(head == heads[0] for head in heads)
    assert {one.body.lower() for one in answers} == {b"not found.\n"}
