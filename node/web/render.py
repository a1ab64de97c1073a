"""The pages: pure functions from values to HTML text.

Every value is escaped by Jinja; only `Markup` made in this package passes as it is, and no template marks data as safe.
`here` is the path and query of the page as the browser asked for it: links and the language switcher are made from it.
`csrf` is the token of a signed-in operator: with it, the page has the feed and the "Leave" button in its header.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from node.web import paths
from node.web.i18n import NAMES, language, mark, own_name, text_direction
from node.web.paths import Address
from node.web.static import static_url
from node.web.views import Collective, Filters, Owner, Post, host_of, web_link
from node.web.words import CATEGORIES, KINDS, Words

ACTIVITY_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
MAX_OWNERS = 60  # links to narrow the feed to one collective

# What an error means for a person, and what to do next. Other statuses show the error's own safe text.
ERRORS: dict[int, tuple[str, str]] = {
    HTTPStatus.FORBIDDEN: (
        mark("Only for the people of this collective"),
        mark("Open it with the link that %(command)s prints on the computer where the node runs."),
    ),
    HTTPStatus.NOT_FOUND: (
        mark("There is nothing here"),
        mark("The address may be mistyped, or the post is not for everyone. Look at what is public instead."),
    ),
    HTTPStatus.GONE: (
        mark("This post was withdrawn"),
        mark("The collective took it back. Something similar may be among the other posts."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        mark("That does not work here"),
        mark("This page can only be read. Go back and try again from there."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        mark("Something went wrong on our side"),
        mark("It is not your fault. Try again in a few minutes; if it stays like this, tell the collective."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        mark("Not available just now"),
        mark("The node is busy or starting. Nothing is lost. Try again in a few minutes."),
    ),
}
OTHER_ERROR = mark("That did not work")


def _code(text: str) -> Markup:
    """Something to type or copy, in the middle of a sentence of any direction."""
    return Markup('<code dir="ltr">%s</code>') % text


def _isolated(text: str) -> Markup:
    """A name in the middle of a sentence of another direction."""
    return Markup("<bdi>%s</bdi>") % text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("node.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        paths=paths,
        static=static_url,
        web_link=web_link,
        host_of=host_of,
        direction=text_direction,
        languages=NAMES,
        own_name=own_name,
        activity_json=ACTIVITY_JSON,
    )
    environment.filters.update(code=_code, isolated=_isolated)
    return environment


def _page(template: str, *, lang: str, here: str, csrf: str | None = None, **values: object) -> str:
    tongue = language(lang)
    address = Address.parse(here)
    return (
        _environment()
        .get_template(template)
        .render(
            language=tongue,
            t=tongue.text,
            words=Words(tongue),
            here=address,
            link=address.to,
            csrf=csrf,
            **values,
        )
    )


def render_home(
    collective: Collective,
    posts: Iterable[Mapping[str, Any]],
    *,
    lang: str,
    next_url: str | None,
    here: str = paths.HOME,
    csrf: str | None = None,
) -> str:
    """The collective's public page: who it is, how to reach it, and its open public posts."""
    shown = [Post.read(post) for post in posts]
    return _page("home.html", lang=lang, here=here, csrf=csrf, collective=collective, posts=shown, next_url=next_url)


def render_post(
    collective: Collective,
    post: Mapping[str, Any],
    *,
    lang: str,
    document_url: str | None = None,
    here: str | None = None,
    csrf: str | None = None,
) -> str:
    """One post in full. `document_url` is where a browser gets its signed document as it was sent."""
    shown = Post.read(post)
    return _page(
        "post.html",
        lang=lang,
        here=here or shown.id,
        csrf=csrf,
        collective=collective,
        post=shown,
        document_url=document_url,
    )


def render_feed(
    collective: Collective,
    posts: Iterable[Mapping[str, Any]],
    *,
    lang: str,
    csrf: str,
    filters: Filters | None = None,
    owners: Iterable[Owner] = (),
    next_url: str | None = None,
    here: str = paths.FEED,
) -> str:
    """The operator's merged feed: everything our own collective and its allies have published."""
    return _page(
        "feed.html",
        lang=lang,
        here=here,
        csrf=csrf,
        collective=collective,
        posts=[Post.read(post) for post in posts],
        filters=filters or Filters(),
        owners=list(owners)[:MAX_OWNERS],
        kinds=KINDS,
        categories=CATEGORIES,
        next_url=next_url,
    )


def render_open(collective: Collective, *, token: str, lang: str, here: str = paths.OPEN) -> str:
    """The page behind a one-time link. Reading it changes nothing: the button does (mail scanners follow links too)."""
    return _page("open.html", lang=lang, here=here, collective=collective, token=token)


def render_open_used(collective: Collective, *, lang: str, here: str = paths.HOME) -> str:
    """The page behind a one-time link that was used already, or is too old."""
    return _page("open_used.html", lang=lang, here=here, collective=collective)


def render_error(status: int, shown: str, *, lang: str, here: str = paths.HOME) -> str:
    """What went wrong in safe words (`QafilaError.shown`), and what to do next. Needs nothing of the node but this."""
    heading, advice = ERRORS.get(status, (OTHER_ERROR, None))
    return _page("error.html", lang=lang, here=here, status=int(status), heading=heading, advice=advice, shown=shown)
