"""A new collective: its data folder, settings, keys and empty database, made in one step, wholly or not at all."""

from collections.abc import Mapping

from activitypub.signatures.keys import SigningKeys
from node.folder import DataFolder, Maker
from node.settings import SQLITE, Settings, read_settings, toml_text
from node.store.engine import create_engine
from node.store.reaching import check_server
from node.store.versions import migrate, stored_version
from schema.errors import StateError


async def found(
    folder: DataFolder, maker: Maker, values: Mapping[str, str | int], environment: Mapping[str, str] | None = None
) -> Settings:
    """Make a collective in an empty `folder`: `values` go into its settings file, `environment` wins over them.

    Gives back the settings as a node in the same environment will read them.

    Raises `StateError` where the folder or the database holds anything, `ConfigError` for settings that are not allowed
    and a server that cannot be used, `Unavailable` where the database cannot be made; then nothing is left behind.
    """
    with folder.making(maker):
        folder.write(folder.settings_file, toml_text(values).encode())
        settings = read_settings(folder.settings_file, environment or {}, {}, lab=maker == "lab")
        folder.write_keys(SigningKeys.generate().dump())
        if settings.database == SQLITE:
            folder.write(folder.database, b"")  # SQLite gives its other files the mode of this one
        url = settings.database_url(folder.database)
        await check_server(url)
        await _check_empty(url)
        await migrate(url)
    return settings


async def _check_empty(url: str) -> None:
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            if await stored_version(connection) is not None:
                raise StateError(
                    "There is a collective in that database already. Give this one an empty database of its own."
                )
    finally:
        await engine.dispose()
