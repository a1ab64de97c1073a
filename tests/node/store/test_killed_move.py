"""A move that is killed, before each of its steps in turn."""

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from node import clock
from node.folder import DataFolder
from node.moving import stay
from node.settings import SQLITE
from schema.errors import StateError
from tests.conftest import NewDatabase
from tests.rig.moves import come_back, lived_in, make_empty, move_on, opens, tables_of
from tests.rig.nodes import settings_of

Killed = Callable[[DataFolder, str], Awaitable[int]]


@asynccontextmanager
async def killing() -> AsyncIterator[Killed]:
    """Begins a move of a folder to a database in a process that is killed; gives its exit status."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tests.rig.killed_move"), stdin=PIPE, stdout=PIPE
    )
    to, answers = child.stdin, child.stdout
    assert to is not None
    assert answers is not None

    async def killed(folder: DataFolder, database: str) -> int:
        to.write(f"{folder.path} {database}\n".encode())
        return int(await answers.readline())

    yield killed
    to.close()
    await child.wait()


async def finish(folder: DataFolder, database: str) -> int:
    """Say the same again, as a person would; how many rows were there already."""
    if settings_of(folder).database != database:
        return (await move_on(folder, database)).before
    with folder.lock() as held, suppress(StateError):
        await stay(held, settings_of(folder), now=clock.now())
    return sum(tally.rows for tally in (await tables_of(folder)).values())


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
async def test_killed_at_any_step(source: str, postgres_url: NewDatabase, tmp_path: Path) -> None:
    """One of the two can be opened at most, and the same command goes on until all is there once, and only there."""
    server = (await postgres_url()).replace("+asyncpg", "")
    old, new = (SQLITE, server) if source == SQLITE else (server, SQLITE)
    model = await lived_in(tmp_path / "model", old)
    tables = await tables_of(model)
    before = []
    async with killing() as killed:
        for step in count():
            folder = DataFolder(tmp_path / str(step))
            shutil.copytree(model.path, folder.path)
            status = await killed(folder, new)
            assert status in {0, 9}
            assert not (await opens(folder, old) and await opens(folder, new))
            before.append(await finish(folder, new))
            assert (await opens(folder, old), await opens(folder, new)) == (False, True)
            assert await tables_of(folder) == tables
            assert len(list(folder.path.glob("qafila.db.moved-*"))) == (old == SQLITE)
            assert folder.read_keys() == model.read_keys()
            if status == 0:
                break
            await (make_empty if old == SQLITE else come_back)(folder, server)
    total = sum(tally.rows for tally in tables.values())
    assert step > 20
    assert before == sorted(before)
    assert (before[0], before[-1]) == (0, total)
    assert len(set(before)) > 5
