"""Those who send slowly, so as to hold connections open (H11)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activitypub.message import ACTIVITY_JSON
from tests.hostile.world import World, living
from tests.rig.sender import address_of, http

SECONDS = 1
BETWEEN = 0.2
MANY = 200


@pytest.fixture
async def slow_world(tmp_path: Path) -> AsyncIterator[World]:
    """A node that waits a second for a header, and a second for a body."""
    limits: dict[str, Any] = {"header_timeout_seconds": SECONDS, "body_timeout_seconds": SECONDS}
    async with living(tmp_path / "alder", "sqlite", **limits) as made:
        yield made


async def trickle(world: World, said: bytes, *, first: bytes = b"") -> tuple[bytes, float]:
    """Say `first` at once and wait for its answer, then `said` byte by byte; what came then, and after how long."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    try:
        if first:
            writer.write(first)
            await reader.readuntil(b"</html>")
        began = asyncio.get_running_loop().time()
        answer = asyncio.create_task(reader.read())
        for number in range(len(said)):
            writer.write(said[number : number + 1])
            await asyncio.wait([answer], timeout=BETWEEN)
            if answer.done():
                break
        async with asyncio.timeout(10 * SECONDS):
            try:
                return await answer, asyncio.get_running_loop().time() - began
            except ConnectionResetError:
                return b"", asyncio.get_running_loop().time() - began
    finally:
        writer.close()


def head(world: World) -> bytes:
    """The beginning of a request that never ends."""
    return f"GET / HTTP/1.1\r\nHost: {address_of(world.inbox)[0]}\r\nX-Slow: {'a' * 200}".encode()


async def test_a_header_that_trickles_in(slow_world: World) -> None:
    """H11: however regularly its bytes come, the connection is closed when the time is over, without an answer."""
    answer, seconds = await trickle(slow_world, head(slow_world))
    assert answer == b""
    assert SECONDS * 0.9 < seconds < SECONDS + 1


async def test_a_second_header_that_trickles_in(slow_world: World) -> None:
    """H11: a connection that was used well has the same time for its next request."""
    host = ("Host", address_of(slow_world.inbox)[0])
    first = http("/", [host, ("Accept", "text/html"), ("Content-Length", "0")], method="GET")
    answer, seconds = await trickle(slow_world, head(slow_world), first=first)
    assert answer.strip() == b""
    assert SECONDS * 0.9 < seconds < SECONDS + 1


async def test_a_body_that_trickles_in(slow_world: World) -> None:
    """H12: a body has its own time, and its sender is told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", slow_world.port)
    headers = [("Host", address_of(slow_world.inbox)[0]), ("Content-Type", ACTIVITY_JSON), ("Content-Length", "100")]
    writer.write(http("/inbox", headers))
    for _ in range(4):
        writer.write(b" ")
        await asyncio.sleep(BETWEEN)
    async with asyncio.timeout(SECONDS + 1):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_many_slow_ones_disturb_nobody(slow_world: World) -> None:
    """H11: while two hundred trickle, an ally is served at once, and in the end all of them are closed."""
    slow = [asyncio.create_task(trickle(slow_world, head(slow_world))) for _ in range(MANY)]
    await asyncio.sleep(BETWEEN)
    assert await slow_world.serves()
    assert {answer for answer, _ in await asyncio.gather(*slow)} == {b""}
