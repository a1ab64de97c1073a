"""Two nodes as real processes, killed with SIGKILL at any moment: nothing that was done is lost or doubled."""

import asyncio
import random
import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from node.folder import DataFolder
from schema.errors import QafilaError
from tests.rig.alone import offer
from tests.rig.nodes import befriend, make_folder, running
from tests.rig.processes import NodeProcess, processes
from tests.rig.waiting import answered

POSTS = 30


def dice_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (the same moments in every run, and no secrets)


async def allied(path: Path, *names: str) -> list[DataFolder]:
    """Folders of nodes that are allies of each other and do not run."""
    folders = [await make_folder(path / name, name) for name in names]
    async with running(folders[0]) as (alder, _), running(folders[1]) as (birch, _):
        await befriend(alder, birch)
        await befriend(birch, alder)
    return folders


def query(folder: DataFolder, sql: str) -> list[Any]:
    """Ask the database of a node that does not run."""
    with closing(sqlite3.connect(folder.database)) as connection:
        return connection.execute(sql).fetchall()


def check_whole(*nodes: NodeProcess) -> None:
    """The database of each killed node is sound."""
    for node in nodes:
        assert query(node.folder, "PRAGMA integrity_check") == [("ok",)]
        assert query(node.folder, "PRAGMA foreign_key_check") == []


async def titles(node: NodeProcess) -> list[str]:
    posts = (await node.ask("feed", limit=500))["posts"]
    return sorted(post["title"] for post in posts)


async def publish(node: NodeProcess, name: str, done: list[str]) -> None:
    """Publish one after the other until the node is gone; `done` are those of which it said that they are done."""
    with suppress(QafilaError, ConnectionError):
        for number in range(POSTS):
            title = f"{name} {number:02}"
            await node.ask("publish", draft=offer(title))
            done.append(title)


async def arrived(node: NodeProcess, wanted: int) -> list[str]:
    """The titles at a node, once there are as many as wanted or time is up."""
    return await answered(partial(titles, node), lambda found: len(found) >= wanted)


async def received(node: NodeProcess, least: int) -> None:
    """Wait until so many posts of others are here."""
    await answered(partial(node.ask, "status"), lambda said: said["proposals"]["others"] >= least)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_killed_on_the_way(tmp_path: Path, seed: int) -> None:
    """Posts from a time when their receiver was down arrive once each, however often both are killed on the way."""
    dice = dice_of(seed)
    done: list[str] = []
    async with processes(*await allied(tmp_path, "alder", "birch")) as (alder, birch):
        await alder.start()
        await alder.ready()
        await publish(alder, "first", done)
        assert len(done) == POSTS
        for _ in range(2):
            await birch.start()
            await alder.kill()
            await birch.ready()
            await alder.start()
            await received(birch, dice.randrange(1, POSTS * 2 // 3))
            await asyncio.sleep(dice.uniform(0, 0.02))
            for node in dice.sample([alder, birch], 2):
                await node.kill()
            check_whole(alder, birch)
        await birch.start()
        await birch.ready()
        await alder.start()
        await alder.ready()
        assert await arrived(birch, POSTS) == done
        assert await titles(alder) == done
        for node in (alder, birch):
            await node.kill()
        check_whole(alder, birch)
        assert query(birch.folder, "SELECT count(*), count(DISTINCT id) FROM proposals") == [(POSTS, POSTS)]
        assert query(birch.folder, "SELECT effect, count(*) FROM inbox GROUP BY effect") == [("stored", POSTS)]


async def test_killed_while_it_publishes(tmp_path: Path) -> None:
    """What a node said was published is there after a kill, on its way too, and nothing else but the one begun."""
    dice = dice_of(4)
    done: list[str] = []
    async with processes(*await allied(tmp_path, "alder", "birch")) as (alder, birch):
        await birch.start()
        await birch.ready()
        for name in ("first", "second"):
            await alder.start()
            await alder.ready()
            publishing = asyncio.create_task(publish(alder, name, done))
            await asyncio.sleep(dice.uniform(0.05, 0.25))
            await alder.kill()
            await publishing
            check_whole(alder)
        await alder.start()
        await alder.ready()
        at_alder = await titles(alder)
        assert set(done) <= set(at_alder)
        assert len(at_alder) <= len(done) + 2
        assert await arrived(birch, len(at_alder)) == at_alder
