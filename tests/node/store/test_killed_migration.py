"""A migration that is killed, before each of its statements in turn."""

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from sqlalchemy import delete, insert, select, text

from node.store.engine import Store, create_engine
from node.store.migrations import upgrade
from node.store.tables import node
from node.store.versions import stored_revision
from tests.conftest import NewDatabase
from tests.node.store.conftest import sqlite_url
from tests.node.store.test_migrations import drift, names
from tests.rig.postgres import copied_database

MOST = 30  # statements
OLDEST = "0001"
KEPT = {"key": "kept", "value": "through everything"}


async def make_old(url: str) -> None:
    """A database as the first version made it, with a row in it."""
    store = Store(create_engine(url))
    async with store.engine.begin() as connection:
        await connection.run_sync(upgrade, OLDEST)
        await connection.execute(delete(node))
        versions = [{"key": "schema_version", "value": "1"}, {"key": "compatible_from", "value": "1"}]
        await connection.execute(insert(node), [*versions, KEPT])
    await store.close()


async def copies(url: str, folder: Path) -> list[str]:
    """The same database many times over."""
    if url.startswith("postgresql"):
        return [await copied_database(url) for _ in range(MOST)]
    made = []
    for number in range(MOST):
        (folder / str(number)).mkdir()
        shutil.copy(folder / "qafila.db", folder / str(number) / "qafila.db")
        made.append(sqlite_url(folder / str(number)))
    return made


async def migrate_killed(urls: list[str]) -> list[int]:
    """The exit status of each process that was begun."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.rig.killed_migration"), stdin=PIPE, stdout=PIPE
    )
    said, _ = await child.communicate("\n".join(urls).encode())
    return [int(line) for line in said.split()]


async def test_killed_at_any_statement(new_database: NewDatabase, tmp_path: Path) -> None:
    """The tables are the old ones or the new ones, never something between, and what was in them is there."""
    database = await new_database()
    url = sqlite_url(tmp_path) if database == "sqlite" else database
    await make_old(url)
    urls = await copies(url, tmp_path)
    statuses = await migrate_killed(urls)
    assert statuses[-1] == 0
    assert set(statuses[:-1]) == {9}
    assert 10 < len(statuses) < MOST, len(statuses)
    revisions = []
    for one in urls[: len(statuses)]:
        store = Store(create_engine(one))
        async with store.transaction() as connection:
            revision = await stored_revision(connection)
            tables = await connection.run_sync(names)
            assert (await connection.run_sync(drift) == []) is (revision != OLDEST)
            assert ("key_alarms" in tables) is (revision != OLDEST)
            assert (await connection.execute(select(node.c.value).where(node.c.key == "kept"))).scalar_one()
            if database == "sqlite":
                assert (await connection.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
        await store.close()
        revisions.append(revision)
    assert revisions[0] == OLDEST
    assert revisions[-1] != OLDEST
    assert revisions == sorted(revisions)
