"""Who a request comes from, and the limits that it is held against."""

import re
from typing import Final

from aiohttp import web

from activitypub.origin import origin_of
from node.connection import Connection
from node.endpoints.wire import HOUSE
from node.limits import Limits
from node.visitor import Address, visitor
from schema.errors import Malformed

LIMITS = web.AppKey("limits", Limits)
KEY_ID: Final = re.compile(r'keyid\s{0,3}=\s{0,3}"([^"\\]{1,2048})"', re.IGNORECASE)  # of either scheme


def visitor_of(request: web.Request) -> Address | None:
    """Who asks, None for nobody in particular (`node.visitor`)."""
    line = request.protocol
    trusted = line.trusted if isinstance(line, Connection) else ()
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return visitor(peer, request.headers.getall("X-Forwarded-For", ()), trusted)


def claims_an_ally(request: web.Request) -> bool:
    """Whether the header names a key at the origin of an ally.

    It proves nothing, so a look is enough: what it chooses is whose measure the request counts against until it is
    verified, or is not.
    """
    for name in ("Signature-Input", "Signature"):
        named = KEY_ID.search(request.headers.get(name, ""))
        if named is not None:
            try:
                return origin_of(named[1]) in request.app[HOUSE].roster.ally_origins
            except Malformed:
                return False
    return False
