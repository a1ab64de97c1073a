"""A database as lines, from each database into each."""

import tracemalloc
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from node.aid import profile, publishing
from node.backup.lines import HEAVY, dump
from node.backup.lines import load as load_lines
from node.store import rows
from node.store.engine import Store, create_engine
from node.store.tables import EPOCH, activities, metadata
from schema.errors import InputError
from schema.visibility import Audience
from tests.conftest import NewDatabase
from tests.node.store.conftest import sqlite_url
from tests.rig.alone import alone, offer
from tests.rig.pictures import png

KINDS = ("sqlite", "postgresql")
ANOTHER = {
    "id": "another",
    "type": "Create",
    "object": "it",
    "audience": "public",
    "document": b"",
    "current": False,
    "at": EPOCH,
}
Place = Callable[[str], Awaitable[str]]


@pytest.fixture
def place(postgres_url: NewDatabase, tmp_path: Path) -> Place:
    """Makes the address of an empty database of a kind."""

    async def made(kind: str) -> str:
        return sqlite_url(tmp_path) if kind == "sqlite" else await postgres_url()

    return made


@asynccontextmanager
async def empty(url: str) -> AsyncIterator[Store]:
    """A database with every table and no row."""
    store = Store(create_engine(url))
    async with store.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield store
    finally:
        await store.close()


async def lines_of(store: Store) -> list[bytes]:
    async with store.transaction() as connection:
        return [line async for piece, _ in dump(connection) for line in piece.splitlines(keepends=True)]


async def load(store: Store, lines: list[bytes]) -> list[rows.Tally]:
    async with store.transaction() as connection:
        return [tally async for tally in load_lines(connection, lines)]


@pytest.mark.parametrize(("source", "target"), list(product(KINDS, KINDS)))
async def test_every_database_gives_the_same_lines(source: str, target: str, place: Place, tmp_path: Path) -> None:
    """Dumped from one, loaded into another and dumped again, they are the same to the byte; numbers go on after."""
    database = "sqlite" if source == "sqlite" else await place(source)
    async with alone(tmp_path, database, "birch", "cedar") as house:
        for title in ("Rice", "أرز", "İçli köfte"):
            await publishing.publish(house, offer(title, Audience.PUBLIC))
        await profile.profile_logo(house, b64encode(png()).decode())
        dumped = await lines_of(house.store)
        async with house.store.transaction() as connection:
            total = await rows.count(connection)
    async with empty(await place(target)) as store:
        tallies = await load(store, dumped)
        assert sum(tally.rows for tally in tallies) == total > 10
        assert await lines_of(store) == dumped
        async with store.transaction() as connection:
            last = (await connection.execute(select(func.max(activities.c.seq)))).scalar_one()
            new = await connection.execute(insert(activities).values(ANOTHER))
            assert new.inserted_primary_key == (last + 1,)


async def test_what_is_not_whole_is_refused(place: Place, tmp_path: Path) -> None:
    """A line that is missing, twice, changed, of another table or none at all leaves no row."""
    async with alone(tmp_path, "sqlite", "birch") as house:
        await publishing.publish(house, offer())
        good = await lines_of(house.store)
    at = next(number for number, line in enumerate(good) if line.startswith(b'["'))
    heads = [number for number, line in enumerate(good) if line.startswith(b'{"table"')]
    bad = {
        "missing": good[:at] + good[at + 1 :],
        "twice": good[: at + 1] + good[at:],
        "changed": [line.replace(b"alder", b"older") if line.startswith(b"[") else line for line in good],
        "cut": good[:-1],
        "a table twice": good + good[heads[0] : heads[1]],
        "an unknown table": [line.replace(b'"proposals"', b'"people"') for line in good],
        "a column less": [line.replace(b'"data":"text",', b"") for line in good],
        "an unknown kind": [line.replace(b'"text"', b'"pickle"') for line in good],
        "no JSON": [*good[:at], b"[\n", *good[at:]],
        "a value of another kind": [line.replace(b'["url",', b"[7,") for line in good],
        "not base64": [line.replace(b'"eyJ', b'"*yJ') for line in good],
    }
    async with empty(await place("sqlite")) as store:
        before = await lines_of(store)
        for name, lines in bad.items():
            assert lines != good, name
            with pytest.raises(InputError):
                await load(store, lines)
            assert await lines_of(store) == before, name


async def test_long_rows_are_not_gathered(place: Place) -> None:
    """However many there are, and however long, few of them are in memory at a time."""
    text = "x" * (HEAVY // 8)

    def lines() -> Iterator[bytes]:
        digest = sha256()
        yield b'{"table":"imports","columns":{"key":"text","fingerprint":"text","proposal":"text","at":"integer"}}\n'
        for number in range(100):
            line = f'["{number}","{text}","",0]\n'.encode()
            digest.update(line)
            yield line
        yield f'{{"rows":100,"sha256":"{digest.hexdigest()}"}}\n'.encode()

    async with empty(await place("sqlite")) as store, store.transaction() as connection:
        tracemalloc.start()
        try:
            assert [tally.rows async for tally in load_lines(connection, lines())] == [100]
            assert tracemalloc.get_traced_memory()[1] < 5 * HEAVY
        finally:
            tracemalloc.stop()
