"""POST to the inbox, the collective's own or the shared one: they are the same."""

from http import HTTPStatus

from aiohttp import web

from federation.inbox import Inbox
from node.endpoints.actor import own
from node.endpoints.wire import activity_request
from node.inbound.effect import Effect

INBOX = web.AppKey("inbox", Inbox[Effect])


async def receive(request: web.Request) -> web.Response:
    """Take an activity. 202 means that its effect is committed."""
    if "name" in request.match_info:
        own(request)
    await request.app[INBOX].receive(await activity_request(request))
    return web.Response(status=HTTPStatus.ACCEPTED)
