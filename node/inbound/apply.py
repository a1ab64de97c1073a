"""A group of verified activities takes effect in one transaction, each on its own feet.

Rule 1  Each stands in a SAVEPOINT: one that is refused never undoes its neighbours.
Rule 2  The row that remembers an activity is written in the same transaction as its effect, and never before it.
Rule 3  What came before changes nothing and is answered as before; the same id with other content is refused with 409.
Rule 4  What everybody may send and we have no handler for is remembered and ignored.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence

from federation.verify import VerifiedActivity
from node.house import House
from node.inbound import follows, proposals
from node.inbound.effect import Arrival, Did, Effect
from node.store import inbox
from schema.errors import Conflict, QafilaError

Handler = Callable[[Arrival], Awaitable[Effect]]

HANDLERS: dict[str, Handler] = {
    "Create": proposals.put,
    "Update": proposals.put,
    "Delete": proposals.delete,
    "Follow": follows.follow,
    "Accept": follows.accept,
    "Reject": follows.reject,
    "Undo": follows.undo,
}


async def _ignore(_: Arrival) -> Effect:
    return Effect(Did.IGNORED)


async def apply_group(house: House, group: Sequence[VerifiedActivity]) -> Sequence[Effect | QafilaError]:
    """For each activity its effect, or the error that refuses it. When this returns, the effects are committed."""
    results: list[Effect | QafilaError] = []
    async with house.store.transaction() as connection:
        for verified in group:
            try:
                async with connection.begin_nested():
                    results.append(await _apply(Arrival(house, connection, verified)))
            except QafilaError as error:
                results.append(error)
        changed = any(isinstance(result, Effect) and result.roster for result in results)
        roster = await house.read_roster(connection) if changed else None
    if roster is not None:
        house.roster = roster
    for result in results:
        if isinstance(result, Effect) and result.news:
            house.events.tell("received", did=result.did.value, **result.news)
    if changed:
        house.wake_delivery()  # an answer may be waiting to go out
    return results


async def _apply(arrival: Arrival) -> Effect:
    verified = arrival.verified
    activity = verified.activity
    digest = hashlib.sha256(verified.body).digest()
    before = await inbox.seen(arrival.connection, activity.actor, activity.id)
    if before is not None:
        if before != digest:
            raise Conflict("an activity that came before, with other content")
        return Effect(Did.AGAIN)
    effect = await HANDLERS.get(activity.type, _ignore)(arrival)
    await inbox.remember(
        arrival.connection,
        actor=activity.actor,
        activity=activity.id,
        digest=digest,
        kind=activity.type,
        effect=effect.did.value,
        at=verified.received_at,
    )
    return effect
