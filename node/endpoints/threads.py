"""What belongs to a proposal of ours: the conversation that it begins, and the answers to it.

Rule 1  Whoever may read the proposal may read both. For all others they are not there (404), like the proposal itself.
Rule 2  Of a public proposal that was withdrawn nothing is left to talk about: each is gone with it (410, a Tombstone).
Rule 3  Answers of others are not kept, so nothing is counted to a conversation but the proposal that began it: whoever
        claims to belong to one and is not in it does not (FEP-7888).
"""

import orjson
from aiohttp import web

from activitypub.collection import build_opened, build_page
from node.endpoints.objects import audiences, find_proposal, tombstone
from node.endpoints.wire import HOUSE, activity_response
from schema.errors import Absent, Gone

FIRST = "first"


async def conversation(request: web.Request) -> web.Response:
    """The posts of the conversation, oldest first (FEP-f228)."""
    house = request.app[HOUSE]
    root = house.ids.proposal(request.match_info["id"])
    return await _collection(request, house.ids.conversation(root), [root], ordered=True)


async def replies(request: web.Request) -> web.Response:
    """The answers."""
    house = request.app[HOUSE]
    root = house.ids.proposal(request.match_info["id"])
    return await _collection(request, house.ids.replies(root), [], ordered=False)


async def _collection(request: web.Request, address: str, items: list[str], *, ordered: bool) -> web.Response:
    """The collection, or its only page."""
    house = request.app[HOUSE]
    try:
        stored = await find_proposal(request, await audiences(request))
    except Gone:
        return await tombstone(request, address, "OrderedCollection" if ordered else "Collection")
    if stored.document is None or request.query.get("page", FIRST) != FIRST:
        raise Absent("it never left the node, or there is no such page")
    page = build_page(house.ids.page(address, FIRST), address, items, ordered=ordered)
    document = page if "page" in request.query else build_opened(page, owner=house.ids.actor)
    return activity_response(orjson.dumps(document))
