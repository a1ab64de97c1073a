"""`qafila doctor`, as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from node.cli import main
from node.cli.desk import Desk
from node.cli.doctoring import CHECKS
from node.doctor.finding import Health
from node.doctor.service import alarms, deliveries, trouble, versions
from tests.node.backup.test_commands import NOW, done

STATUS: dict[str, Any] = {"version": "1.0", "schema": 2, "key_alarms": 0, "refused": 0, "waiting": 3}
GOOD, LOOK = Health.GOOD, Health.LOOK


def test_what_waits_for_a_person() -> None:
    """Alarms, refusals and a program that was not restarted want a look, and say which command shows more."""
    parts = {"Python": "3.11.7"}
    for finding in (alarms(STATUS), deliveries(STATUS), versions(STATUS, "1.0", parts)):
        assert finding.health is GOOD
    assert versions(STATUS, "1.0", parts).text == "Qafila 1.0, schema 2, Python 3.11.7"
    assert versions(STATUS, "1.1", parts).health is LOOK
    assert alarms(STATUS | {"key_alarms": 1}).do.endswith("qafila ally list")
    assert deliveries(STATUS | {"refused": 1}).do.endswith("qafila deliveries --refused")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A new collective that is not running, and whose address nobody has."""
    desk = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")}, now=lambda: NOW)
    done(desk, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.invalid", "--language", "en")
    return desk


def test_the_command(desk: Desk, tmp_path: Path) -> None:
    """A new collective is told what to do, and a script can tell that something is bad."""
    result = CliRunner().invoke(main, ["doctor", "--json"], obj=desk)
    said = {one["what"]: one for one in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 1
    assert {name for name, one in said.items() if one["health"] == "bad"} == {"backups", "dns"}
    assert said["node"]["do"].startswith("Start it: systemctl start qafila")
    assert said.keys() == CHECKS.keys() - {"tor", "certificate", "address", "onion"}
    done(desk, "backup", "key", str(tmp_path / "key"))
    done(desk, "backup")
    result = CliRunner().invoke(main, ["doctor"], obj=desk)
    assert "BAD  dns" in result.stdout
    assert "BAD  backups" not in result.stdout


def test_a_database_that_cannot_be_opened(desk: Desk) -> None:
    """What can be seen without it is seen, and what to do about it is said."""
    desk.folder.database.write_bytes(b"no database at all" * 1000)
    result = CliRunner().invoke(main, ["doctor", "--json"], obj=desk)
    said = {one["what"]: one for one in json.loads(result.stdout)["findings"]}
    assert (result.exit_code, said["files"]["health"], said["node"]["health"]) == (1, "good", "bad")
    assert "qafila restore" in said["node"]["do"]
    assert "PostgreSQL runs" in trouble("x", embedded=False).do
