"""Opening the database.

Rule 1: SQLite before 3.51.3 can lose commits when two connections write and checkpoint in WAL mode. So there is one
        connection, held exclusively; a second process cannot open the file while the node runs.
Rule 2: `synchronous=FULL`: what was answered with 202 survives a power cut.
Rule 3: every transaction begins with `BEGIN IMMEDIATE`: it waits at its beginning, never in its middle.
Rule 4: on PostgreSQL it waits at its beginning as well, for its turn among all processes of the node (an advisory
        lock): what it read is still so when it writes, and no two wait for each other in a circle. `reading` waits for
        nobody and can write nothing. `claiming` has no turn: it locks what it changes, and only what nobody has locked.
Rule 5: a process that is gone, or hangs, does not keep its turn: PostgreSQL ends a connection that says nothing.
Rule 6: an error of the database never quotes what was to be written.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from threading import Thread
from typing import Any

from sqlalchemy import event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from schema.errors import Unavailable

PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA cell_size_check=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA mmap_size=0",
    "PRAGMA busy_timeout=5000",
)
MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))  # https://sqlite.org/wal.html, "the WAL-reset bug"
POSTGRES_CONNECTIONS = 5
QAFILA = "qafila"
"""The name of every connection to PostgreSQL, or its first word (`node.store.calls.Kind`)."""
POSTGRES_SETTINGS = {  # milliseconds, and seconds for those of TCP
    "application_name": QAFILA,
    "idle_in_transaction_session_timeout": "15000",
    "lock_timeout": "30000",
    "tcp_user_timeout": "15000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_ONE_MOMENT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_TURN = select(func.pg_advisory_xact_lock(0x716166696C61))  # "qafila"
CLOSE_SECONDS = 5.0


def loses_writes(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite has the bug of rule 1: it was mended in 3.51.3, and again in two older lines."""
    return version < MENDED[-1] and not any(version[:2] == line[:2] and version >= line for line in MENDED)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    try:
        for pragma in PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def create_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`, with the rules above."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=30,
            connect_args={"isolation_level": None},
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "connect", _sqlite_connect)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine
    return create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"server_settings": POSTGRES_SETTINGS},
    )


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other process of the node writes, and keep others from it until the transaction ends (rule 4)."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_TURN)


async def wait_long(connection: AsyncConnection) -> None:
    """Let a transaction say nothing for as long as it takes, in spite of rule 5: another database is busy meanwhile."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


@asynccontextmanager
async def savepoint(connection: AsyncConnection) -> AsyncIterator[None]:
    """A part of a transaction that can fail alone.

    Raises `Unavailable` for what the database refuses to hold: an error of this part, not of the database itself.
    """
    try:
        async with connection.begin_nested():
            yield
    except OperationalError:
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise Unavailable(f"The database refused a part: {type(error.orig).__name__}.") from error


@asynccontextmanager
async def _begun(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.begin() as connection:
            yield connection
    except (SQLAlchemyError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(f"The database did not answer as it should: {type(cause).__name__}.") from error


class Store:
    """The open database of one node; `shared` is whether several processes may have it open."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Take over an engine made by `create_engine`."""
        self.engine = engine
        self.shared = engine.dialect.name == "postgresql"
        self._reader = engine.execution_options(**_ONE_MOMENT) if self.shared else engine
        self._turn = asyncio.Lock()  # so that of one process only one connection waits for its turn
        self._threads: list[Thread] = []
        event.listen(engine.sync_engine, "connect", self._connected)

    def _connected(self, connection: Any, _record: Any) -> None:
        """Note the thread in which aiosqlite keeps a connection; it has no public name for it."""
        thread = getattr(connection.driver_connection, "_thread", None)
        if isinstance(thread, Thread):
            self._threads = [*filter(Thread.is_alive, self._threads), thread]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end of the block and rolled back by an error.

        Never hold one across a network call, and never open a second one inside it.
        Raises `Unavailable` where the database itself is in trouble (locked, disk full, gone).
        """
        async with self._turn if self.shared else nullcontext(), _begun(self.engine) as connection:
            await take_turn(connection)
            yield connection

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The same for looking alone, all of it at one moment: on PostgreSQL nothing can be changed in it."""
        return _begun(self._reader)

    def claiming(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """The same without a turn, for what locks its rows itself and passes over those that others have locked."""
        return _begun(self.engine)

    async def copy_to(self, path: Path) -> None:
        """Write what is committed in SQLite to a new or empty file, while everyone else waits."""
        try:
            async with self.engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute("VACUUM INTO ?", (str(path),))
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise Unavailable(f"The database could not be copied: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Let go of the database, and of its threads: one that a cancelled transaction left would outlive the loop."""
        await self.engine.dispose()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, CLOSE_SECONDS)
