"""A node on several machines behind a real Caddy, by deploy/README.md: restarted one after another under load."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext

import pytest

from federation.outbox import Outgoing, Recipient
from node.folder import DataFolder
from node.store import outbox
from tests.conftest import NewDatabase
from tests.deploy.conftest import CADDY, CADDYFILE, DEPLOY, web_server
from tests.node.inbound.arriving import BIRCH
from tests.rig.hosts import Machine, machine
from tests.rig.listener import Listener, listening
from tests.rig.nodes import free_port
from tests.rig.processes import NodeProcess, processes
from tests.rig.sender import http, say
from tests.rig.tls import certificate
from tests.rig.twins import ask_database, opened, pin, twin_folders
from tests.rig.waiting import until

DRAIN = 3
PAUSE = 0.05
NO_LIMITS = {"ally_messages_per_minute": 0}
SEEN_AGAIN = 2.0  # seconds until Caddy has asked a node that came back
COUNTS = (
    "SELECT (SELECT count(*) FROM proposals WHERE owner <> 'us'), (SELECT count(*) FROM inbox), "
    "(SELECT count(*) FROM inbox WHERE effect <> 'stored')"
)

pytestmark = pytest.mark.skipif(not CADDY, reason="no Caddy; `make servers` installs it")


def caddyfile(folder: Path, port: int, upstreams: list[str]) -> str:
    """Caddy's file with the lines for several machines, but for names, ports and certificate."""
    [lines] = re.findall(r"```caddy\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    text = CADDYFILE.read_text()
    for old, new in (
        ("\treverse_proxy {$NODE:127.0.0.1:8410} {\n", lines),
        ("10.0.0.11:8410 10.0.0.12:8410", " ".join(upstreams)),
        ("Host alder.example", f"Host alder.localhost:{port}"),
        ("\tadmin off", "\tadmin off\n\tauto_https off"),
        ("{$DOMAIN:alder.example} {", f"https://alder.localhost:{port} {{\n\ttls {folder}/peer.pem {folder}/peer.pem"),
        (":443 {", f":{port} {{"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@dataclass(slots=True)
class Load:
    """Pages asked for and posts brought, one after the other by several at once, and what was answered."""

    port: int
    tls: SSLContext
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    over: bool = False

    async def ask(self, what: str, request: Callable[[], bytes]) -> None:
        """Until it is over."""
        while not self.over:
            answer = await say(self.port, request(), tls=self.tls)
            self.answers[what, answer.status] += 1
            await asyncio.sleep(PAUSE)

    def page(self) -> bytes:
        """Somebody looks at the home page."""
        return http("/", [("Host", f"alder.localhost:{self.port}")], method="GET")

    def post(self) -> bytes:
        """An ally brings a new offer."""
        return BIRCH.post(f"https://alder.localhost:{self.port}/inbox", BIRCH.create())

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        """In the background, for the length of the block."""
        several = [("page", self.page)] * 3 + [("post", self.post)] * 3
        async with asyncio.TaskGroup() as tasks:
            for what, request in several:
                tasks.create_task(self.ask(what, request))
            try:
                yield
            finally:
                self.over = True


async def keep_publishing(folder: DataFolder, peer: Listener, load: Load) -> list[str]:
    """Queue one thing after the other for a peer until the load is over; what was queued."""
    queued: list[str] = []
    async with opened(folder) as [house]:
        while not load.over:
            body = f"{len(queued):03}"
            address = house.ids.activity(body)
            outgoing = Outgoing(address, "Create", address, "public", body.encode())
            async with house.store.transaction() as connection:
                to = [Recipient(peer.peer, f"{peer.peer}/inbox")]
                await outbox.enqueue(connection, outgoing, to, now=house.now(), not_before=house.now())
            queued.append(body)
            await asyncio.sleep(4 * PAUSE)
    return queued


@pytest.mark.parametrize("where", ["one machine", "a machine each"])
async def test_restarted_one_after_another_no_request_fails(
    tmp_path: Path, postgres_url: NewDatabase, where: str
) -> None:
    """Two that serve and one that works are restarted in turn: each request is answered, each effect is there once."""
    _, trusting = certificate(tmp_path, "alder.localhost")
    port = free_port()
    load = Load(port, trusting)
    async with AsyncExitStack() as stack:
        machines: list[Machine | None] = [Machine((), "127.0.0.1", "127.0.0.1")] * 3
        if where == "a machine each":
            machines = [await stack.enter_async_context(machine(number)) for number in range(1, 4)]
        if None in machines:
            pytest.skip("no network namespaces: they need root and iproute2 (`make servers`)")
        folders = await twin_folders(
            tmp_path, await postgres_url(), 3, url=f"https://alder.localhost:{port}", drain_seconds=DRAIN, **NO_LIMITS
        )
        doors = [f"{one.address}:{free_port()}" for one in machines if one is not None]
        several = [
            NodeProcess(folder, kind, "--trusted-proxy", one.seen_from, "--proxy-listen", door, before=one.before)
            for folder, kind, door, one in zip(folders, ("run", "run", "work"), doors, machines, strict=True)
            if one is not None
        ]
        await stack.enter_async_context(processes(*several))
        async with opened(folders[0]) as [house]:
            await pin(house, BIRCH)
        for one in several:
            await one.start()
        for one in several:
            await one.up()
        await stack.enter_async_context(web_server(tmp_path, caddyfile(tmp_path, port, doors[:2]), port))
        peer = await stack.enter_async_context(listening("cedar"))
        await asyncio.sleep(SEEN_AGAIN)
        publishing = asyncio.create_task(keep_publishing(folders[2], peer, load))
        async with load.on():
            await asyncio.sleep(1)
            for one in several:
                assert await one.stop() == 0
                await one.start()
                await one.up()
                await asyncio.sleep(SEEN_AGAIN)
        queued = await publishing
        assert {status for _, status in load.answers} == {200, 202}, load.answers
        taken = load.answers["post", 202]
        assert taken > 20
        assert await ask_database(folders[0], COUNTS) == [(taken, taken, 0)]
        if where == "one machine":  # the lab dials loopback alone, which another machine has for itself
            await until(lambda: len(peer.got) >= len(queued))
            assert peer.got == queued
