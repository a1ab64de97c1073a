"""What the processes of one node call out to each other, through the PostgreSQL that they share (LISTEN and NOTIFY).

Rule 1  A word is said in the transaction that it is about: it is heard when that is committed, or never.
Rule 2  A word says where to look, and what is so stands in the database. Whoever may have missed words looks at
        everything once, as soon as it hears again.
Rule 3  With SQLite there is one process, and nothing is said.
Rule 4  Whoever changes the tables, leaves the database or puts other keys in force is alone with it: `check_stopped`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.engine import QAFILA, Store
from schema.errors import ConfigError

CHANNEL: Final = "qafila"
PULSE: Final = 5.0
"""Seconds after which a connection that brings nothing is asked whether it is still there."""
PAUSE: Final = 0.1
TRIES: Final = 50
"""How often to look whether others are gone, with a pause between: what was just ended may still be connected."""


class Word(StrEnum):
    """What is called out."""

    DELIVER = "deliver"  # something may go out now
    RELATIONS = "relations"  # allies or follows changed
    PROFILE = "profile"  # what the collective says of itself changed
    KEYS = "keys"  # the collective's own keys changed
    HELD_BACK = "held-back"  # the peer named behind it did not answer


class Kind(StrEnum):
    """What a process of a node does. Its connection to the database bears this name."""

    RUN = "qafila run"
    WORK = "qafila work"


Heard = Callable[[Word, str], Awaitable[None]]


async def call_out(connection: AsyncConnection, word: Word, about: str = "") -> None:
    """Say it to all processes once the transaction is committed."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_notify(CHANNEL, f"{word} {about}")))


async def processes(connection: AsyncConnection) -> dict[str, int]:
    """How many that `run` and that only `work` hear each other just now: each has one connection, which says so."""
    found = await connection.execute(
        text(
            "SELECT application_name, count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name IN (:run, :work) GROUP BY 1"
        ),
        {"run": Kind.RUN, "work": Kind.WORK},
    )
    number: dict[str, int] = dict(found.all())
    return {kind.name.lower(): number.get(kind, 0) for kind in Kind}


async def check_stopped(connection: AsyncConnection) -> None:
    """Refuse to go on while processes of the node use a PostgreSQL, on whatever machine; `ConfigError`.

    Every other connection of Qafila counts: a process that just starts, or has lost its ear, has one as well, and so
    has a command. Those of other programs (a psql, whatever watches the server) bear other names and do not: they may
    stay for ever. The caller has its turn (`take_turn`): a process that comes later waits, and finds what was done.
    """
    if connection.dialect.name != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND split_part(application_name, ' ', 1) = :qafila"
    )
    for _ in range(TRIES):
        await connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        if not (await connection.execute(others, {"qafila": QAFILA})).scalar_one():
            return
        await asyncio.sleep(PAUSE)
    raise ConfigError(
        "Processes of this node are connected to its database, perhaps from another machine. Stop all of them first."
    )


async def listen(store: Store, kind: Kind, heard: Heard, look: Callable[[], Awaitable[None]]) -> None:
    """Hear what other processes call out, until cancelled.

    `look` is awaited whenever words may have been missed, and where nothing was heard for a while. Raises what the
    database does where it cannot be reached.
    """
    while True:
        await _listen(store, kind, heard, look)
        await asyncio.sleep(PAUSE)


async def _listen(store: Store, kind: Kind, heard: Heard, look: Callable[[], Awaitable[None]]) -> None:
    """The same until the connection is lost."""
    said: asyncio.Queue[str | None] = asyncio.Queue()
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            driver.add_termination_listener(lambda _: said.put_nowait(None))
            await driver.add_listener(CHANNEL, lambda *call: said.put_nowait(call[-1]))
            await connection.execute(select(func.set_config("application_name", kind.value, False)))  # noqa: FBT003
            await look()
            while True:
                try:
                    async with asyncio.timeout(PULSE):
                        word = await said.get()
                except TimeoutError:
                    if not await _is_there(connection):
                        return
                    await look()
                    continue
                if word is None:
                    return
                name, _, about = word.partition(" ")
                if name in set(Word):  # a newer process may say more
                    await heard(Word(name), about)
        finally:
            await connection.invalidate()  # it is nobody else's: words would come in


async def _is_there(connection: AsyncConnection) -> bool:
    """Whether the other end of the connection still answers."""
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        async with asyncio.timeout(PULSE):
            await connection.execute(select(1))
        return True
    return False
