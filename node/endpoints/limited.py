"""Who a request comes from, and the limits that it is held against."""

from aiohttp import web

from activitypub.origin import origin_of
from activitypub.signatures.http import read_signature
from node.connection import Connection
from node.endpoints.wire import HOUSE, protocol_request
from node.limits import Limits
from node.visitor import Address, visitor
from schema.errors import RemoteError

LIMITS = web.AppKey("limits", Limits)


def visitor_of(request: web.Request) -> Address | None:
    """Who asks, None for nobody in particular (`node.visitor`)."""
    line = request.protocol
    trusted = line.trusted if isinstance(line, Connection) else ()
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return visitor(peer, request.headers.getall("X-Forwarded-For", ()), trusted)


def claims_an_ally(request: web.Request) -> bool:
    """Whether the signature, read as it is when it is verified, names a key at the origin of an ally.

    It proves nothing: what it chooses is whether the message counts as a stranger's at once, or once more is known.
    """
    try:
        named = read_signature(protocol_request(request), scheme="https").key_id
        return origin_of(named) in request.app[HOUSE].roster.ally_origins
    except RemoteError:
        return False
