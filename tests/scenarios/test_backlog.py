"""A node with a long backlog, and an ally that takes no more than so much a minute: slowed, and nothing is lost."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from node import clock
from node.aid import publishing, reading
from tests.rig.alone import offer
from tests.rig.nodes import befriend, make_folder, running

POSTS = 40
A_MINUTE = 30  # and ten at once


class Fast:
    """A clock that both nodes have, which can be put ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The time."""
        return clock.now() + self.ahead


async def test_a_backlog_arrives_slowly_and_whole(tmp_path: Path) -> None:
    """N11: told with 429 to come later, the worker comes later, refuses nothing and loses nothing, in order."""
    now = Fast()
    taker = await make_folder(tmp_path / "alder", "alder", ally_messages_per_minute=A_MINUTE)
    giver = await make_folder(tmp_path / "birch", "birch")
    async with running(taker, now) as (alder, _), running(giver, now) as (birch, worker):
        await befriend(alder, birch)
        await befriend(birch, alder)
        for number in range(POSTS):
            await publishing.publish(birch, offer(f"Offer {number}"))
        began = now()
        async with asyncio.timeout(60):
            while (status := await reading.status(birch))["waiting"]:
                now.ahead += timedelta(seconds=2)
                worker.wake()
                await asyncio.sleep(0.05)
        assert status["refused"] == 0
        assert (await reading.status(alder))["proposals"]["others"] == POSTS
        assert now() - began > timedelta(seconds=55)  # 40, but for 10 at once, at 30 a minute
