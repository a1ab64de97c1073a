"""Proposals as the command line and the pages show them: plain values, and where to find one that was named."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.signatures.proof import read_proof
from activitypub.translate.dialects import OWN
from federation.delivery import DeliveryState
from node.house import House
from node.store import outbox, proposals
from node.store.proposals import Stored
from schema.errors import InputError, NotFound

SHORTEST = 4
COUNTED = (DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.REFUSED)


def view(house: House, stored: Stored, deliveries: Mapping[str, int] | None = None) -> dict[str, Any]:
    """One proposal as JSON values; `deliveries` counts, of our own, the nodes by what became of it."""
    proposal = stored.proposal
    draft = proposal.draft
    own = proposal.owner == house.ids.actor
    known = house.roster.known(proposal.owner)
    owner_name = house.settings.title if own else (known.name if known is not None else proposal.owner)
    window = draft.window

    def moment(value: Any) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "id": proposal.id,
        "short": proposal.id.rsplit("/", 1)[-1],
        "owner": proposal.owner,
        "owner_name": owner_name,
        "own": own,
        "kind": draft.kind.value,
        "title": draft.title,
        "category": draft.category.value,
        "quantity": None if draft.quantity is None else str(draft.quantity),
        "available": None if proposal.available is None else str(proposal.available),
        "area": None if draft.place is None else draft.place.label,
        "note": draft.note,
        "language": draft.language,
        "languages": sorted(draft.languages),
        "facts": sorted(draft.facts),
        "use_by": moment(draft.use_by),
        "collect_by": moment(draft.collect_by),
        "from": None if window is None else moment(window.begin),
        "until": None if window is None else moment(window.end),
        "ends": moment(proposal.ends),
        "published": moment(proposal.published),
        "updated": moment(proposal.updated),
        "revision": proposal.revision,
        "state": proposal.state.value,
        "audience": draft.audience.value,
        "divisible": draft.divisible,
        "proven_by": stored.proven_by,
        "dialect": stored.dialect,
        "foreign": stored.dialect != OWN,
        "asks": stored.asks,
        "proof": _proof(house, stored),
        "received": None if own else moment(stored.stored_at),
        "deliveries": {state.value: (deliveries or {}).get(state.value, 0) for state in COUNTED} if own else None,
    }


def _proof(house: House, stored: Stored) -> str | None:
    """Whether the proof of a post that came in still holds: `holds`, `by-hand` or `revoked`; None where there is none.

    Of what a key signed that was revoked later, what says it is from before must be checked by hand.
    """
    if stored.proven_by is None or stored.document is None:
        return None
    known = house.roster.known(stored.proposal.owner)
    own = stored.proposal.owner == house.ids.actor
    revoked = house.lineage.revoked if own else known.revoked if known is not None else {}
    since = revoked.get(stored.proven_by)
    if since is None:
        return "holds"
    proof = read_proof(orjson.loads(stored.document))
    return "by-hand" if proof is not None and proof.created < since else "revoked"


async def views(house: House, connection: AsyncConnection, page: Sequence[Stored]) -> list[dict[str, Any]]:
    """Several, with the deliveries of our own."""
    own = [stored.proposal.id for stored in page if stored.proposal.owner == house.ids.actor]
    states = await outbox.states_of(connection, own) if own else {}
    return [view(house, stored, states.get(stored.proposal.id)) for stored in page]


async def named(house: House, connection: AsyncConnection, name: str) -> Stored:
    """The proposal that a person named: by its address, or by the beginning of its id; our own come first."""
    if "://" in name:
        found = await proposals.find(connection, name)
    elif len(name) < SHORTEST or not name.isalnum():
        raise InputError(f"Name a post by its address, or by {SHORTEST} or more characters of its id.")
    else:
        own = await proposals.starting_with(connection, house.ids.proposal(name))
        addresses = own or await proposals.with_last_part(connection, name)
        if len(addresses) > 1:
            raise InputError("More than one post begins like this: write a few more characters.")
        found = await proposals.find(connection, addresses[0]) if addresses else None
    if found is None:
        raise NotFound("There is no such post here. List what there is with: qafila feed")
    return found


async def own_named(house: House, connection: AsyncConnection, name: str) -> Stored:
    """The same, where it must be ours to change."""
    found = await named(house, connection, name)
    if found.proposal.owner != house.ids.actor:
        raise InputError("This post belongs to another collective: only they can change it.")
    return await proposals.find(connection, found.proposal.id, to_change=True) or found
