"""Publishing, changing, closing and withdrawing our own offers, needs and surplus.

One transaction holds the effect, the signed activity and its deliveries: after it, either all of it is so or none.
"""

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.activity import build_create, build_delete, build_update
from activitypub.audience import addressees
from activitypub.signatures.keys import write_multikey
from activitypub.translate.proposal import build_note
from federation.outbox import recipients
from node.aid.views import own_named, view, views
from node.house import House
from node.store import outbox, proposals
from node.store.proposals import Stored
from schema.errors import StateError
from schema.plain import dump_draft, load_draft
from schema.proposal import Draft, Proposal
from schema.proposal import publish as first_version


async def publish(house: House, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Publish a draft (`schema.plain` form)."""
    async with house.acting() as connection:
        stored = await publish_draft(house, connection, load_draft(draft))
        [post] = await views(house, connection, [stored])
    told(house, "published", stored)
    return {"post": post}


async def change(house: House, id: str, changes: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002 (as people say it)
    """Publish the next revision of one of our own; `changes` is a part of the draft form, null takes a value away."""
    async with house.acting() as connection:
        old = await own_named(house, connection, id)
        said = dump_draft(old.proposal.draft) | dict(changes)
        values = {key: value for key, value in said.items() if value is not None}
        stored = await change_draft(house, connection, old, load_draft(values))
    told(house, "changed", stored)
    return {"post": view(house, stored)}


async def close(house: House, id: str) -> dict[str, Any]:  # noqa: A002
    """Close one of our own: fulfilled, or no longer wanted. It stays readable."""
    async with house.acting() as connection:
        old = await own_named(house, connection, id)
        stored = await _announce(house, connection, old.proposal.closed(house.now()))
        await proposals.replace(connection, stored)
    told(house, "changed", stored)
    return {"post": view(house, stored)}


async def withdraw(house: House, id: str) -> dict[str, Any]:  # noqa: A002
    """Delete one of our own, here and at everyone who got it."""
    now = house.now()
    async with house.acting() as connection:
        old = await own_named(house, connection, id)
        proposal = old.proposal.withdrawn()
        await proposals.withdraw(connection, proposal, now)
        peers = 0
        if proposal.draft.audience.leaves_the_node:
            to = addressees(house.ids, proposal.draft.audience)
            delete = build_delete(
                house.ids, house.new_id(), proposal.id, former_type="Note", to=to.to, cc=to.cc, deleted=now
            )
            peers = await _enqueue(house, connection, delete, proposal)
    told(house, "withdrawn", old)
    return {"id": proposal.id, "title": proposal.draft.title, "peers": peers}


async def publish_draft(house: House, connection: AsyncConnection, draft: Draft) -> Stored:
    """Publish within a transaction of the caller's, who calls `told` after it."""
    address = house.ids.proposal(house.new_id())
    proposal = first_version(draft, id=address, owner=house.ids.actor, now=house.now())
    stored = await _announce(house, connection, proposal)
    await proposals.add(connection, stored)
    return stored


async def change_draft(house: House, connection: AsyncConnection, old: Stored, draft: Draft) -> Stored:
    """Publish the next revision within a transaction of the caller's, who calls `told` after it."""
    if draft.coarse == old.proposal.draft:
        raise StateError("Nothing would change: it already says so.")
    stored = await _announce(house, connection, old.proposal.changed(draft, house.now()))
    await proposals.replace(connection, stored)
    return stored


async def publish_again(house: House, connection: AsyncConnection, keys: Collection[str]) -> None:
    """Publish the next revision, unchanged, of what is open and was signed by one of these keys."""
    for old in await proposals.proven_by(connection, house.ids.actor, keys):
        proposal = old.proposal.changed(old.proposal.draft, house.now())
        await proposals.replace(connection, await _announce(house, connection, proposal))


def told(house: House, what: str, stored: Stored) -> None:
    """Let the delivery worker and whoever watches know, once the transaction is committed."""
    draft = stored.proposal.draft
    house.events.tell(
        what, id=stored.proposal.id, kind=draft.kind.value, title=draft.title, audience=draft.audience.value
    )
    house.wake_delivery()


async def _announce(house: House, connection: AsyncConnection, proposal: Proposal) -> Stored:
    """Sign this version and queue it for everyone in its audience."""
    now = house.now()
    if not proposal.draft.audience.leaves_the_node:
        return Stored(proposal, None, None, now)
    note = house.signer.document(build_note(proposal, house.ids), now)
    build = build_create if proposal.revision == 1 else build_update
    activity = build(
        house.ids, house.new_id(), note, to=note["to"], cc=note.get("cc", ()), published=proposal.updated or now
    )
    await _enqueue(house, connection, activity, proposal)
    return Stored(proposal, orjson.dumps(note), write_multikey(house.signer.keys.ed25519_public), now)


async def _enqueue(house: House, connection: AsyncConnection, activity: dict[str, Any], proposal: Proposal) -> int:
    """Freeze and queue an activity about a proposal; returns how many inboxes it goes to.

    A Delete waits for as long as it must and goes to everyone who got it, whatever they are to us now; to an ally on
    hold it goes once that is over. The rest is of no use after its end.
    """
    now = house.now()
    is_delete = activity["type"] == "Delete"
    outgoing = house.signer.outgoing(
        activity,
        about=proposal.id,
        audience=proposal.draft.audience.value,
        now=now,
        expires=None if is_delete else proposal.ends,
    )
    to = set(recipients(proposal.draft.audience, house.roster))
    if is_delete:
        to |= await outbox.reached(connection, proposal.id)
    return await outbox.enqueue(connection, outgoing, to, now=now, not_before=house.send_at(now))
