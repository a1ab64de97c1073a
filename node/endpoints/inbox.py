"""POST to the inbox, the collective's own or the shared one: they are the same."""

from http import HTTPStatus

from aiohttp import web

from activitypub.actor import RemoteActor
from federation.inbox import Inbox
from node.endpoints.actor import own
from node.endpoints.limited import LIMITS, claims_an_ally, visitor_of
from node.endpoints.wire import activity_request
from node.inbound.effect import Effect

INBOX = web.AppKey("inbox", Inbox[Effect])


async def receive(request: web.Request) -> web.Response:
    """Take an activity, within the limits. 202 means that its effect is committed."""
    if "name" in request.match_info:
        own(request)
    limits, who = request.app[LIMITS], visitor_of(request)
    claims = claims_an_ally(request)
    if not claims:
        limits.stranger(who)

    def count(ally: RemoteActor | None) -> None:
        if ally is not None:
            limits.ally(ally.id)
        elif claims:
            limits.stranger(who)  # from the same server as an ally

    await request.app[INBOX].receive(await activity_request(request), count)
    return web.Response(status=HTTPStatus.ACCEPTED)
