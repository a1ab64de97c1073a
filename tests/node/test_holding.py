"""Folders for a while, and who removes them."""

from pathlib import Path

import pytest

from node.holding import hold, scratch, scratch_called, sweep
from schema.errors import InputError


def test_what_is_held_stays_and_what_nobody_holds_goes(tmp_path: Path) -> None:
    """Whoever sweeps, with whatever lies in it, and a block that fails leaves nothing either."""
    left = tmp_path / ".backup-left"
    left.mkdir()
    (left / "plain").write_bytes(b"keys")
    with scratch(tmp_path) as place:
        assert not left.exists()
        (place / "copy").write_bytes(b"rows")
        sweep(tmp_path)
        with scratch(tmp_path) as another:
            assert {one.name for one in tmp_path.iterdir()} == {place.name, another.name}
        assert (place / "copy").read_bytes() == b"rows"
        with pytest.raises(BlockingIOError), hold(place / "held"):
            pass
    assert not list(tmp_path.iterdir())


def test_a_copy_is_put_in_a_scratch_alone(tmp_path: Path) -> None:
    """Whatever else is named is refused."""
    (tmp_path / "shelf").mkdir()
    with scratch(tmp_path) as place:
        assert scratch_called(tmp_path, place.name) == place
        for name in ("shelf", "", ".backup-none", f"../{tmp_path.name}/{place.name}", f"{place.name}/../shelf"):
            with pytest.raises(InputError, match="no place"):
                scratch_called(tmp_path, name)
