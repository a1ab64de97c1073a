"""The Caddyfile of `deploy/`: a real Caddy with a certificate of a test authority, and a real node behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from activitypub.message import ACTIVITY_JSON
from tests.deploy.conftest import CADDY, CADDYFILE, web_server
from tests.hostile.requests import CASES
from tests.hostile.world import Case, World, living
from tests.rig.nodes import free_port
from tests.rig.sender import MARK, address_of, http, say
from tests.rig.tls import certificate

STRANGERS_WORDS = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "http"),
    ("X-Real-IP", "127.0.0.1"),
    ("Forwarded", "for=127.0.0.1;host=evil.example;proto=http"),
)
UNFOLDED = "H03-folded"  # Caddy hands on a folded header as one line, as a proxy may (RFC 9112, 5.2)
BROKEN_OFF = frozenset({0, 501, 502})  # what Caddy says to a body that is not what its header says

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CADDY, reason="no Caddy; `make servers` installs it"),
]


@asynccontextmanager
async def caddy(folder: Path, port: int, behind: int) -> AsyncIterator[Path]:
    """Caddy as the file has it, but for the name, the ports, the certificate and shorter waits; its log."""
    text = CADDYFILE.read_text()
    for old, new in (
        ("\tadmin off", "\tadmin off\n\tauto_https off"),
        ("read_header 10s", "read_header 1s"),
        ("read_body 30s", "read_body 3s"),
        ("{$DOMAIN:alder.example} {", f"https://alder.localhost:{port} {{\n\ttls {folder}/peer.pem {folder}/peer.pem"),
        ("127.0.0.1:8410", f"127.0.0.1:{behind}"),
        (":443 {", f":{port} {{"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    async with web_server(folder, text, port) as log:
        yield log


@dataclass(frozen=True, slots=True)
class Behind:
    """A node behind Caddy: whatever is said to `world` goes over TLS. `port` is where the node believes nobody."""

    world: World
    port: int
    log: Path


@asynccontextmanager
async def standing(folder: Path, **limits: Any) -> AsyncIterator[Behind]:
    """Caddy and the node, as they are installed."""
    _, trusting = certificate(folder, "alder.localhost")
    port, inner, door = free_port(), free_port(), free_port()
    settings: dict[str, Any] = {
        "url": f"https://alder.localhost:{port}",
        "listen": f"127.0.0.1:{inner}",
        "trusted_proxy": "127.0.0.1",
        "proxy_listen": f"127.0.0.1:{door}",
        "body_timeout_seconds": 1,
        **limits,
    }
    async with (
        caddy(folder, port, door) as log,
        living(folder / "alder", "sqlite", tls=trusting, **settings) as world,
    ):
        yield Behind(world, inner, log)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Behind]:
    """The same for every test: what is refused changes nothing."""
    async with standing(tmp_path_factory.mktemp("caddy")) as made:
        yield made


def page(world: World, *more: tuple[str, str], host: str = "") -> bytes:
    return http("/", [("Host", host or address_of(world.inbox)[0]), *more], method="GET")


async def test_an_ally_reaches_the_inbox(behind: Behind) -> None:
    """A signed request arrives as it was signed, and takes effect."""
    assert await behind.world.serves()


async def test_another_name_is_not_answered_for(behind: Behind) -> None:
    """With our certificate and somebody else's name, Caddy itself says 421."""
    assert (await behind.world.say(page(behind.world, host="evil.example"))).status == 421


async def test_nobody_is_believed_about_who_asks(behind: Behind) -> None:
    """The headers by which a proxy tells who asks change nothing, through Caddy or past it."""
    plain = await behind.world.say(page(behind.world))
    told = await behind.world.say(page(behind.world, *STRANGERS_WORDS))
    past = await say(behind.port, page(behind.world, *STRANGERS_WORDS))
    assert plain.status == 200
    assert plain.body == told.body == past.body


async def test_the_node_sees_who_asks(tmp_path: Path) -> None:
    """Strangers are told apart by where they come to Caddy from, whatever their own headers say; allies are served."""
    async with standing(tmp_path, stranger_messages_per_minute=9) as limited:
        world = limited.world
        target = address_of(world.inbox)[1]

        async def heard(source: str, number: int) -> int:
            own = [(name, f"198.51.100.{number}") for name, _ in STRANGERS_WORDS]
            own += [("X_Forwarded_For", f"198.51.100.{number}"), ("Connection", "close, X-Forwarded-For")]
            headers = [("Host", address_of(world.inbox)[0]), ("Content-Type", ACTIVITY_JSON), *own]
            return (await world.say(http(target, headers, b"{}"), source=source)).status

        assert [await heard("127.0.0.2", number) for number in range(6)] == [400, 400, 400, 429, 429, 429]
        assert [await heard("127.0.0.3", number) for number in range(4)] == [400, 400, 400, 429]
        assert await world.serves()


async def test_slow_ones_are_given_up(behind: Behind) -> None:
    """A header that stops ends with its connection, by Caddy; a body that stops gets the node's own 408."""
    whole = behind.world.post(behind.world.ally.create())
    head, _, _ = whole.partition(b"\r\n\r\n")
    assert (await behind.world.say(head[:-20], seconds=5)).status == 0
    assert (await behind.world.say(whole[:-20], seconds=5)).status == 408


@pytest.mark.parametrize("case", [case for case in CASES if case.id != UNFOLDED], ids=lambda case: case.id)
async def test_what_the_node_refuses_is_refused(behind: Behind, case: Case) -> None:
    """Whoever of the two refuses it: no row changes, it is neither success nor redirect, and the next one is served."""
    world = behind.world
    before = await world.dump()
    answer = await world.say(case.said(world), end=case.end)
    assert answer.status in BROKEN_OFF or 400 <= answer.status < 500
    assert await world.dump() == before
    assert await world.serves()


async def test_nothing_is_written_down(behind: Behind) -> None:
    """After all of this, Caddy's log holds no address of who asked, no path and no word of a request."""
    text = behind.log.read_text()
    assert "serving initial configuration" in text
    for word in ("remote", "inbox", "evil", "uri", *MARK.split("-")):
        assert word not in text
