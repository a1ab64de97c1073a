"""What is not public stays inside: every route is asked by strangers, and every byte of the answers is looked at."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest

from federation.outbox import Signer
from federation.signing import sign_request
from node import clock
from node.aid import allies, publishing
from node.aid.door import open_link
from node.endpoints.feeds import FEEDS
from node.house import House
from node.server import ROUTES
from node.store import proposals, relations, tables
from node.store.proposals import Stored
from node.store.relations import Direction, Follow, FollowState
from node.web.static import static_files
from schema.category import Category
from schema.place import Place
from schema.plain import load_draft
from schema.proposal import publish as first_version
from schema.visibility import Audience
from tests.rig.alone import befriend_on_paper, offer, rows
from tests.rig.http import Answer, ask
from tests.rig.nodes import make_folder, running
from tests.rig.paper import actor_bytes, address_of, ids_of, keys_of

# Names of collectives, each of which would tell something to a stranger.
ALLY, ON_HOLD, FOLLOWER, ASKING, FOLLOWED = "quillfriend", "quillpaused", "quillreader", "quillasker", "quillidol"
ACTIVITY = {"Accept": "application/activity+json"}
HTML = {"Accept": "text/html"}
ACCEPTS: tuple[dict[str, str], ...] = (ACTIVITY, HTML, {"Accept": "*/*"}, {})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UNKNOWN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Planted:
    """A running node, its posts by name, and every word that must not come out."""

    house: House
    posts: dict[str, str]
    canaries: frozenset[str]

    def url(self, target: str) -> str:
        """An address of this node."""
        return self.house.ids.base + target

    def local(self, name: str) -> str:
        """The local id of a post."""
        return self.posts[name].rsplit("/", 1)[-1]


async def plant(house: House) -> Planted:
    """Fill a node: posts of each audience and state, some of others, allies, followers and who asks."""
    for name in (ALLY, ON_HOLD):
        await befriend_on_paper(house, name)
    await allies.ally_suspend(house, address_of(ON_HOLD))
    kept = (
        (FOLLOWER, Direction.IN, FollowState.ACCEPTED),
        (ASKING, Direction.IN, FollowState.PENDING),
        (FOLLOWED, Direction.OUT, FollowState.ACCEPTED),
    )
    async with house.relating() as connection:
        for name, direction, state in kept:
            follow = Follow(direction, address_of(name), f"{name}-id", state, b"{}", actor_bytes(name), house.now())
            await relations.keep_follow(connection, follow)
    posts = {}
    for audience, fate in product(Audience, ("open", "closed", "withdrawn")):
        name = f"{audience}-{fate}"
        words = {"note": f"quillnote-{name}", "place": Place(f"quillarea-{name}")}
        draft = offer(f"quilltitle-{name}", audience, category=Category.INFANT, **words)
        posts[name] = (await publishing.publish(house, draft))["post"]["id"]
        if fate == "closed":
            await publishing.close(house, posts[name])
        elif fate == "withdrawn":
            await publishing.withdraw(house, posts[name])
    posts["theirs"] = f"{ids_of(ALLY).base}/proposals/{'7' * 32}"
    theirs = first_version(
        load_draft(offer("quilltheirs", Audience.PUBLIC)), id=posts["theirs"], owner=address_of(ALLY), now=house.now()
    )
    async with house.store.transaction() as connection:
        await proposals.add(connection, Stored(theirs, b'{"name":"quilltheirs"}', None, house.now()))
    hidden = [
        f"quill{part}-{name}" for part in ("title", "note", "area") for name in posts if "public-open" not in name
    ]
    hidden = [word for word in hidden if "public-closed" not in word]
    ids = [address.rsplit("/", 1)[-1] for name, address in posts.items() if "public" not in name]
    acts = [row["id"].rsplit("/", 1)[-1] for row in await rows(house, tables.activities) if row["audience"] != "public"]
    names = [ALLY, ON_HOLD, FOLLOWER, ASKING, FOLLOWED]
    return Planted(house, posts, frozenset([*hidden, *ids, *acts, *names, "quilltheirs"]))


@pytest.fixture
async def planted(tmp_path: Path) -> AsyncIterator[Planted]:
    """A running node, filled; nothing of it is sent while the test lasts."""
    folder = await make_folder(tmp_path / "alder", "alder", delivery_delay_seconds=3600)
    async with running(folder) as (house, _):
        house.random = lambda: 0.99
        yield await plant(house)


async def targets(planted: Planted) -> list[str]:
    """Every route with everything that could be asked of it."""
    house = planted.house
    acts = [row["id"].rsplit("/", 1)[-1] for row in await rows(house, tables.activities)]
    locals_ = [planted.local(name) for name in planted.posts]
    people = [ALLY, ON_HOLD, FOLLOWER, ASKING, FOLLOWED]
    fillings = {
        "name": ["alder", *people],
        "id": [*locals_, *acts, UNKNOWN],
        "tag": ["offer", "infant", "OFFER", "quilltitle"],
        "file": [*static_files(), "qafila.db"],
        "picture": [f"{UNKNOWN}.png", "qafila.db"],
        "secret": [UNKNOWN],
        "feed": [*FEEDS, "posts.xml"],
    }
    queries = {
        "/actors/{name}/outbox": [f"page={cursor}" for cursor in ("latest", *acts, *locals_)],
        "/proposals/{id}/conversation": ["page=first", "page=second"],
        "/": [f"older={one}" for one in (*locals_, *acts, UNKNOWN)],
        "/tags/{tag}": [f"older={one}" for one in locals_],
        "/feed/post": [urlencode({"id": address}) for address in planted.posts.values()],
        "/feed": ["kind=offer", f"owner={quote(address_of(ALLY))}"],
        "/.well-known/webfinger": [
            f"resource={quote(resource)}"
            for name in ("alder", *people)
            for resource in (f"acct:{name}@{house.ids.origin.authority}", f"acct:{ids_of(name).acct}", address_of(name))
        ]
        + [f"resource={quote(resource)}" for resource in (house.ids.home, house.ids.node_webfinger_address)],
    }
    found = []
    for path in dict.fromkeys(route.path for route in ROUTES):
        part = re.search(r"\{(\w+)\}", path)
        filled = [path] if part is None else [path.replace(part[0], value) for value in fillings[part[1]]]
        found += filled
        found += [f"{one}?{query}" for one in filled for query in queries.get(path, ())]
    return found


def leaks(answer: Answer, planted: Planted, asked: str = "") -> list[str]:
    """Canaries in any byte of an answer, except those that the asker said itself."""
    text = answer.raw.decode("utf-8", "replace").lower()
    return [word for word in planted.canaries if word in text and word not in asked.lower()]


async def signed(planted: Planted, name: str, address: str, accept: dict[str, str] | None = None) -> Answer:
    """Fetch an address, signed by a collective on paper."""
    signer = Signer(ids_of(name), keys_of(name))
    return await ask(address, (accept or ACTIVITY) | sign_request(signer, "GET", address, b"", planted.house.now()))


async def snapshot(planted: Planted) -> list[list[dict[str, Any]]]:
    return [await rows(planted.house, table) for table in tables.metadata.sorted_tables]


async def test_strangers_learn_nothing(planted: Planted) -> None:
    """No route shows a stranger a word of what is not public, however it is asked, and no question changes a row."""
    before = await snapshot(planted)
    asked = 0
    for target in await targets(planted):
        for accept, method in [*product(ACCEPTS, ["GET"]), (HTML, "HEAD"), (ACTIVITY, "HEAD"), ({}, "OPTIONS")]:
            answer = await ask(planted.url(target), accept, method=method)
            assert leaks(answer, planted, target) == [], (method, target, accept)
            assert answer.status < 500
            asked += 1
    for target in await targets(planted):
        for kind in (FORM, {"Content-Type": "application/activity+json"}):
            answer = await ask(planted.url(target), kind, method="POST", body=b"token=x&csrf=y")
            assert leaks(answer, planted, target) == [], target
            assert 400 <= answer.status < 500
    assert asked > 500
    assert await snapshot(planted) == before


async def test_strangers_see_what_is_public(planted: Planted) -> None:
    """The same questions do find what is for everyone: on the pages, in the outbox and by its address."""
    title, address = b"quilltitle-public-open", planted.posts["public-open"]
    for target in ("/", "/actors/alder", "/tags/infant", f"/proposals/{planted.local('public-open')}"):
        assert title in (await ask(planted.url(target), HTML)).body
    assert title in (await ask(planted.url("/actors/alder/outbox?page=latest"), ACTIVITY)).body
    assert title in (await ask(address, ACTIVITY)).body
    assert (await ask(planted.posts["public-withdrawn"], ACTIVITY)).status == 410


async def test_the_home_address_answers_programs(planted: Planted) -> None:
    """Whoever looks up the address of the pages as a program gets the actor, and the page says where that is."""
    actor = planted.house.ids.actor
    assert orjson.loads((await ask(planted.url("/"), ACTIVITY)).body)["id"] == actor
    assert f'href="{actor}"'.encode() in (await ask(planted.url("/"), HTML)).body


async def test_hidden_and_absent_look_the_same(planted: Planted) -> None:
    """Whoever guesses the id of something hidden gets the very bytes that an id nobody ever used gets."""
    hidden = [planted.local(name) for name in planted.posts if "public" not in name]
    act = next(row["id"] for row in await rows(planted.house, tables.activities) if row["audience"] == "allies")
    shapes = [("/proposals/{}", hidden), ("/proposals/{}/document", hidden), ("/?older={}", hidden)]
    shapes += [("/proposals/{}/conversation", hidden), ("/proposals/{}/replies?page=first", hidden)]
    shapes += [("/activities/{}", [act.rsplit("/", 1)[-1]]), ("/actors/alder/outbox?page={}", [act.rsplit("/", 1)[-1]])]
    for (shape, ids), accept in product(shapes, ACCEPTS):
        absent = comparable(await ask(planted.url(shape.format(UNKNOWN)), accept), UNKNOWN)
        for one in ids:
            assert comparable(await ask(planted.url(shape.format(one)), accept), one) == absent, (shape, accept)


def comparable(answer: Answer, asked: str) -> list[bytes]:
    """An answer without its date and without what the asker said."""
    raw = answer.raw.replace(asked.encode(), b"ID") if asked else answer.raw
    lines = raw.split(b"\r\n")
    return [line for line in lines if not line.startswith(b"Date:")]


async def test_an_ally_sees_what_is_for_allies(planted: Planted) -> None:
    """A signed GET of an ally gets the posts for allies and their activities, and nothing of our circle."""
    for state in ("open", "closed"):
        answer = await signed(planted, ALLY, planted.posts[f"allies-{state}"])
        assert answer.status == 200
        assert f"quilltitle-allies-{state}".encode() in answer.body
        assert (await signed(planted, ALLY, planted.posts[f"circle-{state}"])).status == 404
    acts = await rows(planted.house, tables.activities)
    for row in acts:
        answer = await signed(planted, ALLY, row["id"])
        assert (answer.status, answer.body) == ((200, row["document"]) if row["current"] else (404, b"Not found.\n"))
    assert sum(row["current"] for row in acts) == 6  # of each post the last word; of what was withdrawn, the Delete


@pytest.mark.parametrize("name", [ON_HOLD, FOLLOWER, ASKING, FOLLOWED, "stranger"])
async def test_a_signature_of_another_opens_nothing(planted: Planted, name: str) -> None:
    """An ally on hold, a follower, who asks, whom we follow and a stranger see what the unsigned see, to the byte."""
    hidden = [planted.posts[one] for one in planted.posts if one.startswith(("allies", "circle"))]
    hidden += [row["id"] for row in await rows(planted.house, tables.activities) if row["audience"] != "public"]
    for address in hidden:
        unsigned = await ask(address, ACTIVITY)
        answer = await signed(planted, name, address)
        assert answer.status == 404
        assert comparable(answer, "") == comparable(unsigned, "")


async def test_a_signature_for_one_address_opens_no_other(planted: Planted) -> None:
    """The signature of an ally counts for the very address it was made for, for an hour, and with its own key."""
    signer, address = Signer(ids_of(ALLY), keys_of(ALLY)), planted.posts["allies-open"]
    now = planted.house.now()
    headers = sign_request(signer, "GET", planted.posts["allies-closed"], b"", now)
    assert (await ask(address, ACTIVITY | headers)).status == 404
    headers = sign_request(signer, "GET", address, b"", now - timedelta(hours=2))
    assert (await ask(address, ACTIVITY | headers)).status == 404
    headers = sign_request(Signer(ids_of(ALLY), keys_of(ALLY, "another")), "GET", address, b"", now)
    assert (await ask(address, ACTIVITY | headers)).status == 404


# --- the operator ---


async def enter(planted: Planted) -> tuple[str, Answer]:
    """Make a link and use it up; returns its secret and the answer."""
    url = (await open_link(planted.house))["url"]
    secret = url.rsplit("/", 1)[-1]
    return secret, await use(planted, secret)


async def use(planted: Planted, secret: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(planted.url("/open"), FORM | named, method="POST", body=f"token={secret}".encode())


def cookie(answer: Answer) -> dict[str, str]:
    """The cookie to send back."""
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def csrf(answer: Answer) -> str:
    found = re.search(rb'name="csrf" value="([0-9a-f]+)"', answer.body)
    assert found is not None
    return found[1].decode()


async def test_the_operator_sees_everything(planted: Planted) -> None:
    """The link leads to a session whose feed shows every open post, of ours and of others, and each in full."""
    _, answer = await enter(planted)
    assert (answer.status, answer.headers["location"]) == (303, "/feed")
    assert set(answer.headers["set-cookie"].lower().split("; ")[1:]) >= {"httponly", "samesite=strict", "path=/"}
    feed = await ask(planted.url("/feed"), HTML | cookie(answer))
    assert feed.status == 200
    for word in (*(f"quilltitle-{audience}-open" for audience in Audience), "quilltheirs"):
        assert word.encode() in feed.body
    assert f"{ALLY.title()} Collective".encode() in feed.body
    for name in ("circle-open", "theirs"):
        target = "/feed/post?" + urlencode({"id": planted.posts[name]})
        assert (await ask(planted.url(target), HTML | cookie(answer))).status == 200
    for wrong in ({}, {"Cookie": "qafila=" + "x" * 43}):
        assert (await ask(planted.url("/feed"), HTML | wrong)).status == 403


async def test_a_link_works_once(planted: Planted) -> None:
    """Looking at a link, as scanners of mail do, leaves it usable; using it opens one session and no second."""
    secret = (await open_link(planted.house))["url"].rsplit("/", 1)[-1]
    for _ in range(3):
        assert (await ask(planted.url(f"/open/{secret}"), HTML)).status == 200
    assert (await use(planted, secret)).status == 303
    again = await use(planted, secret)
    assert (again.status, "set-cookie" in again.headers) == (410, False)
    assert (await ask(planted.url(f"/open/{secret}"), HTML)).status == 410
    assert len(await rows(planted.house, tables.sessions)) == 1


async def test_two_uses_at_once_open_one_session(planted: Planted) -> None:
    """Of many who use a link at the same moment one gets in."""
    secret = (await open_link(planted.house))["url"].rsplit("/", 1)[-1]
    answers = await asyncio.gather(*(use(planted, secret) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [303] + [410] * 7
    assert len(await rows(planted.house, tables.sessions)) == 1


async def test_links_and_sessions_end(planted: Planted) -> None:
    """A link is over after ten minutes, a session after twelve hours."""
    secret = (await open_link(planted.house))["url"].rsplit("/", 1)[-1]
    _, answer = await enter(planted)
    planted.house.now = lambda: clock.now() + timedelta(minutes=10, seconds=1)
    assert (await ask(planted.url(f"/open/{secret}"), HTML)).status == 410
    assert (await use(planted, secret)).status == 410
    assert (await ask(planted.url("/feed"), HTML | cookie(answer))).status == 200
    planted.house.now = lambda: clock.now() + timedelta(hours=12, seconds=1)
    assert (await ask(planted.url("/feed"), HTML | cookie(answer))).status == 403


async def test_leaving_ends_the_session(planted: Planted) -> None:
    """Leaving takes a form of our own page, ends this session for good, and no other."""
    (_, one), (_, two) = await enter(planted), await enter(planted)
    feed = await ask(planted.url("/feed"), HTML | cookie(one))
    other = await ask(planted.url("/feed"), HTML | cookie(two))
    for wrong in ("", csrf(other)):
        body = f"csrf={wrong}".encode()
        refused = await ask(planted.url("/leave"), FORM | cookie(one), method="POST", body=body)
        assert refused.status == 403
    body = f"csrf={csrf(feed)}".encode()
    left = await ask(planted.url("/leave"), FORM | cookie(one), method="POST", body=body)
    assert (left.status, left.headers["location"]) == (303, "/")
    assert (await ask(planted.url("/feed"), HTML | cookie(one))).status == 403
    assert (await ask(planted.url("/feed"), HTML | cookie(two))).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/json"},
    ],
)
async def test_forms_of_other_sites_are_refused(planted: Planted, headers: dict[str, str]) -> None:
    """A form that comes from any page but ours changes nothing: the link stays usable, the session goes on."""
    secret = (await open_link(planted.house))["url"].rsplit("/", 1)[-1]
    _, entered = await enter(planted)
    feed = await ask(planted.url("/feed"), HTML | cookie(entered))
    before = await snapshot(planted)
    assert (await use(planted, secret, **headers)).status in {400, 403}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = f"csrf={csrf(feed)}".encode()
    left = await ask(planted.url("/leave"), FORM | cookie(entered) | named, method="POST", body=body)
    assert left.status in {400, 403}
    assert await snapshot(planted) == before
    assert (await use(planted, secret, Origin=planted.house.ids.base, Sec_Fetch_Site="same-origin")).status == 303
