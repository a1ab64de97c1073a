"""What we send: activities as the bytes that were signed, and a row for each inbox they go to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from federation.delivery import DeliveryState
from federation.outbox import Outgoing, Recipient
from node.store.calls import Word, call_out
from node.store.tables import activities, deliveries, peers, proposals
from schema.proposal import State
from schema.visibility import Audience

WAITS_AGAIN = {"state": DeliveryState.WAITING, "status": None, "status_count": 0, "status_since": None}
ERASED = "erased"  # the audience of what was withdrawn: nobody
REACHED = ("timeout", "too-large", "protocol")  # reasons of attempts that may have arrived all the same


async def enqueue(
    connection: AsyncConnection,
    outgoing: Outgoing,
    recipients: Iterable[Recipient],
    *,
    now: datetime,
    not_before: datetime,
) -> int:
    """Write an activity and its deliveries; returns how many there are.

    What it makes pointless is superseded, and what was said before of the same object is shown to nobody any more; of
    what is deleted, nothing said before is kept.
    """
    await _supersede(connection, outgoing)
    seq = (
        await connection.execute(
            insert(activities)
            .values(
                id=outgoing.id,
                type=outgoing.type,
                object=outgoing.object,
                audience=outgoing.audience,
                document=outgoing.document,
                current=True,
                at=now,
            )
            .returning(activities.c.seq)
        )
    ).scalar_one()
    rows = [
        _delivery(seq, recipient, now=now, not_before=not_before, expires=outgoing.expires) for recipient in recipients
    ]
    await _queue(connection, rows)
    return len(rows)


async def _queue(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await connection.execute(insert(deliveries), rows)
        await call_out(connection, Word.DELIVER)


def _delivery(
    activity: int, recipient: Recipient, *, now: datetime, not_before: datetime, expires: datetime | None
) -> dict[str, Any]:
    return {
        "activity": activity,
        "peer": recipient.peer,
        "inbox": recipient.inbox,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "status_count": 0,
        "queued_at": now,
        "not_before": not_before,
        "expires": expires,
    }


# What an activity makes pointless, where it is about the same object.
_SUPERSEDES = {"Update": ("Update",), "Delete": ("Create", "Update")}


async def _supersede(connection: AsyncConnection, outgoing: Outgoing) -> None:
    types = _SUPERSEDES.get(outgoing.type)
    if types is None:
        return
    older = (activities.c.object == outgoing.object, activities.c.type.in_(types))
    await connection.execute(
        update(deliveries)
        .where(
            deliveries.c.activity.in_(select(activities.c.seq).where(*older)),
            deliveries.c.state.in_((DeliveryState.WAITING, DeliveryState.REFUSED)),
        )
        .values(state=DeliveryState.SUPERSEDED)
    )
    said = update(activities).where(activities.c.object == outgoing.object, activities.c.type.in_(("Create", "Update")))
    if outgoing.type == "Delete":
        await connection.execute(said.values(document=b"", audience=ERASED, current=False))
    else:
        await connection.execute(said.values(current=False))


async def waiting(connection: AsyncConnection) -> Sequence[tuple[int, bytes]]:
    """Every activity that some inbox still waits for, by its `seq`, as it would be sent."""
    undone = (DeliveryState.WAITING, DeliveryState.REFUSED)
    here = select(deliveries.c.activity).where(deliveries.c.state.in_(undone))
    query = select(activities.c.seq, activities.c.document).where(activities.c.seq.in_(here)).order_by(activities.c.seq)
    return [(row[0], row[1]) for row in await connection.execute(query)]


async def rewrite(connection: AsyncConnection, seq: int, document: bytes) -> None:
    """Send other bytes to those who still wait: the same, signed anew."""
    await connection.execute(update(activities).where(activities.c.seq == seq).values(document=document))


async def bring_up_to_date(connection: AsyncConnection, recipient: Recipient, now: datetime) -> int:
    """Queue for one ally what it may have missed: each open post as it is now. Returns how many there are."""
    got = select(deliveries.c.id).where(
        deliveries.c.activity == activities.c.seq,
        deliveries.c.inbox == recipient.inbox,
        deliveries.c.state.in_((DeliveryState.WAITING, DeliveryState.DELIVERED)),
    )
    missed = (
        select(activities.c.seq, proposals.c.ends)
        .join(proposals, proposals.c.id == activities.c.object)
        .where(
            activities.c.current,
            activities.c.type.in_(("Create", "Update")),
            activities.c.audience.in_((Audience.ALLIES.value, Audience.PUBLIC.value)),
            proposals.c.state == State.OPEN.value,
            ~got.exists(),
        )
        .order_by(activities.c.seq)
    )
    rows = [
        _delivery(seq, recipient, now=now, not_before=now, expires=ends)
        for seq, ends in (await connection.execute(missed)).all()
    ]
    await _queue(connection, rows)
    return len(rows)


async def reached(connection: AsyncConnection, about: str) -> set[Recipient]:
    """Every inbox that something about this object arrived at, or may have arrived at."""
    query = (
        select(deliveries.c.peer, deliveries.c.inbox)
        .join(activities, activities.c.seq == deliveries.c.activity)
        .where(
            activities.c.object == about,
            or_(
                deliveries.c.state == DeliveryState.DELIVERED,
                deliveries.c.status.is_not(None),
                deliveries.c.reason.in_(REACHED),
            ),
        )
        .distinct()
    )
    return {Recipient(peer, inbox) for peer, inbox in (await connection.execute(query))}


async def document(connection: AsyncConnection, address: str) -> tuple[str, bytes] | None:
    """The activity with this address, where it is still what we say: its audience and its bytes."""
    query = select(activities.c.audience, activities.c.document).where(activities.c.id == address, activities.c.current)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def said(connection: AsyncConnection) -> Sequence[bytes]:
    """Everything that we still say, oldest first."""
    query = select(activities.c.document).where(activities.c.current).order_by(activities.c.seq)
    return (await connection.execute(query)).scalars().all()


async def public_posts(
    connection: AsyncConnection, *, older_than: str | None, limit: int
) -> Sequence[tuple[str, bytes]]:
    """A page of what the outbox shows to the world, newest first: addresses and documents, each post as it is now."""
    public = (
        activities.c.audience == Audience.PUBLIC.value,
        activities.c.type.in_(("Create", "Update")),
        activities.c.current,
    )
    query = select(activities.c.id, activities.c.document).where(*public).order_by(activities.c.seq.desc())
    if older_than is not None:
        known = select(activities.c.seq).where(activities.c.id == older_than, *public).scalar_subquery()
        query = query.where(activities.c.seq < known)
    rows = await connection.execute(query.limit(limit))
    return [(row[0], row[1]) for row in rows]


async def states_of(connection: AsyncConnection, objects: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each object, how many nodes' newest delivery about it is in which state."""
    newest = (
        select(activities.c.object, func.max(deliveries.c.id).label("id"))
        .join(deliveries, deliveries.c.activity == activities.c.seq)
        .where(activities.c.object.in_(objects))
        .group_by(activities.c.object, deliveries.c.peer)
        .subquery()
    )
    query = (
        select(newest.c.object, deliveries.c.state, func.count())
        .join(deliveries, deliveries.c.id == newest.c.id)
        .group_by(newest.c.object, deliveries.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for address, state, number in await connection.execute(query):
        found.setdefault(address, {})[state] = number
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery, as a person reads it."""

    id: int
    activity: str
    object: str
    peer: str
    state: str
    attempts: int
    status: int | None
    reason: str | None
    not_before: datetime


async def listing(connection: AsyncConnection, *, state: str | None, limit: int) -> Sequence[Line]:
    """Deliveries, newest first."""
    query = (
        select(
            deliveries.c.id,
            activities.c.type,
            activities.c.object,
            deliveries.c.peer,
            deliveries.c.state,
            deliveries.c.attempts,
            deliveries.c.status,
            deliveries.c.reason,
            deliveries.c.not_before,
        )
        .join(activities, activities.c.seq == deliveries.c.activity)
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(deliveries.c.state == state)
    return [Line(*row) for row in (await connection.execute(query))]


async def count(connection: AsyncConnection, state: DeliveryState) -> int:
    """How many deliveries are in this state."""
    query = select(func.count()).select_from(deliveries).where(deliveries.c.state == state)
    return (await connection.execute(query)).scalar_one()


@dataclass(frozen=True, slots=True)
class PeerLine:
    """How one peer has been answering, as a person reads it."""

    peer: str
    failures: int
    next_try: datetime | None
    last_ok: datetime | None
    waiting: int


async def peers_listing(connection: AsyncConnection) -> Sequence[PeerLine]:
    """Every peer that something was sent to, by name."""
    waiting = (
        select(func.count())
        .where(deliveries.c.peer == peers.c.peer, deliveries.c.state == DeliveryState.WAITING)
        .scalar_subquery()
    )
    query = select(peers.c.peer, peers.c.failures, peers.c.next_try, peers.c.last_ok, waiting).order_by(peers.c.peer)
    return [PeerLine(*row) for row in (await connection.execute(query))]


async def drop_for_allies(connection: AsyncConnection, still: Collection[str]) -> None:
    """Send what is for allies to no inbox but those in `still`, not even after a retry. A Delete goes all the same."""
    for_allies = select(activities.c.seq).where(
        activities.c.audience == Audience.ALLIES.value, activities.c.type != "Delete"
    )
    await connection.execute(
        update(deliveries)
        .where(
            deliveries.c.state.in_([DeliveryState.WAITING, DeliveryState.REFUSED]),
            deliveries.c.activity.in_(for_allies),
            deliveries.c.inbox.not_in(still),
        )
        .values(state=DeliveryState.DROPPED)
    )


async def requeue(connection: AsyncConnection, peer: str | None) -> int:
    """Let what was refused wait again, and hold no peer back; returns how many deliveries wait again."""
    refused = update(deliveries).where(deliveries.c.state == DeliveryState.REFUSED)
    held = update(peers)
    if peer is not None:
        refused, held = refused.where(deliveries.c.peer == peer), held.where(peers.c.peer == peer)
    waiting = update(deliveries).where(deliveries.c.state == DeliveryState.WAITING)
    if peer is not None:
        waiting = waiting.where(deliveries.c.peer == peer)
    await connection.execute(waiting.values(not_before=deliveries.c.queued_at))
    moved: int = (await connection.execute(refused.values(WAITS_AGAIN))).rowcount
    await connection.execute(held.values(next_try=None))
    await call_out(connection, Word.DELIVER)
    return moved
