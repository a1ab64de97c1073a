"""From aiohttp to the protocol's own request, and the tests that every request must pass before it means anything.

Rule 1  The host is ours, exactly: that of our address, or the onion service that leads here too. Another one is
        answered with 421, so no name but our own leads to what we serve. What is served is the same under both. From
        where a request comes opens nothing, least of all from here: web server and Tor are on this machine as well.
Rule 2  The target is in normal form: no dot segments, no empty ones, nothing encoded that need not be. Anything else is
        answered with 404, never with a redirect.
Rule 3  A body is bounded in size and in time, and comes uncompressed. Who asks before sending it (`Expect`) is told to
        go on only when it is about to be read.
Rule 4  We are nobody's proxy (CONNECT), and a body of HTTP/1.0 does not come in chunks (RFC 9112, 6.1).
"""

import asyncio
import re
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_writer import HttpVersion10, HttpVersion11

from activitypub.message import ACTIVITY_JSON, Request, is_activity_media_type
from activitypub.origin import Origin
from node.house import House
from schema.errors import Absent, Malformed, Misdirected, Timeout, TooLarge, WrongMediaType

HOUSE = web.AppKey("house", House)
LONGEST_TARGET = 2_048
CONTINUE = "100-continue"
_NEEDLESS = r"[01][0-9A-F]|2[DEF]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7[EF]"  # controls, `/` and unreserved characters
TARGET = re.compile(rf"/(?:[A-Za-z0-9._~@-]|%(?!{_NEEDLESS})[0-9A-F]{{2}}|(?<!/)/)*(?:\?[^#\x00-\x20\x7f]*)?")
DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
METHODS = ("GET", "HEAD", "POST")


def protocol_request(request: web.Request, body: bytes = b"") -> Request:
    """The request as the protocol sees it: target and headers as they stood on the wire."""
    headers = tuple((name.lower(), value) for name, value in request.headers.items())
    return Request(request.method, request.raw_path, headers, body)


def check_request(request: web.Request) -> None:
    """Hold rules 1, 2 and 4; `Misdirected`, `Absent`, `Malformed`, or aiohttp's own error for a method."""
    if request.method == "CONNECT":
        raise web.HTTPMethodNotAllowed(request.method, METHODS)
    if request.version <= HttpVersion10 and "Transfer-Encoding" in request.headers:
        raise Malformed("HTTP/1.0 with a transfer coding")
    target = request.raw_path
    if len(target) > LONGEST_TARGET or not TARGET.fullmatch(target) or DOTS.search(target.partition("?")[0]):
        raise Absent("a target that is not in normal form")
    if asked_as(request) is None:
        raise Misdirected("meant for another host")


def asked_as(request: web.Request) -> Origin | None:
    """The one of our origins that this request is for; None where it is for somebody else."""
    hosts = request.headers.getall("Host", [])
    origins = (ids.origin for ids in request.app[HOUSE].known_as)
    return next((origin for origin in origins if hosts == [origin.authority]), None)


def is_asked_over_tls(request: web.Request) -> bool:
    """Whether the browser that asks sees https: it does not in the lab and at an onion service."""
    origin = asked_as(request)
    return origin is not None and origin.scheme == "https"


async def expect_later(request: web.Request) -> None:
    """In place of what aiohttp does about `Expect` before anything else: see rule 3."""
    if request.headers["Expect"].lower() != CONTINUE:
        raise web.HTTPExpectationFailed


async def read_body(request: web.Request, *, limit: int, seconds: float) -> bytes:
    """The body, at most `limit` bytes within `seconds` (rule 3)."""
    codings = [value.lower() for value in request.headers.getall("Transfer-Encoding", ())]
    if "Content-Encoding" in request.headers or codings not in ([], ["chunked"]):
        raise WrongMediaType("a compressed body", shown="Send it uncompressed.")
    if request.content_length is not None and request.content_length > limit:
        raise TooLarge("a body that says it is over the limit")
    if request.version >= HttpVersion11 and request.headers.get("Expect", "").lower() == CONTINUE:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
    content = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                content += chunk
                if len(content) > limit:
                    raise TooLarge("a body over the limit")
    except TimeoutError:
        raise Timeout("a body that came too slowly") from None
    except (web.RequestPayloadError, ConnectionError):
        raise Malformed("a body that broke off") from None
    return bytes(content)


async def activity_request(request: web.Request) -> Request:
    """A request that brings an activity, its body read; the errors are those of rule 3 and of a wrong media type."""
    kinds = request.headers.getall("Content-Type", [])
    if len(kinds) != 1 or not is_activity_media_type(kinds[0]):
        raise WrongMediaType("a body that is not ActivityStreams by its media type")
    settings = request.app[HOUSE].settings
    body = await read_body(request, limit=settings.max_body_kib * 1024, seconds=settings.body_timeout_seconds)
    return protocol_request(request, body)


def activity_response(document: bytes, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """A document as ActivityStreams."""
    return web.Response(body=document, status=status, headers={"Content-Type": ACTIVITY_JSON})
