"""Allies and follows: what a person here decided about other collectives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Row, and_, delete, func, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.actor import RemoteActor
from activitypub.document import read_document
from activitypub.origin import Origin, origin_of
from federation.outbox import DIRECT
from federation.pins import NO_STATEMENTS, Pin
from federation.roster import Asked, Roster
from node.store.tables import activities, allies, deliveries, follows

ReadActor = Callable[[bytes, str], RemoteActor]


class AllyState(StrEnum):
    """An ally, or one that is on hold: nothing is sent or taken, everything is kept."""

    ALLY = "ally"
    SUSPENDED = "suspended"


class Direction(StrEnum):
    """Who follows whom."""

    IN = "in"  # they follow us
    OUT = "out"  # we follow them


class FollowState(StrEnum):
    """Where a Follow is in its life."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Follow:
    """A Follow and the actor on the other side, each as the bytes it came in or went out as."""

    direction: Direction
    actor: str
    id: str
    state: FollowState
    document: bytes
    peer_document: bytes
    at: datetime


async def ally(connection: AsyncConnection, actor: str) -> Row[Any] | None:
    """The row of an ally: `actor`, `document`, `state`, `added_at`, `added_by`, `statements`."""
    return (await connection.execute(select(allies).where(allies.c.actor == actor))).one_or_none()


async def all_allies(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Every ally, in the order in which they were added."""
    return (await connection.execute(select(allies).order_by(allies.c.added_at, allies.c.actor))).all()


def read_pin(row: Row[Any], read: ReadActor) -> Pin:
    """The pin in a row of `allies`."""
    return Pin(read(row.document, row.actor), row.document, row.statements or NO_STATEMENTS)


async def pin(
    connection: AsyncConnection, *, actor: str, document: bytes, by: str, now: datetime, statements: bytes | None = None
) -> None:
    """Make an ally, its keys pinned as they stand in `document`; or pin anew what a person confirmed anew.

    `statements` are those that lead to these keys.
    """
    values = {"document": document, "state": AllyState.ALLY, "added_at": now, "added_by": by, "statements": statements}
    known = await connection.execute(update(allies).where(allies.c.actor == actor).values(**values))
    if not known.rowcount:
        await connection.execute(insert(allies).values(actor=actor, **values))


async def set_ally_state(connection: AsyncConnection, actor: str, state: AllyState) -> None:
    """Suspend or resume."""
    await connection.execute(update(allies).where(allies.c.actor == actor).values(state=state))


async def hold_all_allies(connection: AsyncConnection) -> None:
    """Put every ally on hold."""
    await connection.execute(update(allies).values(state=AllyState.SUSPENDED))


async def unpin(connection: AsyncConnection, actor: str) -> None:
    """Forget an ally."""
    await connection.execute(delete(allies).where(allies.c.actor == actor))


async def follow(connection: AsyncConnection, direction: Direction, actor: str) -> Follow | None:
    """The Follow between us and this actor, or None."""
    query = select(follows).where(follows.c.direction == direction, follows.c.actor == actor)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _follow(row)


async def is_of_another(connection: AsyncConnection, follow_id: str | None, actor: str) -> bool:
    """Whether this is the Follow of us by another actor than this one."""
    query = select(follows.c.actor).where(
        follows.c.direction == Direction.IN, follows.c.id == follow_id, follows.c.actor != actor
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def all_follows(connection: AsyncConnection, direction: Direction) -> Sequence[Follow]:
    """Every Follow in one direction, oldest first."""
    query = select(follows).where(follows.c.direction == direction).order_by(follows.c.at, follows.c.actor)
    return [_follow(row) for row in await connection.execute(query)]


def _follow(row: Row[Any]) -> Follow:
    return Follow(
        Direction(row.direction),
        row.actor,
        row.id,
        FollowState(row.state),
        row.document,
        row.peer_document,
        row.at,
    )


async def keep_follow(connection: AsyncConnection, kept: Follow) -> None:
    """Write down a Follow in place of any between the same two."""
    await drop_follow(connection, kept.direction, kept.actor)
    await connection.execute(
        insert(follows).values(
            direction=kept.direction,
            actor=kept.actor,
            id=kept.id,
            state=kept.state,
            document=kept.document,
            peer_document=kept.peer_document,
            at=kept.at,
        )
    )


async def set_follow_state(connection: AsyncConnection, direction: Direction, actor: str, state: FollowState) -> None:
    """Answer a Follow."""
    here = (follows.c.direction == direction, follows.c.actor == actor)
    await connection.execute(update(follows).where(*here).values(state=state))


async def rename(connection: AsyncConnection, actor: str, name: str) -> bool:
    """Show an actor that we follow under another name; False where we do not, or it has that name here."""
    here = (follows.c.actor == actor, follows.c.direction == Direction.OUT)
    document = (await connection.execute(select(follows.c.peer_document).where(*here))).scalar_one_or_none()
    known = {} if document is None else read_document(document)
    if not known or known.get("name") == name:
        return False
    anew = orjson.dumps(known | {"name": name}, default=float)
    await connection.execute(update(follows).where(*here).values(peer_document=anew))
    return True


async def drop_follow(connection: AsyncConnection, direction: Direction, actor: str) -> None:
    """Forget a Follow."""
    await connection.execute(delete(follows).where(follows.c.direction == direction, follows.c.actor == actor))


async def drop_answer(connection: AsyncConnection, actor: str) -> None:
    """Forget the Accept that this follower was sent, or still waits for: one answer is all that is kept of it."""
    answers = select(activities.c.seq).where(
        activities.c.object == actor, activities.c.type == "Accept", activities.c.audience == DIRECT
    )
    await connection.execute(delete(deliveries).where(deliveries.c.activity.in_(answers)))
    await connection.execute(delete(activities).where(activities.c.seq.in_(answers)))


_ASKING = (follows.c.direction == Direction.IN, follows.c.state == FollowState.PENDING)


async def asking(connection: AsyncConnection) -> dict[str, Origin]:
    """Who waits for an answer of ours, and from where."""
    waiting = await connection.execute(select(follows.c.actor).where(*_ASKING))
    return {actor: origin_of(actor) for actor in waiting.scalars()}


async def oldest_asking(connection: AsyncConnection) -> datetime | None:
    """Since when somebody waits for an answer of ours; None where nobody does."""
    moment: datetime | None = (await connection.execute(select(func.min(follows.c.at)).where(*_ASKING))).scalar_one()
    return moment


async def drop_asking(connection: AsyncConnection, before: datetime) -> None:
    """Forget who has waited for an answer of ours since then or longer."""
    await connection.execute(delete(follows).where(*_ASKING, follows.c.at <= before))


async def roster(connection: AsyncConnection, read: ReadActor) -> Roster:
    """The snapshot that everything coming in and going out is judged by.

    Only what a person here, or an answer, made a relation is read whole; what strangers ask for costs their addresses.
    """
    pinned: dict[AllyState, dict[str, RemoteActor]] = {state: {} for state in AllyState}
    for row in await all_allies(connection):
        pinned[AllyState(row.state)][row.actor] = read_pin(row, read).trusted
    followers: dict[str, RemoteActor] = {}
    following: dict[str, RemoteActor] = {}
    asked: dict[str, Asked] = {}
    query = select(follows.c.direction, follows.c.actor, follows.c.id, follows.c.state, follows.c.peer_document)
    query = query.where(not_(and_(*_ASKING)), follows.c.state != FollowState.REJECTED)
    for direction, address, identifier, state, document in await connection.execute(query):
        actor = read(document, address)
        match Direction(direction), FollowState(state):
            case Direction.IN, _:
                followers[address] = actor
            case Direction.OUT, FollowState.ACCEPTED:
                following[address] = actor
            case Direction.OUT, _:
                asked[address] = Asked(identifier, actor)
    return Roster(
        allies=pinned[AllyState.ALLY],
        suspended=pinned[AllyState.SUSPENDED],
        following=following,
        asked=asked,
        followers=followers,
        asking=await asking(connection),
    )
