"""What came in and took effect: the memory that makes twice once.

It is keyed by the proven actor and the activity's id, so it is also the replay cache of every signed delivery.

Rule 1  What allies and those we follow sent is remembered for ever: the same again, today or in a year, changes
        nothing.
Rule 2  What strangers sent is remembered for as long as it could be replayed, so that they fill no disk. A signature is
        taken while its date is within the window around our clock, either way; so what came in at some moment bears a
        date at most one window later, and after two windows its date refuses it. Whatever comes with a newer date was
        signed anew, by the actor itself.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.relations import Direction
from node.store.tables import allies, follows
from node.store.tables import inbox as table

MARGIN = timedelta(hours=1)  # for a clock that is set back


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


async def forget_strangers(
    connection: AsyncConnection, now: datetime, *, window: timedelta, at_least: timedelta = timedelta()
) -> None:
    """Rule 2, for signatures whose date may lie as far as `window` from our clock; nothing younger than `at_least`."""
    age = max(2 * window + MARGIN, at_least)
    strangers = select(_senders.c.actor).where(
        _senders.c.actor.not_in(select(allies.c.actor)),
        _senders.c.actor.not_in(select(follows.c.actor).where(follows.c.direction == Direction.OUT)),
    )
    await connection.execute(delete(table).where(table.c.actor.in_(strangers), table.c.at <= now - age))


# Each actor once. It hops along the primary key from one to the next: what allies sent, however much, is passed over.
_hops = select(func.min(table.c.actor).label("actor")).cte("senders", recursive=True)
_next = select(func.min(table.c.actor)).where(table.c.actor > _hops.c.actor).scalar_subquery()
_senders = _hops.union_all(select(_next).where(_hops.c.actor.is_not(None)))
