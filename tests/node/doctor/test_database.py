"""What the doctor finds in the database, on both."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from node.aid import keeping
from node.doctor.database import EMBEDDED, database, journal
from node.doctor.finding import Health
from node.house import House
from node.store.engine import loses_writes
from node.store.tables import deliveries
from tests.conftest import NewDatabase
from tests.node.backup.test_commands import NOW
from tests.rig.alone import alone

GOOD, LOOK, BAD = Health.GOOD, Health.LOOK, Health.BAD


async def test_the_database_is_looked_through(new_database: NewDatabase, tmp_path: Path) -> None:
    """A sound database is called so on both, and a row that lacks another is found."""
    async with alone(tmp_path, await new_database()) as house:
        said = await keeping.database_health(house)
        assert database(said).health is GOOD
        if said["embedded"]:
            assert said["product"] == f"SQLite {sqlite3.sqlite_version}"
            await _break(house)
            assert database(await keeping.database_health(house)).health is BAD


async def _break(house: House) -> None:
    async with house.store.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("PRAGMA foreign_keys=OFF")
    async with house.store.transaction() as connection:
        row = {"activity": 99, "peer": "x", "inbox": "y", "state": "waiting", "attempts": 0, "status_count": 0}
        await connection.execute(insert(deliveries).values(row | {"queued_at": NOW, "not_before": NOW}))


async def test_the_embedded_journal_is_as_it_should_be(tmp_path: Path) -> None:
    """What is in force is looked at, not what was meant, and which SQLite it is decides what is said of it."""
    async with alone(tmp_path) as house:
        said = await keeping.database_health(house)
        assert said["settings"] == EMBEDDED
        assert journal(said | {"loses_writes": True}).health is GOOD
        assert "WAL-reset bug" in journal(said | {"loses_writes": True}).text
        assert "free of" in journal(said | {"loses_writes": False}).text
        async with house.store.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute("PRAGMA synchronous=NORMAL")
        found = journal(await keeping.database_health(house))
        assert (found.health, "synchronous is 1" in found.text) == (BAD, True)


@pytest.mark.parametrize(
    ("version", "loses"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_which_sqlite_loses_writes(version: tuple[int, int, int], *, loses: bool) -> None:
    """All before 3.51.3, apart from two older lines in which it was mended."""
    assert loses_writes(version) is loses


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_a_server_that_forgets_in_a_power_cut(postgres_url: NewDatabase, tmp_path: Path, name: str) -> None:
    """What makes PostgreSQL give up what it took is bad, and how to put it right is said."""
    async with alone(tmp_path, await postgres_url()) as house:
        said = await keeping.database_health(house)
    assert said["settings"].keys() == set(keeping.SERVER_SETTINGS)
    right = dict.fromkeys(keeping.SERVER_SETTINGS, "on")
    assert journal(said | {"settings": right}).health is GOOD
    assert journal(said | {"settings": right | {"data_checksums": "off"}}).health is LOOK
    found = journal(said | {"settings": right | {name: "off"}})
    assert (found.health, f"SET {name} = on" in found.do) == (BAD, True)
