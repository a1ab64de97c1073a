"""Two collectives over Tor: one is an onion service alone, the other has a web address and an onion service.

Each is a process of its own, in which every connection and every look-up is written down.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from schema.errors import PeerUnreachable
from tests.rig.alone import offer
from tests.rig.nodes import free_port, make_folder
from tests.rig.onions import onion_of
from tests.rig.processes import NodeProcess, processes
from tests.rig.raw_server import talking
from tests.rig.tls import certificate
from tests.rig.tor import StandIn, carry, standing_in
from tests.rig.tor_network import TOR, tor_network
from tests.rig.waiting import answered, until

WEB: Final = "birch.example"
TORRC: Final = Path(__file__).parents[2] / "deploy" / "tor" / "torrc"
RICE, BLANKETS = "20 kg rice", "30 blankets"


@dataclass(slots=True, kw_only=True)
class Places:
    """The names of the two, and where on this machine they are, birch's web server, and Tor, if it is there."""

    alder: str = onion_of("alder")
    birch: str = onion_of("birch")
    alder_port: int = field(default_factory=free_port)
    birch_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    tor_port: int = field(default_factory=free_port)

    def tor(self) -> AbstractAsyncContextManager[StandIn]:
        """A stand-in for Tor that leads to each of them."""
        leads = {(self.alder, 80): self.alder_port, (self.birch, 80): self.birch_port, (WEB, 443): self.web_port}
        return standing_in(leads, self.tor_port)


@dataclass(slots=True)
class Street:
    """Two running nodes that know nothing of each other."""

    places: Places
    folder: Path
    alder: NodeProcess
    birch: NodeProcess

    def dialled(self) -> set[str]:
        """Everything that left either process."""
        files = [self.folder / f"{name}.dials" for name in ("alder", "birch")]
        return {line for file in files for line in file.read_text().splitlines()}

    async def befriend(self) -> None:
        """A person at each compares the words of the other and adds it; of birch the onion service is known."""
        for node, handle, other in (
            (self.alder, f"@birch@{self.places.birch}", self.birch),
            (self.birch, f"@alder@{self.places.alder}", self.alder),
        ):
            words = " ".join((await other.ask("whoami"))["words"])
            actor = (await node.ask("ally_look", address=handle))["actor"]
            await node.ask("ally_add", address=actor, words=words, by="a steward")

    async def publish(self) -> None:
        """Each has something for its allies."""
        for node, title in ((self.alder, RICE), (self.birch, BLANKETS)):
            await node.ask("publish", draft=offer(title))

    async def check_arrived(self) -> None:
        """Both have both."""
        for node in (self.alder, self.birch):
            assert await answered(partial(titles, node), lambda found: len(found) > 1) == {RICE, BLANKETS}


async def titles(node: NodeProcess) -> set[str]:
    return {post["title"] for post in (await node.ask("feed"))["posts"]}


@asynccontextmanager
async def street(folder: Path, places: Places, **of_birch: Any) -> AsyncIterator[Street]:
    """Alder is an onion service alone. Birch is one too, and has a web server before it."""
    server, _ = certificate(folder, WEB)
    common: dict[str, Any] = {"maker": "init", "socks": f"127.0.0.1:{places.tor_port}"}
    only_onion: dict[str, Any] = {"url": f"http://{places.alder}", "port": places.alder_port}
    both_names: dict[str, Any] = {"url": f"https://{WEB}", "port": places.birch_port, "onion": places.birch}
    folders = (
        await make_folder(folder / "alder", "alder", **only_onion, **common),
        await make_folder(folder / "birch", "birch", **both_names, **common, **of_birch),
    )
    web_server = talking(partial(carry, places.birch_port), server, port=places.web_port)
    async with web_server, processes(*folders) as (alder, birch):
        for node, name in ((alder, "alder"), (birch, "birch")):
            node.program = ("-P", "-m", "tests.rig.watched", str(folder / f"{name}.dials"))
            node.environment = {"SSL_CERT_FILE": str(folder / "peer.pem")}
            await node.start()
        for node in (alder, birch):
            await node.ready()
        yield Street(places, folder, alder, birch)


@pytest.fixture
def places() -> Places:
    """Names and ports that nobody else has."""
    return Places()


async def test_two_names_are_one_collective(tmp_path: Path, places: Places) -> None:
    """Whoever looks for birch by either handle finds the same actor, under the name that never changes."""
    async with street(tmp_path, places) as here, places.tor():
        seen = [await here.alder.ask("ally_look", address=f"@birch@{name}") for name in (WEB, places.birch)]
        assert seen[0] == seen[1]
        assert (seen[0]["actor"], seen[0]["handle"]) == ("https://birch.example/actors/birch", "@birch@birch.example")
        assert seen[0]["handle_verified"]


async def test_posts_go_both_ways_through_tor_alone(tmp_path: Path, places: Places) -> None:
    """Whatever either node dials is Tor's port, by name and with a password for each peer; neither looks a name up."""
    async with street(tmp_path, places) as here, places.tor() as tor:
        await here.befriend()
        await here.publish()
        await here.check_arrived()
        assert here.dialled() == {f"127.0.0.1 {places.tor_port}"}
        assert tor.places == {(places.alder, 80), (places.birch, 80), (WEB, 443)}
        assert {(one.kind, one.account) for one in tor.asked} == {(3, "qafila")}
        assert all(one.password == one.name for one in tor.asked)


async def test_without_tor_nothing_is_dialled(tmp_path: Path, places: Places) -> None:
    """While Tor is away everything waits and says why, nothing goes another way, and afterwards it arrives."""
    async with street(tmp_path, places, tor="everything") as here:
        async with places.tor():
            await here.befriend()
        await here.publish()
        for node in (here.alder, here.birch):
            found = await answered(
                partial(node.ask, "deliveries"), lambda found: all(one["reason"] for one in found["deliveries"])
            )
            assert {(one["state"], one["reason"]) for one in found["deliveries"]} == {("waiting", "tor")}
            assert found["reasons"] == {"tor": "Tor does not answer at the address in the setting `socks`"}
            with pytest.raises(PeerUnreachable, match="Tor does not answer"):
                await node.ask("ally_look", address="@cedar@cedar.example")
        assert here.dialled() == {f"127.0.0.1 {places.tor_port}"}
        async with places.tor():
            for node in (here.alder, here.birch):
                await node.ask("retry_deliveries")
            await here.check_arrived()
        assert here.dialled() == {f"127.0.0.1 {places.tor_port}"}


@pytest.mark.skipif(not TOR or "TEST_TOR" not in os.environ, reason="set TEST_TOR=1, with Tor here: takes a minute")
async def test_posts_go_both_ways_through_a_real_tor(tmp_path: Path, places: Places) -> None:
    """The same through a Tor network on this machine, with deploy's torrc; the web address leads to the service."""
    home, lines = tmp_path / "tor" / "client", f"SocksPort 127.0.0.1:{places.tor_port}\n"
    web = f"HiddenServicePort 443 127.0.0.1:{places.web_port}"
    for name, port in (("alder", places.alder_port), ("birch", places.birch_port)):
        text = TORRC.read_text().replace("/var/lib/tor/qafila", f"{home}/{name}").replace(":8400", f":{port}")
        lines += text.replace("#HiddenServicePort 443 127.0.0.1:443", web)
    (tmp_path / "tor").mkdir()
    async with tor_network(tmp_path / "tor", lines) as add:
        names = [home / name / "hostname" for name in ("alder", "birch")]
        await until(lambda: all(name.exists() for name in names), 30)
        places.alder, places.birch = (name.read_text().strip() for name in names)
        add(f"MapAddress {WEB} {places.birch}\n")
        async with street(tmp_path, places, tor="everything") as here:
            await until(lambda: "Bootstrapped 100%" in (home / "log").read_text(), 300)
            for node in ("alder", "birch"):
                await answered(partial(reached, here, node), bool, 120)
            await here.befriend()
            await here.publish()
            await here.check_arrived()
            assert here.dialled() == {f"127.0.0.1 {places.tor_port}"}


async def reached(here: Street, name: str) -> bool:
    """Whether this node finds itself by its onion service."""
    said = await here.alder.ask("own_address") if name == "alder" else await here.birch.ask("own_onion")
    return bool(said["reached"])
