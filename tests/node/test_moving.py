"""Moves that cannot be made, or that were cut off; each on real databases."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from node.clock import now
from node.folder import DataFolder
from node.house import open_house
from node.moving import Moved, look, move, stay
from node.settings import SQLITE
from node.store import marks
from node.store.before import keep_files
from node.store.identity import Identity
from node.store.migrations import upgrade_database
from node.store.proposals import LEAP
from node.store.tables import metadata, proposals
from node.toml import with_setting
from schema.errors import ConfigError, StateError
from tests.conftest import NewDatabase
from tests.rig.moves import lived_in, move_on, opens, quietly, store_of, tables_of
from tests.rig.nodes import settings_of


class Cut(Exception):
    """The move ends here."""


@pytest.fixture
async def folder(tmp_path: Path) -> DataFolder:
    """A collective with something in it, in SQLite."""
    return await lived_in(tmp_path / "alder")


@pytest.fixture
async def server(postgres_url: NewDatabase) -> str:
    """The address of an empty PostgreSQL as a person writes it."""
    return (await postgres_url()).replace("+asyncpg", "")


async def cut_off(folder: DataFolder, database: str, stage: str = "Checking") -> None:
    """A move that ends where this stage would begin."""

    def begin(what: str, _total: int) -> Callable[[int], None]:
        if what == stage:
            raise Cut
        return lambda _: None

    with folder.lock() as held, pytest.raises(Cut):
        await move(held, settings_of(folder), database, now=now(), begin=begin)


async def say(folder: DataFolder, database: str, *statements: str) -> None:
    """Say this to a database, as somebody else who has access to it."""
    store = store_of(folder, database)
    async with store.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await store.close()


def name_again(folder: DataFolder, database: str) -> None:
    """Put an old database into the settings by hand."""
    for aside in folder.path.glob("qafila.db.moved-*"):
        aside.rename(folder.database)
    text = folder.settings_file.read_text()
    folder.write(folder.settings_file, with_setting(text, "database", database).encode())


async def revisions(folder: DataFolder) -> set[int]:
    async with open_house(folder, settings_of(folder)) as house, house.store.transaction() as connection:
        found = (await connection.execute(select(proposals.c.data))).scalars()
        return {int(data.split('"revision":')[1].split(",")[0].rstrip("}")) for data in found}


async def inside(connection: AsyncConnection) -> list[object]:
    """All that is in a PostgreSQL."""
    names = (await connection.execute(text("SELECT relname FROM pg_class WHERE relkind = 'r' ORDER BY 1"))).scalars()
    listed = list(names)
    node = (await connection.execute(text("SELECT * FROM node ORDER BY 1"))).all() if "node" in listed else []
    return [listed, node]


async def test_nothing_is_written_over(folder: DataFolder, server: str, postgres_url: NewDatabase) -> None:
    """A table of another program, another node, another node's move: each is refused and stays, and so does ours."""
    others = [(await postgres_url()).replace("+asyncpg", "") for _ in range(2)]
    await say(folder, server, "CREATE TABLE people (name text)")
    await upgrade_database(others[0].replace("://", "+asyncpg://"))
    await cut_off(folder, others[1])
    store = store_of(folder, others[1])
    async with store.transaction() as connection:
        await marks.say_arriving(connection, marks.Arriving(Identity("https://birch.example", "birch"), ""))
    await store.close()
    tables, files = await tables_of(folder), folder.settings_file.read_bytes()
    for database, words in ((server, "must be empty"), (others[0], "must be empty"), (others[1], "of another node")):
        store = store_of(folder, database)
        async with store.transaction() as connection:
            before = await inside(connection)
        with pytest.raises(StateError, match=words):
            await move_on(folder, database)
        with folder.lock() as held, pytest.raises(StateError, match=words):
            await look(held, settings_of(folder), database, begin=quietly)
        async with store.transaction() as connection:
            assert await inside(connection) == before
        await store.close()
    assert (await tables_of(folder), folder.settings_file.read_bytes()) == (tables, files)


async def test_a_look_changes_nothing(folder: DataFolder, server: str) -> None:
    """It says what there is, and the empty database is empty after it."""
    with folder.lock() as held:
        found = await look(held, settings_of(folder), server, begin=quietly)
    assert found == Moved(await tables_of(folder))
    store = store_of(folder, server)
    async with store.transaction() as connection:
        [names, _] = await inside(connection)
    await store.close()
    assert not set(metadata.tables) & set(names)  # type: ignore[call-overload]
    assert settings_of(folder).database == SQLITE


async def test_not_while_an_upgrade_has_a_way_back(folder: DataFolder, server: str) -> None:
    """It would lead to where the node is no more, and what was kept would lie there unseen."""
    keep_files(folder.database)
    with folder.lock() as held, pytest.raises(StateError, match="qafila migrate --forget"):
        await move(held, settings_of(folder), server, now=now(), begin=quietly)
    assert settings_of(folder).database == SQLITE


async def test_half_a_move_is_no_database_of_a_node(folder: DataFolder, server: str) -> None:
    """Neither a node nor a migration touches it, and both say how to finish; the old one is in use as before."""
    await cut_off(folder, server)
    half = replace(settings_of(folder), database=server)
    with pytest.raises(ConfigError, match=r"not finished.*qafila move-database"):
        async with open_house(folder, half):
            pass
    with pytest.raises(ConfigError, match="not finished"):
        await upgrade_database(half.database_url(folder.database))
    assert await opens(folder, SQLITE)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals SET state = 'closed' WHERE seq = 1",
        "DELETE FROM deliveries WHERE id = 1",
        "UPDATE activities SET document = document || '\\x20'::bytea WHERE seq = 2",
    ],
)
async def test_what_was_changed_on_the_way_is_found(change: str, folder: DataFolder, server: str) -> None:
    """The table is named and nothing is switched; the next try begins anew, and all is as it was in the old one."""
    tables = await tables_of(folder)
    await cut_off(folder, server)
    await say(folder, server, change)
    with pytest.raises(StateError, match=r"not what was brought there \((proposals|deliveries|activities)\)"):
        await move_on(folder, server)
    assert settings_of(folder).database == SQLITE
    assert (await opens(folder, SQLITE), await opens(folder, server)) == (True, False)
    assert (await move_on(folder, server)).before == 0
    assert await tables_of(folder) == tables


async def test_what_cannot_be_kept_there(folder: DataFolder, server: str) -> None:
    """A character that PostgreSQL has no place for stops the move: the table is named, and the old one is in use."""
    await say(folder, SQLITE, "UPDATE deliveries SET reason = 'a' || char(0) WHERE id = 2")
    with pytest.raises(StateError, match="A row of deliveries cannot be kept"):
        await move_on(folder, server)
    assert (settings_of(folder).database, await opens(folder, SQLITE)) == (SQLITE, True)


async def test_a_node_that_went_on_meanwhile(folder: DataFolder, server: str) -> None:
    """What it did after a try that was cut off comes over as well."""
    await cut_off(folder, server)
    async with open_house(folder, settings_of(folder)) as house, house.store.transaction() as connection:
        await connection.execute(update(proposals).where(proposals.c.seq == 1).values(state="closed"))
    tables = await tables_of(folder)
    assert (await move_on(folder, server)).before == 0
    assert await tables_of(folder) == tables


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
async def test_a_database_that_was_left(source: str, server: str, postgres_url: NewDatabase, tmp_path: Path) -> None:
    """It is not opened and not moved again by accident; whoever wants it back can have it, and revisions leap then."""
    old, new = (SQLITE, server) if source == SQLITE else (server, SQLITE)
    folder = await lived_in(tmp_path / "alder", old)
    await move_on(folder, new)
    assert await revisions(folder) == {1}
    name_again(folder, old)
    with pytest.raises(ConfigError, match="moved to another one"):
        await revisions(folder)
    with pytest.raises(StateError, match="moved already"):
        await move_on(folder, (await postgres_url()).replace("+asyncpg", ""))
    with folder.lock() as held:
        assert await stay(held, settings_of(folder), now=now()) is None
        assert await revisions(folder) == {1 + LEAP}
        with pytest.raises(StateError, match="there already"):
            await stay(held, settings_of(folder), now=now())


async def test_nobody_else_is_connected(server: str, tmp_path: Path) -> None:
    """A PostgreSQL that another process of the node uses as well is not left: what that writes would be lost."""
    folder = await lived_in(tmp_path / "alder", server)
    other = store_of(folder)
    async with other.reading():
        with pytest.raises(ConfigError, match="Stop all of them first"):
            await move_on(folder, SQLITE)
    await other.close()
    assert await opens(folder, server)
