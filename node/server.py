"""The HTTP server: which address leads to which handler, and how an error becomes an answer."""

import math
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from activitypub.message import takes_pages
from federation.inbox import Inbox
from node.endpoints import actor, feeds, health, inbox, objects, threads, visitors, wellknown
from node.endpoints.inbox import INBOX
from node.endpoints.limited import LIMITS
from node.endpoints.wire import HOUSE, check_request, expect_later, is_asked_over_tls
from node.house import House
from node.inbound.effect import Effect
from node.limits import Limits
from node.log import get_log
from node.web import pages
from node.web.headers import security_headers
from node.web.render import render_error
from schema.errors import QafilaError, RemoteError, TooMany, Unavailable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DISCOVERY = ("/.well-known/", "/nodeinfo/")
MACHINES = (*DISCOVERY, "/ns/", "/activities/", "/health")
DOCUMENTS = ("/actor", "/proposals/", "/activities/", "/ns/")
A_WHILE = timedelta(minutes=1)
LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
log = get_log(__name__)

ROUTES = (
    web.post("/inbox", inbox.receive, expect_handler=expect_later),
    web.post("/actors/{name}/inbox", inbox.receive, expect_handler=expect_later),
    web.get("/actors/{name}", pages.actor_page),
    web.get("/actors/{name}/outbox", actor.outbox_collection),
    web.get("/actors/{name}/followers", actor.followers),
    web.get("/actors/{name}/followers_synchronization", actor.followers_of_reader),
    web.get("/actors/{name}/following", actor.following),
    web.get("/actors/{name}/keys", actor.keys),
    web.get("/proposals/{id}", pages.post),
    web.get("/proposals/{id}/document", pages.document),
    web.get("/proposals/{id}/conversation", threads.conversation),
    web.get("/proposals/{id}/replies", threads.replies),
    web.get("/activities/{id}", objects.activity),
    web.get("/actor", actor.node),
    web.get("/actor/outbox", actor.node_outbox),
    web.get("/.well-known/webfinger", wellknown.webfinger),
    web.get("/.well-known/host-meta", wellknown.host_meta),
    web.get("/.well-known/host-meta.json", wellknown.host_meta_json),
    web.get("/.well-known/nodeinfo", wellknown.nodeinfo_links),
    web.get("/nodeinfo/2.1", wellknown.nodeinfo),
    web.get("/ns/qafila", wellknown.context),
    web.get("/tags/{tag}", pages.tag_page),
    web.get("/feeds/{feed}", feeds.feed),
    web.get("/robots.txt", visitors.robots),
    web.get("/sitemap.xml", visitors.sitemap),
    web.get("/.well-known/security.txt", visitors.security),
    web.get("/health", health.health),
    web.get("/", pages.home),
    web.get("/feed", pages.feed),
    web.get("/feed/post", pages.feed_post),
    web.get("/open/{secret}", pages.open_page),
    web.post("/open", pages.open_door, expect_handler=expect_later),
    web.post("/leave", pages.leave, expect_handler=expect_later),
    web.get("/static/{file}", pages.static),
    web.get("/logo/{picture}", pages.logo),
    web.get("/qr.svg", pages.qr),
)


def make_app(house: House, box: Inbox[Effect], limits: Limits) -> web.Application:
    """The application of one node."""
    app = web.Application(middlewares=[_answer])
    app[HOUSE] = house
    app[INBOX] = box
    app[LIMITS] = limits
    app.add_routes(ROUTES)
    app.on_response_prepare.append(_finish)
    return app


@web.middleware
async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as a short answer, and whatever nobody foresaw as 500 without a word about why.

    Of a node that is about to stop it is the last one on its connection: the next request goes elsewhere.
    """
    began = time.perf_counter()
    answer = await _answered(request, handler)
    if request.app[HOUSE].leaving:
        answer.force_close()
    request.app[HOUSE].meter.answered(_kind(request.path), answer.status, time.perf_counter() - began)
    return answer


def _kind(path: str) -> str:
    if path.endswith("/inbox"):
        return "inbox"
    if path.startswith(DISCOVERY):
        return "discovery"
    return "document" if path.startswith(DOCUMENTS) else "page"


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        check_request(request)
        return await handler(request)
    except QafilaError as error:
        if isinstance(error, Unavailable) and error.__cause__ is not None:
            log.crash("not available", error.__cause__)
        return _refusal(
            request,
            error.status,
            error.shown if isinstance(error, RemoteError) else None,
            wait=error.retry_after if isinstance(error, TooMany) else None,
        )
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _refusal(request, HTTPStatus(error.status), None, allow=error.headers.get("Allow"))
    except Exception as error:  # noqa: BLE001 (the node goes on serving)
        log.crash("an answer failed", error)
        return _refusal(request, HTTPStatus.INTERNAL_SERVER_ERROR, None)


def _refusal(
    request: web.Request,
    status: HTTPStatus,
    shown: str | None,
    *,
    allow: str | None = None,
    wait: timedelta | None = None,
) -> web.Response:
    """A page for people, one line for programs. It never repeats what was asked."""
    sentence = shown or status.phrase + "."
    headers = {"Retry-After": str(math.ceil((wait or A_WHILE).total_seconds()))} if status in LATER else {}
    if allow is not None:
        headers["Allow"] = allow  # RFC 9110, 15.5.6: a 405 says what may be done
    for_people = request.method in {"GET", "HEAD"} or request.path in {"/open", "/leave"}
    for_machines = request.path.startswith(MACHINES) or request.path.endswith("/inbox")
    if for_people and not for_machines and takes_pages(request.headers.get("Accept")):
        text = render_error(status, sentence, lang=pages.language(request))
        return web.Response(text=text, status=status, content_type="text/html", headers=headers)
    return web.Response(text=f"{sentence}\n", status=status, content_type="text/plain", headers=headers)


async def _finish(request: web.Request, response: web.StreamResponse) -> None:
    """What every answer carries. What depends on who asks is kept by nobody on the way."""
    response.headers.update(security_headers(is_asked_over_tls(request)))
    response.headers["Server"] = "Qafila"
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Vary"] = "Accept, Accept-Language, Cookie, Signature"
