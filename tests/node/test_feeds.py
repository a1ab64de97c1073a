"""Feeds of what is public, and what programs that visit every site ask for, from a node that runs."""

import csv
import io
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import orjson
import pytest
from icalendar import Calendar

from node.aid import publishing
from node.aid.profile import profile_logo
from node.aid.spreadsheet.reader import read_spreadsheet
from node.endpoints.feeds import FEEDS
from node.house import House
from schema.place import Place
from schema.visibility import Audience
from schema.window import TimeWindow
from tests.rig.alone import offer
from tests.rig.http import Answer, ask
from tests.rig.nodes import make_folder, running
from tests.rig.pictures import png

ATOM = "{http://www.w3.org/2005/Atom}"
TITLE = '=cmd|"calc"!A0 <b>أرز & خبز</b>'


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A node that serves."""
    async with running(await make_folder(tmp_path / "alder", "alder", summary="Küche für alle")) as (house, _):
        yield house


async def published(house: House) -> str:
    """A public post with a hostile title and dates about the goods, beside one for allies and one that is closed."""
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    window = TimeWindow(begin, begin + timedelta(hours=2))
    draft = offer(TITLE, Audience.PUBLIC, note="Bring;a,bag\nor two", place=Place("North side"), window=window)
    public: str = (await publishing.publish(house, draft))["post"]["id"]
    await publishing.publish(house, offer("For allies"))
    closed = await publishing.publish(house, offer("Closed", Audience.PUBLIC))
    await publishing.close(house, closed["post"]["id"])
    return public


async def get(house: House, path: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(house.ids.base + path, named)


async def test_atom(house: House) -> None:
    """Each open public post is an entry that leads to its page; the feed says whose it is and where it stands."""
    post = await published(house)
    answer = await get(house, "/feeds/posts.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed: Element = fromstring(answer.body)  # noqa: S314 (our own)
    assert feed.findtext(f"{ATOM}title") == "Alder Collective"
    assert feed.findtext(f"{ATOM}subtitle") == "Küche für alle"
    assert feed.findtext(f"{ATOM}id") == house.ids.feed("posts.atom")
    [entry] = feed.findall(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) == (post, TITLE)
    assert "<b>" not in (entry.findtext(f"{ATOM}content") or "")
    assert {one.get("term") for one in entry.findall(f"{ATOM}category")} == {"offer", "food-dry"}


async def test_json_feed(house: House) -> None:
    """The members that JSON Feed 1.1 asks for are there, and nothing that is not said."""
    post = await published(house)
    answer = await get(house, "/feeds/posts.json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = orjson.loads(answer.body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (house.ids.home, house.ids.feed("posts.json"))
    [item] = feed["items"]
    assert (item["id"], item["title"], item["tags"]) == (post, TITLE, ["offer", "food-dry"])
    assert None not in item.values()


async def test_feeds_show_the_logo(house: House) -> None:
    """Where there is one, readers show it beside the name."""
    assert b"logo" not in (await get(house, "/feeds/posts.atom")).body
    await profile_logo(house, b64encode(png()).decode())
    address = house.actor_document()["icon"]["url"]
    feed: Element = fromstring((await get(house, "/feeds/posts.atom")).body)  # noqa: S314 (our own)
    assert feed.findtext(f"{ATOM}logo") == address
    assert orjson.loads((await get(house, "/feeds/posts.json")).body)["icon"] == address


async def test_calendar(house: House) -> None:
    """The handing over is an event with place, note and a number that rises with each change."""
    post = await published(house)
    await publishing.change(house, post, {"note": "New"})
    answer = await get(house, "/feeds/posts.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.body.split(b"\r\n"))
    [event] = Calendar.from_ical(answer.body).walk("VEVENT")
    assert (event["uid"], event["sequence"], event["summary"]) == (post, 1, TITLE)
    assert (event["location"], event["description"]) == ("North side", "New")
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=2)


async def test_spreadsheet(house: House) -> None:
    """It reads as a table, calculates nothing, and its headers are those that an import knows."""
    post = await published(house)
    answer = await get(house, "/feeds/posts.csv")
    text = answer.body.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["address"], row["title"], row["area"]) == (post, f"'{TITLE}", "North side")
    sheet = read_spreadsheet(answer.body, now=house.now())
    assert {"title", "category", "quantity", "place", "note"} <= {
        field.value for field in sheet.columns.values() if field is not None
    }


async def test_nothing_yet(house: House) -> None:
    """Without a post each feed is a whole document of its kind."""
    bodies = {name: (await get(house, f"/feeds/{name}")).body for name in FEEDS}
    assert fromstring(bodies["posts.atom"]).findall(f"{ATOM}entry") == []  # noqa: S314
    assert orjson.loads(bodies["posts.json"])["items"] == []
    assert Calendar.from_ical(bodies["posts.ics"]).walk("VEVENT") == []
    assert len(bodies["posts.csv"].splitlines()) == 1
    assert (await get(house, "/feeds/posts.xml")).status == 404


async def test_who_has_the_newest_gets_304(house: House) -> None:
    """Until something changes, and whatever else stands in the header."""
    for name in FEEDS:
        etag = (await get(house, f"/feeds/{name}")).headers["etag"]
        for known in (etag, f'"other", W/{etag}'):
            again = await get(house, f"/feeds/{name}", If_None_Match=known)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
        assert (await get(house, f"/feeds/{name}", If_None_Match='"other"')).status == 200
    before = (await get(house, "/feeds/posts.atom")).headers["etag"]
    await published(house)
    assert (await get(house, "/feeds/posts.atom", If_None_Match=before)).status == 200


async def test_a_reader_finds_the_feeds(house: House) -> None:
    """The page names each feed, for programs and for people."""
    page = (await get(house, "/", Accept="text/html")).body.decode()
    offered = set(re.findall(r'<link rel="alternate" type="[^"]*" href="(/feeds/[^"]+)"', page))
    assert offered == {"/feeds/posts.atom", "/feeds/posts.json", "/feeds/posts.ics"}
    assert {f"/feeds/{name}" for name in FEEDS} == set(re.findall(r'<a href="(/feeds/[^"]+)"', page))


@pytest.mark.parametrize("wanted", ["no", "yes"])
async def test_search_engines_come_where_they_are_wanted(tmp_path: Path, wanted: str) -> None:
    """By default they are asked to stay out, and there is no sitemap."""
    async with running(await make_folder(tmp_path / "alder", "alder", search_engines=wanted)) as (house, _):
        post = await published(house)
        robots = (await get(house, "/robots.txt")).body.decode()
        sitemap = await get(house, "/sitemap.xml")
        if wanted == "no":
            assert "Disallow: /\n" in robots
            assert sitemap.status == 404
        else:
            assert f"Sitemap: {house.ids.home}sitemap.xml" in robots
            assert [one.text for one in fromstring(sitemap.body).iter() if one.text] == [house.ids.home, post]  # noqa: S314


async def test_whom_to_tell_of_a_weakness(tmp_path: Path) -> None:
    """Nobody is named unless the collective says so; then it holds for less than a year."""
    async with running(await make_folder(tmp_path / "alder", "alder")) as (house, _):
        assert (await get(house, "/.well-known/security.txt")).status == 404
    contact: dict[str, Any] = {"security_contact": "mailto:steward@alder.example"}
    async with running(await make_folder(tmp_path / "other", "alder", **contact)) as (house, _):
        text = (await get(house, "/.well-known/security.txt")).body.decode()
        said = dict(line.split(": ", 1) for line in text.splitlines())
        assert said["Contact"] == "mailto:steward@alder.example"
        assert timedelta(days=30) < datetime.fromisoformat(said["Expires"]) - house.now() < timedelta(days=365)
