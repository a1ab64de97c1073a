"""`qafila move-database` as it is typed."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.cli import main
from node.cli.desk import Desk
from tests.conftest import NewDatabase

NOWHERE = "postgresql://birch:sesame@127.0.0.1:1/birch"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A new collective."""
    made = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")})
    done = invoke(made, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example")
    assert done.exit_code == 0, done.output
    return made


def invoke(desk: Desk, *arguments: str, said: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, obj=desk, input=said)


async def test_what_is_said_of_it(desk: Desk, postgres_url: NewDatabase) -> None:
    """How much there is, where the old database lies, when to delete it and how to go back; never the address."""
    address = (await postgres_url()).replace("+asyncpg", "")

    async def said(*arguments: str) -> Result:
        return await asyncio.to_thread(invoke, desk, "move-database", *arguments, said=address)

    looked = await said("-", "--check")
    assert looked.stdout.startswith("It can be done: ")
    done = await said("-")
    [kept] = desk.folder.path.glob("qafila.db.moved-*")
    for words in ("in PostgreSQL now", str(kept), "Delete it once", "qafila move-database sqlite"):
        assert words in done.stdout
    back = await said("sqlite")
    assert "in SQLite now" in back.stdout
    assert "still on its server" in back.stdout
    assert address not in looked.output + done.output + back.output


def test_the_address_is_not_repeated(desk: Desk) -> None:
    """It is taken from standard input as well, and whatever is wrong with it, its password is not shown."""
    for arguments, said, code in (
        ((NOWHERE,), None, 3),
        (("-",), f"{NOWHERE}\n", 3),
        (("-",), NOWHERE.replace("postgresql", "oracle"), 2),
        (("-",), "", 2),
        ((), NOWHERE, 2),
    ):
        refused = invoke(desk, "move-database", *arguments, said=said)
        assert (refused.exit_code, "sesame" in refused.output) == (code, False), refused.output
    assert "sqlite" in invoke(desk, "move-database").stderr
    assert invoke(desk, "list").exit_code == 0


def test_a_node_that_runs_does_not_move(desk: Desk) -> None:
    """The folder is held by one at a time, and the settings must be what says where the database is."""
    with desk.folder.lock():
        refused = invoke(desk, "move-database", NOWHERE)
    assert (refused.exit_code, "Stop it first" in refused.stderr) == (1, True)
    named = replace(desk, environment={**desk.environment, "QAFILA_DATABASE": NOWHERE})
    refused = invoke(named, "move-database", "sqlite")
    assert (refused.exit_code, "QAFILA_DATABASE" in refused.stderr) == (3, True)


def test_where_it_is_already(desk: Desk) -> None:
    """There is nothing to be done, and that is said."""
    refused = invoke(desk, "move-database", "sqlite", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["error"]["text"] == "The node's database is there already."
