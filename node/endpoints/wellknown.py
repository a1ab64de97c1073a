"""Where others find us: WebFinger, host-meta and NodeInfo, for anyone and from the pages of any site.

The terms of our JSON-LD stand here too, for the same readers.
"""

from typing import Any

import orjson
from aiohttp import web

from activitypub.hostmeta import XRD_TYPE, build_host_meta, build_host_meta_json
from activitypub.nodeinfo import MEDIA_TYPE, build_nodeinfo, build_nodeinfo_links
from activitypub.webfinger import find_jrd, keep_links, read_resource
from node.endpoints.wire import HOUSE
from node.version import program_version
from schema.errors import Absent, Malformed
from schema.terms import PUBLISHED

JSON = "application/json"


async def webfinger(request: web.Request) -> web.Response:
    """Find the collective or the node by one of its names (RFC 7033)."""
    house = request.app[HOUSE]
    asked = request.query.getall("resource", [])
    if len(asked) != 1:
        raise Malformed("resource: not exactly one", shown="Ask with one resource=acct:name@host.")
    jrd = find_jrd(house.ids, read_resource(asked[0], allow_http=house.lab), also=house.known_as)
    if jrd is None:
        raise Absent("no such resource")
    return _json(keep_links(jrd, request.query.getall("rel", [])), "application/jrd+json")


async def host_meta(request: web.Request) -> web.Response:
    """Where WebFinger is asked, as XRD."""
    return _open(build_host_meta(request.app[HOUSE].ids).encode(), XRD_TYPE)


async def host_meta_json(request: web.Request) -> web.Response:
    """Where WebFinger is asked, as JSON."""
    return _json(build_host_meta_json(request.app[HOUSE].ids), JSON)


async def nodeinfo_links(request: web.Request) -> web.Response:
    """Where NodeInfo stands, and the node actor."""
    return _json(build_nodeinfo_links(request.app[HOUSE].ids), JSON)


async def nodeinfo(request: web.Request) -> web.Response:
    """What software runs here."""
    settings = request.app[HOUSE].settings
    document = build_nodeinfo(version=program_version(), name=settings.title, description=settings.summary)
    return _json(document, MEDIA_TYPE)


async def context(_: web.Request) -> web.Response:
    """Our own terms, for whoever wants to look them up; every document carries them too."""
    return _json({"@context": PUBLISHED}, "application/ld+json")


def _json(document: dict[str, Any], kind: str) -> web.Response:
    return _open(orjson.dumps(document), kind)


def _open(body: bytes, kind: str) -> web.Response:
    return web.Response(body=body, headers={"Content-Type": kind, "Access-Control-Allow-Origin": "*"})
