"""Following and being followed: what is public travels to whoever follows, once a person on the other side said yes."""

from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.activity import build_accept, build_follow, build_reject, build_undo
from activitypub.actor import RemoteActor
from activitypub.document import read_document
from activitypub.signatures.proof import read_proof
from federation.outbox import DIRECT, recipient
from node.aid.allies import handle_of
from node.house import House
from node.store import outbox, relations
from node.store.relations import Direction, Follow, FollowState
from schema.errors import InputError, NotFound, StateError

WAITS_FOR = timedelta(days=30)  # a request for its answer, and the answer for a peer that is away
AT_ONCE = timedelta(minutes=1)


async def follow(house: House, address: str) -> dict[str, Any]:
    """Ask another collective for what it publishes to everyone."""
    fetched = await house.fetcher.find(address)
    actor = fetched.actor
    if actor.id == house.ids.actor:
        raise InputError("This is our own collective.")
    now = house.now()
    async with house.relating() as connection:
        known = await relations.follow(connection, Direction.OUT, actor.id)
        if known is not None and known.state is not FollowState.REJECTED:
            raise StateError(f"We follow {actor.name} already ({known.state.value}).")
        request = build_follow(house.ids, house.new_id(), actor.id)
        signed = await send(house, connection, request, actor)
        await relations.keep_follow(
            connection,
            Follow(Direction.OUT, actor.id, request["id"], FollowState.PENDING, signed, fetched.document, now),
        )
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name, "state": FollowState.PENDING.value}


async def unfollow(house: House, address: str) -> dict[str, Any]:
    """Stop following."""
    async with house.relating() as connection:
        kept, actor = await _named(house, connection, Direction.OUT, address)
        await send(house, connection, build_undo(house.ids, house.new_id(), orjson.loads(kept.document)), actor)
        await relations.drop_follow(connection, Direction.OUT, actor.id)
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name, "state": "stopped"}


async def following(house: House) -> dict[str, Any]:
    """Whom we follow.

    `asked_again` is when we asked anew because the other side had lost that we follow it, and waits for its yes.
    """
    return {"following": await _list(house, Direction.OUT)}


async def followers(house: House) -> dict[str, Any]:
    """Who follows us, or asks to."""
    return {"followers": await _list(house, Direction.IN)}


async def follower_accept(house: House, address: str) -> dict[str, Any]:
    """Say yes to a request to follow us."""
    async with house.relating() as connection:
        kept, actor = await _named(house, connection, Direction.IN, address)
        if kept.state is FollowState.ACCEPTED:
            raise StateError(f"{actor.name} follows us already.")
        await accept(house, connection, kept, actor)
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name}


async def follower_remove(house: House, address: str) -> dict[str, Any]:
    """Say no to a request, or let a follower go."""
    async with house.relating() as connection:
        kept, actor = await _named(house, connection, Direction.IN, address)
        await relations.drop_answer(connection, actor.id)
        await send(house, connection, build_reject(house.ids, house.new_id(), _told(house, kept)), actor)
        await relations.drop_follow(connection, Direction.IN, actor.id)
    house.wake_delivery()
    return {"actor": actor.id, "name": actor.name}


async def accept(house: House, connection: AsyncConnection, kept: Follow, actor: RemoteActor) -> None:
    """Accept a Follow within a transaction of the caller's. The answer takes the place of any given before."""
    await relations.drop_answer(connection, actor.id)
    answer = build_accept(house.ids, house.new_id(), _told(house, kept))
    await send(house, connection, answer, actor, expires=house.now() + WAITS_FOR)
    await relations.set_follow_state(connection, Direction.IN, actor.id, FollowState.ACCEPTED)


async def expire(house: House) -> None:
    """Forget the requests to follow us that nobody answered in time; who still wants to may ask again."""
    if not house.roster.asking:
        return
    before = house.now() - WAITS_FOR
    async with house.store.reading() as connection:
        oldest = await relations.oldest_asking(connection)
    if oldest is not None and oldest <= before:
        async with house.relating() as connection:
            await relations.drop_asking(connection, before)


async def send(
    house: House,
    connection: AsyncConnection,
    activity: dict[str, Any],
    actor: RemoteActor,
    *,
    expires: datetime | None = None,
) -> bytes:
    """Queue an activity for one actor alone; returns its signed bytes."""
    now = house.now()
    outgoing = house.signer.outgoing(activity, about=actor.id, audience=DIRECT, now=now, expires=expires)
    await outbox.enqueue(connection, outgoing, [recipient(actor)], now=now, not_before=now)
    return outgoing.document


def _told(house: House, kept: Follow) -> dict[str, Any]:
    """A Follow of us, told by no more than names it: whatever else a stranger wrote into it is not sent back."""
    return {"id": kept.id, "type": "Follow", "actor": kept.actor, "object": house.ids.actor}


async def _list(house: House, direction: Direction) -> list[dict[str, Any]]:
    async with house.store.reading() as connection:
        kept = await relations.all_follows(connection, direction)
    found = []
    for one in kept:
        actor = house.read_actor(one.peer_document, one.actor)
        found.append(
            {
                "actor": actor.id,
                "name": actor.name,
                "handle": handle_of(actor),
                "state": one.state.value,
                "at": one.at.isoformat(),
                "asked_again": _asked_again(one),
            }
        )
    return found


def _asked_again(kept: Follow) -> str | None:
    """When a request was signed that waits, where that was later than we began to follow (`node.aid.reconciling`)."""
    if kept.direction is not Direction.OUT or kept.state is not FollowState.PENDING:
        return None
    proof = read_proof(read_document(kept.document))
    return proof.created.isoformat() if proof is not None and proof.created > kept.at + AT_ONCE else None


async def _named(
    house: House, connection: AsyncConnection, direction: Direction, address: str
) -> tuple[Follow, RemoteActor]:
    for one in await relations.all_follows(connection, direction):
        actor = house.read_actor(one.peer_document, one.actor)
        if address in {actor.id, handle_of(actor), handle_of(actor).removeprefix("@")}:
            return one, actor
    which = "qafila following" if direction is Direction.OUT else "qafila followers list"
    raise NotFound(f"There is no such collective in the list. See it with: {which}")
