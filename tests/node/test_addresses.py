"""The address of a database, given to a command in a way that others on the machine cannot see."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.cli import main
from node.cli.desk import Desk
from tests.conftest import NewDatabase
from tests.node.test_cli import at_a_terminal

NOWHERE = "postgresql://birch:sesame@127.0.0.1:1/birch"
BIRCH = ("init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example")
ALDER = ("init", "--name", "alder", "--title", "Alder", "--url", "https://alder.example")


def desk(folder: Path) -> Desk:
    return Desk(environment={"QAFILA_DATA": str(folder)})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def invoke(desk: Desk, *arguments: str, said: str = "") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, arguments, obj=desk, input=said)


async def test_a_collective_begins_in_postgresql_and_comes_back_there(
    tmp_path: Path, postgres_url: NewDatabase
) -> None:
    """The address comes from standard input, before the key of a backup, and is not shown; none is taken twice."""
    first, second = [(await postgres_url()).replace("+asyncpg", "") for _ in range(2)]
    birch = desk(tmp_path / "birch")
    made = await invoke(birch, *BIRCH, "--database", "-", said=f"{first}\n")
    assert (made.exit_code, first in made.output) == (0, False), made.output
    assert birch.settings().database == first
    again = await invoke(desk(tmp_path / "alder"), *ALDER, "--database", "-", said=first)
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    key = (await invoke(birch, "backup", "key", "-")).stdout
    assert (await invoke(birch, "backup")).exit_code == 0
    [backup] = (tmp_path / "birch/backups").iterdir()
    back = replace(birch, data=tmp_path / "back")
    words = ("restore", "--data", str(tmp_path / "back"), str(backup), "--key", "-", "--database", "-")
    done = await invoke(birch, *words, said=f"{second}\n{key}")
    assert (done.exit_code, second in done.output) == (0, False), done.output
    assert back.settings().database == second
    assert names(tmp_path) == ["back", "birch"]


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [(NOWHERE, 3, "Connection refused"), (NOWHERE.replace("postgresql", "oracle"), 2, "Allowed: sqlite"), ("", 2, "")],
)
async def test_what_is_wrong_with_it_is_said(tmp_path: Path, address: str, code: int, words: str) -> None:
    """Without its password, and nothing is made."""
    refused = await invoke(desk(tmp_path / "birch"), *BIRCH, "--database", "-", said=address)
    assert (refused.exit_code, words in refused.stderr, "sesame" in refused.output) == (code, True, False)
    assert names(tmp_path) == []


def test_a_terminal_does_not_show_it(tmp_path: Path) -> None:
    """Whoever is asked for it types unseen."""
    said = (*BIRCH, "--language", "en", "--mode", "allies", "--database", "-")
    code, shown = at_a_terminal({"host/name: ": f"{NOWHERE}\n"}, *said, "--data", str(tmp_path / "birch"))
    assert (code, "Connection refused" in shown, "sesame" in shown) == (3, True, False), shown
