"""Feeds of what is public: Atom, JSON Feed, iCalendar and CSV. Whoever has the newest one gets 304."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from http import HTTPStatus
from importlib import import_module

import orjson
from aiohttp import web

from node.endpoints.wire import HOUSE
from node.feeds.entry import Entry, Source, entry, source
from node.store import proposals
from node.store.proposals import Stored, Wanted
from node.version import program_version
from schema.errors import Absent
from schema.visibility import Audience

MOST = 200
MINUTES = "public, max-age=300"
Build = Callable[[Source, Sequence[Entry]], bytes]
# Loaded when they are first asked for: most nodes are asked for one, or for none.
FEEDS = {
    "posts.atom": ("node.feeds.atom", "build_atom"),
    "posts.json": ("node.feeds.json_feed", "build_json_feed"),
    "posts.ics": ("node.feeds.calendar", "build_calendar"),
    "posts.csv": ("node.feeds.sheet", "build_sheet"),
}


async def feed(request: web.Request) -> web.Response:
    """Our open public posts, the newest first."""
    name = request.match_info["feed"]
    if name not in FEEDS:
        raise Absent("no such feed")
    house = request.app[HOUSE]
    async with house.store.reading() as connection:
        wanted = Wanted(owner=house.ids.actor, audience=Audience.PUBLIC, limit=MOST)
        posts = await proposals.listing(connection, wanted)
    about = source(house, house.ids.feed(name))
    etag = _etag(about, posts)
    headers = {"ETag": etag, "Cache-Control": MINUTES, "Access-Control-Allow-Origin": "*"}
    if etag in _known(request):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    module, function = FEEDS[name]
    loaded = import_module(module)
    build: Build = getattr(loaded, function)
    body = build(about, [entry(stored) for stored in posts])
    return web.Response(body=body, headers=headers | {"Content-Type": loaded.CONTENT_TYPE})


def _etag(about: Source, posts: Sequence[Stored]) -> str:
    """The version of a feed: this program's, and whatever the feed is made of. Nothing is built to know it."""
    said = [program_version(), asdict(about), [(stored.proposal.id, stored.proposal.revision) for stored in posts]]
    return f'"{hashlib.sha256(orjson.dumps(said)).hexdigest()[:32]}"'


def _known(request: web.Request) -> set[str]:
    """The versions that whoever asks has (RFC 9110, 13.1.2); a weak tag will do."""
    return {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
