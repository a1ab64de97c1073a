"""`deploy/install.sh` below a folder of its own.

It fetches what Qafila needs three times, so it runs only where TEST_INSTALL is set.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WANTED = "TEST_INSTALL" in os.environ

pytestmark = pytest.mark.skipif(not WANTED, reason="set TEST_INSTALL=1 to install three times, in a minute or two")


def run(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own script and program)
        words, capture_output=True, text=True, check=False, timeout=600, env={**os.environ, "QAFILA_DATA": str(data)}
    )


def checkout(place: Path) -> Path:
    """The files of this checkout that git has or would take, elsewhere."""
    listed = run("git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", data=place)
    names = listed.stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    return place


def test_install_upgrade_and_the_way_back(tmp_path: Path) -> None:
    """A steward installs, makes a collective and upgrades; an upgrade that fails leaves everything as it was."""
    source, root = checkout(tmp_path / "source"), tmp_path / "root"
    data, qafila = root / "var/lib/qafila", str(root / "usr/local/bin/qafila")
    script = str(source / "deploy/install.sh")
    current = root / "opt/qafila/current"
    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 0, done.stderr
    assert "qafila init" in done.stdout
    for words in (
        ("init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example"),
        ("offer", "Rice", "--category", "food-dry"),
    ):
        assert run(qafila, *words, data=data).returncode == 0
    first = current.resolve()
    assert (first / "service.env").read_bytes() == (ROOT / "deploy" / "service.env").read_bytes()

    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 1
    assert "qafila backup key" in done.stderr
    assert current.resolve() == first

    assert run(qafila, "backup", "key", str(tmp_path / "key"), data=data).returncode == 0
    keeping = source / "node/cli/keeping.py"
    good = keeping.read_text()
    keeping.write_text(
        good.replace("    with folder.lock():\n", "    raise OSError(28, 'No space left on device')\n", 1)
    )
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 1
    assert "old version is in place again" in done.stderr
    assert current.resolve() == first
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()} == before

    keeping.write_text(good)
    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 0, done.stderr
    assert current.resolve() != first
    assert first.exists()
    assert len(list((data / "backups").iterdir())) >= 1
    assert "Rice" in run(qafila, "list", data=data).stdout
