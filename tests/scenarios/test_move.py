"""A node moves to PostgreSQL and back, with an ally that waits for it all the while."""

import asyncio
import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from node.aid import publishing, reading
from node.cli import main
from node.cli.desk import Desk
from node.folder import DataFolder
from node.house import House
from node.settings import SQLITE
from tests.conftest import NewDatabase
from tests.rig.alone import offer, sent
from tests.rig.moves import opens, tables_of
from tests.rig.nodes import befriend, make_folder, running, settings_of, told


async def qafila(folder: DataFolder, *arguments: str) -> Any:
    """What a person at the node's machine types; the result."""
    desk = Desk(environment={"QAFILA_DATA": str(folder.path)})
    done = await asyncio.to_thread(CliRunner().invoke, main, [*arguments, "--json"], obj=desk)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


async def titles(house: House) -> set[str]:
    return {post["title"] for post in (await reading.feed(house))["posts"]}


async def test_there_and_back(postgres_url: NewDatabase, tmp_path: Path) -> None:
    """All is the same after each move, what waited goes out, new posts too, and revisions go on by one."""
    server = (await postgres_url()).replace("+asyncpg", "")
    ours = await make_folder(tmp_path / "alder", "alder")
    theirs = await make_folder(tmp_path / "birch", "birch")
    async with running(ours) as (alder, _):
        async with running(theirs) as (birch, _):
            await befriend(alder, birch)
            await befriend(birch, alder)
            rice = (await publishing.publish(alder, offer("Rice")))["post"]["id"]
            await told(birch, "received")
            await told(alder, "delivered")
        await publishing.publish(alder, offer("Coats"))
    keys = ours.read_keys()
    for database, before, revision in ((server, SQLITE, 2), (SQLITE, server, 3)):
        tables = await tables_of(ours)
        said = await qafila(ours, "move-database", database)
        assert settings_of(ours).database == database
        assert {name: (one["rows"], one["sha256"]) for name, one in said["tables"].items()} == {
            name: (one.rows, one.sha256) for name, one in tables.items()
        }
        assert await tables_of(ours) == tables
        assert ours.read_keys() == keys
        assert not await opens(ours, before)
        async with running(theirs) as (birch, _), running(ours) as (alder, _):
            await told(birch, "received")
            changed = await publishing.change(alder, rice, {"title": f"Rice {revision}"})
            await publishing.publish(alder, offer(f"Soap {revision}"))
            await told(birch, "received", 3)
            assert changed["post"]["revision"] == revision
            assert await titles(birch) == await titles(alder)
            await told(alder, "delivered", 3)
        async with running(ours) as (alder, _):
            assert await sent(alder) == []
            await publishing.publish(alder, offer(f"Tea {revision}"))
    assert len(list(ours.path.glob("qafila.db.moved-*"))) == 1
    assert ours.database.stat().st_mode & 0o777 == 0o600
