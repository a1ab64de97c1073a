"""The delivery queue as the delivery worker sees it (`federation.delivery.DeliveryQueue`)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Self

from sqlalchemy import Row, bindparam, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from federation.breaker import PeerHealth
from federation.delivery import Delivery, DeliveryState, Settled, Turn
from federation.group import GroupCommit
from node.store.calls import Word, call_out
from node.store.engine import Store
from node.store.leases import LEASE, Leases
from node.store.outbox import WAITS_AGAIN
from node.store.tables import activities, deliveries, peers

WAITING = deliveries.c.state == DeliveryState.WAITING
FAR = timedelta(hours=25)  # nothing is put off for longer: what seems to be was written by a clock that was wrong

# For each peer for which something waits: when the first of it may go out, since the first holds back the rest.
_first = select(func.min(deliveries.c.id).label("id")).where(WAITING).group_by(deliveries.c.peer).subquery()
_turns = (
    select(
        deliveries.c.peer,
        case((peers.c.next_try > deliveries.c.not_before, peers.c.next_try), else_=deliveries.c.not_before).label("at"),
    )
    .join(_first, _first.c.id == deliveries.c.id)
    .join(peers, peers.c.peer == deliveries.c.peer, isouter=True)
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


Current = Callable[[AsyncConnection], Awaitable[None]]


async def _nothing(_: AsyncConnection) -> None:
    return


class StoredQueue:
    """Deliveries that wait, and how each peer has been answering."""

    def __init__(self, store: Store, first: str = "", *, current: Current = _nothing, lease: timedelta = LEASE) -> None:
        """Nothing is read yet. What is about `first` goes out before all else: without it the rest is not believed.

        `current` is awaited before anything is sent: what that is judged and signed by must be what is so now.
        """
        self._store = store
        self._first = first
        self._current = current
        self._leases = Leases(store, lease)

    async def wake(self, peer: str | None = None) -> None:
        """Let this peer, or every peer, be tried at once."""
        query = update(peers).where(peers.c.next_try.is_not(None)).values(next_try=None)
        async with self._store.transaction() as connection:
            await connection.execute(query if peer is None else query.where(peers.c.peer == peer))
            await call_out(connection, Word.DELIVER)

    async def forgive(self, peer: str) -> int:
        """Let what this peer refused with 403 wait again; returns how much that is."""
        refused = (
            deliveries.c.peer == peer,
            deliveries.c.state == DeliveryState.REFUSED,
            deliveries.c.status == HTTPStatus.FORBIDDEN,
        )
        async with self._store.transaction() as connection:
            moved: int = (await connection.execute(update(deliveries).where(*refused).values(WAITS_AGAIN))).rowcount
            if moved:
                await call_out(connection, Word.DELIVER)
        return moved

    async def due(self, now: datetime) -> Sequence[str]:
        """Peers for which something waits that may go out now, and whose turn nobody else has."""
        turns = _turns.where(self._leases.free).subquery()
        query = select(turns.c.peer).where(or_(turns.c.at <= now, turns.c.at > now + FAR))
        async with self._store.reading() as connection:
            return (await connection.execute(query)).scalars().all()

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next of those that may not go out yet will; None when nothing waits.

        What another process has may be free when its turn ends: it may be gone.
        """
        turns = _turns.subquery()
        query = select(func.min(turns.c.at)).where(turns.c.at > now, turns.c.at <= now + FAR)
        async with self._store.reading() as connection:
            moment: datetime | None = (await connection.execute(query)).scalar_one()
            wait = await self._leases.next_end(connection)
        return moment if wait is None else min(moment or now + wait, now + wait)

    def holds(self, peer: str) -> bool:
        """Whether the turn of this peer is still ours."""
        return self._leases.holds(peer)

    async def take(self, peer: str, now: datetime, limit: int) -> Turn | None:
        """Take this peer's turn, with at most so much to send; None where it is not its turn, or another's."""
        health = select(peers.c.failures, peers.c.next_try).where(peers.c.peer == peer)
        async with self._store.claiming() as connection:
            if not await self._leases.take(connection, peer):
                return None
            await self._current(connection)
            known = (await connection.execute(health)).one_or_none()
            if known is not None and known.next_try is not None and now < known.next_try <= now + FAR:
                await self._leases.let_go(connection, [peer])
                return None
            return Turn(
                PeerHealth(0 if known is None else known.failures), await self._batch(connection, peer, now, limit)
            )

    async def _batch(self, connection: AsyncConnection, peer: str, now: datetime, limit: int) -> Sequence[Delivery]:
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
        """Write down what became of a turn; what was taken out of the queue meanwhile stays out."""
        if settled or self._store.shared:
            await self._submit(Report(peer, health, settled, now))

    async def _submit(self, report: Report) -> None:
        await self.settle_all([report])

    async def settle_all(self, reports: Sequence[Report]) -> Sequence[None]:
        """Write down what became of the turns of several peers, where they are still ours, in one transaction."""
        async with self._store.transaction() as connection:
            held = await self._leases.still_held(connection, [report.peer for report in reports])
            await _write(connection, [report for report in reports if report.peer in held and report.settled])
            await self._leases.let_go(connection, [report.peer for report in reports])
        return [None] * len(reports)


async def _write(connection: AsyncConnection, reports: Sequence[Report]) -> None:
    """What became of turns, and how their peers now stand."""
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
    if attempts:
        await connection.execute(_SETTLE, attempts)
    known = set((await connection.execute(here)).scalars())
    if newer := [{f"_{name}": value for name, value in one.items()} for one in states if one["peer"] in known]:
        await connection.execute(_ANSWERED, newer)
    if new := [one for one in states if one["peer"] not in known]:
        await connection.execute(insert(peers), new)
    for one in states:
        if one["next_try"] is not None:
            await call_out(connection, Word.HELD_BACK, str(one["peer"]))


class GatheringQueue(StoredQueue):
    """The same where many peers are sent to at once: batches that end together are written down together.

    To be entered before the worker begins and left after it has ended.
    """

    def __init__(self, store: Store, first: str = "", *, current: Current = _nothing, lease: timedelta = LEASE) -> None:
        """As `StoredQueue`."""
        super().__init__(store, first, current=current, lease=lease)
        self._reports: GroupCommit[Report, None] = GroupCommit(self.settle_all)

    async def __aenter__(self) -> Self:
        await self._leases.__aenter__()
        await self._reports.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._reports.__aexit__(*error)
        await self._leases.__aexit__(*error)

    async def _submit(self, report: Report) -> None:
        """In one transaction with what other turns came to meanwhile."""
        await self._reports.submit(report)
