"""A real PostgreSQL for tests, from a wheel: one server for a whole run, a fresh database whenever one is asked for."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server's first database; it ends and is deleted when the block does."""
    with tempfile.TemporaryDirectory(prefix="qafila-pg-") as folder:
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        child = subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-m", "tests.rig.postgres_server", str(Path(folder) / "data")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"XDG_RUNTIME_DIR": str(runtime), "TMPDIR": folder},  # no file shared with other users
        )
        with child:  # at its end the standard input is closed, and the server stops
            assert child.stdout is not None
            assert child.stderr is not None
            address = child.stdout.readline().strip()
            assert address.startswith("postgresql://"), child.stderr.read()
            yield address


async def fresh_database(server: str) -> str:
    """Make an empty database; returns its address as SQLAlchemy writes it."""
    name = f"qafila_{secrets.token_hex(8)}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    parts = urlsplit(server)
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", path=f"/{name}"))


async def copied_database(address: str) -> str:
    """Make a database like the one at this address, which nobody uses meanwhile; returns the new one's address."""
    parts = urlsplit(address)
    name = f"qafila_{secrets.token_hex(8)}"
    connection = await asyncpg.connect(urlunsplit(parts._replace(scheme="postgresql", path="/postgres")))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {parts.path.removeprefix('/')}")
    finally:
        await connection.close()
    return urlunsplit(parts._replace(path=f"/{name}"))
