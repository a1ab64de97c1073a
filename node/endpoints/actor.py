"""Our collective as an actor, its collections, and the ways to find it.

The actor is served to anyone without a signature, so that two nodes never wait for each other's keys.
"""

from typing import Any

import orjson
from aiohttp import web

from activitypub.collection import build_collection, build_page
from activitypub.webfinger import build_jrd, is_ours, read_resource
from node.endpoints.wire import HOUSE, activity_response
from node.store import outbox
from schema.errors import Absent, Malformed
from schema.terms import CONTEXT

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
    async with house.store.transaction() as connection:
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


async def following(request: web.Request) -> web.Response:
    """Whom we follow is not shown either."""
    own(request)
    return _document(build_collection(request.app[HOUSE].ids.following))


async def webfinger(request: web.Request) -> web.Response:
    """Find our actor by its handle (RFC 7033)."""
    house = request.app[HOUSE]
    asked = request.query.getall("resource", [])
    if len(asked) != 1:
        raise Malformed("resource: not exactly one", shown="Ask with one resource=acct:name@host.")
    if not is_ours(house.ids, read_resource(asked[0], allow_http=house.lab)):
        raise Absent("no such resource")
    headers = {"Content-Type": "application/jrd+json", "Access-Control-Allow-Origin": "*"}
    return web.Response(body=orjson.dumps(build_jrd(house.ids)), headers=headers)


async def context(_: web.Request) -> web.Response:
    """Our own terms, for whoever wants to look them up; every document carries them too."""
    headers = {"Content-Type": "application/ld+json", "Access-Control-Allow-Origin": "*"}
    return web.Response(body=orjson.dumps({"@context": CONTEXT}), headers=headers)


def _document(document: dict[str, Any]) -> web.Response:
    return activity_response(orjson.dumps(document))
