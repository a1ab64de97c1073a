"""The collective's page as a node serves it: its words for each reader, its logo, how to reach it, the QR code."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.aid import profile, publishing
from node.house import House
from node.pictures.cleaning import clean
from node.web.i18n import NAMES
from node.web.pages import PAGE
from node.web.static import static_files
from schema.visibility import Audience
from tests.rig.alone import offer
from tests.rig.http import Answer, ask
from tests.rig.nodes import make_folder, running
from tests.rig.pictures import GPS, JPEG, LOSSY, jpeg, png, segment

BYTES = 60_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A node that serves."""
    async with running(await make_folder(tmp_path / "alder", "alder", summary="We cook.")) as (house, _):
        yield house


async def page(house: House, target: str = "/", accept_language: str = "") -> str:
    """A page for a person."""
    answer = await get(house, target, {"Accept": "text/html", "Accept-Language": accept_language})
    assert answer.status == 200
    return answer.body.decode()


async def get(house: House, target: str, headers: dict[str, str] | None = None) -> Answer:
    return await ask(house.ids.base + target, headers)


@pytest.mark.parametrize(
    ("target", "accept", "name", "summary"),
    [
        ("/", "", "Alder Collective", "We cook."),
        ("/", "ar", "مطبخ", "We cook."),
        ("/", "ar-SY,fr;q=0.5", "مطبخ", "We cook."),
        ("/?lang=fr", "ar", "Alder Collective", "La cuisine."),
        ("/", "ku", "Alder Collective", "Em xwarinê çêdikin."),
        ("/?lang=ku", "tr", "Alder Collective", "Em xwarinê çêdikin."),
        ("/?lang=en", "ar", "Alder Collective", "We cook."),
        ("/?lang=tr", "ur", "Alder Collective", "We cook."),
    ],
)
async def test_words_are_in_the_language_of_the_reader(
    house: House, target: str, accept: str, name: str, summary: str
) -> None:
    """Chosen in the address, or by the browser; what is not there in it is said in the collective's own."""
    await profile.profile_words(house, "ar", name="مطبخ")
    await profile.profile_words(house, "fr", summary="La cuisine.")
    await profile.profile_words(house, "ku", summary="Em xwarinê çêdikin.")
    html = await page(house, target, accept)
    assert f">{name}</bdi></h1>" in html
    assert f">{summary}</p>" in html
    assert ('hreflang="ku"' in html) is (summary[:2] != "Em")


async def test_ways_to_reach_us_can_be_tapped(house: House) -> None:
    """A call, a letter, a page; in the reader's language where they are said in it; nothing where nothing is said."""
    assert 'id="reach"' not in await page(house)
    for way, text in (("phone", "+90 (212) 555 01-23"), ("email", "hello@alder.example"), ("place", "Alder Street")):
        await profile.profile_reach(house, way, text)
    await profile.profile_reach(house, "hours", "Salı", "tr")
    await profile.profile_reach(house, "hours", "Tuesday")
    html = await page(house, "/?lang=tr")
    assert 'href="tel:+902125550123">+90 (212) 555 01-23</a>' in html
    assert 'href="mailto:hello@alder.example">' in html
    assert '<bdi lang="tr" dir="ltr">Salı</bdi>' in html
    assert "Tuesday" not in html
    assert "Tuesday" in await page(house, "/?lang=ar")


@pytest.mark.parametrize("data", [png(), jpeg(segment(0xE1, GPS)), LOSSY])
async def test_the_logo_comes_from_here_and_is_kept_for_ever(house: House, data: bytes) -> None:
    """Only the picture, as what it is, under a name of its own; whoever has it gets 304, and no other name is there."""
    assert '<img class="logo"' not in await page(house)
    await profile.profile_logo(house, b64encode(data).decode())
    [address] = re.findall(r'<img class="logo" src="([^"]+)" width="16" height="12" alt="Logo">', await page(house))
    logo = clean(data)
    assert address == f"/logo/{logo.file}"
    assert house.actor_document()["icon"]["url"] == house.ids.base + address
    answer = await get(house, address)
    assert (answer.status, answer.body) == (200, logo.data)
    assert answer.headers["content-type"] == logo.media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"]
    again = await get(house, address, {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    await profile.profile_logo(house, b64encode(JPEG if data[:1] == b"\x89" else png()).decode())
    assert (await get(house, address)).status == 404
    await profile.profile_remove(house, logo=True)
    assert '<img class="logo"' not in await page(house)


async def test_the_code_leads_to_the_page(house: House) -> None:
    """A picture of our own that runs nothing, with words for those who do not see it."""
    answer = await get(house, "/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert re.fullmatch(
        rb'<svg xmlns="[^"]+" viewBox="[0-9 ]+"><path fill="#fff" d="[^"]+"/><path [^>]+/></svg>', answer.body
    )
    again = await get(house, "/qr.svg", {"If-None-Match": answer.headers["etag"]})
    assert again.status == 304
    assert 'alt="QR code with the address of this page"' in await page(house)


async def test_our_eight_words_are_for_the_telephone(house: House) -> None:
    """No page that an attacker could change shows what is compared to notice an attacker."""
    for target in ("/", "/actors/alder", "/tags/offer"):
        html = await page(house, target)
        assert house.own_words()[0] + " " + house.own_words()[1] not in html
    assert f"qafila ally add @{house.ids.acct}" in await page(house)
    assert "Our eight words are not on this page" in await page(house)


@pytest.mark.parametrize("lang", NAMES)
async def test_a_full_page_is_small(house: House, lang: str) -> None:
    """With as many posts as fit on a page and long words of our own, all that is loaded but the logo is under 60 KB."""
    for number in range(PAGE):
        await publishing.publish(house, offer("x" * 100 + str(number), Audience.PUBLIC, note="x" * 500))
    await profile.profile_words(house, "ar" if lang == "en" else lang, name="م" * 100, summary="م" * 500)
    for way in ("place", "hours", "phone", "chat"):
        await profile.profile_reach(house, way, "م" * 200)
    html = await page(house, f"/?lang={lang}")
    assert html.count('<li class="card') == PAGE
    loaded = {file for file in static_files() if file in html or file.endswith(".svg")}
    assert len(loaded) == len(static_files())
    code = (await get(house, "/qr.svg")).body
    assert len(html.encode()) + len(code) + sum(len(static_files()[file].body) for file in loaded) < BYTES
