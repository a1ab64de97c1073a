"""Follow and its answers.

Rule 1  A Follow waits for a person here, except in the mode `open`.
Rule 2  An Accept or a Reject counts only for a Follow of ours that is here, by its id, from the actor it was sent to,
        and where it repeats the Follow, for the same two parties (security rule V15); each only once.
Rule 3  An Undo counts only for what its own actor did.
Rule 4  What strangers can make us keep is small: of a Follow that comes again only the newest is kept, in the place and
        with the standing of the one before, and a request or an actor that is larger than any needs to be is refused.
Rule 5  An ally's Undo that arrives before the Follow it names ends it all the same.
Rule 6  Whether there is room for one more who waits is asked again here, of the database: of many that come at once,
        each saw the roster before the others.
"""

from dataclasses import replace

from activitypub.members import optional_reference
from federation.policy import Mode, admit
from node.aid import following
from node.inbound.effect import Arrival, Did, Effect
from node.store import relations
from node.store.proposals import bury, is_buried
from node.store.relations import Direction, Follow, FollowState
from schema.errors import Absent, Forbidden, RuleBroken, TooLarge

LARGEST = 32 * 1024  # bytes of a Follow, and of the actor that sends it


async def follow(arrival: Arrival) -> Effect:
    """Somebody asks to follow us."""
    house, activity = arrival.house, arrival.verified.activity
    if activity.object_id != house.ids.actor:
        raise Absent("a Follow of somebody else than us")
    if await is_buried(arrival.connection, activity.id, arrival.actor):
        return Effect(Did.STALE)
    known = await relations.follow(arrival.connection, Direction.IN, arrival.actor)
    kept = await _request(arrival)
    if known is None:
        waiting = await relations.asking(arrival.connection)
        admit(activity, replace(house.roster, asking=waiting))
    else:
        kept = replace(kept, state=known.state, at=known.at)
    await relations.keep_follow(arrival.connection, kept)
    news = {"owner": arrival.actor}
    if kept.state is FollowState.PENDING and house.mode is not Mode.OPEN:
        return Effect(Did.ASKED, news, roster=known is None)
    await following.accept(house, arrival.connection, kept, arrival.verified.sender)
    as_before = known is not None and (known.state, known.peer_document) == (FollowState.ACCEPTED, kept.peer_document)
    return Effect(Did.ACCEPTED, news, roster=not as_before)


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
    if kept is None and by_content and activity.object_id is not None:
        await bury(arrival.connection, activity.object_id, arrival.actor, arrival.verified.received_at)
    if kept is None or not (by_id or by_content):
        if await relations.is_of_another(arrival.connection, activity.object_id, arrival.actor):
            raise Forbidden("an Undo of what another did")
        return Effect(Did.IGNORED)
    await relations.drop_follow(arrival.connection, Direction.IN, arrival.actor)
    await relations.drop_answer(arrival.connection, arrival.actor)
    return Effect(Did.UNDONE, {"owner": arrival.actor}, roster=True)


async def _ours(arrival: Arrival) -> Follow:
    """The Follow of ours that is answered."""
    kept = await relations.follow(arrival.connection, Direction.OUT, arrival.actor)
    if kept is None or arrival.verified.activity.object_id != kept.id:
        raise Forbidden("an answer to a request that was never made")
    said = arrival.verified.activity.object or {}
    parties = {"actor": arrival.house.ids.actor, "object": arrival.actor}
    if any(optional_reference(said, member) not in {None, party} for member, party in parties.items()):
        raise Forbidden("an answer to a request between others")
    if kept.state is FollowState.REJECTED:
        raise RuleBroken("an answer to a request that was turned down before")
    return kept


async def _request(arrival: Arrival) -> Follow:
    """The Follow as it would wait here."""
    verified = arrival.verified
    fetched = verified.sender_document
    if len(verified.body) > LARGEST or len(fetched or b"") > LARGEST:
        raise TooLarge("a Follow, or the actor that sends it, larger than either needs to be")
    return Follow(
        Direction.IN,
        arrival.actor,
        verified.activity.id,
        FollowState.PENDING,
        verified.body,
        fetched or await _pinned(arrival),
        verified.received_at,
    )


async def _pinned(arrival: Arrival) -> bytes:
    """The sender's document where it did not have to be fetched: an ally's."""
    row = await relations.ally(arrival.connection, arrival.actor)
    if row is None:
        raise Forbidden("from a collective that was an ally until now")
    document: bytes = row.document
    return document
