"""The delivery queue as the delivery worker sees it (`federation.delivery.DeliveryQueue`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, insert, select, update

from federation.breaker import PeerHealth
from federation.delivery import Delivery, DeliveryState, Settled
from node.store.engine import Store
from node.store.tables import activities, deliveries, peers

WAITING = deliveries.c.state == DeliveryState.WAITING

# For each peer for which something waits: when the first of it may go out, since the first holds back the rest.
_first = select(func.min(deliveries.c.id).label("id")).where(WAITING).group_by(deliveries.c.peer).subquery()
_turns = (
    select(
        deliveries.c.peer,
        func.coalesce(peers.c.failures, 0).label("failures"),
        case((peers.c.next_try > deliveries.c.not_before, peers.c.next_try), else_=deliveries.c.not_before).label("at"),
    )
    .join(_first, _first.c.id == deliveries.c.id)
    .join(peers, peers.c.peer == deliveries.c.peer, isouter=True)
    .subquery()
)


class StoredQueue:
    """Deliveries that wait, and how each peer has been answering."""

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store

    async def wake(self, peer: str | None = None) -> None:
        """Let this peer, or every peer, be tried at once."""
        query = update(peers).where(peers.c.next_try.is_not(None)).values(next_try=None)
        async with self._store.transaction() as connection:
            await connection.execute(query if peer is None else query.where(peers.c.peer == peer))

    async def due(self, now: datetime) -> Sequence[tuple[str, PeerHealth]]:
        """Peers for which something waits that may go out now."""
        query = select(_turns.c.peer, _turns.c.failures).where(_turns.c.at <= now)
        async with self._store.transaction() as connection:
            rows = (await connection.execute(query)).all()
        return [(peer, PeerHealth(failures)) for peer, failures in rows]

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next of those that may not go out yet will; None when nothing waits."""
        query = select(func.min(_turns.c.at)).where(_turns.c.at > now)
        async with self._store.transaction() as connection:
            moment: datetime | None = (await connection.execute(query)).scalar_one()
        return moment

    async def batch(self, peer: str, now: datetime, limit: int) -> Sequence[Delivery]:
        """What goes out next to this peer, in order; what must still wait holds back what comes after it."""
        query = (
            select(deliveries, activities.c.document, activities.c.object, activities.c.type)
            .join(activities, activities.c.seq == deliveries.c.activity)
            .where(WAITING, deliveries.c.peer == peer)
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        async with self._store.transaction() as connection:
            rows = (await connection.execute(query)).all()
        batch = []
        for row in rows:
            if row.not_before > now:
                break
            batch.append(
                Delivery(
                    id=row.id,
                    inbox=row.inbox,
                    document=row.document,
                    expires=row.expires,
                    object=row.object,
                    type=row.type,
                    status=row.status,
                    status_count=row.status_count,
                    status_since=row.status_since,
                )
            )
        return batch

    async def settle(self, peer: str, health: PeerHealth, settled: Sequence[Settled], now: datetime) -> None:
        """Write down what became of a batch, in one transaction."""
        async with self._store.transaction() as connection:
            for one in settled:
                await connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id == one.delivery.id)
                    .values(
                        state=one.state,
                        attempts=deliveries.c.attempts + 1,
                        status=one.status,
                        status_count=one.status_count,
                        status_since=one.status_since,
                        reason=one.reason,
                    )
                )
            values = {"failures": health.failures, "next_try": health.next_try}
            if any(one.state is DeliveryState.DELIVERED for one in settled):
                values["last_ok"] = now
            known = await connection.execute(update(peers).where(peers.c.peer == peer).values(**values))
            if not known.rowcount:
                await connection.execute(insert(peers).values(peer=peer, **values))
