"""Proposals and activities by their address, for programs: the very bytes that were signed.

What is not public needs the signature of an ally; what is not there and what is not yours look the same (404), and the
same is looked up for both, so that they take the same time.
"""

from collections.abc import Callable
from http import HTTPStatus

import orjson
from aiohttp import web

from activitypub.activity import build_tombstone
from node.endpoints.wire import HOUSE, activity_response, protocol_request
from node.store import outbox, proposals
from node.store.proposals import Stored
from schema.errors import Absent, Gone, InputError
from schema.visibility import Audience


async def audiences(request: web.Request) -> frozenset[Audience]:
    """For which audiences whoever signed this request may read, as our relations are now."""
    if "Signature" in request.headers:
        house = request.app[HOUSE]
        await house.look()
        if house.verifier.reader(protocol_request(request)) is not None:
            return frozenset({Audience.PUBLIC, Audience.ALLIES})
    return frozenset({Audience.PUBLIC})


def asked_for(request: web.Request, address: Callable[[str], str]) -> str:
    """The address with the id in the target; what no id of ours can be is not here."""
    try:
        return address(request.match_info["id"])
    except InputError:
        raise Absent("no id of ours") from None


async def find_proposal(request: web.Request, audience: frozenset[Audience]) -> Stored:
    """Our proposal with this address, if it is for one of these audiences; `Absent` or `Gone`."""
    house = request.app[HOUSE]
    address = asked_for(request, house.ids.proposal)
    async with house.store.reading() as connection:
        stored = await proposals.find(connection, address)
        withdrawn = await proposals.tombstone(connection, address, house.ids.actor)
    if stored is not None and stored.proposal.draft.audience in audience:
        return stored
    if stored is None and withdrawn is not None:
        raise Gone("withdrawn")
    raise Absent("no such proposal, or not for whoever asks")


async def proposal(request: web.Request) -> web.Response:
    """The signed Note; of a public one that was withdrawn, its Tombstone."""
    try:
        stored = await find_proposal(request, await audiences(request))
    except Gone:
        return await tombstone(request, asked_for(request, request.app[HOUSE].ids.proposal), "Note")
    if stored.document is None:
        raise Absent("it never left the node")
    return activity_response(stored.document)


async def tombstone(request: web.Request, address: str, former_type: str) -> web.Response:
    """What is left of a public proposal that was withdrawn, or, at this address, of what belonged to it."""
    house = request.app[HOUSE]
    proposal = house.ids.proposal(request.match_info["id"])
    async with house.store.reading() as connection:
        at = await proposals.tombstone(connection, proposal, house.ids.actor)
    gone = build_tombstone(address, former_type, at or house.now())
    return activity_response(orjson.dumps(gone), HTTPStatus.GONE)


async def activity(request: web.Request) -> web.Response:
    """One of our activities, for whom it was meant."""
    house, readable = request.app[HOUSE], await audiences(request)
    address = asked_for(request, house.ids.activity)
    async with house.store.reading() as connection:
        found = await outbox.document(connection, address)
    if found is None or found[0] not in readable:
        raise Absent("no such activity, or not for whoever asks")
    return activity_response(found[1])
