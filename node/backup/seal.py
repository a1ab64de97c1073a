"""Encrypting a file for one recipient, as age does (https://age-encryption.org/v1).

Rule 1: what is sealed is opened with the recipient's secret key alone, which is kept elsewhere.
Rule 2: a file is there whole or not at all.
Rule 3: age proves every piece and the end: what was cut or changed is refused before anything in it is looked at.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from node.backup.shelf import PARTIAL
from node.newfile import why
from schema.errors import ConfigError, InputError, Unavailable

BEGINNING: Final = "AGE-SECRET-KEY-1"
NO_FILE: Final = "is no backup, or it was cut or changed on its way. Nothing was touched."


def make_key() -> tuple[str, str]:
    """A new pair: the secret, to be kept elsewhere, and the recipient that backups are made for."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def check_recipient(text: str) -> pyrage.x25519.Recipient:
    """The public half, `age1…`; `ConfigError` for anything else."""
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ConfigError(
            "The key that backups are made for is a line age1… Make one with: qafila backup key"
        ) from None


def read_secret(file: Path) -> pyrage.x25519.Identity:
    """The secret half from a file; `InputError`."""
    try:
        return find_secret(file.read_text(encoding="utf-8", errors="replace"), str(file))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {why(error)}.") from None


def find_secret(text: str, source: str) -> pyrage.x25519.Identity:
    """The secret half in a text as age writes it, comments and one line AGE-SECRET-KEY-1…; `InputError`."""
    try:
        [secret] = [word for word in text.split() if word.startswith(BEGINNING)]
        return pyrage.x25519.Identity.from_str(secret)
    except (ValueError, pyrage.IdentityError):
        raise InputError(f"{source} is no key: it must hold one line that begins with {BEGINNING}.") from None


def seal(plain: BinaryIO, sealed: Path, recipient: pyrage.x25519.Recipient) -> None:
    """Write the encrypted form of `plain`, for its owner alone; `Unavailable` where there is no room for it."""
    partial = sealed.with_name(f".{sealed.name}{PARTIAL}")
    try:
        with os.fdopen(_new_file(partial), "wb") as target:
            with suppress(OSError):  # not every file system has locks
                fcntl.flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)  # for as long as we live, `shelf.sweep` leaves it
            pyrage.encrypt_io(plain, target, [recipient])
            target.flush()
            os.fsync(target.fileno())
        partial.replace(sealed)
    except (OSError, pyrage.EncryptError) as error:
        raise Unavailable(f"{sealed} cannot be written: {getattr(error, 'strerror', None) or error}.") from error
    finally:
        with suppress(OSError):
            partial.unlink()


def unseal(sealed: Path, plain: BinaryIO, secret: pyrage.x25519.Identity) -> None:
    """Write what was encrypted, whole; `InputError` for another key, or a file that was cut or changed."""
    try:
        source = sealed.open("rb")
    except OSError as error:
        raise InputError(f"{sealed} cannot be read: {why(error)}.") from None
    with source:
        try:
            pyrage.decrypt_io(source, plain, [secret])
            plain.flush()
        except pyrage.DecryptError as error:
            if "key" in str(error):
                raise InputError(f"This key does not open {sealed}. Nothing was touched.") from None
            raise InputError(f"{sealed} {NO_FILE}") from None
        except OSError as error:
            if error.errno is not None:
                raise Unavailable(f"What is in {sealed} cannot be unpacked here: {error.strerror}.") from error
            raise InputError(f"{sealed} {NO_FILE}") from None


def _new_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
