"""Allies and follows: what a person here decided about other collectives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.actor import RemoteActor
from federation.roster import Asked, Roster
from node.store.tables import allies, follows

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
    """The row of an ally: `actor`, `document`, `state`, `added_at`, `added_by`."""
    return (await connection.execute(select(allies).where(allies.c.actor == actor))).one_or_none()


async def all_allies(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Every ally, in the order in which they were added."""
    return (await connection.execute(select(allies).order_by(allies.c.added_at, allies.c.actor))).all()


async def pin(connection: AsyncConnection, *, actor: str, document: bytes, by: str, now: datetime) -> None:
    """Make an ally, its keys pinned as they stand in `document`; or pin anew what a person confirmed anew."""
    values = {"document": document, "state": AllyState.ALLY, "added_at": now, "added_by": by}
    known = await connection.execute(update(allies).where(allies.c.actor == actor).values(**values))
    if not known.rowcount:
        await connection.execute(insert(allies).values(actor=actor, **values))


async def set_ally_state(connection: AsyncConnection, actor: str, state: AllyState) -> None:
    """Suspend or resume."""
    await connection.execute(update(allies).where(allies.c.actor == actor).values(state=state))


async def unpin(connection: AsyncConnection, actor: str) -> None:
    """Forget an ally."""
    await connection.execute(delete(allies).where(allies.c.actor == actor))


async def follow(connection: AsyncConnection, direction: Direction, actor: str) -> Follow | None:
    """The Follow between us and this actor, or None."""
    query = select(follows).where(follows.c.direction == direction, follows.c.actor == actor)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _follow(row)


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


async def drop_follow(connection: AsyncConnection, direction: Direction, actor: str) -> None:
    """Forget a Follow."""
    await connection.execute(delete(follows).where(follows.c.direction == direction, follows.c.actor == actor))


async def roster(connection: AsyncConnection, read: ReadActor) -> Roster:
    """The snapshot that everything coming in and going out is judged by."""
    pinned: dict[AllyState, dict[str, RemoteActor]] = {AllyState.ALLY: {}, AllyState.SUSPENDED: {}}
    for row in await all_allies(connection):
        pinned[AllyState(row.state)][row.actor] = read(row.document, row.actor)
    inward = await all_follows(connection, Direction.IN)
    outward = await all_follows(connection, Direction.OUT)

    def actors(kept: Sequence[Follow], state: FollowState) -> dict[str, RemoteActor]:
        return {one.actor: read(one.peer_document, one.actor) for one in kept if one.state is state}

    return Roster(
        allies=pinned[AllyState.ALLY],
        suspended=pinned[AllyState.SUSPENDED],
        following=actors(outward, FollowState.ACCEPTED),
        asked={
            one.actor: Asked(one.id, read(one.peer_document, one.actor))
            for one in outward
            if one.state is FollowState.PENDING
        },
        followers=actors(inward, FollowState.ACCEPTED),
        asking=actors(inward, FollowState.PENDING),
    )
