"""What the doctor finds, and what it says to do."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from federation.transport import Reason
from node import doctor
from node.aid import keeping
from node.backup.shelf import Kept
from node.cli import main
from node.cli.desk import Desk
from node.doctor import Health
from node.folder import DataFolder
from node.house import House, open_house
from node.store.tables import deliveries
from tests.conftest import NewDatabase
from tests.node.backup.test_commands import NOW, done
from tests.rig.alone import alone
from tests.rig.nodes import make_folder, running, settings_of

GOOD, LOOK, BAD = Health.GOOD, Health.LOOK, Health.BAD


@pytest.fixture
async def folder(tmp_path: Path) -> DataFolder:
    """A collective's folder, as it should be."""
    return await make_folder(tmp_path / "alder", "alder")


@pytest.mark.parametrize(
    ("path", "mode", "health"),
    [("", 0o755, BAD), ("keys.json", 0o640, BAD), ("qafila.toml", 0o644, GOOD), ("keys.json", 0o600, GOOD)],
)
async def test_files_that_others_can_read(folder: DataFolder, path: str, mode: int, health: Health) -> None:
    """The folder and the keys are for their owner alone; settings without a password are no secret."""
    (folder.path / path).chmod(mode)
    assert doctor.files(folder, settings_of(folder)).health is health


async def test_settings_with_a_password_are_a_secret(folder: DataFolder) -> None:
    """Where the address of the database holds one, the file is for its owner alone too."""
    settings = replace(settings_of(folder), database="postgresql://alder:secret@localhost/alder")
    assert doctor.files(folder, settings).health is GOOD
    folder.settings_file.chmod(0o644)
    found = doctor.files(folder, settings)
    assert (found.health, found.do) == (BAD, f"chmod go= {folder.settings_file}")
    folder.keys_file.unlink()
    assert doctor.files(folder, settings).health is BAD


@pytest.mark.parametrize(("free", "health"), [(10**10, GOOD), (10**8, LOOK), (10**7, BAD)])
def test_space(free: int, health: Health) -> None:
    """A disk that is nearly full wants a look, one that is full stops the node."""
    assert doctor.space(free).health is health


@pytest.mark.parametrize(("state", "health"), [(0, GOOD), (5, LOOK), (-1, LOOK)])
def test_clock(state: int, health: Health) -> None:
    """A clock that nobody keeps right is seen before other nodes refuse what we send."""
    assert doctor.clock(state).health is health


@pytest.mark.parametrize(("days", "health"), [(None, BAD), (1, GOOD), (3, LOOK), (20, BAD)])
async def test_backups(folder: DataFolder, days: int | None, health: Health) -> None:
    """None, or none for weeks, is bad; none for days wants a look."""
    settings = replace(settings_of(folder), backup_recipient="age1x")
    kept = [] if days is None else [Kept(Path("x"), NOW - timedelta(days=days), 1)]
    assert doctor.backups(settings, kept, NOW).health is health
    assert doctor.backups(settings_of(folder), kept, NOW).do.endswith("qafila backup key")


async def test_the_database_is_looked_through(new_database: NewDatabase, tmp_path: Path) -> None:
    """A sound database is called so on both, and a row that lacks another is found."""
    async with alone(tmp_path, await new_database()) as house:
        assert doctor.of_the_database(await keeping.database_health(house)).health is GOOD
        if house.store.engine.dialect.name == "sqlite":
            await _break(house)
            assert doctor.of_the_database(await keeping.database_health(house)).health is BAD


async def _break(house: House) -> None:
    async with house.store.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("PRAGMA foreign_keys=OFF")
    async with house.store.transaction() as connection:
        row = {"activity": 99, "peer": "x", "inbox": "y", "state": "waiting", "attempts": 0, "status_count": 0}
        await connection.execute(insert(deliveries).values(row | {"queued_at": NOW, "not_before": NOW}))


@asynccontextmanager
async def opened(folder: DataFolder) -> AsyncIterator[House]:
    """A house that does not serve."""
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house:
            yield house


async def test_a_node_finds_itself(folder: DataFolder) -> None:
    """What strangers see is looked at as they do; nobody there, or another node there, is told apart."""
    async with running(folder) as (house, _):
        assert doctor.of_the_address(await keeping.own_address(house)).health is GOOD
        other = await make_folder(folder.path.parent / "other", "alder", port=house.ids.origin.port)
    async with running(other), opened(folder) as house:
        said = await keeping.own_address(house)
        assert (said["reason"], doctor.of_the_address(said).health) == ("stranger", BAD)
    async with opened(folder) as house:
        said = await keeping.own_address(house)
        assert (said["reason"], doctor.of_the_address(said).health) == (Reason.CONNECT, BAD)


def test_every_reason_has_something_to_do() -> None:
    """Whatever it is that keeps others from finding the node."""
    for reason in [*Reason, "stranger", "answer"]:
        said = {"url": "https://alder.example/", "handle": "@a@b", "reached": False, "reason": reason, "text": "x"}
        assert doctor.of_the_address(said).do


def test_the_command(tmp_path: Path) -> None:
    """A new collective without backups is told what to do, and a script can tell that something is bad."""
    desk = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")}, now=lambda: NOW)
    done(desk, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--language", "en")
    result = CliRunner().invoke(main, ["doctor", "--json"], obj=desk)
    said = {one["what"]: one for one in json.loads(result.stdout)["findings"]}
    assert (result.exit_code, said["backups"]["health"], said["node"]["health"]) == (1, "bad", "look")
    assert said["node"]["do"] == "Start it: qafila run"
    done(desk, "backup", "key", str(tmp_path / "key"))
    done(desk, "backup")
    result = CliRunner().invoke(main, ["doctor"], obj=desk)
    assert result.exit_code == 0
    assert "BAD" not in result.stdout
