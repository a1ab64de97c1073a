"""Create, Update and Delete of proposals of others.

Rule 1  Only its owner says anything about a proposal: the proven actor, the owner stored, and `attributedTo` are one.
Rule 2  Whatever the order in which versions arrive, the newest stands and a withdrawal ends it.
Rule 3  The same revision with other content is refused with 409, and what is here stays: one of the two is a forgery or
        a fault, and a person must look.
Rule 4  What was proven once is not replaced by something unproven.
Rule 5  Whatever dates it carries, it is over within a year of its coming here.
Rule 6  What other software wrote is kept with the name of its dialect, and trusted for its proof alone.
Rule 7  `bto` and `bcc` are not kept (ActivityPub, 6), and so neither is a proof over them.
"""

from dataclasses import replace

import orjson

from activitypub.document import raw_member
from activitypub.translate.dialects import dialect_of, read_proposal
from node.inbound import actors
from node.inbound.effect import Arrival, Did, Effect
from node.store.proposals import Stored
from schema.errors import Conflict, DomainError, Forbidden, Malformed, RuleBroken, Unauthenticated
from schema.proposal import LONGEST, State
from schema.window import HOUR


async def put(arrival: Arrival) -> Effect:
    """Create and Update: between servers an Update replaces the whole (ActivityPub 7.3), so both say what is now."""
    plain = arrival.verified.plain
    _check_own(arrival, arrival.verified.activity.object_id)
    if plain is None or dialect_of(plain) is None:
        of_itself = arrival.verified.activity.object_id == arrival.actor
        return await actors.update(arrival) if of_itself else Effect(Did.IGNORED)
    new = _read(arrival)
    proposal = new.proposal
    if proposal.id == arrival.actor:
        raise RuleBroken("a proposal at the address of its owner")
    if arrival.shelf.is_buried(proposal.id, arrival.actor):
        return Effect(Did.STALE)
    old = arrival.shelf.find(proposal.id)
    if old is None:
        arrival.shelf.put(new)
        return Effect(Did.STORED, _news(new))
    if not proposal.supersedes(old.proposal):
        if (
            proposal.revision is not None
            and proposal.revision == old.proposal.revision
            and new.document != old.document
        ):
            raise Conflict("the same revision with other content")
        return Effect(Did.STALE)
    if old.proven_by is not None and new.proven_by is None:
        raise Unauthenticated("an unproven version of a proposal that was proven")
    try:
        proposal.check_follows(old.proposal)
    except DomainError as error:
        raise RuleBroken(str(error), shown=error.shown) from error
    arrival.shelf.put(new)
    return Effect(Did.CHANGED, _news(new))


async def delete(arrival: Arrival) -> Effect:
    """Delete: what is here goes, and what has not come yet will not come."""
    activity = arrival.verified.activity
    address = activity.object_id
    if address is None:
        raise Malformed("object: missing")
    if address == arrival.actor:
        return Effect(Did.IGNORED)  # whether a collective is gone is for a person here to say
    _check_own(arrival, address)
    old = arrival.shelf.find(address)
    arrival.shelf.bury(address, arrival.actor, arrival.verified.received_at)
    return Effect(Did.WITHDRAWN, {} if old is None else _news(old))


def _check_own(arrival: Arrival, address: str | None) -> None:
    """Rule 1, whatever the shape of what came: `Forbidden` for what is here as another's, or is another collective."""
    old = None if address is None else arrival.shelf.find(address)
    if old is not None and old.proposal.owner != arrival.actor:
        raise Forbidden("a proposal of another collective")
    roster = arrival.house.roster
    if address is not None and address != arrival.actor and (address in roster.asking or roster.known(address)):
        raise Forbidden("another collective")


def _read(arrival: Arrival) -> Stored:
    """The proposal in an activity, expired already where its last hour is over."""
    verified = arrival.verified
    note = verified.activity.object or {}
    plain = verified.plain or {}
    reading = read_proposal(
        plain, owner=arrival.actor, received=verified.received_at, respelled=plain is not verified.activity.object
    )
    proposal = reading.proposal
    proposal = replace(proposal, ends=min(proposal.ends, verified.received_at + LONGEST + HOUR))
    if proposal.ends <= verified.received_at and proposal.state is State.OPEN:
        proposal = proposal.expired()
    document, proven_by = raw_member(verified.body, "object"), verified.object_proven_by
    if orjson.loads(document) != note:
        document, proven_by = orjson.dumps(note, default=float), None
    return Stored(proposal, document, proven_by, verified.received_at, dialect=reading.dialect, asks=reading.asks)


def _news(stored: Stored) -> dict[str, str | None]:
    draft = stored.proposal.draft
    return {
        "id": stored.proposal.id,
        "owner": stored.proposal.owner,
        "kind": draft.kind.value,
        "title": draft.title,
        "proven_by": stored.proven_by,
    }
