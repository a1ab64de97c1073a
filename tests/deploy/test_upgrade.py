"""What `deploy/install.sh` does when something comes in between.

The node, its database and the script are real. Python's venv and pip, and systemd, are programs of the tests' own that
do at once what the others need minutes and root for.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.folder import DataFolder

ROOT = Path(__file__).parents[2]
QAFILA = Path(sys.executable).with_name("qafila")
ONLY_WITH_SYSTEMD = 'if [ -z "$root" ] && [ -d /run/systemd/system ]; then'
PYTHON = """#!/bin/sh
[ "$1" != -m ] || case $2 in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "${0%/*}/qafila" "$3/bin/" ;;
  pip) for word in "$@"; do [ "$before" != --wheel-dir ] || : >"$word/qafila-0.whl"; before=$word; done ;;
esac
"""
PROGRAM = f"""#!/bin/sh
if [ "$*" = "$ENDED_AT" ]; then
  [ "$1" = migrate ] || {QAFILA} offer Rice --category food-dry
  kill -s "$SIGNAL" 0 # all that was started there, as a terminal does
fi
exec {QAFILA} "$@"
"""
SYSTEMCTL = """#!/bin/sh
[ "$2" = show ] && echo "$STATE" || echo "$2" >>"${0%/*}/said"
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder that stands for a machine, with a collective's node installed on it."""

    place: Path

    @property
    def root(self) -> Path:
        """What stands for /."""
        return self.place / "root"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.root / "var/lib/qafila"

    def run(self, *words: str, stderr: int = subprocess.PIPE, **said: str) -> subprocess.CompletedProcess[str]:
        """Run a program as a careful root would; `said` is for the programs of the tests' own."""
        path = f"{self.place / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(  # noqa: S603 (our own script and program)
            ("/usr/bin/env", "--default-signal", *words),  # whoever runs the tests may ignore some
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
            timeout=60,
            umask=0o077,
            start_new_session=True,
            env={**os.environ, "ENDED_AT": "", "STATE": "active", **said, "PATH": path, "QAFILA_DATA": str(self.data)},
        )

    def install(self, *, stderr: int = subprocess.PIPE, **said: str) -> subprocess.CompletedProcess[str]:
        """Install, or upgrade where there is a collective."""
        (self.place / "bin/said").unlink(missing_ok=True)
        words = (str(self.place / "source/deploy/install.sh"), "--root", str(self.root), "--no-backup")
        return self.run(*words, "--python", str(self.place / "bin/python"), stderr=stderr, **said)

    def systemd_was_told(self) -> list[str]:
        """What the last of these asked of it."""
        return (self.place / "bin/said").read_text().split()

    def everything(self) -> dict[str, bytes | Path]:
        """Each file below the root, and where links lead."""
        found = sorted(self.root.rglob("*"))
        named = {str(path.relative_to(self.root)): path for path in found if path.is_symlink() or path.is_file()}
        return {name: path.readlink() if path.is_symlink() else path.read_bytes() for name, path in named.items()}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine whose steward changed what the service is given."""
    made = Machine(tmp_path)
    for name in ("deploy", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / "source" / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "source")
    script = tmp_path / "source/deploy/install.sh"
    assert script.read_text().count(ONLY_WITH_SYSTEMD) == 1
    script.write_text(script.read_text().replace(ONLY_WITH_SYSTEMD, "if true; then"))
    for file in (tmp_path / "source").rglob("*"):
        file.chmod(file.stat().st_mode & 0o700)
    (tmp_path / "bin").mkdir()
    for name, text in (("python", PYTHON), ("qafila", PROGRAM), ("systemctl", SYSTEMCTL)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    done = made.install()
    assert done.returncode == 0, done.stderr
    command = str(made.root / "usr/local/bin/qafila")
    done = made.run(command, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example")
    assert done.returncode == 0, done.stderr
    units = made.root / "etc/systemd/system"
    for name in ("qafila.service", "qafila.service.d/dns.conf", "qafila.service.d/override.conf"):
        (units / name).parent.mkdir(exist_ok=True)
        (units / name).write_text("# as the steward wants it\n")
    return made


@contextmanager
def full() -> Iterator[int]:
    """Where nothing can be written, as to a terminal whose connection was lost."""
    with Path("/dev/full").open("w", encoding="utf-8") as stream:
        yield stream.fileno()


def test_all_is_readable_for_the_account_of_the_node(machine: Machine) -> None:
    """Root's umask and that of the checkout are not the program's; what is private is private all the same."""
    assert machine.install().returncode == 0
    for folder, mode in (("opt", 0o004), ("etc", 0o004), ("usr", 0o005)):
        for path in (machine.root / folder).rglob("*"):
            assert path.stat().st_mode & mode == mode, path
    assert [path for path in [machine.data, *machine.data.rglob("*")] if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(("signal", "at"), [("INT", "migrate --keep"), ("TERM", "status"), ("HUP", "status")])
def test_an_upgrade_that_is_ended_goes_back(machine: Machine, signal: str, at: str) -> None:
    """Units, program, database and command are as they were, and the node runs again; also where nobody reads."""
    there = machine.everything()
    with full() if signal == "HUP" else nullcontext(subprocess.PIPE) as stderr:
        done = machine.install(SIGNAL=signal, ENDED_AT=at, stderr=stderr)
    assert done.returncode == 1
    assert "old version is in place again" in (done.stderr or "old version is in place again")
    assert machine.everything() == there
    and_there = ["daemon-reload", "start"] if at == "status" else []
    assert machine.systemd_was_told() == ["stop", *and_there, "stop", "daemon-reload", "start"]


def test_a_node_that_did_not_run_is_not_started(machine: Machine) -> None:
    """It may be the old machine after a move: two nodes of one collective would speak against each other."""
    done = machine.install(STATE="inactive")
    assert (done.returncode, "does not now" in done.stdout) == (0, True), done.stderr
    assert "start" not in machine.systemd_was_told()
    there = machine.everything()
    assert machine.install(STATE="failed", SIGNAL="TERM", ENDED_AT="status").returncode == 1
    assert machine.everything() == there
    assert "start" not in machine.systemd_was_told()


@pytest.mark.parametrize("state", ["inactive", "active"])
def test_a_node_that_systemd_did_not_start_is_let_be(machine: Machine, state: str) -> None:
    """Its database is not touched while it runs."""
    there = machine.everything()
    with DataFolder(machine.data).lock():
        done = machine.install(STATE=state)
    assert (done.returncode, "systemd did not start" in done.stderr) == (1, True)
    assert machine.everything() == there
