"""`deploy/install.sh` below a folder of its own.

It fetches what Qafila needs several times, on either database, so it runs only where TEST_INSTALL is set.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from node.store.versions import REVISIONS, SCHEMA_VERSION

ROOT = Path(__file__).parents[2]
VERSIONS, READING = "node/store/versions.py", "node/aid/reading.py"
MIGRATION = """import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{0}", "{1}", None, None


def upgrade():
    op.add_column("allies", sa.Column("more", sa.Text(), nullable=True))
"""
WANTED = "TEST_INSTALL" in os.environ

pytestmark = pytest.mark.skipif(not WANTED, reason="set TEST_INSTALL=1 to install several times, in some minutes")


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


def break_off(source: Path, file: str, before: str, wrong: str) -> None:
    """Let the version in this checkout fail where these words stand."""
    text = (source / file).read_text()
    assert text.count(before) == 1
    (source / file).write_text(text.replace(before, f"{wrong}\n{before}"))


def put_right(source: Path, *files: str) -> None:
    """The files of this checkout again."""
    for file in files:
        shutil.copy2(ROOT / file, source / file)


def change_the_tables(source: Path) -> None:
    """Give the version in this checkout one migration more."""
    newest, number = max(REVISIONS), SCHEMA_VERSION + 1
    revision = f"{int(newest) + 1:04}"
    (source / f"node/store/migrations/versions/{revision}_more.py").write_text(MIGRATION.format(revision, newest))
    file = source / VERSIONS
    text = file.read_text().replace(f"SCHEMA_VERSION = {SCHEMA_VERSION}\n", f"SCHEMA_VERSION = {number}\n")
    file.write_text(text.replace(f'"{newest}"}})', f'"{newest}", "{revision}"}})'))


def files(data: Path) -> dict[str, bytes]:
    """What lies in the data folder, but for the database: after its way back revisions go on from far beyond."""
    found = [path for path in data.iterdir() if path.is_file() and path.name != "qafila.db"]
    return {path.name: path.read_bytes() for path in found}


def installed(root: Path) -> set[str]:
    return {path.name for path in (root / "opt/qafila").iterdir()}


async def test_install_upgrade_and_the_way_back(tmp_path: Path, database: str) -> None:
    """A steward installs, makes a collective and upgrades; an upgrade that fails leaves everything as it was."""
    source, root = checkout(tmp_path / "source"), tmp_path / "root"
    data, qafila = root / "var/lib/qafila", str(root / "usr/local/bin/qafila")
    script = str(source / "deploy/install.sh")
    current = root / "opt/qafila/current"
    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 0, done.stderr
    assert "qafila init" in done.stdout
    for words in (
        ("init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--database", database),
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
    change_the_tables(source)
    for file, before, wrong in (
        ("node/store/migrations/__main__.py", "main(sys", "raise OSError"),
        (READING, "        own = await proposals.count", "        raise OSError"),
    ):
        break_off(source, file, before, wrong)
        there, versions = files(data), installed(root)
        done = run(script, "--root", str(root), data=data)
        assert done.returncode == 1
        assert "old version is in place again" in done.stderr
        assert current.resolve() == first
        assert files(data) == there
        assert installed(root) == versions
        assert not (data / "before-upgrade").exists()
        assert f'"schema": {SCHEMA_VERSION}' in run(qafila, "status", "--json", data=data).stdout
        assert "Rice" in run(qafila, "list", data=data).stdout
        put_right(source, file)

    done = run(script, "--root", str(root), data=data)
    assert done.returncode == 0, done.stderr
    assert current.resolve() != first
    assert first.exists()
    assert len(list((data / "backups").iterdir())) >= 1
    assert f'"schema": {SCHEMA_VERSION + 1}' in run(qafila, "status", "--json", data=data).stdout
    assert "Rice" in run(qafila, "list", data=data).stdout
    assert "None was kept" in run(qafila, "migrate", "--back", data=data).stdout
