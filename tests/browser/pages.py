"""Every page as it would be served, by its path; the browser tests look at all of them."""

from urllib.parse import parse_qs, urlsplit

from node.web import render
from node.web.views import Filters
from tests.node.web.samples import ALDER, FULL, OWNERS, posts

FOREIGN = {**posts(2)[1], "note": "الحليب في المستودع.\nCall before you come.", "proven_by": None, "deliveries": None}

PATHS = (
    "/",
    "/?posts=0",
    "/posts/01jd7q4x",
    "/feed",
    "/feed?kind=need",
    "/feed?posts=0",
    "/feed?kind=need&posts=0",
    "/feed/post?id=foreign",
    "/open",
    "/used",
    "/error/404",
    "/error/410",
    "/error/422",
    "/error/500",
    "/error/503",
)


def page(address: str) -> str | None:
    """The page at this path and query, or None where there is none."""
    path = urlsplit(address).path
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    lang = query.get("lang", "en")
    shown = posts(int(query.get("posts", 12)))
    html = None
    match path.strip("/").split("/"):
        case [""]:
            html = render.render_home(ALDER, shown, lang=lang, here=address, next_url="/?before=17")
        case ["posts", _]:
            html = render.render_post(ALDER, FULL, lang=lang, here=address, document_url=f"{path}?document=1")
        case ["feed", "post"]:
            html = render.render_post(ALDER, FOREIGN, lang=lang, here=address, csrf="c5rf")
        case ["feed"]:
            html = render.render_feed(
                ALDER,
                shown,
                lang=lang,
                here=address,
                csrf="c5rf",
                filters=Filters(kind=query.get("kind")),
                owners=OWNERS,
                next_url="/feed?before=17",
            )
        case ["open"]:
            html = render.render_open(ALDER, token="0ne-t1me", lang=lang, here=address)
        case ["used"]:
            html = render.render_open_used(ALDER, lang=lang, here=address)
        case ["error", status]:
            html = render.render_error(int(status), "A safe sentence.", lang=lang, here=address)
    return html
