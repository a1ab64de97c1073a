"""What a person sees and can reach, in every language, on a phone and on a wide screen, in light and dark."""

import pytest
from playwright.async_api import Browser

from node.web.i18n import NAMES
from tests.browser.pages import PATHS
from tests.browser.server import Scheme, Site, watched

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = 4.5  # WCAG 2.2, 1.4.3
TARGET = 24  # CSS pixels: WCAG 2.2, 2.5.8
MOST_TABS = 60

# The lowest contrast of any text with the colour behind it, with that text.
LOWEST_CONTRAST = """() => {
  const channels = colour => colour.match(/[0-9.]+/g).map(Number);
  const luminance = colour => {
    const [r, g, b] = channels(colour).map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if ((channels(colour)[3] ?? 1) === 1) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
  };
  let lowest = [21, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (!text) continue;
    const element = walker.currentNode.parentElement;
    const both = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (contrast < lowest[0]) lowest = [contrast, text];
  }
  return lowest;
}"""

# What is wider than the screen, or too small to tap (links within a sentence are excepted).
BADLY_SIZED = f"""() => {{
  const bad = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) bad.push("the page scrolls sideways");
  for (const element of document.querySelectorAll("main *, header *, footer *")) {{
    const box = element.getBoundingClientRect();
    if (box.width && (box.left < -1 || box.right > width + 1)) bad.push(`outside: ${{element.outerHTML.slice(0, 80)}}`);
  }}
  for (const element of document.querySelectorAll("button, summary, .button, nav a, .site a")) {{
    const box = element.getBoundingClientRect();
    if (box.height && (box.height < {TARGET} || box.width < {TARGET})) bad.push(`small: ${{element.outerHTML}}`);
  }}
  return bad;
}}"""

# Width and height of the picture that the page is, and whether its corners differ.
DRAWN = """() => {
  const [picture] = document.images;
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, 0, 0);
  const colour = (x, y) => drawing.getImageData(x, y, 1, 1).data.join();
  return [picture.naturalWidth, picture.naturalHeight, colour(2, 2) !== colour(13, 10)];
}"""

FOCUSED = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    name: element === document.body ? "" : element.textContent.trim(),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "light")])
@pytest.mark.parametrize("lang", NAMES)
async def test_every_page_fits_and_can_be_read(
    browser: Browser, site: Site, lang: str, width: int, scheme: Scheme
) -> None:
    """Nothing scrolls sideways, all text stands out, nothing complains, and nothing is asked of another host."""
    async with watched(browser, site, width=width, scheme=scheme) as seen:
        for path in PATHS:
            await seen.page.goto(f"{site.origin}{path}{'&' if '?' in path else '?'}lang={lang}")
            assert await seen.page.evaluate(BADLY_SIZED) == [], path
            contrast, text = await seen.page.evaluate(LOWEST_CONTRAST)
            assert contrast >= CONTRAST, f"{path}: {text}"
        assert seen.trouble == []


@pytest.mark.parametrize("path", ["/?posts=0", "/feed?posts=0", "/open"])
async def test_everything_is_reached_by_keyboard_and_seen_to_be(browser: Browser, site: Site, path: str) -> None:
    """The skip link comes first; whatever has the focus is on the screen and has an outline."""
    async with watched(browser, site, width=1280) as seen:
        await seen.page.goto(site.origin + path)
        names = []
        for _ in range(MOST_TABS):
            await seen.page.keyboard.press("Tab")
            focused = await seen.page.evaluate(FOCUSED)
            if not focused["name"]:
                break
            names.append(focused["name"])
            assert focused["outline"] >= 2, focused
            assert focused["inside"], focused
        assert names[0] == "Skip to the content"
        assert len(names) == await seen.page.locator("a[href], button, summary").locator("visible=true").count()


async def test_the_skip_link_leads_to_the_content(browser: Browser, site: Site) -> None:
    """After it, the next tab stop lies in the content."""
    async with watched(browser, site) as seen:
        await seen.page.goto(f"{site.origin}/")
        await seen.page.keyboard.press("Tab")
        await seen.page.keyboard.press("Enter")
        await seen.page.keyboard.press("Tab")
        assert await seen.page.evaluate("document.activeElement.closest('main') !== null")


async def test_the_page_turns_with_the_language(browser: Browser, site: Site) -> None:
    """In Arabic the name stands at the right edge, in English at the left, from one style sheet."""
    async with watched(browser, site) as seen:
        await seen.page.goto(f"{site.origin}/?lang=en")
        assert await seen.page.evaluate("document.querySelector('.mark').getBoundingClientRect().left") < 60
        await seen.page.get_by_role("link", name="العربية").click()
        assert await seen.page.evaluate("document.querySelector('.mark').getBoundingClientRect().right") > 300
        assert await seen.page.locator("html").get_attribute("dir") == "rtl"


async def test_logo_and_code_are_drawn(browser: Browser, site: Site) -> None:
    """The policy lets them through, and neither is stretched."""
    async with watched(browser, site) as seen:
        await seen.page.goto(f"{site.origin}/?posts=0")
        shown = await seen.page.evaluate(
            "[...document.images].map(one => [one.complete && one.naturalWidth > 0, one.width / one.height])"
        )
        assert shown == [[True, 1], [True, 1]]
        assert seen.trouble == []


@pytest.mark.parametrize("kind", ["png", "jpeg", "lossy", "lossy-alpha", "lossless"])
async def test_what_is_kept_of_a_logo_is_a_picture(browser: Browser, site: Site, kind: str) -> None:
    """A browser draws each kind as it was kept, in its size and in more than one colour."""
    async with watched(browser, site) as seen:
        await seen.page.goto(f"{site.origin}/pictures/{kind}")
        assert await seen.page.evaluate(DRAWN) == [16, 12, kind != "png"]


async def test_pictograms_are_drawn(browser: Browser, site: Site) -> None:
    """The policy lets the style sheet's pictures through, and each category has a part of them."""
    async with watched(browser, site) as seen:
        async with seen.page.expect_response(lambda answer: "pictograms" in answer.url) as drawn:
            await seen.page.goto(f"{site.origin}/?posts=18")
        assert (await drawn.value).ok
        places = await seen.page.evaluate(
            "[...document.querySelectorAll('.pictogram')].slice(0, 18)"
            ".map(element => getComputedStyle(element).backgroundPositionY)"
        )
        assert len(set(places)) == 18
