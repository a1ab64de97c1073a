"""Files that a command makes where a person said."""

import resource
from pathlib import Path

import pytest

from node.newfile import write_new
from schema.errors import InputError


def test_a_full_disk_leaves_no_half_of_it(tmp_path: Path) -> None:
    """The same name can be given again when there is room."""
    file = tmp_path / "birch.key"
    _, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, highest))
    try:
        with pytest.raises(InputError, match="cannot be written"):
            write_new(file, bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (highest, highest))
    assert not file.exists()
    write_new(file, b"whole")
    assert file.read_bytes() == b"whole"
