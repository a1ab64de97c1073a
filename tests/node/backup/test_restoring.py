"""Putting a database back: wholly, or not at all."""

import pytest

from node.backup.archive import open_archive
from node.backup.restoring import fill
from schema.errors import ConfigError, StateError
from tests.conftest import NewDatabase
from tests.rig.release import LINES, RELEASES

ROOM = 10**9  # bytes


async def test_what_fails_at_last_leaves_the_database_empty(postgres_url: NewDatabase) -> None:
    """Where settings or keys cannot be written any more, nothing has to be cleared away before it is tried again."""
    address = (await postgres_url()).replace("postgresql:", "postgresql+asyncpg:")

    def fail() -> None:
        raise ConfigError("no room for the keys")

    for at_last, error in ((fail, ConfigError), (lambda: None, None), (lambda: None, StateError)):
        with (RELEASES / "0.1.0" / LINES).open("rb") as file, open_archive(file, ROOM) as archive:
            if error is None:
                assert await fill(address, archive, at_last=at_last) > 0
            else:
                with pytest.raises(error):
                    await fill(address, archive, at_last=at_last)
