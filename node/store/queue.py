"""The delivery queue as the delivery worker sees it (`federation.delivery.DeliveryQueue`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Self

from sqlalchemy import Row, bindparam, case, func, insert, or_, select, update

from federation.breaker import PeerHealth
from federation.delivery import Delivery, DeliveryState, Settled
from federation.group import GroupCommit
from node.store.engine import Store
from node.store.outbox import WAITS_AGAIN
from node.store.tables import activities, deliveries, peers

WAITING = deliveries.c.state == DeliveryState.WAITING
FAR = timedelta(hours=25)  # nothing is put off for longer: what seems to be was written by a clock that was wrong

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


_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("_id"), WAITING)
    .values(
        {"attempts": deliveries.c.attempts + 1}
        | {name: bindparam(name) for name in ("state", "status", "status_count", "status_since", "reason")}
    )
)
_ANSWERED = (
    update(peers)
    .where(peers.c.peer == bindparam("_peer"))
    .values(
        failures=bindparam("_failures"),
        next_try=bindparam("_next_try"),
        last_ok=func.coalesce(bindparam("_last_ok", type_=peers.c.last_ok.type), peers.c.last_ok),
    )
)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a batch, and how its peer now stands."""

    peer: str
    health: PeerHealth
    settled: Sequence[Settled]
    now: datetime

    @property
    def delivered(self) -> bool:
        """Whether the peer took anything."""
        return any(one.state is DeliveryState.DELIVERED for one in self.settled)


class StoredQueue:
    """Deliveries that wait, and how each peer has been answering."""

    def __init__(self, store: Store, first: str = "") -> None:
        """Nothing is read yet. What is about `first` goes out before all else: without it the rest is not believed."""
        self._store = store
        self._first = first

    async def wake(self, peer: str | None = None) -> None:
        """Let this peer, or every peer, be tried at once."""
        query = update(peers).where(peers.c.next_try.is_not(None)).values(next_try=None)
        async with self._store.transaction() as connection:
            await connection.execute(query if peer is None else query.where(peers.c.peer == peer))

    async def forgive(self, peer: str) -> int:
        """Let what this peer refused with 403 wait again; returns how much that is."""
        refused = (
            deliveries.c.peer == peer,
            deliveries.c.state == DeliveryState.REFUSED,
            deliveries.c.status == HTTPStatus.FORBIDDEN,
        )
        async with self._store.transaction() as connection:
            moved: int = (await connection.execute(update(deliveries).where(*refused).values(WAITS_AGAIN))).rowcount
        return moved

    async def due(self, now: datetime) -> Sequence[tuple[str, PeerHealth]]:
        """Peers for which something waits that may go out now."""
        query = select(_turns.c.peer, _turns.c.failures).where(or_(_turns.c.at <= now, _turns.c.at > now + FAR))
        async with self._store.transaction() as connection:
            rows = (await connection.execute(query)).all()
        return [(peer, PeerHealth(failures)) for peer, failures in rows]

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next of those that may not go out yet will; None when nothing waits."""
        query = select(func.min(_turns.c.at)).where(_turns.c.at > now, _turns.c.at <= now + FAR)
        async with self._store.transaction() as connection:
            moment: datetime | None = (await connection.execute(query)).scalar_one()
        return moment

    async def batch(self, peer: str, now: datetime, limit: int) -> Sequence[Delivery]:
        """What goes out next to this peer, in order; what must still wait holds back what comes after it."""
        ordered = (
            select(deliveries, activities.c.document, activities.c.object, activities.c.type, activities.c.audience)
            .join(activities, activities.c.seq == deliveries.c.activity)
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        about_first = select(activities.c.seq).where(
            activities.c.object == self._first, activities.c.type == "Update", activities.c.current
        )
        async with self._store.transaction() as connection:
            seqs = (await connection.execute(about_first)).scalars().all()
            rows: Sequence[Row[Any]] = ()
            if seqs:  # found by their activity, of which there is one: a peer may have a long queue to look through
                state, to = (func.coalesce(column, "") for column in (deliveries.c.state, deliveries.c.peer))
                here = (state == DeliveryState.WAITING, to == peer, deliveries.c.activity.in_(seqs))
                rows = (await connection.execute(ordered.where(*here))).all()
            rows = rows or (await connection.execute(ordered.where(WAITING, deliveries.c.peer == peer))).all()
        batch = []
        for row in rows:
            if now < row.not_before <= now + FAR:
                break
            batch.append(
                Delivery(
                    id=row.id,
                    inbox=row.inbox,
                    document=row.document,
                    expires=row.expires,
                    object=row.object,
                    type=row.type,
                    audience=row.audience,
                    status=row.status,
                    status_count=row.status_count,
                    status_since=row.status_since,
                )
            )
        return batch

    async def settle(self, peer: str, health: PeerHealth, settled: Sequence[Settled], now: datetime) -> None:
        """Write down what became of a batch; what was taken out of the queue meanwhile stays out."""
        await self.settle_all([Report(peer, health, settled, now)])

    async def settle_all(self, reports: Sequence[Report]) -> Sequence[None]:
        """The same for the batches of several peers, in one transaction."""
        attempts = [
            {
                "_id": one.delivery.id,
                "state": one.state,
                "status": one.status,
                "status_count": one.status_count,
                "status_since": one.status_since,
                "reason": one.reason,
            }
            for report in reports
            for one in report.settled
        ]
        states = [
            {
                "peer": report.peer,
                "failures": report.health.failures,
                "next_try": report.health.next_try,
                "last_ok": report.now if report.delivered else None,
            }
            for report in reports
        ]
        here = select(peers.c.peer).where(peers.c.peer.in_([report.peer for report in reports]))
        async with self._store.transaction() as connection:
            if attempts:
                await connection.execute(_SETTLE, attempts)
            known = set((await connection.execute(here)).scalars())
            if newer := [{f"_{name}": value for name, value in one.items()} for one in states if one["peer"] in known]:
                await connection.execute(_ANSWERED, newer)
            if new := [one for one in states if one["peer"] not in known]:
                await connection.execute(insert(peers), new)
        return [None] * len(reports)


class GatheringQueue(StoredQueue):
    """The same where many peers are sent to at once: batches that end together are written down together.

    To be entered before the worker begins and left after it has ended.
    """

    def __init__(self, store: Store, first: str = "") -> None:
        """Nothing is read yet."""
        super().__init__(store, first)
        self._reports: GroupCommit[Report, None] = GroupCommit(self.settle_all)

    async def __aenter__(self) -> Self:
        await self._reports.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._reports.__aexit__(*error)

    async def settle(self, peer: str, health: PeerHealth, settled: Sequence[Settled], now: datetime) -> None:
        """As `StoredQueue.settle`, in one transaction with what other batches came to meanwhile."""
        await self._reports.submit(Report(peer, health, settled, now))
