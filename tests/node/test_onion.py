"""A node with an onion service: beside its web address, or alone."""

import re
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from activitypub.ids import Ids
from node.aid.allies import ally_look
from node.aid.door import open_link
from node.aid.publishing import publish
from node.house import House
from node.server import ROUTES
from node.store import relations
from node.web.static import static_files
from schema.errors import Malformed
from schema.visibility import Audience
from tests.federation.test_transport import OK, peer, saying
from tests.rig.alone import offer
from tests.rig.http import Answer, ask
from tests.rig.nodes import free_port, make_folder, running
from tests.rig.onions import onion_of
from tests.rig.sender import Answer as Said
from tests.rig.sender import Sender, keys_of, say
from tests.rig.tor import standing_in

ONION: Final = onion_of("alder")
WEB, SERVICE = "https://alder.example", f"http://{ONION}"
ACTIVITY, PAGE = {"Accept": "application/activity+json"}, {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STRICT = "strict-transport-security"
ALLY: Final = Sender(Ids("https://ally.example", "ally"), keys_of("an ally"))
NEAR: Final = (
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1;host=localhost;proto=https", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "localhost", "Via": "1.1 localhost", "X-Client-IP": "::1"},
)


@dataclass(frozen=True, slots=True)
class Node:
    """A running node, and the port where web server and Tor find it."""

    house: House
    port: int

    async def ask(self, url: str, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        """Ask under the name that this URL has."""
        return await ask(url, headers, port=self.port, **more)

    async def say(self, request: bytes) -> Said:
        """Send these bytes."""
        return await say(self.port, request)


@asynccontextmanager
async def node(path: Path, **settings: Any) -> AsyncIterator[Node]:
    """A node that is not in a lab, with an ally on paper."""
    port = free_port()
    folder = await make_folder(path / "alder", "alder", maker="init", port=port, **settings)
    async with running(folder) as (house, _):
        async with house.relating() as connection:
            document = orjson.dumps(ALLY.actor())
            await relations.pin(connection, actor=ALLY.ids.actor, document=document, by="a steward", now=house.now())
        yield Node(house, port)


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Node]:
    """A node with a web address and an onion service."""
    async with node(tmp_path, url=WEB, onion=ONION) as both:
        yield both


def same(answer: Answer) -> list[str | bytes]:
    """An answer, without its date and without what only https has."""
    return [*(line for line in answer.head if not line.startswith(("Date", "Strict"))), answer.body]


async def test_both_names_lead_to_the_same(both: Node) -> None:
    """Pages, documents and refusals are the same bytes under either name, and only https is asked for for ever."""
    made = (await publish(both.house, offer(audience=Audience.PUBLIC)))["post"]["id"].removeprefix(WEB)
    targets = ["/", "/actors/alder", "/actor", made, f"{made}/document", "/actors/alder/outbox?page=latest", "/feed"]
    targets += ["/feeds/posts.atom", "/.well-known/host-meta", "/.well-known/nodeinfo", "/robots.txt", "/nothing"]
    for target in targets:
        for accept in (ACTIVITY, PAGE):
            web, service = [await both.ask(name + target, accept) for name in (WEB, SERVICE)]
            assert same(web) == same(service)
            assert (STRICT in web.headers, STRICT in service.headers) == (True, False)
    assert orjson.loads((await both.ask(f"{SERVICE}/actors/alder", ACTIVITY)).body)["id"] == f"{WEB}/actors/alder"


@pytest.mark.parametrize(
    "host",
    [
        "", "localhost", "127.0.0.1", "[::1]", "localhost:8400", "alder.localhost", onion_of("birch"), f"www.{ONION}",
        f"{ONION}.", f"{ONION}:80", ONION.upper(), f"{ONION},alder.example", f"alder.example@{ONION}", ONION[:-6],
        "alder.example.", "alder.example:443", "www.alder.example",
    ],
)  # fmt: skip
async def test_another_name_is_nobody_here(both: Node, host: str) -> None:
    """Whatever is close to one of our names, and every name of this machine, gets 421 and nothing else."""
    answer = await both.ask(f"{WEB}/", {**PAGE, "Host": host})
    assert (answer.status, STRICT in answer.headers) == (421, False)
    assert b"Alder Collective" not in answer.raw


async def test_two_hosts_at_once_are_none(both: Node) -> None:
    """A request that names both names is for neither."""
    request = f"GET / HTTP/1.1\r\nHost: alder.example\r\nHost: {ONION}\r\n\r\n".encode()
    assert (await both.say(request)).status in {400, 421}


@pytest.mark.parametrize("name", [WEB, SERVICE])
async def test_webfinger_tells_the_name_that_never_changes(both: Node, name: str) -> None:
    """Asked for by either handle or address, at either name, the collective is the one with the web address."""
    for resource in (f"acct:alder@{ONION}", f"{SERVICE}/actors/alder", "acct:alder@alder.example"):
        found = orjson.loads((await both.ask(f"{name}/.well-known/webfinger?resource={resource}")).body)
        assert found["subject"] == "acct:alder@alder.example"
        assert ONION not in orjson.dumps(found).decode()
    home = orjson.loads((await both.ask(f"{name}/.well-known/webfinger?resource={SERVICE}/")).body)
    assert home["subject"] == f"{WEB}/"
    for resource in (f"acct:birch@{ONION}", f"acct:alder@{onion_of('birch')}"):
        assert (await both.ask(f"{name}/.well-known/webfinger?resource={resource}")).status == 404


async def test_a_session_belongs_to_the_name_it_began_under(both: Node) -> None:
    """Forms come from a page under the same name. The cookie is bound to https there, and is none of https else."""
    for name, other, cookie in ((WEB, SERVICE, "__Host-qafila="), (SERVICE, WEB, "qafila=")):
        secret = (await open_link(both.house))["url"].rsplit("/", 1)[-1]
        body = f"token={secret}".encode()
        refused = await both.ask(f"{name}/open", FORM | {"Origin": other}, method="POST", body=body)
        assert refused.status == 403
        entered = await both.ask(f"{name}/open", FORM | {"Origin": name}, method="POST", body=body)
        said = entered.headers["set-cookie"]
        assert (entered.status, said.startswith(cookie), "Secure" in said) == (303, True, name == WEB)
        assert {"HttpOnly", "SameSite=Strict"} < set(said.split("; "))
        sent = PAGE | {"Cookie": said.partition(";")[0]}
        assert (await both.ask(f"{name}/feed", sent)).status == 200
        assert (await both.ask(f"{other}/feed", sent)).status == 403


async def test_what_is_signed_for_either_name_is_taken_once(both: Node) -> None:
    """An ally that reaches us by the onion service signs that name, in either scheme; the same post counts once."""
    note = ALLY.note()
    inbox = f"{SERVICE}/inbox"
    create = ALLY.create(note)
    assert (await both.say(ALLY.post(inbox, create))).status == 202
    assert (await both.say(ALLY.post(f"{WEB}/inbox", create))).status == 202
    for rsa in (True, False):
        assert (await both.say(ALLY.post_standard(inbox, ALLY.create(), rsa=rsa))).status == 202
    other = ALLY.create()
    assert (await both.say(ALLY.post(inbox, other, signed_host="alder.example"))).status == 401
    assert (await both.say(ALLY.post(f"{WEB}/inbox", other, signed_host=ONION))).status == 401
    assert (await both.say(ALLY.post_standard(f"{WEB}/inbox", other, spoken=inbox))).status == 401
    async with both.house.store.transaction() as connection:
        found = await connection.exec_driver_sql("SELECT count(*) FROM proposals")
        assert found.scalar_one() == 3


async def test_nobody_speaks_for_us_under_our_second_name(both: Node) -> None:
    """An actor at our own onion service is refused, and not looked for."""
    mallory = Sender(Ids(SERVICE, "alder"), keys_of("a stranger"))
    follow = mallory.follow(both.house.ids.actor)
    assert (await both.say(mallory.post(f"{WEB}/inbox", follow))).status == 403


def urls(name: str) -> list[str]:
    """Every route under this name, with something in the place of each part."""
    parts = {
        "name": "alder", "id": secrets.token_hex(16), "tag": "offer", "file": next(iter(static_files())),
        "picture": f"{secrets.token_hex(16)}.png", "secret": "x" * 43, "feed": "posts.atom",
    }  # fmt: skip
    return list(dict.fromkeys(name + re.sub(r"\{(\w+)\}", lambda part: parts[part[1]], one.path) for one in ROUTES))


@pytest.mark.parametrize("name", [WEB, SERVICE])
async def test_this_machine_is_a_stranger(both: Node, name: str) -> None:
    """Tor and web server come from 127.0.0.1: whoever does, and whoever says so, gets what anyone gets."""
    for url in urls(name):
        plain = same(await both.ask(url, PAGE))
        for said in NEAR:
            assert same(await both.ask(url, PAGE | said)) == plain
    assert (await both.ask(f"{name}/feed", PAGE)).status == 403
    assert (await both.ask(f"{name}/metrics", PAGE)).status == 404


# --- an onion service alone ---

# Those whose words we use, in documents and pages.
VOCABULARIES = {
    "www.w3.org", "w3id.org", "purl.org", "purl.archive.org", "joinmastodon.org", "docs.oasis-open.org",
    "webfinger.net", "schema.org", "datatracker.ietf.org", "nodeinfo.diaspora.software", "www.sitemaps.org",
}  # fmt: skip


def told_of_the_machine(text: str, *more: object) -> list[str]:
    """What of this machine, and of `more`, stands in a text as a word of its own."""
    words = [socket.gethostname(), "localhost", "127.0.0.1", *map(str, more)]
    return [word for word in words if re.search(rf"(?<![\w+/=-]){re.escape(word)}(?![\w+/=-])", text)]


async def test_an_onion_service_tells_nothing_of_its_machine(tmp_path: Path) -> None:
    """No answer holds an address, a port, a folder, a name of the machine or of the web but those of vocabularies."""
    async with node(tmp_path, url=SERVICE, socks="127.0.0.1:9", search_engines="yes") as alder:
        made = (await publish(alder.house, offer(audience=Audience.PUBLIC)))["post"]["id"]
        asked = [*urls(SERVICE), made, f"{made}/document", f"{SERVICE}/actors/alder/outbox?page=latest"]
        asked += [f"{SERVICE}/.well-known/webfinger?resource=acct:alder@{ONION}", f"{SERVICE}//x"]
        ways = product(asked, (ACTIVITY, PAGE, {}), ("GET", "POST", "OPTIONS"))
        answers = [await alder.ask(url, accept, method=method) for url, accept, method in ways]
        answers += [await alder.ask(f"{SERVICE}/", {"Host": host}) for host in ("alder.example", "127.0.0.1")]
        answers += [Answer((await alder.say(bad)).headers) for bad in (b"x\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n")]
    assert len(answers) > 200
    for answer in answers:
        text = answer.raw.decode("utf-8", "replace")
        assert told_of_the_machine(text, alder.port, tmp_path, "alder.example") == []
        assert set(re.findall(r"https?://([a-z0-9.-]+)", text)) <= {ONION, *VOCABULARIES}
        assert re.findall(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", text) == []
        assert STRICT not in answer.headers


async def test_what_an_onion_service_asks_tells_nothing_of_its_machine(tmp_path: Path) -> None:
    """Its requests name itself, whom they are for, and its software."""
    place = (onion_of("birch"), 80)
    async with (
        peer(saying(OK)) as server,
        standing_in({place: server.port}) as tor,
        node(tmp_path, url=SERVICE, socks=tor.address) as alder,
    ):
        for address in (f"http://{place[0]}/actors/birch", f"@birch@{place[0]}"):
            with pytest.raises(Malformed):
                await ally_look(alder.house, address)
    usual = {"Host", "Accept", "Date", "Signature", "User-Agent", "Accept-Encoding"}
    assert len(server.heads) == 2
    for head in server.heads:
        assert told_of_the_machine(head, alder.port, tor.port) == []
        assert {name.partition(":")[0] for name in head.split("\r\n")[1:] if name} <= usual
