import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.engine import Store, create_engine
from node.store.tables import deliveries, links, metadata, node
from schema.errors import NotFound, Unavailable
from tests.conftest import NewDatabase
from tests.node.store.conftest import sqlite_url
from tests.rig.clock import NOW

# What SQLite answers to each pragma: 1 and 2 stand for ON and FULL.
PRAGMAS = {
    "locking_mode": "exclusive",
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "cell_size_check": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
    "busy_timeout": 5000,
}
LOOK = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM node').fetchall()"


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Store]:
    """An open SQLite database with every table."""
    opened = Store(create_engine(sqlite_url(tmp_path)))
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


async def keys(store: Store) -> set[str]:
    async with store.transaction() as connection:
        return set((await connection.execute(select(node.c.key))).scalars())


def row(key: str, value: str = "") -> Any:
    return insert(node).values(key=key, value=value)


async def write(store: Store, *rows: Any, then: Exception | None = None) -> None:
    """Insert in one transaction, inside which `then` is raised."""
    async with store.transaction() as connection:
        for one in rows:
            await connection.execute(one)
        if then is not None:
            raise then


async def test_pragmas_are_set(embedded: Store) -> None:
    """Each rule of the engine is in force, asked of SQLite itself."""
    async with embedded.transaction() as connection:
        found = {name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in PRAGMAS}
    assert found == PRAGMAS


async def test_a_second_process_cannot_open_the_file(embedded: Store) -> None:
    """While the node runs, no other process reads its database; once it is closed, it is whole."""
    await keys(embedded)
    file = embedded.engine.url.database
    assert file is not None
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", LOOK, file, stderr=asyncio.subprocess.PIPE)
    _, complaint = await child.communicate()
    assert child.returncode == 1
    assert b"database is locked" in complaint
    await embedded.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


async def test_transactions_begin_immediate(embedded: Store) -> None:
    """A transaction takes its lock at its beginning, whatever it begins with."""
    said: list[str] = []
    event.listen(embedded.engine.sync_engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    await keys(embedded)
    assert said[0] == "BEGIN IMMEDIATE"


async def test_foreign_keys_hold(store: Store) -> None:
    """A delivery of an activity that is not there is refused."""
    orphan = insert(deliveries).values(
        activity=7, peer="", inbox="", state="", attempts=0, queued_at=NOW, not_before=NOW, status_count=0
    )
    with pytest.raises(Unavailable) as caught:
        await write(store, orphan)
    assert isinstance(caught.value.__cause__, IntegrityError)


async def test_an_error_takes_everything_back(store: Store) -> None:
    """A transaction that ends with an error leaves nothing, and the error comes out as it was."""
    with pytest.raises(NotFound, match="in the middle"):
        await write(store, row("lost"), then=NotFound("in the middle"))
    assert await keys(store) == set()


async def in_savepoint(connection: AsyncConnection, key: str) -> None:
    async with connection.begin_nested():
        await connection.execute(row(key))
        if key == "bad":
            raise NotFound("in the middle")


async def test_savepoints_stand_alone(store: Store) -> None:
    """Of several savepoints, one that fails leaves nothing, also when the database itself refused it."""
    async with store.transaction() as connection:
        for key in ("one", "one", "two", "bad", "three"):
            with suppress(NotFound, IntegrityError):
                await in_savepoint(connection, key)
    assert await keys(store) == {"one", "two", "three"}


async def test_a_savepoint_goes_with_its_transaction(store: Store) -> None:
    """What a savepoint kept is gone where the whole transaction fails."""

    async def fail_after_it() -> None:
        async with store.transaction() as connection:
            await in_savepoint(connection, "inner")
            raise NotFound("after it")

    with pytest.raises(NotFound):
        await fail_after_it()
    assert await keys(store) == set()


async def test_moments_keep_milliseconds(store: Store) -> None:
    """A time comes back in UTC, to the millisecond."""
    moment = NOW.replace(microsecond=123_456)
    async with store.transaction() as connection:
        await connection.execute(insert(links).values(token=b"x", expires=moment))
        assert (await connection.execute(select(links.c.expires))).scalar_one() == NOW.replace(microsecond=123_000)


async def test_transactions_wait_for_each_other(store: Store) -> None:
    """Many at once all come through."""
    await asyncio.gather(*(write(store, row(str(number))) for number in range(50)))
    assert len(await keys(store)) == 50


async def count_up(store: Store) -> None:
    """Read a number, give others every chance to do the same, and write the next."""
    async with store.transaction() as connection:
        number = (await connection.execute(select(node.c.value).where(node.c.key == "number"))).scalar_one()
        await asyncio.sleep(0)
        await connection.execute(update(node).values(value=str(int(number) + 1)))


async def test_what_was_read_is_still_so_when_it_is_written(store: Store, shared_url: str) -> None:
    """Read and then written by two processes at once, nothing is lost; with SQLite one process has many tasks."""
    await write(store, row("number", "0"))
    other = Store(create_engine(shared_url)) if store.shared else store
    await asyncio.gather(*(count_up(one) for one in (store, other) for _ in range(25)))
    async with other.reading() as connection:
        assert (await connection.execute(select(node.c.value))).scalar_one() == "50"
    await other.close()


async def test_looking_waits_for_no_writer_and_writes_nothing(postgres_url: NewDatabase) -> None:
    """On PostgreSQL what only looks is answered while another process writes, sees one moment, and cannot change it."""
    store = Store(create_engine(await postgres_url()))
    async with store.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with store.reading() as before:
        assert (await before.execute(select(node.c.key))).all() == []
        async with store.transaction() as connection:
            await connection.execute(row("new"))
            assert await keys_seen(store) == set()
        assert (await before.execute(select(node.c.key))).all() == []
    assert await keys_seen(store) == {"new"}
    with pytest.raises(Unavailable):
        async with store.reading() as connection:
            await connection.execute(row("never"))
    await store.close()


async def keys_seen(store: Store) -> set[str]:
    async with store.reading() as connection:
        return set((await connection.execute(select(node.c.key))).scalars())


async def test_who_hangs_loses_its_turn(postgres_url: NewDatabase) -> None:
    """A process that stops in the middle of a transaction keeps the others waiting for a while only."""
    url = await postgres_url()
    hanging, other = Store(create_engine(url)), Store(create_engine(url))
    async with hanging.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)

    async def hang() -> None:
        async with hanging.transaction() as connection:
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 200"))
            await connection.execute(row("hanging"))
            await write(other, row("other"))

    with pytest.raises(Unavailable):
        await hang()
    assert await keys_seen(other) == {"other"}
    for one in (hanging, other):
        await one.close()


async def test_a_database_that_is_not_there() -> None:
    """Where the database cannot be reached, the error says only that, with nothing of its address."""
    store = Store(create_engine("postgresql+asyncpg://alder:hunter2@127.0.0.1:1/alder"))
    with pytest.raises(Unavailable) as caught:
        await keys(store)
    await store.close()
    assert str(caught.value) == "The database did not answer as it should: ConnectionRefusedError."
    assert caught.value.shown == "Not available just now. Try again later."


async def test_an_error_quotes_nothing(store: Store) -> None:
    """What the database refused to hold stands in no error, which may be shown or logged."""
    with pytest.raises(Unavailable) as caught:
        await write(store, row("a private word"), row("a private word"))
    assert "a private word" not in str(caught.value.__cause__).split("DETAIL")[0]


async def test_a_full_disk(embedded: Store) -> None:
    """A database that can grow no more refuses the transaction whole, and goes on once there is room."""
    async with embedded.transaction() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(Unavailable, match="OperationalError"):
        await write(embedded, row("small"), row("large", "x" * 100_000))
    assert await keys(embedded) == set()
    await write(embedded, text("PRAGMA max_page_count=1000000"), row("small"))
    assert await keys(embedded) == {"small"}
