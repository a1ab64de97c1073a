"""Backups and restores that are killed, before each thing that they do to a file in turn."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.cli.desk import Desk
from tests.node.backup.test_commands import desk, done, invoke

__all__ = ["desk"]  # a fixture
MOST = 200  # steps
ENDED = 0
WHOLE = {"folder.json", "keys.json", "lock", "qafila.db", "qafila.toml"}


def environment(place: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "TMPDIR": str(place)}


def each_kill(place: Path, *command: str) -> Iterator[int]:
    """How each process ended that was begun with `command`, until one came to its end."""
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.rig.killed_command", str(place), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(place),
        text=True,
        bufsize=1,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for _ in range(MOST):
            child.stdin.write("\n")
            status = int(child.stdout.readline())
            assert status in {signal.SIGKILL, ENDED}
            yield status
            if status == ENDED:
                return
        child.kill()


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()}


def test_a_backup_that_is_killed_leaves_nothing_readable(desk: Desk, tmp_path: Path) -> None:
    """Whatever it is doing, what was not encrypted is gone when the node is opened next, or the next backup begins."""
    done(desk, "backup", "key", str(tmp_path / "birch.key"))
    before = names(desk.folder.path) | {"backups"}
    left = 0
    for status in each_kill(tmp_path, "backup", "--data", str(desk.folder.path)):
        now = names(desk.folder.path)
        left += now > before
        if status != ENDED and now > before:
            assert len(done(desk, "list")["posts"]) == 1
        assert names(desk.folder.path) <= before
    assert left > 0


def test_a_restore_that_is_killed_is_done_again(desk: Desk, tmp_path: Path) -> None:
    """Whatever it was doing: the same command brings the collective back, or it is back already."""
    key = str(tmp_path / "birch.key")
    done(desk, "backup", "key", key)
    made = done(desk, "backup")["backup"]
    there = tmp_path / "again"
    again = replace(desk, environment={"QAFILA_DATA": str(there)})
    finished = 0
    for status in each_kill(there, "restore", made, "--key", key, "--data", str(there)):
        result = invoke(again, "restore", made, "--key", key)
        if result.exit_code:
            assert "nothing is written over" in result.output
            assert len(done(again, "list")["posts"]) == 1
            finished += 1
        assert names(there) == WHOLE
        if status != ENDED:
            for path in there.iterdir():
                path.unlink()
            there.rmdir()
    assert finished > 0


def test_what_is_unfinished_is_no_collective(desk: Desk, tmp_path: Path) -> None:
    """Until it is done again every command says so, and what a person put beside it is not removed."""
    there = tmp_path / "again"
    there.mkdir()
    (there / ".unfinished").touch()
    (there / "keys.json").write_text("half")
    again = replace(desk, environment={"QAFILA_DATA": str(there)})
    for command in (["list"], ["doctor"], ["backup"]):
        result = invoke(again, *command)
        assert (result.exit_code, "not made to the end" in result.output) == (3, True)
    (there / "mine.txt").touch()
    arguments = ("init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--language", "en")
    assert invoke(again, *arguments).exit_code == 1
    assert names(there) == {".unfinished", "keys.json", "mine.txt"}
    (there / "mine.txt").unlink()
    done(again, *arguments)
    assert names(there) == WHOLE


def test_a_check_never_gives_a_file_a_name(desk: Desk, tmp_path: Path) -> None:
    """Killed at any step, there is nothing to find."""
    key = str(tmp_path / "birch.key")
    done(desk, "backup", "key", key)
    made = done(desk, "backup")["backup"]
    place = tmp_path / "place"
    place.mkdir()
    steps = 0
    for _ in each_kill(place, "restore", made, "--key", key, "--check"):
        assert not names(place)
        steps += 1
    assert steps > 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_restore_that_is_told_to_stop_leaves_nothing(desk: Desk, tmp_path: Path, number: signal.Signals) -> None:
    """By the machine, a terminal that is gone, or Ctrl-C; and meanwhile no memory of it can land on a disk."""
    key = str(tmp_path / "birch.key")
    done(desk, "backup", "key", key)
    made = done(desk, "backup")["backup"]
    there = tmp_path / "again"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = f"postgresql://birch@127.0.0.1:{silent.getsockname()[1]}/birch"
        command = ["restore", made, "--key", key, "--data", str(there), "--database", database]
        with subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "node", *command], env=environment(tmp_path), stderr=subprocess.PIPE, text=True
        ) as child:
            silent.settimeout(30)
            connection, _ = silent.accept()
            with connection:
                assert names(there) == {".unfinished", "lock"}
                limits = Path(f"/proc/{child.pid}/limits").read_text().splitlines()
                assert ["Max core file size", "0", "0"] in [[one[:26].strip(), *one[26:].split()[:2]] for one in limits]
                child.send_signal(number)
                assert child.wait(20) == 130
                assert child.stderr is not None
                assert child.stderr.read().strip() == "Interrupted."
    assert not there.exists()
