import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from node.folder import LARGEST_KEYS, Busy, DataFolder, default_folder
from schema.errors import ConfigError, StateError

HOLD = "import sys; from pathlib import Path; from node.folder import DataFolder; f = DataFolder(Path(sys.argv[1]))\n"


def made(path: Path) -> DataFolder:
    folder = DataFolder(path)
    with folder.making("init"):
        pass
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """The folder has 0700, whatever the umask allows, and every file in it 0600."""
    folder = made(tmp_path / "deep" / "birch")
    folder.write_keys(b"{}")
    assert mode(folder.path) == 0o700
    assert {mode(entry) for entry in folder.path.iterdir()} == {0o600}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder that holds anything is refused and left as it was; so are keys that exist."""
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(StateError, match="not empty"), DataFolder(tmp_path).making("init"):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]
    folder = made(tmp_path / "birch")
    folder.write_keys(b"first")
    with pytest.raises(StateError, match="never written over"):
        folder.write_keys(b"second")
    assert folder.read_keys() == b"first"


def test_a_folder_that_could_not_be_filled_leaves_nothing_behind(tmp_path: Path) -> None:
    """After a failure the same command can simply be given again."""
    folder = DataFolder(tmp_path / "birch")

    def fail() -> None:
        with folder.making("init"):
            folder.write_keys(b"{}")
            raise ConfigError("no database")

    with pytest.raises(ConfigError, match="no database"):
        fail()
    assert not folder.path.exists()
    made(folder.path)


def test_folders_above_go_again_too(tmp_path: Path) -> None:
    """Those that were there before stay."""
    with pytest.raises(ConfigError), DataFolder(tmp_path / "far" / "away" / "birch").making("init"):
        raise ConfigError("no database")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_volume_can_become_a_folder(tmp_path: Path) -> None:
    """What a new file system has in it does no harm."""
    (tmp_path / "lost+found").mkdir()
    assert made(tmp_path).made_by == "init"


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660])
def test_keys_that_others_can_read_are_refused(tmp_path: Path, bits: int) -> None:
    """The message says how to close them."""
    folder = made(tmp_path / "birch")
    folder.write_keys(b"{}")
    folder.keys_file.chmod(bits)
    with pytest.raises(ConfigError, match="chmod 600"):
        folder.read_keys()


def test_missing_keys_and_links_in_their_place_are_refused(tmp_path: Path) -> None:
    """Keys lie in the folder itself."""
    folder = made(tmp_path / "birch")
    with pytest.raises(ConfigError, match="cannot be read"):
        folder.read_keys()
    (tmp_path / "elsewhere").write_text("{}")
    folder.keys_file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="cannot be read"):
        folder.read_keys()


@pytest.mark.parametrize("bits", [0o700, 0o4600, 0o1600])
def test_keys_with_any_other_mode_are_refused(tmp_path: Path, bits: int) -> None:
    """A file of keys is to be read and written by its owner, and nothing else."""
    folder = made(tmp_path / "birch")
    folder.write_keys(b"{}")
    folder.keys_file.chmod(bits)
    with pytest.raises(ConfigError, match="chmod 600"):
        folder.read_keys()


def test_keys_that_are_no_file_or_too_large_are_refused(tmp_path: Path) -> None:
    """Nothing is waited for, and nothing is read that cannot be keys."""
    for name, make in (("pipe", os.mkfifo), ("folder", os.mkdir)):
        folder = made(tmp_path / name)
        make(folder.keys_file)
        with pytest.raises(ConfigError, match="no file"):
            folder.read_keys()
    folder = made(tmp_path / "large")
    folder.write_keys(b" " * (LARGEST_KEYS + 1))
    with pytest.raises(ConfigError, match="larger"):
        folder.read_keys()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_of_another_account_are_refused(tmp_path: Path) -> None:
    """Whoever owns the file can change it."""
    folder = made(tmp_path / "birch")
    folder.write_keys(b"{}")
    os.chown(folder.keys_file, 65_534, 65_534)
    with pytest.raises(ConfigError, match="another account"):
        folder.read_keys()


def test_what_a_cut_off_write_left_behind_is_removed(tmp_path: Path) -> None:
    """Private keys lie in one file alone."""
    folder = made(tmp_path / "birch")
    folder.write_keys(b"{}")
    (folder.path / ".keys.json.x7").write_bytes(b"half of them")
    folder.sweep()
    assert [entry.name for entry in folder.path.iterdir() if "keys" in entry.name] == ["keys.json"]
    assert folder.read_keys() == b"{}"


def test_lab_mode_is_never_possible_in_a_folder_that_init_made(tmp_path: Path) -> None:
    """What is written in the folder when it is made decides for ever; a folder that nobody made has no mode."""
    assert not made(tmp_path / "birch").is_lab
    lab = DataFolder(tmp_path / "lab")
    with lab.making("lab"):
        pass
    assert lab.is_lab
    with pytest.raises(ConfigError, match="qafila init"):
        _ = DataFolder(tmp_path / "none").is_lab


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_by": "me", "format": 1}', '{"made_by": "init", "format": 2}'])
def test_a_marker_that_cannot_be_understood_is_refused(tmp_path: Path, text: str) -> None:
    """Damaged or from a newer version: neither is guessed at."""
    folder = made(tmp_path / "birch")
    (folder.path / "folder.json").write_text(text)
    with pytest.raises(ConfigError, match=r"folder\.json"):
        _ = folder.made_by


def test_the_lock_has_one_holder(tmp_path: Path) -> None:
    """A second process is refused while the first holds it, and admitted when the first is gone, however it ended."""
    folder = made(tmp_path / "birch")
    waits = HOLD + "with f.lock():\n  print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", waits, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match="A node is running"), folder.lock():
            pass
        other.kill()
        other.wait()
        with folder.lock() as held:
            assert held.folder == folder


def test_a_lock_needs_a_folder_that_somebody_made(tmp_path: Path) -> None:
    """Nothing appears in a folder that is not ours."""
    with pytest.raises(ConfigError), DataFolder(tmp_path).lock():
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_default_folder_follows_the_environment() -> None:
    """`QAFILA_DATA` first, then the XDG place, then the one in the home folder."""
    assert default_folder({"QAFILA_DATA": "/srv/birch", "XDG_DATA_HOME": "/xdg"}) == Path("/srv/birch")
    assert default_folder({"XDG_DATA_HOME": "/xdg"}) == Path("/xdg/qafila")
    assert default_folder({"XDG_DATA_HOME": "relative"}) == Path.home() / ".local/share/qafila"


def test_a_relative_folder_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path is made absolute once."""
    monkeypatch.chdir(tmp_path)
    assert DataFolder(Path("birch")).path == Path(os.fspath(tmp_path)) / "birch"


def test_the_marker_is_plain_json(tmp_path: Path) -> None:
    """Anyone can see what made a folder."""
    folder = made(tmp_path / "birch")
    assert json.loads((folder.path / "folder.json").read_text()) == {"format": 1, "made_by": "init"}
