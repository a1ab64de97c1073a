"""What others write stays text on every page."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from node.web import render
from node.web.views import Filters, Owner
from tests.node.web.samples import FULL, collective, everywhere
from tests.node.web.vectors import VECTORS


class Skeleton(HTMLParser):
    """Tags and the names of their attributes; the values of those that lead somewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.leads: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a browser would act on."""
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.leads += [value or "" for name, value in attrs if name in ("href", "src", "action")]


PAGES: dict[str, Callable[[str], str]] = {
    "home": lambda text: render.render_home(collective(text), [everywhere(text)], lang=text, next_url=text, here=text),
    "post": lambda text: render.render_post(
        collective(text), everywhere(text), lang="ar", here=f"/?q={text}", csrf=text, document_url=text
    ),
    "feed": lambda text: render.render_feed(
        collective(text),
        [everywhere(text)],
        lang="ur",
        csrf=text,
        filters=Filters(text, text, text),
        owners=[Owner(text, text)],
        next_url=text,
        here=text,
    ),
    "open": lambda text: render.render_open(collective(text), token=text, lang="fr", here=text),
    "open_used": lambda text: render.render_open_used(collective(text), lang="tr", here=text),
    "error": lambda text: render.render_error(422, text, lang="en", here=f"/{text}"),
}


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_stays_text(page: str) -> None:
    """A page has the same tags and attributes whatever the texts on it try, and shows them as they were written."""
    harmless = Skeleton(PAGES[page]("harmless")).tags
    for vector in VECTORS:
        html = PAGES[page](vector)
        assert Skeleton(html).tags == harmless, vector
        assert str(escape(vector)) in html, vector


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_leads_nowhere(page: str) -> None:
    """Every address on a page stays on this node, though hostile texts stand wherever one is made from."""
    for vector in VECTORS:
        for lead in Skeleton(PAGES[page](vector)).leads:
            assert lead == "#main" or (lead.startswith("/") and not lead.startswith(("//", "/\\"))), vector


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://birch.example/posts/1", True),
        ("http://birch.localhost:8402/posts/1", True),
        ("HTTPS://birch.example/", True),
        ("javascript://birch.example/%0aalert(1)", False),
        ("https:///posts/1", False),
        ("https:evil", False),
        ("ftp://birch.example/", False),
        ("https://[birch.example/", False),
        ("//birch.example/", False),
    ],
)
def test_only_pages_of_the_web_become_links(url: str, is_link: bool) -> None:  # noqa: FBT001 (a table's column)
    """The address of a post is a link if it is http or https with a host, else it is text."""
    page = render.render_post(collective("x"), {**FULL, "id": url}, lang="en", here="/")
    assert (f'href="{url}"' in page) is is_link
