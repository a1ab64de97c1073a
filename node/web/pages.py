"""The pages' handlers: public ones for the world, the merged feed for the operator alone.

Rule 1  Reading changes nothing. What changes something is a POST that comes from a page of ours.
Rule 2  Whoever holds a session is the operator; without one there is nothing here but what is public.
"""

import hashlib
import hmac
from http import HTTPStatus

from aiohttp import web

from activitypub.message import prefers_activity
from node.aid import door, reading
from node.aid.allies import ally_list
from node.aid.views import view
from node.endpoints import actor, objects
from node.endpoints.limited import LIMITS, visitor_of
from node.endpoints.wire import HOUSE, asked_as, is_asked_over_tls, read_body
from node.face import texts_of
from node.store.proposals import Stored
from node.web import paths
from node.web.i18n import NAMES, choose_language
from node.web.qr import CONTENT_TYPE, qr_svg
from node.web.render import (
    render_feed,
    render_home,
    render_open,
    render_open_used,
    render_post,
)
from node.web.static import static_files
from node.web.views import Collective, Filters, Owner, Picture, Way
from schema.category import Category
from schema.errors import Absent, Forbidden, Malformed
from schema.profile import REACH, Part
from schema.proposal import Kind
from schema.visibility import Audience

PUBLIC = frozenset({Audience.PUBLIC})
PAGE = 30
FEED_PAGE = 40
FORM_BYTES = 4_096
LONGEST_NUMBER = 18  # digits; both databases count that far
FORM_SECONDS = 10.0
A_YEAR = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"


def wants_activity(request: web.Request) -> bool:
    """Whether a program asks, by the media type it prefers."""
    return prefers_activity(request.headers.get("Accept"))


def language(request: web.Request) -> str:
    """The language chosen in the address, or by the browser, or by nobody."""
    return choose_language(request.query.get(paths.LANG), request.headers.get("Accept-Language"), tuple(NAMES))


def collective(request: web.Request) -> Collective:
    """Ours, in the words that the reader understands best: of the chosen language, of the browser's, or our own."""
    house = request.app[HOUSE]
    settings, profile = house.settings, house.profile
    chosen = choose_language(
        request.query.get(paths.LANG),
        request.headers.get("Accept-Language"),
        (settings.language, *profile.languages),
    )
    texts = texts_of(settings, profile)
    names, summaries = texts[Part.NAME], texts[Part.SUMMARY]
    named, told = (chosen if chosen in words else settings.language for words in (names, summaries))
    ways = ((part, profile.best(part, language(request), chosen, settings.language)) for part in REACH)
    logo = profile.logo
    return Collective(
        name=names[named],
        name_language=named,
        handle=f"@{house.ids.acct}",
        url=house.ids.home,
        actor=house.ids.actor,
        summary=summaries.get(told, ""),
        language=told,
        ways=tuple(Way(part, best[1], best[0]) for part, best in ways if best is not None),
        logo=None if logo is None else Picture(logo.file, logo.width, logo.height),
        other_languages=tuple(tag for tag in profile.languages if tag not in {*NAMES, chosen, settings.language}),
    )


def page(text: str, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """A page as an answer."""
    return web.Response(text=text, status=status, content_type="text/html")


def cookie_name(request: web.Request) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain http (the lab, an onion service) cannot have it."""
    return "__Host-qafila" if is_asked_over_tls(request) else "qafila"


async def session(request: web.Request) -> str | None:
    """The operator's session, where there is one."""
    secret = request.cookies.get(cookie_name(request))
    return secret if secret and await door.is_signed_in(request.app[HOUSE], secret) else None


def csrf_token(secret: str) -> str:
    """A token that only the pages of this session hold."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


async def operator(request: web.Request) -> str:
    """The operator's session, or `Forbidden`."""
    secret = await session(request)
    if secret is None:
        raise Forbidden(
            "no session", shown="This page is for the people of this collective. Open it with the link of: qafila open"
        )
    return secret


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form that one of our own pages sent; `Forbidden` for any other page's."""
    base = str(asked_as(request))
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in {None, "same-origin"} or origin not in {None, base, "null" if site == "same-origin" else base}:
        raise Forbidden("a form of another site")
    if request.content_type != "application/x-www-form-urlencoded":
        raise Malformed("not a form")
    body = await read_body(request, limit=FORM_BYTES, seconds=FORM_SECONDS)
    try:
        return dict(paths.Address.parse("/?" + body.decode("ascii")).query)
    except UnicodeDecodeError:
        raise Malformed("not a form") from None


async def home(request: web.Request) -> web.Response:
    """The collective's own page, and what it published to everyone; for programs, who it is."""
    return actor.document(request) if wants_activity(request) else await _home(request)


async def actor_page(request: web.Request) -> web.Response:
    """The actor's address: its document for programs, the collective's page for people."""
    actor.own(request)
    return await home(request)


async def tag_page(request: web.Request) -> web.Response:
    """Public posts of one kind or category, where the hashtag of one leads."""
    tag = request.match_info["tag"].casefold()
    kinds = {kind.value: kind.value for kind in Kind}
    categories = {category.value.replace("-", ""): category.value for category in Category}
    if tag not in kinds and tag not in categories:
        raise Absent("no such hashtag")
    return await _home(request, kind=kinds.get(tag), category=categories.get(tag))


async def _home(request: web.Request, *, kind: str | None = None, category: str | None = None) -> web.Response:
    house = request.app[HOUSE]
    found = await reading.public_posts(
        house, kind=kind, category=category, older_than=request.query.get("older"), limit=PAGE
    )
    here = paths.Address.parse(request.path_qs)
    next_url = None if found["next"] is None else str(here.having(older=found["next"]))
    secret = await session(request)
    text = render_home(
        collective(request),
        found["posts"],
        lang=language(request),
        next_url=next_url,
        here=str(here),
        csrf=None if secret is None else csrf_token(secret),
    )
    return page(text)


async def post(request: web.Request) -> web.Response:
    """One proposal: its signed document for programs, a page for people."""
    if wants_activity(request):
        return await objects.proposal(request)
    secret = await session(request)
    stored = await objects.find_proposal(request, PUBLIC if secret is None else frozenset(Audience))
    return _post(request, stored, secret)


async def document(request: web.Request) -> web.Response:
    """The signed document of a proposal, for a browser to save."""
    secret = await session(request)
    stored = await objects.find_proposal(request, PUBLIC if secret is None else frozenset(Audience))
    if stored.document is None:
        raise Absent("it never left the node")
    headers = {
        "Content-Type": "application/json",
        "Content-Disposition": 'attachment; filename="proposal.json"',
    }
    return web.Response(body=stored.document, headers=headers)


def _post(request: web.Request, stored: Stored, secret: str | None) -> web.Response:
    house = request.app[HOUSE]
    shown = view(house, stored) | ({"deliveries": None} if secret is None else {})
    own = house.ids.local_proposal(stored.proposal.id)
    text = render_post(
        collective(request),
        shown,
        lang=language(request),
        document_url=None if own is None or stored.document is None else f"/proposals/{own}/document",
        here=request.path_qs,
        csrf=None if secret is None else csrf_token(secret),
    )
    return page(text)


async def feed(request: web.Request) -> web.Response:
    """Everything of everyone, for the operator."""
    secret = await operator(request)
    house = request.app[HOUSE]
    query = request.query
    before = query.get("before", "")
    filters = Filters(query.get("kind"), query.get("category"), query.get("owner"))
    found = await reading.feed(
        house,
        kind=filters.kind,
        category=filters.category,
        owner=filters.owner,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < LONGEST_NUMBER else None,
        limit=FEED_PAGE,
    )
    here = paths.Address.parse(request.path_qs)
    next_url = None if found["next"] is None else str(here.having(before=str(found["next"])))
    allies = (await ally_list(house))["allies"]
    owners = [Owner(house.ids.actor, house.settings.title), *(Owner(ally["actor"], ally["name"]) for ally in allies)]
    text = render_feed(
        collective(request),
        found["posts"],
        lang=language(request),
        csrf=csrf_token(secret),
        filters=filters,
        owners=owners,
        next_url=next_url,
        here=str(here),
    )
    return page(text)


async def feed_post(request: web.Request) -> web.Response:
    """One post of the feed, whoever owns it, for the operator."""
    secret = await operator(request)
    house = request.app[HOUSE]
    found = await reading.stored(house, request.query.get("id", ""))
    return _post(request, found, secret)


async def open_page(request: web.Request) -> web.Response:
    """The page behind a one-time link: a button, so that whatever follows links does not use it up."""
    house = request.app[HOUSE]
    secret = request.match_info["secret"]
    if not await door.link_is_open(house, secret):
        request.app[LIMITS].wrong_link(visitor_of(request))
        return page(render_open_used(collective(request), lang=language(request)), HTTPStatus.GONE)
    return page(render_open(collective(request), token=secret, lang=language(request), here=request.path_qs))


async def open_door(request: web.Request) -> web.Response:
    """Use the link up, begin a session, and go to the feed."""
    house = request.app[HOUSE]
    fields = await form(request)
    secret = await door.sign_in(house, fields.get("token", ""))
    if secret is None:
        request.app[LIMITS].wrong_link(visitor_of(request))
        return page(render_open_used(collective(request), lang=language(request)), HTTPStatus.GONE)
    answer = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": paths.FEED})
    answer.set_cookie(
        cookie_name(request),
        secret,
        max_age=house.settings.sign_in_hours * 3600,
        path="/",
        secure=is_asked_over_tls(request),
        httponly=True,
        samesite="Strict",
    )
    return answer


async def leave(request: web.Request) -> web.Response:
    """End the session."""
    secret = await operator(request)
    fields = await form(request)
    if not hmac.compare_digest(fields.get("csrf", ""), csrf_token(secret)):
        raise Forbidden("a form without the session's token")
    await door.sign_out(request.app[HOUSE], secret)
    answer = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": paths.HOME})
    answer.del_cookie(cookie_name(request), path="/")
    return answer


async def static(request: web.Request) -> web.Response:
    """A style sheet or a picture of ours, under a name that changes with its content."""
    file = static_files().get(request.match_info["file"])
    if file is None:
        raise Absent("no such file")
    content_type, body, etag = file
    return _kept(request, body, etag, content_type, A_YEAR)


async def logo(request: web.Request) -> web.Response:
    """The collective's logo, under a name that changes with it."""
    shown = request.app[HOUSE].profile.logo
    if shown is None or shown.file != request.match_info["picture"]:
        raise Absent("no such logo")
    return _kept(request, shown.data, f'"{shown.digest}"', shown.media_type, A_YEAR)


async def qr(request: web.Request) -> web.Response:
    """A QR code that leads to the collective's page."""
    body = qr_svg(request.app[HOUSE].ids.home)
    return _kept(request, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', CONTENT_TYPE, A_DAY)


def _kept(request: web.Request, body: bytes, etag: str, content_type: str, how_long: str) -> web.Response:
    """What browsers may keep; whoever has it gets 304."""
    headers = {"Content-Type": content_type, "ETag": etag, "Cache-Control": how_long}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return web.Response(body=body, headers=headers)
