"""Backups by the command line, on a data folder of its own."""

import json
import resource
import sqlite3
from asyncio import to_thread
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from node.aid.keeping import MIB, check_room
from node.cli import main
from node.cli.desk import Desk
from node.house import open_house
from schema.errors import Unavailable
from tests.rig.alone import befriend_on_paper
from tests.rig.nodes import make_folder, settings_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A collective with one post."""
    made = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")}, now=lambda: NOW)
    done(made, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--language", "en")
    done(made, "offer", "Rice", "--category", "food-dry")
    return made


def invoke(desk: Desk, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--json"], obj=desk)


def done(desk: Desk, *arguments: str) -> Any:
    result = invoke(desk, *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(desk: Desk, *arguments: str) -> tuple[int, str]:
    result = invoke(desk, *arguments)
    return result.exit_code, result.stderr


def test_a_key_that_never_lies_on_the_machine(desk: Desk, tmp_path: Path) -> None:
    """With - the key comes on the screen as its file would be, and restoring takes it from a pipe."""
    said = CliRunner().invoke(main, ["backup", "key", "-"], obj=desk)
    assert said.exit_code == 0
    made = done(desk, "backup")["backup"]
    for text, code in ((said.stdout, 0), ("nothing", 2)):
        tried = CliRunner().invoke(main, ["restore", made, "--key", "-", "--check"], obj=desk, input=text)
        assert tried.exit_code == code
    assert b"AGE-SECRET-KEY" not in b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())


def test_from_a_key_to_a_collective_that_is_back(desk: Desk, tmp_path: Path) -> None:
    """A steward makes a key and a backup, tries it, and brings the collective back elsewhere, with its post."""
    key = str(tmp_path / "birch.key")
    recipient = done(desk, "backup", "key", key)["recipient"]
    assert desk.settings().backup_recipient == recipient
    made = done(desk, "backup")
    assert made["backup"] == str(desk.folder.path / "backups" / "birch-20261125T090000Z.qafila.age")
    assert [one["path"] for one in done(desk, "backup", "list")["backups"]] == [made["backup"]]
    words = done(desk, "whoami")["words"]
    tried = done(desk, "restore", made["backup"], "--key", key, "--check")
    assert (tried["words"], tried["checked"]) == (words, True)
    there = replace(desk, environment={"QAFILA_DATA": str(tmp_path / "again")})
    back = done(there, "restore", made["backup"], "--key", key)
    assert (back["words"], back["rows"], back["made_at"]) == (words, made["rows"], "2026-11-25T09:00:00Z")
    assert [post["title"] for post in done(there, "list")["posts"]] == ["Rice"]
    assert sorted(path.name for path in (tmp_path / "again").iterdir() if path.name != "lock") == [
        "folder.json",
        "keys.json",
        "qafila.db",
        "qafila.toml",
    ]


@pytest.mark.parametrize(("flags", "state"), [((), "ally"), (("--hold-allies",), "suspended")])
async def test_whom_it_trusts_again_is_said(tmp_path: Path, flags: tuple[str, ...], state: str) -> None:
    """Each ally, whether it is on hold, since when that may be wrong, and what to do about it."""
    folder = await make_folder(tmp_path / "alder", "alder")
    async with open_house(folder, settings_of(folder)) as house:
        await befriend_on_paper(house, "cedar")
    alder, again, other = (
        Desk(environment={"QAFILA_DATA": str(tmp_path / name)}, now=lambda: NOW) for name in ("alder", "again", "other")
    )
    key = str(tmp_path / "alder.key")
    await to_thread(done, alder, "backup", "key", key)
    restore = ("restore", (await to_thread(done, alder, "backup"))["backup"], "--key", key, *flags)
    words = (await to_thread(CliRunner().invoke, main, restore, obj=again)).output
    assert "@cedar@cedar.localhost" in words
    assert ("qafila ally resume ADDRESS" if flags else "as they were on 2026-11-25 09:00 UTC") in words
    assert ("not trust any more" if flags else "qafila ally remove ADDRESS") in " ".join(words.split())
    assert [ally["state"] for ally in (await to_thread(done, other, *restore))["allies"]] == [state]


def test_only_the_newest_are_kept(desk: Desk, tmp_path: Path) -> None:
    """As many as the setting says, and of other files none is touched."""
    done(desk, "backup", "key", str(tmp_path / "birch.key"))
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in ("birch-notes.txt", "cedar-20200101T000000Z.qafila.age", "birch-20200101T000000Z.qafila.age"):
        (shelf / name).touch()
    few = replace(desk, environment={**desk.environment, "QAFILA_BACKUP_KEEP": "2"})
    removed = []
    for moment in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=2)):
        removed += done(replace(few, now=partial(datetime.fromisoformat, str(moment))), "backup", "--to", str(shelf))[
            "removed"
        ]
    old = ["birch-20200101T000000Z.qafila.age", "birch-20261125T090000Z.qafila.age"]
    assert removed == [str(shelf / name) for name in old]
    assert sorted(path.name for path in shelf.iterdir()) == [
        "birch-20261126T090000Z.qafila.age",
        "birch-20261127T090000Z.qafila.age",
        "birch-notes.txt",
        "cedar-20200101T000000Z.qafila.age",
    ]


def test_what_is_missing_is_said(desk: Desk, tmp_path: Path) -> None:
    """Without a key there is no backup, a key is not lost by a second one, and nothing is restored over anything."""
    code, text = refused(desk, "backup")
    assert (code, "qafila backup key" in text) == (3, True)
    assert done(desk, "backup", "list")["backups"] == []
    key = str(tmp_path / "birch.key")
    done(desk, "backup", "key", key)
    code, text = refused(desk, "backup", "key", str(tmp_path / "second.key"))
    assert (code, "--yes" in text, (tmp_path / "second.key").exists()) == (1, True, False)
    made = done(desk, "backup")["backup"]
    assert refused(desk, "restore", made, "--key", key)[0] == 1
    assert refused(desk, "restore", made, "--key", str(tmp_path / "no.key"), "--check")[0] == 2
    assert refused(desk, "restore", made, "--key", key, "--check", "--database", "sqlite")[0] == 2
    before = desk.settings().backup_recipient
    done(desk, "backup", "key", str(tmp_path / "second.key"), "--yes")
    assert desk.settings().backup_recipient != before
    assert refused(desk, "restore", made, "--key", str(tmp_path / "second.key"), "--check")[0] == 2


def test_what_newer_code_added_is_not_left_out(desk: Desk, tmp_path: Path) -> None:
    """A database that this code may open, and does not know whole, is not backed up: nobody could restore that."""
    done(desk, "backup", "key", str(tmp_path / "birch.key"))
    with closing(sqlite3.connect(desk.folder.database)) as database:
        database.execute("UPDATE node SET value = '99' WHERE key = 'schema_version'")
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.execute("ALTER TABLE proposals ADD COLUMN colour TEXT")
        database.commit()
    assert len(done(desk, "list")["posts"]) == 1
    code, text = refused(desk, "backup")
    assert (code, "newer Qafila" in text, "9999" in text) == (3, True, True)
    assert done(desk, "backup", "list")["backups"] == []


def test_nothing_readable_is_left_behind(desk: Desk, tmp_path: Path) -> None:
    """Neither the copy of the database nor what was packed stays, nor what earlier versions left where they died."""
    done(desk, "backup", "key", str(tmp_path / "birch.key"))
    left = desk.folder.path / ".backup-x1"
    left.mkdir()
    for old in (left / "plain", desk.folder.path / ".qafila.db.01KB"):
        old.touch()
    done(desk, "backup")
    assert not [path.name for path in desk.folder.path.iterdir() if path.name.startswith(".")]


def test_a_disk_that_is_full_does_not_stay_so(desk: Desk, tmp_path: Path) -> None:
    """What was copied when there was no more room is removed, and the folder is as it was."""
    done(desk, "backup", "key", str(tmp_path / "birch.key"))
    before = {path.name for path in desk.folder.path.iterdir()} | {"backups"}
    _, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, highest))
    try:
        code, text = refused(desk, "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (highest, highest))
    assert (code, "could not be copied" in text) == (4, True)
    assert {path.name for path in desk.folder.path.iterdir()} == before
    assert done(desk, "backup")["rows"] > 0


def test_a_disk_is_not_filled_for_a_backup() -> None:
    """It is said beforehand how much room is missing."""
    check_room(1000 * MIB, 2050 * MIB)
    with pytest.raises(Unavailable, match="needs 2050 MiB in the data folder for a while, and 2049 MiB are free"):
        check_room(1000 * MIB, 2050 * MIB - 1)
