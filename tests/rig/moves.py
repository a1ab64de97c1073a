"""What tests of moves share: a collective with something in it, and what its database holds."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from node.aid import publishing
from node.clock import now
from node.folder import DataFolder
from node.house import open_house
from node.moving import Moved, move
from node.settings import SQLITE
from node.store import marks, rows
from node.store.engine import Store, create_engine
from node.store.rows import Tally
from node.store.tables import metadata
from node.store.versions import check_version
from schema.errors import ConfigError
from tests.rig.alone import befriend_on_paper, offer
from tests.rig.nodes import make_folder, settings_of

TITLES = ("Rice", "أرز", "rice")


async def lived_in(path: Path, database: str = "sqlite") -> DataFolder:
    """A folder with posts, and an ally on paper for whom they wait."""
    folder = await make_folder(path, "alder", database=database)
    async with open_house(folder, settings_of(folder)) as house:
        await befriend_on_paper(house, "birch")
        for title in TITLES:
            await publishing.publish(house, offer(title))
    return folder


def store_of(folder: DataFolder, database: str | None = None) -> Store:
    """The database that the settings of a folder name, or another one."""
    settings = settings_of(folder)
    chosen = settings if database is None else replace(settings, database=database)
    return Store(create_engine(chosen.database_url(folder.database)))


async def opens(folder: DataFolder, database: str) -> bool:
    """Whether a node whose settings name this database would open it."""
    if database == SQLITE and not folder.database.exists():
        return False
    store = store_of(folder, database)
    try:
        async with store.transaction() as connection:
            await check_version(connection)
    except ConfigError:
        return False
    finally:
        await store.close()
    return True


async def move_on(folder: DataFolder, database: str) -> Moved:
    """What `qafila move-database` does, in small steps and without a word."""
    with folder.lock() as held:
        return await move(held, settings_of(folder), database, now=now(), begin=quietly, batch=2)


def quietly(_what: str, _total: int) -> Callable[[int], None]:
    """Show no progress."""
    return lambda _: None


async def tables_of(folder: DataFolder) -> dict[str, Tally]:
    """What the database of a folder holds, table by table."""
    store = store_of(folder)
    async with store.transaction() as connection:
        found = {one.name: await rows.tally(connection, one, lambda _: None) for one in metadata.sorted_tables}
    await store.close()
    return found


async def make_empty(folder: DataFolder, database: str) -> None:
    """Take everything out of a PostgreSQL, as if it were new."""
    store = store_of(folder, database)
    async with store.transaction() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await store.close()


async def come_back(folder: DataFolder, database: str) -> None:
    """Let a database that a node left be as it was before."""
    store = store_of(folder, database)
    async with store.transaction() as connection:
        await marks.forget_left(connection)
    await store.close()
