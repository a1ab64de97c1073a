"""Files that a command makes where a person said: private, and never over another one. And how they reach the disk."""

import errno
import os
import pwd
from contextlib import suppress
from pathlib import Path

from schema.errors import InputError


def why(error: OSError) -> str:
    """What the system says, and to which account: on a server, root's `qafila` speaks as the account of the node."""
    said = error.strerror or type(error).__name__
    if error.errno in (errno.EACCES, errno.EPERM):
        with suppress(KeyError):
            return f"{said} to the account {pwd.getpwuid(os.geteuid()).pw_name}"
    return said


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_new(file: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole or not at all; `InputError` where there is one, or none can be."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as target:
                target.write(data)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            file.unlink()
            raise
    except FileExistsError:
        raise InputError(f"{file} is there already, and is not written over. Choose another name.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {why(error)}.") from None
