"""Pins of allies: their keys, the alarms about them, and what changed (`federation.pins.PinStore`).

Rule 1  Alarms are few: the newest `MOST_ALARMS` of an ally, and none older than `KEPT`. One that a person dismissed
        does not come back for the same keys.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.signatures.fingerprint import fingerprint
from federation.pins import Alarm, Pin, keys_in_force
from node.store import stamps
from node.store.engine import Store
from node.store.relations import ReadActor, read_pin
from node.store.tables import allies, key_alarms, key_changes

MOST_ALARMS = 5
MOST_CHANGES = 50
KEPT = timedelta(days=365)


def words(actor: str, keys: Iterable[str]) -> str:
    """Eight words for keys, as they are kept; empty where there is no key."""
    known = list(keys)
    return " ".join(fingerprint(actor, known)) if known else ""


async def change(connection: AsyncConnection, old: Pin, new: Pin, *, by: str | None, now: datetime) -> bool:
    """Put a pin in the place of another; False where that is not there any more. `by` is who decided, if anyone did."""
    here = (allies.c.actor == new.actor.id, allies.c.document == old.document)
    values = {"document": new.document, "statements": new.statements}
    if not (await connection.execute(update(allies).where(*here).values(**values))).rowcount:
        return False
    await remember(connection, old, new, by=by, now=now)
    return True


async def remember(connection: AsyncConnection, old: Pin, new: Pin, *, by: str | None, now: datetime) -> None:
    """Write down that keys changed, where they did. The alarm about the new ones is over; all, if a person decided."""
    actor, before, after = new.actor.id, keys_in_force(old.actor), keys_in_force(new.actor)
    over = delete(key_alarms).where(key_alarms.c.actor == actor)
    await connection.execute(over if by is not None else over.where(key_alarms.c.digest == Alarm(after, "").digest))
    if before == after:
        return
    row = {"actor": actor, "at": now, "by": by, "before": words(actor, before), "after": words(actor, after)}
    await connection.execute(insert(key_changes).values(**row))
    newest = select(key_changes.c.seq).where(key_changes.c.actor == actor)
    newest = newest.order_by(key_changes.c.seq.desc()).limit(MOST_CHANGES)
    few = (key_changes.c.actor == actor, key_changes.c.seq.not_in(newest))
    await connection.execute(delete(key_changes).where(*few))


async def changes(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """When the keys of allies changed, the newest first: `actor`, `at`, `by`, `before`, `after`."""
    query = select(key_changes).order_by(key_changes.c.seq.desc())
    return (await connection.execute(query)).all()


async def alarms(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Alarms that nobody dismissed, the oldest first: `actor`, `words`, `why`, `at`."""
    query = select(key_alarms).where(key_alarms.c.dismissed_at.is_(None)).order_by(key_alarms.c.at, key_alarms.c.digest)
    return (await connection.execute(query)).all()


async def count_alarms(connection: AsyncConnection) -> int:
    """How many there are."""
    query = select(func.count()).select_from(key_alarms).where(key_alarms.c.dismissed_at.is_(None))
    return (await connection.execute(query)).scalar_one()


async def add_alarm(connection: AsyncConnection, actor: str, alarm: Alarm, now: datetime) -> bool:
    """Keep an alarm; False where there is one for the same keys."""
    same = (key_alarms.c.actor == actor, key_alarms.c.digest == alarm.digest)
    if (await connection.execute(select(key_alarms.c.at).where(*same))).first() is not None:
        return False
    row = {"digest": alarm.digest, "words": words(actor, alarm.keys), "why": alarm.why, "at": now}
    await connection.execute(insert(key_alarms).values(actor=actor, **row))
    newest = select(key_alarms.c.digest).where(key_alarms.c.actor == actor)
    newest = newest.order_by(key_alarms.c.at.desc(), key_alarms.c.digest).limit(MOST_ALARMS)
    few = (key_alarms.c.actor == actor, key_alarms.c.digest.not_in(newest))
    await connection.execute(delete(key_alarms).where(*few))
    return True


async def dismiss(connection: AsyncConnection, actor: str, *, by: str, now: datetime) -> int:
    """A person has seen to the alarms about this ally; returns how many."""
    here = (key_alarms.c.actor == actor, key_alarms.c.dismissed_at.is_(None))
    seen = update(key_alarms).where(*here).values(dismissed_at=now, dismissed_by=by)
    dismissed: int = (await connection.execute(seen)).rowcount
    return dismissed


async def forget(connection: AsyncConnection, actor: str) -> None:
    """Nothing is kept about the keys of who is no ally."""
    await connection.execute(delete(key_alarms).where(key_alarms.c.actor == actor))
    await connection.execute(delete(key_changes).where(key_changes.c.actor == actor))


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Forget what is over."""
    await connection.execute(delete(key_alarms).where(key_alarms.c.at <= now - KEPT))


class StoredPins:
    """What watches the keys of allies keeps here; `moved` and `alarmed` are told once it is committed."""

    def __init__(
        self,
        store: Store,
        read: ReadActor,
        clock: Callable[[], datetime],
        *,
        moved: Callable[[], Awaitable[None]],
        alarmed: Callable[[str], None],
    ) -> None:
        """Nothing is read yet."""
        self._store = store
        self._read = read
        self._clock = clock
        self._moved = moved
        self._alarmed = alarmed

    async def find(self, actor: str) -> Pin | None:
        """The pin of an ally."""
        async with self._store.reading() as connection:
            row = (await connection.execute(select(allies).where(allies.c.actor == actor))).one_or_none()
        return None if row is None else read_pin(row, self._read)

    async def move(self, old: Pin, new: Pin) -> None:
        """Put one in the place of the other."""
        async with self._store.transaction() as connection:
            changed = await change(connection, old, new, by=None, now=self._clock())
            await stamps.relations_changed(connection)
        if changed:
            await self._moved()

    async def raise_alarm(self, pin: Pin, alarm: Alarm) -> None:
        """Keep it, and tell where it is new."""
        async with self._store.transaction() as connection:
            new = await add_alarm(connection, pin.actor.id, alarm, self._clock())
        if new:
            self._alarmed(pin.actor.id)
