"""The drill: a node is backed up while it runs, is lost, and comes back on another machine."""

import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from sqlalchemy import insert

from node.aid import allies, delivering, keeping, publishing, reading
from node.backup import making, seal
from node.backup.lines import dump
from node.backup.restoring import restore
from node.backup.shelf import make_shelf
from node.clock import now
from node.folder import DataFolder
from node.house import House, open_house
from node.newfile import write_new
from node.store import tables
from node.store.rows import Tally
from schema.errors import InputError, StateError
from tests.conftest import NewDatabase
from tests.rig.alone import offer
from tests.rig.nodes import befriend, make_folder, running, settings_of, told


async def backed_up(house: House, folder: DataFolder, shelf: Path) -> Path:
    """A backup of a node that runs."""
    make_shelf(shelf)
    path, _ = await making.make(
        folder,
        settings_of(folder),
        shelf,
        snapshot=partial(keeping.snapshot, house),
        now=now(),
        begin=lambda _: lambda _: None,
    )
    return path


async def titles(house: House) -> set[str]:
    return {post["title"] for post in (await reading.feed(house))["posts"]}


async def tables_of(house: House) -> dict[str, Tally]:
    """What a database holds, table by table."""
    async with house.store.transaction() as connection:
        lines = [line async for piece, _ in dump(connection) for line in piece.splitlines()]
    found = [orjson.loads(line) for line in lines]
    heads = [one["table"] for one in found if "table" in one]
    ends = [Tally(**one) for one in found if "rows" in one]
    return dict(zip(heads, ends, strict=True))


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
async def test_the_drill(
    target: str, new_database: NewDatabase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """All is there again, what an ally had waiting arrives, and nothing is said twice or under a number used before."""
    key = tmp_path / "key"
    secret, recipient = seal.make_key()
    write_new(key, secret.encode())
    lost = await make_folder(tmp_path / "alder", "alder", database=await new_database(), backup_recipient=recipient)
    async with running(await make_folder(tmp_path / "birch", "birch")) as (birch, _):
        async with running(lost) as (alder, _):
            await befriend(alder, birch)
            await befriend(birch, alder)
            rice = (await publishing.publish(alder, offer("Rice")))["post"]["id"]
            await publishing.publish(birch, offer("Coats"))
            await told(birch, "received")
            await told(alder, "received")
            await told(birch, "delivered")
            await told(alder, "delivered")
            sealed = await backed_up(alder, lost, tmp_path / "shelf")
            saved, shared = await tables_of(alder), alder.store.shared
            await publishing.change(alder, rice, {"title": "Less rice"})
            await told(birch, "received", 2)
        await publishing.publish(birch, offer("Soap"))
        shutil.rmtree(lost.path)
        found = DataFolder(tmp_path / "found")
        database = "sqlite" if target == "sqlite" else await request.getfixturevalue("postgres_url")()
        done = await restore(found, sealed, seal.read_secret(key), database=database, environment={})
        assert (done.header.name, done.rows) == ("alder", sum(tally.rows for tally in saved.values()))
        async with open_house(found, settings_of(found)) as alder:
            again = await tables_of(alder)
        changed = {name for name in saved if saved[name] != again[name]}
        stamped = {"node"} if alder.store.shared and not shared else set()  # with which keys several processes may sign
        assert changed == {"proposals"} | stamped
        assert again["proposals"].rows == saved["proposals"].rows
        async with running(found) as (alder, _):
            await delivering.retry_deliveries(birch)
            await told(alder, "received")
            assert await titles(alder) == {"Rice", "Coats", "Soap"}
            await publishing.change(alder, rice, {"title": "No rice"})
            await told(birch, "received", 3)
            assert await titles(birch) == {"No rice", "Coats", "Soap"}


async def test_whom_the_node_trusted_then_it_need_not_trust_again(tmp_path: Path) -> None:
    """No session and no link of then opens it; an ally may wait on hold, and what it had waiting still arrives."""
    key = tmp_path / "key"
    secret, recipient = seal.make_key()
    write_new(key, secret.encode())
    lost = await make_folder(tmp_path / "alder", "alder", backup_recipient=recipient)
    async with running(await make_folder(tmp_path / "birch", "birch")) as (birch, _):
        async with running(lost) as (alder, _):
            await befriend(alder, birch)
            await befriend(birch, alder)
            for table in (tables.links, tables.sessions):
                async with alder.store.transaction() as connection:
                    await connection.execute(insert(table).values(token=b"taken", expires=now() + timedelta(days=30)))
            sealed = await backed_up(alder, lost, tmp_path / "shelf")
        await publishing.publish(birch, offer("Soap"))
        shutil.rmtree(lost.path)
        found = DataFolder(tmp_path / "found")
        await restore(found, sealed, seal.read_secret(key), environment={}, hold_allies=True)
        async with open_house(found, settings_of(found)) as alder:
            there = await tables_of(alder)
            assert (there["links"].rows, there["sessions"].rows) == (0, 0)
            assert [one["state"] for one in (await allies.ally_list(alder))["allies"]] == ["suspended"]
            await allies.ally_resume(alder, birch.ids.actor)
        async with running(found) as (alder, _):
            await delivering.retry_deliveries(birch)
            await told(alder, "received")
            assert await titles(alder) == {"Soap"}


async def test_a_backup_that_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    """Another key, a file that was cut, a folder or a database that holds something: nothing appears, nothing goes."""
    secret, recipient = seal.make_key()
    write_new(tmp_path / "key", secret.encode())
    write_new(tmp_path / "other", seal.make_key()[0].encode())
    folder = await make_folder(tmp_path / "alder", "alder", backup_recipient=recipient)
    async with open_house(folder, settings_of(folder)) as alder:
        await publishing.publish(alder, offer("Rice"))
        sealed = await backed_up(alder, folder, tmp_path / "shelf")
    (tmp_path / "cut").write_bytes(sealed.read_bytes()[:-20])
    there = DataFolder(tmp_path / "there")
    for file, key, error in (
        (sealed, "other", InputError),
        (tmp_path / "cut", "key", InputError),
        (tmp_path / "key", "key", InputError),
        (tmp_path / "missing", "key", InputError),
    ):
        with pytest.raises(error):
            await restore(there, file, seal.read_secret(tmp_path / key), environment={})
        assert not there.path.exists()
    before = {path: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}
    with pytest.raises(StateError):
        await restore(folder, sealed, seal.read_secret(tmp_path / "key"), environment={})
    assert {path: path.read_bytes() for path in folder.path.iterdir() if path.is_file()} == before


async def test_a_database_that_holds_something_is_not_written_over(postgres_url: NewDatabase, tmp_path: Path) -> None:
    """A PostgreSQL of another node stays as it is, and the folder is gone again."""
    secret, recipient = seal.make_key()
    write_new(tmp_path / "key", secret.encode())
    address = await postgres_url()
    folder = await make_folder(tmp_path / "alder", "alder", database=address, backup_recipient=recipient)
    async with open_house(folder, settings_of(folder)) as alder:
        sealed = await backed_up(alder, folder, tmp_path / "shelf")
        before = await tables_of(alder)
    with pytest.raises(StateError, match="not empty"):
        await restore(DataFolder(tmp_path / "there"), sealed, seal.read_secret(tmp_path / "key"), environment={})
    assert not (tmp_path / "there").exists()
    async with open_house(folder, settings_of(folder)) as alder:
        assert await tables_of(alder) == before
