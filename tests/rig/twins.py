"""Several processes of one collective's node, over one PostgreSQL, each with a copy of the data folder of its own."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from node.folder import DataFolder
from node.house import House, open_house
from node.store import relations
from node.toml import with_setting
from tests.rig.nodes import free_port, make_folder, settings_of
from tests.rig.sender import Sender


async def twin_folders(path: Path, database: str, number: int = 2, **settings: Any) -> list[DataFolder]:
    """The data folder of alder as it lies on so many machines; each listens on a port of its own."""
    first = await make_folder(path / "alder-1", "alder", database=database, **settings)
    return [first, *(copied(first, path / f"alder-{machine}") for machine in range(2, number + 1))]


def copied(folder: DataFolder, path: Path) -> DataFolder:
    """A copy of a data folder, as a steward makes one on another machine."""
    shutil.copytree(folder.path, path)
    copy = DataFolder(path)
    text = copy.settings_file.read_text()
    copy.settings_file.write_text(with_setting(text, "listen", f"127.0.0.1:{free_port()}"))
    return copy


@asynccontextmanager
async def opened(*folders: DataFolder) -> AsyncIterator[list[House]]:
    """A house in each folder, in which nothing runs: nobody hears what is called out."""
    async with AsyncExitStack() as stack:
        houses = []
        for folder in folders:
            stack.enter_context(folder.lock(shared=True))
            houses.append(await stack.enter_async_context(open_house(folder, settings_of(folder))))
        yield houses


async def pin(house: House, *senders: Sender) -> None:
    """Make allies of collectives that are elsewhere."""
    async with house.relating() as connection:
        for one in senders:
            document = orjson.dumps(one.actor())
            await relations.pin(connection, actor=one.ids.actor, document=document, by="a steward", now=house.now())


async def ask_database(folder: DataFolder, sql: str) -> list[tuple[Any, ...]]:
    """What the database of this node answers."""
    connection = await asyncpg.connect(settings_of(folder).database)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()
