"""The way back of an upgrade: what was kept comes back as it was, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, inspect, select, text
from sqlalchemy.engine import make_url

from node.store.before import ASIDE, FOLDER, go_back, is_kept, keep_files, let_go
from node.store.engine import Store, create_engine
from node.store.migrations import upgrade_database
from node.store.versions import migrate, stored_revision
from schema.errors import ConfigError
from tests.conftest import NewDatabase
from tests.node.store.test_killed_migration import OLDEST, make_old
from tests.node.store.test_migrations import drift

ALLY = "INSERT INTO allies (actor, document, state, added_at, added_by) VALUES ('a', 'x', 'ally', 1, 'Amal')"
OWNER = "https://alder.example/actors/alder"
POST = (
    "INSERT INTO proposals (id, owner, kind, category, audience, state, ends, data, stored_at)"
    " VALUES ('{0}', 'o', 'offer', 'care', 'public', 'open', 1, '{{}}', 1)"
)


def everything(connection: Connection) -> dict[str, list[Any]]:
    """All rows of all tables, as they lie there."""
    found = MetaData()
    found.reflect(connection)
    return {one.name: sorted(map(tuple, connection.execute(select(one)))) for one in found.sorted_tables}


async def look(url: str) -> dict[str, list[Any]]:
    store = Store(create_engine(url))
    async with store.transaction() as connection:
        rows = await connection.run_sync(everything)
    await store.close()
    return rows


async def run(url: str, *statements: str) -> None:
    store = Store(create_engine(url))
    async with store.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await store.close()


@pytest.fixture
async def old_url(empty_url: str) -> str:
    """A database of the first version, with rows in it."""
    await make_old(empty_url)
    await run(empty_url, ALLY, POST.format("first"), POST.format("second"))
    return empty_url


async def is_up_to_date(url: str) -> bool:
    store = Store(create_engine(url))
    async with store.transaction() as connection:
        changed = await connection.run_sync(drift)
        revision = await stored_revision(connection)
    await store.close()
    return changed == [] and revision != OLDEST


async def test_there_is_a_way_back(old_url: str) -> None:
    """The tables of before come back with every row, whatever the new version did meanwhile, and go on from there."""
    before = await look(old_url)
    await migrate(old_url, keep=True)
    assert await is_up_to_date(old_url)
    now = await look(old_url)
    assert [row[:2] for row in now["proposals"]] == [(1, "first"), (2, "second")]
    await run(old_url, POST.format("of the new version"))
    assert [row[0] for row in (await look(old_url))["proposals"]] == [1, 2, 3]
    assert await go_back(old_url, OWNER)
    assert await look(old_url) == before
    assert not await go_back(old_url, OWNER)
    await run(old_url, POST.format("third"))
    assert [row[0] for row in (await look(old_url))["proposals"]] == [1, 2, 3]
    await migrate(old_url)
    assert await is_up_to_date(old_url)


async def test_no_revision_comes_twice(old_url: str) -> None:
    """What the new version said of our posts is known elsewhere: after the way back they go on from far beyond."""
    ours = "UPDATE proposals SET owner = '{0}', data = '{{\"revision\": 3}}' WHERE id = 'first'"
    await run(old_url, ours.format(OWNER).replace(":", "\\:"))
    await migrate(old_url, keep=True)
    assert await is_kept(old_url)
    await go_back(old_url, OWNER)
    assert not await is_kept(old_url)
    first, second = (await look(old_url))["proposals"]
    assert '{"revision":1003}' in first
    assert "{}" in second


async def test_an_old_database_that_a_move_left_is_no_part_of_it(tmp_path: Path) -> None:
    """What lies beside the database under a longer name is neither copied nor removed."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'qafila.db'}"
    await make_old(url)
    left = tmp_path / "qafila.db.moved-20261125T000000Z"
    left.write_bytes(b"left")
    await migrate(url, keep=True)
    assert not (tmp_path / FOLDER / left.name).exists()
    await go_back(url, OWNER)
    assert left.read_bytes() == b"left"


async def test_what_is_forgotten_is_gone(old_url: str) -> None:
    """Nothing is left of it, and what is now stays as it is."""
    await migrate(old_url, keep=True)
    now = await look(old_url)
    assert await let_go(old_url)
    assert not await let_go(old_url)
    assert not await go_back(old_url, OWNER)
    assert await look(old_url) == now


async def test_what_an_upgrade_left_never_comes_back(old_url: str) -> None:
    """Where nobody ended the last one, the next goes back to what was just before it, whether tables change or not."""
    await migrate(old_url, keep=True)
    await run(old_url, POST.format("third"))
    now = await look(old_url)
    await migrate(old_url, keep=True)
    await go_back(old_url, OWNER)
    assert await look(old_url) == now


async def test_what_was_left_is_gone_where_nothing_can_be_kept(old_url: str) -> None:
    """A database that is not to be touched is refused, and there is nothing to go back to."""
    await migrate(old_url, keep=True)
    await run(old_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigError, match="newer Qafila"):
        await migrate(old_url, keep=True)
    now = await look(old_url)
    await go_back(old_url, OWNER)
    assert await look(old_url) == now


async def test_nothing_is_kept_where_nothing_changes(postgres_url: NewDatabase) -> None:
    """On PostgreSQL tables that are up to date stay where they are, and so does a new database."""
    url = await postgres_url()
    await upgrade_database(url, keep=True)
    assert await is_up_to_date(url)
    await migrate(url, keep=True)
    assert not await go_back(url, OWNER)
    assert await is_up_to_date(url)


async def test_what_is_not_ours_stays(postgres_url: NewDatabase) -> None:
    """Tables of others in the same database are neither moved nor removed."""
    url = await postgres_url()
    await make_old(url)
    await run(url, "CREATE TABLE of_others (id int)")
    await migrate(url, keep=True)
    store = Store(create_engine(url))
    async with store.transaction() as connection:
        assert "of_others" not in await connection.run_sync(lambda sync: inspect(sync).get_table_names(ASIDE))
    await store.close()
    assert await go_back(url, OWNER)
    assert "of_others" in await look(url)


async def test_who_may_make_no_schema_is_told_what_to_type(postgres_url: NewDatabase) -> None:
    """Nothing is changed then."""
    url = make_url(await postgres_url())
    await make_old(url.render_as_string(hide_password=False))
    role = f"{url.database}_role"
    await run(
        url.render_as_string(hide_password=False),
        f"CREATE ROLE {role} LOGIN",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
    )
    limited = url.set(username=role).render_as_string(hide_password=False)
    with pytest.raises(ConfigError, match=f"GRANT CREATE ON DATABASE {url.database} TO {role};"):
        await migrate(limited, keep=True)
    assert not await is_up_to_date(url.render_as_string(hide_password=False))


def test_half_a_copy_is_none(tmp_path: Path) -> None:
    """What was cut off while it was kept does not count, and nothing of it stays."""
    database = tmp_path / "qafila.db"
    database.write_bytes(b"before")
    (tmp_path / f".{FOLDER}").mkdir()
    (tmp_path / f".{FOLDER}" / "qafila.db").write_bytes(b"half")
    keep_files(database)
    assert (tmp_path / FOLDER / "qafila.db").read_bytes() == b"before"
    assert {path.name for path in tmp_path.iterdir()} == {"qafila.db", FOLDER}
