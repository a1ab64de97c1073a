"""A PostgreSQL that a node is to live in: can it be reached, does it let us in, and can it hold a node?

Every way in which that fails says what to do. No text holds the address: there may be a password in it.
"""

import asyncio
import os
from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from node.store.engine import create_engine
from schema.errors import ConfigError

OLDEST: Final = 13
SECONDS: Final = 15.0
"""How long a server may take to answer."""

# SQLSTATE (PostgreSQL, appendix A) -> what to do.
REFUSALS: Final[Mapping[str, str]] = {
    "28P01": "The server refuses this user or password. Look at both in the address; in a password, characters such as "
    "@ : / # % are written as %40 %3A %2F %23 %25.",
    "28000": "The server lets no such user in from here. Look at the name in the address, or allow it in the server's "
    "pg_hba.conf.",
    "3D000": "There is no such database on that server. Make it there: createdb --owner=USER --encoding=UTF8 "
    "--template=template0 NAME",
    "42501": "This user may not make tables in that database. Let it own it, on the server: "
    "ALTER DATABASE name OWNER TO user",
    "53300": "That server takes no more connections just now. Try again later, or raise its max_connections.",
    "57P03": "That server is just starting or stopping. Try again in a moment.",
}


async def check_server(url: str) -> None:
    """Refuse, with what to do, a PostgreSQL that a node cannot live in; `ConfigError`. SQLite always can."""
    if make_url(url).get_backend_name() == "sqlite":
        return
    try:
        engine = create_engine(url)
        try:
            async with asyncio.timeout(SECONDS), engine.connect() as connection:
                version = (await connection.execute(text("SHOW server_version_num"))).scalar_one()
                encoding = (await connection.execute(text("SHOW server_encoding"))).scalar_one()
        finally:
            await engine.dispose()
    except ModuleNotFoundError:
        raise ConfigError("What speaks to PostgreSQL is not installed: pip install asyncpg") from None
    except TypeError:
        raise ConfigError(
            "The address holds an option after the ? that is not known. To ask for encryption, write ?ssl=require"
        ) from None
    except DBAPIError as error:
        raise refusal(error) from None
    except TimeoutError:
        raise ConfigError(f"No PostgreSQL answers there within {SECONDS:.0f} seconds. {_LOOK}") from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or type(error).__name__
        raise ConfigError(f"No PostgreSQL answers there ({why}). {_LOOK}") from None
    check_kind(int(version) // 10_000, encoding)


_LOOK: Final = "Look at host and port in the address, and whether the server runs and may be reached from here."


def check_kind(version: int, encoding: str) -> None:
    """Refuse a PostgreSQL that is too old, or one that cannot hold every language; `ConfigError`."""
    if version < OLDEST:
        raise ConfigError(f"That is PostgreSQL {version}, and a node needs {OLDEST} or newer.")
    if encoding != "UTF8":
        raise ConfigError(
            f"That database keeps text as {encoding}, which cannot hold every language. "
            "Make another one: createdb --owner=USER --encoding=UTF8 --template=template0 NAME"
        )


def refusal(error: DBAPIError) -> ConfigError:
    """What a server said no with, in words."""
    state = getattr(error.orig, "sqlstate", None) or "no code"
    return ConfigError(REFUSALS.get(state, f"The server refuses ({state}). See its log."))
