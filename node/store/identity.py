"""Whose database this is. It never changes: another address or name would be another collective to everyone else."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.tables import node as table
from schema.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Identity:
    """The public address and the name in the handle."""

    url: str
    name: str


async def settle(connection: AsyncConnection, wanted: Identity) -> None:
    """Write down whose database it is, the first time; `ConfigError` where it is another's."""
    rows = dict((await connection.execute(select(table.c.key, table.c.value))).all())
    if "url" not in rows:
        await connection.execute(
            insert(table), [{"key": "url", "value": wanted.url}, {"key": "name", "value": wanted.name}]
        )
        return
    found = Identity(rows["url"], rows["name"])
    if found != wanted:
        raise ConfigError(
            f"This database belongs to {found.name} at {found.url}, the settings say {wanted.name} at {wanted.url}. "
            "Name and address of a collective cannot change: put the settings back."
        )


KEYS, FACE = "keys_announced", "face_announced"
"""What others were told of us last: the number of a statement about our keys, the digest of what people see of us."""

ANYTHING_ELSE = "-1"
"""What is remembered so that they are told at the next start, whatever there is to tell."""


async def said(connection: AsyncConnection, what: str) -> str | None:
    """What they were told last, or None."""
    found: str | None = (
        await connection.execute(select(table.c.value).where(table.c.key == what))
    ).scalar_one_or_none()
    return found


async def say(connection: AsyncConnection, what: str, value: str) -> None:
    """Remember that they were told."""
    await connection.execute(delete(table).where(table.c.key == what))
    await connection.execute(insert(table).values(key=what, value=value))
