"""What the doctor finds on the machine: files, room, clock, backups."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from node.backup.shelf import BEGINNING, name_of
from node.doctor.backups import backups
from node.doctor.clocks import clock, clocks
from node.doctor.finding import Finding, Health
from node.doctor.machine import disk, files
from node.folder import DataFolder
from tests.node.backup.test_commands import NOW
from tests.rig.nodes import make_folder, settings_of

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
    assert files(folder, settings_of(folder)).health is health


async def test_settings_with_a_password_are_a_secret(folder: DataFolder) -> None:
    """Where the address of the database holds one, the file is for its owner alone too."""
    settings = replace(settings_of(folder), database="postgresql://alder:secret@localhost/alder")
    assert files(folder, settings).health is GOOD
    folder.settings_file.chmod(0o644)
    found = files(folder, settings)
    assert (found.health, found.do) == (BAD, f"chmod go= {folder.settings_file}")
    folder.keys_file.unlink()
    assert files(folder, settings).health is BAD


def room(free: int, more: int, most: int = 10**6) -> os.statvfs_result:
    """A file system with so many bytes free, and room for so many more files of `most`."""
    return os.statvfs_result((4096, 1, 10**12, free, free, most, more, more, 0, 255))


@pytest.mark.parametrize(
    ("there", "health"),
    [
        (room(10**10, 10**5), GOOD),
        (room(10**8, 10**5), LOOK),
        (room(10**7, 10**5), BAD),
        (room(10**10, 1000), LOOK),
        (room(10**10, 10), BAD),
        (room(10**10, 0, most=0), GOOD),
    ],
)
def test_room(there: os.statvfs_result, health: Health) -> None:
    """A disk that is nearly full, of bytes or of files, wants a look; one that is full stops the node."""
    assert disk(there).health is health


@pytest.mark.parametrize(("state", "health"), [(0, GOOD), (5, LOOK), (-1, LOOK)])
def test_clock(state: int, health: Health) -> None:
    """A clock that nobody keeps right is seen before other nodes refuse what we send."""
    assert clock(state).health is health


@pytest.mark.parametrize(
    ("behind", "health", "words"),
    [
        (None, GOOD, "No ally answered"),
        (3, GOOD, "agree"),
        (-150, LOOK, "2 minutes ahead of"),
        (3000, BAD, "50 minutes behind"),
        (-86400, BAD, "24 hours ahead of"),
    ],
)
def test_clocks_of_allies(behind: int | None, health: Health, words: str) -> None:
    """A clock that is kept right, and wrong all the same, is seen beside those of allies."""
    found = clocks({"asked": 3, "answered": 2, "seconds_behind": behind})
    assert found.health is health
    assert words in found.text


class Shelf:
    """Backups of alder, as a node would find them."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.path = folder.path / "backups"
        self.path.mkdir()

    def put(self, days: float, size: int = 10_000, beginning: bytes = BEGINNING) -> None:
        """A backup that is so many days old."""
        (self.path / name_of("alder", NOW - timedelta(days=days))).write_bytes(beginning.ljust(size, b"x"))

    def looked_at(self) -> Finding:
        """What the doctor says."""
        return backups(replace(settings_of(self.folder), backup_recipient="age1x"), self.path, self.folder, NOW)


@pytest.mark.parametrize(("days", "health"), [(1, GOOD), (3, LOOK), (20, BAD)])
async def test_backups(folder: DataFolder, days: int, health: Health) -> None:
    """None, or none for weeks, is bad; none for days wants a look."""
    shelf = Shelf(folder)
    assert (shelf.looked_at().health, shelf.looked_at().do) == (BAD, "Make one with: qafila backup")
    shelf.put(days)
    assert shelf.looked_at().health is health
    assert backups(settings_of(folder), shelf.path, folder, NOW).do.startswith("Make a key")


async def test_a_backup_that_cannot_be_whole(folder: DataFolder) -> None:
    """An empty file or another one is no backup; one that shrank wants a look."""
    shelf = Shelf(folder)
    shelf.put(0.5, 1000)
    shelf.put(0.4, 400)
    assert shelf.looked_at().health is LOOK
    shelf.put(0.3, 0, b"")
    assert shelf.looked_at().health is BAD
    shelf.put(0.2, 1000, b"something else")
    assert shelf.looked_at().health is BAD


async def test_backups_beside_the_node_are_said_to_be_there(folder: DataFolder) -> None:
    """They would be lost with it, which is no fault as long as there are copies; nobody but a person can know."""
    shelf = Shelf(folder)
    shelf.put(0.5)
    assert "the same disk as the node" in shelf.looked_at().text
