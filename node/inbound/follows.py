"""Follow and its answers.

Rule 1  A Follow waits for a person here, except in the mode `open`.
Rule 2  An Accept or a Reject counts only for a Follow of ours that is here, by its id, from the actor it was sent to
        (security rule V15), and each only once.
Rule 3  An Undo counts only for what its own actor did.
"""

from activitypub.members import optional_reference
from federation.policy import Mode
from node.aid import following
from node.inbound.effect import Arrival, Did, Effect
from node.store import relations
from node.store.relations import Direction, Follow, FollowState
from schema.errors import Absent, Forbidden, RuleBroken


async def follow(arrival: Arrival) -> Effect:
    """Somebody asks to follow us."""
    house, activity = arrival.house, arrival.verified.activity
    if activity.object_id != house.ids.actor:
        raise Absent("a Follow of somebody else than us")
    known = await relations.follow(arrival.connection, Direction.IN, arrival.actor)
    document = arrival.verified.sender_document or await _kept_document(arrival)
    kept = Follow(
        Direction.IN,
        arrival.actor,
        activity.id,
        FollowState.PENDING,
        arrival.verified.body,
        document,
        arrival.verified.received_at,
    )
    await relations.keep_follow(arrival.connection, kept)
    if house.mode is Mode.OPEN or (known is not None and known.state is FollowState.ACCEPTED):
        await following.accept(house, arrival.connection, kept, arrival.verified.sender)
        return Effect(Did.ACCEPTED, {"owner": arrival.actor}, roster=True)
    return Effect(Did.ASKED, {"owner": arrival.actor}, roster=True)


async def accept(arrival: Arrival) -> Effect:
    """Somebody says yes to our Follow."""
    if (await _ours(arrival)).state is FollowState.ACCEPTED:
        raise RuleBroken("a second yes to the same request")
    await relations.set_follow_state(arrival.connection, Direction.OUT, arrival.actor, FollowState.ACCEPTED)
    return Effect(Did.ACCEPTED, {"owner": arrival.actor}, roster=True)


async def reject(arrival: Arrival) -> Effect:
    """Somebody says no to our Follow, at once or later."""
    await _ours(arrival)
    await relations.set_follow_state(arrival.connection, Direction.OUT, arrival.actor, FollowState.REJECTED)
    return Effect(Did.REJECTED, {"owner": arrival.actor}, roster=True)


async def undo(arrival: Arrival) -> Effect:
    """Somebody takes back what it did: of what we keep, that is a Follow."""
    activity = arrival.verified.activity
    kept = await relations.follow(arrival.connection, Direction.IN, arrival.actor)
    undone = activity.object
    by_id = kept is not None and activity.object_id == kept.id
    by_content = (
        undone is not None
        and undone.get("type") == "Follow"
        and optional_reference(undone, "actor") == arrival.actor
        and optional_reference(undone, "object") == arrival.house.ids.actor
    )
    if undone is not None and undone.get("type") == "Follow" and not by_content:
        raise Forbidden("an Undo of what another did")
    if kept is None or not (by_id or by_content):
        return Effect(Did.IGNORED)
    await relations.drop_follow(arrival.connection, Direction.IN, arrival.actor)
    return Effect(Did.UNDONE, {"owner": arrival.actor}, roster=True)


async def _ours(arrival: Arrival) -> Follow:
    """The Follow of ours that is answered."""
    kept = await relations.follow(arrival.connection, Direction.OUT, arrival.actor)
    if kept is None or arrival.verified.activity.object_id != kept.id:
        raise Forbidden("an answer to a request that was never made")
    if kept.state is FollowState.REJECTED:
        raise RuleBroken("an answer to a request that was turned down before")
    return kept


async def _kept_document(arrival: Arrival) -> bytes:
    """The sender's document where it was known before: an ally's, pinned."""
    row = await relations.ally(arrival.connection, arrival.actor)
    if row is not None:
        document: bytes = row.document
        return document
    raise Absent("the sender's document is not kept")
