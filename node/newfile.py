"""Files that a command makes where a person said: private, and never over another one."""

import os
from pathlib import Path

from schema.errors import InputError


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
        raise InputError(f"{file} cannot be written: {error.strerror}.") from None
