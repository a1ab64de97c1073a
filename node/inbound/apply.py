"""A group of verified activities takes effect in one transaction, each on its own feet.

Rule 1  One that is refused never undoes its neighbours: nothing changes before the last reason to refuse it is gone.
        What the database itself refuses is found out by writing one after the other, each in a SAVEPOINT.
Rule 2  The row that remembers an activity is written in the same transaction as its effect, and never before it.
Rule 3  What came before changes nothing and is answered as before; the same id with other content is refused with 409,
        and where an ally does that, the log says so: it is a fault, or somebody else has its key.
Rule 4  What everybody may send and we have no handler for is remembered and ignored.
Rule 5  Who may send what is asked again when it takes effect: whoever was put on hold or removed meanwhile is refused.
Rule 6  What is remembered fits into an index: PostgreSQL takes 2,704 bytes for a row, which holds two addresses.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from federation.policy import admit
from federation.verify import VerifiedActivity
from node.house import House
from node.inbound import follows, proposals
from node.inbound.effect import Arrival, Did, Effect
from node.log import get_log
from node.store import stamps
from node.store.engine import savepoint
from node.store.inbox import Memory
from node.store.shelf import Shelf
from schema.errors import Conflict, QafilaError, TooLarge, Unavailable

LONGEST_ADDRESS = 1_024
log = get_log(__name__)
Handler = Callable[[Arrival], Awaitable[Effect]]


def _apart(handler: Handler) -> Handler:
    """For a handler that writes to the database by itself: it stands in a SAVEPOINT of its own."""

    async def handle(arrival: Arrival) -> Effect:
        async with savepoint(arrival.connection):
            return await handler(arrival)

    return handle


HANDLERS: dict[str, Handler] = {
    "Create": proposals.put,
    "Update": proposals.put,
    "Delete": proposals.delete,
    "Follow": _apart(follows.follow),
    "Accept": _apart(follows.accept),
    "Reject": _apart(follows.reject),
    "Undo": _apart(follows.undo),
}


async def _ignore(_: Arrival) -> Effect:
    return Effect(Did.IGNORED)


async def apply_group(house: House, group: Sequence[VerifiedActivity]) -> Sequence[Effect | QafilaError]:
    """For each activity its effect, or the error that refuses it. When this returns, the effects are committed."""
    async with house.acting() as connection:
        try:
            async with savepoint(connection):
                results = await _together(house, connection, group)
        except Unavailable:
            results = [await _alone(house, connection, verified) for verified in group]
        changed = any(isinstance(result, Effect) and result.roster for result in results)
        if changed:
            await stamps.relations_changed(connection)
    if changed:
        await house.refresh_roster()
    for result in results:
        if isinstance(result, Effect) and result.news:
            house.events.tell("received", did=result.did.value, **result.news)
    if changed:
        house.wake_delivery()  # an answer may be waiting to go out
    return results


async def _together(
    house: House, connection: AsyncConnection, group: Sequence[VerifiedActivity]
) -> list[Effect | QafilaError]:
    """Read what all are about, let one after the other take effect in memory, and write it down."""
    activities = [verified.activity for verified in group]
    memory = await Memory.read(connection, {(activity.actor, activity.id) for activity in activities})
    shelf = await Shelf.read(connection, {activity.object_id for activity in activities if activity.object_id})
    results: list[Effect | QafilaError] = []
    for verified in group:
        try:
            results.append(await _apply(Arrival(house, connection, shelf, verified), memory))
        except QafilaError as error:
            results.append(error)
    await shelf.write(connection)
    await memory.write(connection)
    return results


async def _alone(house: House, connection: AsyncConnection, verified: VerifiedActivity) -> Effect | QafilaError:
    try:
        async with savepoint(connection):
            return (await _together(house, connection, [verified]))[0]
    except Unavailable as error:
        return error


async def _apply(arrival: Arrival, memory: Memory) -> Effect:
    verified = arrival.verified
    activity = verified.activity
    if any(len(address or "") > LONGEST_ADDRESS for address in (activity.id, activity.actor, activity.object_id)):
        raise TooLarge("an address longer than we can remember")
    digest = hashlib.sha256(verified.body).digest()
    before = memory.digest(activity.actor, activity.id)
    if before is not None:
        if before != digest:
            if activity.actor in arrival.house.roster.allies:
                log.warning("an ally used an id again for something else", activity=activity.type)
            raise Conflict("an activity that came before, with other content")
        return Effect(Did.AGAIN)
    admit(activity, arrival.house.roster)
    effect = await HANDLERS.get(activity.type, _ignore)(arrival)
    memory.remember(
        actor=activity.actor,
        activity=activity.id,
        digest=digest,
        kind=activity.type,
        effect=effect.did.value,
        at=verified.received_at,
    )
    return effect
