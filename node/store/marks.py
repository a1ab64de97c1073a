"""Marks of a move, in the two databases: neither can be opened by accident while they stand there.

ARRIVING  in the new one, from its first table until everything is there: of which node, and of what in the old one.
LEFT      in the old one, from the moment when everything is in the new one: what was in it then.

A mark stays in its database: it is neither moved nor backed up.
"""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.identity import Identity
from node.store.tables import node as table
from schema.errors import ConfigError

ARRIVING, LEFT = "move_arriving", "move_left"
MARKS = (ARRIVING, LEFT)


@dataclass(frozen=True, slots=True)
class Arriving:
    """Whose rows are on their way into this database; `source` stands for all that is in the old one."""

    node: Identity
    source: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks in a database, None for one that is not there."""

    arriving: Arriving | None = None
    left: str | None = None


async def read(connection: AsyncConnection) -> Marks:
    """The marks of a database, which may be empty."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(table.name)):
        return Marks()
    rows = dict((await connection.execute(select(table.c.key, table.c.value).where(table.c.key.in_(MARKS)))).all())
    arriving = None
    if ARRIVING in rows:
        said = json.loads(rows[ARRIVING])
        arriving = Arriving(Identity(**said["node"]), said["source"])
    return Marks(arriving, rows.get(LEFT))


async def check(connection: AsyncConnection) -> None:
    """Refuse a database that a node must not open because of a move, with what to do; `ConfigError`."""
    found = await read(connection)
    if found.arriving is not None:
        raise ConfigError(
            "This database holds a move that was not finished. Finish it from the node that is moving, with: "
            "qafila move-database, and the same address again."
        )
    if found.left is not None:
        raise ConfigError(
            "What was in this database was moved to another one, which may have gone on since. If the settings name "
            "this one because the move was cut off, finish it with: qafila move-database, and the same address again. "
            "To go on from this one all the same: qafila move-database, and the address of this one (or sqlite)."
        )


async def say_arriving(connection: AsyncConnection, mark: Arriving) -> None:
    """Mark a new database, in place of everything that may stand in its table `node`."""
    await connection.execute(delete(table))
    await connection.execute(insert(table).values(key=ARRIVING, value=json.dumps(asdict(mark))))


async def say_left(connection: AsyncConnection, source: str) -> None:
    """Mark an old database."""
    await forget_left(connection)
    await connection.execute(insert(table).values(key=LEFT, value=source))


async def forget_left(connection: AsyncConnection) -> None:
    """Let nodes open it again."""
    await connection.execute(delete(table).where(table.c.key == LEFT))
