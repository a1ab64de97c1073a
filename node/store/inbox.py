"""What came in and took effect: the memory that makes twice once.

It is keyed by the proven actor and the activity's id, and is never emptied, so it is also the replay cache of every
signed delivery: the same request again, today or in a year, changes nothing.
"""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.tables import inbox as table


async def seen(connection: AsyncConnection, actor: str, activity: str) -> bytes | None:
    """The digest of the activity that came with this id from this actor, or None."""
    query = select(table.c.digest).where(table.c.actor == actor, table.c.id == activity)
    return (await connection.execute(query)).scalar_one_or_none()


async def remember(
    connection: AsyncConnection, *, actor: str, activity: str, digest: bytes, kind: str, effect: str, at: datetime
) -> None:
    """Write down that it took effect; the primary key refuses it a second time."""
    await connection.execute(
        insert(table).values(actor=actor, id=activity, digest=digest, type=kind, effect=effect, at=at)
    )
