"""What came in and took effect: the memory that makes twice once.

It is keyed by the proven actor and the activity's id, and is never emptied, so it is also the replay cache of every
signed delivery: the same request again, today or in a year, changes nothing.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.tables import inbox as table


class Memory:
    """What is remembered of a group of activities: read at once before it, written at once after it."""

    def __init__(self, digests: dict[tuple[str, str], bytes]) -> None:
        """`digests` by actor and id; `Memory.read` makes them."""
        self._digests = digests
        self._new: list[dict[str, Any]] = []

    @classmethod
    async def read(cls, connection: AsyncConnection, activities: Collection[tuple[str, str]]) -> "Memory":
        """Take from the database what is remembered of these activities, each an actor and an id."""
        actors, ids = {actor for actor, _ in activities}, {identifier for _, identifier in activities}
        query = select(table.c.actor, table.c.id, table.c.digest).where(table.c.actor.in_(actors), table.c.id.in_(ids))
        return cls({(actor, identifier): digest for actor, identifier, digest in await connection.execute(query)})

    def digest(self, actor: str, activity: str) -> bytes | None:
        """The digest of the activity that came with this id from this actor, or None."""
        return self._digests.get((actor, activity))

    def remember(self, *, actor: str, activity: str, digest: bytes, kind: str, effect: str, at: datetime) -> None:
        """Note down that it took effect."""
        self._digests[actor, activity] = digest
        self._new.append({"actor": actor, "id": activity, "digest": digest, "type": kind, "effect": effect, "at": at})

    async def write(self, connection: AsyncConnection) -> None:
        """Write down what is new; the primary key refuses it a second time."""
        if self._new:
            await connection.execute(insert(table), self._new)
