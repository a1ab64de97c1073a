"""Our collective as an actor with its collections, and the node itself as another.

Both are served to anyone without a signature, so that two nodes never wait for each other's keys. Lists of others are
shown to nobody, but to each server the part that it knows anyway.
"""

from typing import Any

import orjson
from aiohttp import web

from activitypub.collection import build_collection, build_page, build_set
from activitypub.signatures.statements import build_history
from node.endpoints.wire import HOUSE, activity_response, protocol_request
from node.store import outbox
from schema.errors import Absent

PAGE = 20
LATEST = "latest"


def own(request: web.Request) -> None:
    """Refuse every name but our own: one node is one collective."""
    if request.match_info["name"] != request.app[HOUSE].ids.name:
        raise Absent("no such actor")


def document(request: web.Request) -> web.Response:
    """The actor document."""
    return _document(request.app[HOUSE].actor_document())


async def outbox_collection(request: web.Request) -> web.Response:
    """What we published to everyone, newest first, in pages."""
    own(request)
    house = request.app[HOUSE]
    page = request.query.get("page")
    if page is None:
        first = house.ids.page(house.ids.outbox, LATEST)
        return _document(build_collection(house.ids.outbox, first=first))
    older_than = None if page == LATEST else house.ids.activity(page)
    async with house.store.reading() as connection:
        rows = await outbox.public_posts(connection, older_than=older_than, limit=PAGE)
    following = house.ids.local_activity(rows[-1][0]) if len(rows) == PAGE else None
    items = [orjson.loads(document) for _, document in rows]
    next_page = None if following is None else house.ids.page(house.ids.outbox, following)
    here = house.ids.page(house.ids.outbox, page)
    return _document(build_page(here, house.ids.outbox, items, next_page=next_page))


async def followers(request: web.Request) -> web.Response:
    """Who follows us is nobody's business: the collection is there, and shows nothing, not even a number."""
    own(request)
    return _document(build_collection(request.app[HOUSE].ids.followers))


async def followers_of_reader(request: web.Request) -> web.Response:
    """Who of one server follows us, for an actor of that very server; for all others there is no such thing (404)."""
    own(request)
    house = request.app[HOUSE]
    origin = None
    if "Signature" in request.headers:
        await house.look()
        origin = await house.verifier.origin(protocol_request(request))
    theirs = None if origin is None else house.roster.followers_at.get(origin)
    if theirs is None:
        raise Absent("nobody there is anything to us, or nobody said who asks")
    return _document(build_set(house.ids.followers_of_reader, theirs))


async def following(request: web.Request) -> web.Response:
    """Whom we follow is not shown either."""
    own(request)
    return _document(build_collection(request.app[HOUSE].ids.following))


async def keys(request: web.Request) -> web.Response:
    """What was said of our keys over time, for anyone: who was away follows it from the keys that they know."""
    own(request)
    house = request.app[HOUSE]
    return _document(build_history(house.ids, house.keyring.statements))


async def node(request: web.Request) -> web.Response:
    """The node itself, beside its collective."""
    return _document(request.app[HOUSE].node_document())


async def node_outbox(request: web.Request) -> web.Response:
    """The node itself never says anything."""
    return _document(build_collection(request.app[HOUSE].ids.node_outbox))


def _document(document: dict[str, Any]) -> web.Response:
    return activity_response(orjson.dumps(document))
