"""What others write does nothing in a real browser."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from node.web import render
from node.web.views import Collective
from tests.browser.server import serving, watched
from tests.node.web.samples import ALDER, collective, everywhere
from tests.node.web.vectors import VECTORS

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Elements that our pages never have, pictures of others, attributes that run something, and links that leave the web.
ALIVE = """() => [
  ...document.querySelectorAll(
    "script, style, image, svg, math, iframe, object, embed, base, video, audio, template, marquee, textarea, x"),
  ...[...document.querySelectorAll("img")].filter(element =>
    !/^\\/(logo\\/[0-9a-f]+\\.png|qr\\.svg)$/.test(element.getAttribute("src"))),
  ...[...document.querySelectorAll("*")].filter(element =>
    element.getAttributeNames().some(name => name.startsWith("on") || name === "style" || name === "srcdoc")),
  ...[...document.querySelectorAll("[href], [action]")].filter(element =>
    !/^https?:/.test(element.href || element.action) || new URL(element.href || element.action).host !== location.host),
].map(element => element.outerHTML.slice(0, 200))"""


def hostile_page(address: str) -> str | None:
    """All vectors at once on lists, one on a page of its own."""
    kind, _, number = address.strip("/").partition("/")
    everything = [everywhere(vector) for vector in VECTORS]
    match kind:
        case "home":
            ways = tuple(way for text in VECTORS for way in collective(text).ways)
            ours = replace(ALDER, actor=VECTORS[0], ways=ways)
            return render.render_home(ours, everything, lang="en", next_url=VECTORS[0])
        case "feed":
            return render.render_feed(ALDER, everything, lang="ar", csrf="c5rf")
        case "post":
            vector = VECTORS[int(number)]
            us: Collective = collective(vector)
            return render.render_post(us, everywhere(vector), lang="ur", here=f"/?q={vector}", csrf=vector)
        case "error":
            return render.render_error(422, VECTORS[int(number)], lang="en", here=f"/{VECTORS[int(number)]}")
        case _:
            return None


async def test_no_hostile_text_comes_alive(browser: Browser) -> None:
    """In every field of every page, no vector becomes an element, runs, opens a dialog or asks another host."""
    one_each = [f"/{kind}/{number}" for kind in ("post", "error") for number in range(len(VECTORS))]
    async with serving() as site:
        site.pages = hostile_page
        async with watched(browser, site) as seen:
            for path in ("/home", "/feed", *one_each):
                await seen.page.goto(site.origin + path, wait_until="domcontentloaded")
                assert await seen.page.evaluate(ALIVE) == [], path
            assert seen.trouble == []


async def test_a_vector_would_be_noticed(browser: Browser) -> None:
    """The check is awake: a page that fails to escape is seen to."""
    async with serving() as site:
        site.pages = lambda _: "<!doctype html><title>x</title><img src=x onerror=alert(1)><script>alert(1)</script>"
        async with watched(browser, site) as seen:
            await seen.page.goto(site.origin)
            assert len(await seen.page.evaluate(ALIVE)) >= 2
            assert any("Content Security Policy" in trouble for trouble in seen.trouble)
