"""POST to the inbox, the collective's own or the shared one: they are the same."""

from http import HTTPStatus

from aiohttp import web

from federation.inbox import Inbox
from federation.verify import VerifiedActivity
from node.endpoints.actor import own
from node.endpoints.limited import LIMITS, claims_an_ally, visitor_of
from node.endpoints.wire import HOUSE, activity_request
from node.inbound.effect import Effect
from schema.errors import RemoteError

INBOX = web.AppKey("inbox", Inbox[Effect])


async def receive(request: web.Request) -> web.Response:
    """Take an activity, within the limits. 202 means that its effect is committed."""
    if "name" in request.match_info:
        own(request)
    house, limits = request.app[HOUSE], request.app[LIMITS]
    who, claims = visitor_of(request), claims_an_ally(request)
    limits.knock(who, claims=claims)
    is_proven = False

    def proven(verified: VerifiedActivity) -> None:
        nonlocal is_proven
        is_proven = True
        actor = verified.activity.actor
        if actor in house.roster.allies:
            limits.ally(who, actor)
        elif claims:
            limits.knock(who, claims=False)  # a stranger from the same server as an ally

    try:
        await request.app[INBOX].receive(await activity_request(request), proven)
    except RemoteError:
        if claims and not is_proven:
            limits.lied(who)
        raise
    return web.Response(status=HTTPStatus.ACCEPTED)
