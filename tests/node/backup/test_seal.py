"""Sealed files: what opens them, and what does not."""

import resource
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from node.backup import seal
from node.newfile import write_new
from schema.errors import ConfigError, InputError, Unavailable

TEXT = b"\x00whatever it is " * 20_000


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A sealed file, `tmp_path / "key"` opens it."""
    secret, recipient = seal.make_key()
    write_new(tmp_path / "key", f"# a comment\n{secret}\n".encode())
    sealed_for(recipient, tmp_path / "sealed")
    return tmp_path / "sealed"


def sealed_for(recipient: str, file: Path) -> None:
    with BytesIO(TEXT) as plain:
        seal.seal(plain, file, seal.check_recipient(recipient))


def opened(sealed: Path, key: str = "key") -> bytes:
    with TemporaryFile(dir=sealed.parent) as out:
        seal.unseal(sealed, out, seal.read_secret(sealed.with_name(key)))
        out.seek(0)
        return out.read()


def test_its_key_opens_it(sealed: Path) -> None:
    """What comes out is what went in; nothing in it can be read before, and others on the machine cannot open it."""
    assert opened(sealed) == TEXT
    assert b"whatever" not in sealed.read_bytes()
    assert {path.stat().st_mode & 0o777 for path in (sealed, sealed.with_name("key"))} == {0o600}


def test_another_key_does_not(sealed: Path) -> None:
    """It is said that it is the key."""
    write_new(sealed.with_name("other"), seal.make_key()[0].encode())
    with pytest.raises(InputError, match="key does not open"):
        opened(sealed, "other")


@pytest.mark.parametrize("length", [0, 10, 150, 70_000, -17, -1])
def test_what_was_cut_is_refused(sealed: Path, length: int) -> None:
    """However much is missing."""
    sealed.write_bytes(sealed.read_bytes()[:length])
    with pytest.raises(InputError, match="no backup"):
        opened(sealed)


@pytest.mark.parametrize("place", [30, 200, 66_000, -1])
def test_what_was_changed_is_refused(sealed: Path, place: int) -> None:
    """One bit anywhere."""
    data = bytearray(sealed.read_bytes())
    data[place] ^= 1
    sealed.write_bytes(data)
    with pytest.raises(InputError):
        opened(sealed)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """Neither half may be something else, and a key file is never written over."""
    for text in ("", "AGE-SECRET-KEY-1", "two\n" + "\n".join(seal.make_key()[0] for _ in "ab")):
        (tmp_path / "key").write_text(text)
        with pytest.raises(InputError, match="is no key"):
            seal.read_secret(tmp_path / "key")
    with pytest.raises(InputError, match="cannot be read"):
        seal.read_secret(tmp_path / "missing")
    with pytest.raises(InputError, match="there already"):
        write_new(tmp_path / "key", b"")
    with pytest.raises(InputError, match="cannot be written"):
        write_new(tmp_path / "nowhere" / "key", b"")
    with pytest.raises(ConfigError, match="qafila backup key"):
        seal.check_recipient("age1nobody")


def test_a_disk_that_is_full_leaves_nothing(sealed: Path) -> None:
    """Nothing stands there half written, and what was there before stays."""
    recipient = seal.make_key()[1]
    before = sealed.read_bytes()
    _, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, highest))
    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            sealed_for(recipient, sealed)
        with pytest.raises(Unavailable, match="cannot be unpacked"):
            opened(sealed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (highest, highest))
    assert sealed.read_bytes() == before
    assert {path.name for path in sealed.parent.iterdir()} == {"key", "sealed"}


def test_what_is_not_there_cannot_be_used(sealed: Path) -> None:
    """A folder for the backup, and the backup, are asked for."""
    with pytest.raises(Unavailable, match="cannot be written"):
        sealed_for(seal.make_key()[1], sealed.with_name("shelf") / "backup")
    with pytest.raises(InputError, match="cannot be read"):
        opened(sealed.with_name("missing"))
