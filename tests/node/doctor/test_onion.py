"""What the doctor finds of Tor, and of the onion service that leads to the node."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from federation.addresses import THROUGH_TOR
from federation.socks import Tor
from federation.transport import Reason, Transport
from node.aid import keeping
from node.doctor.finding import Health
from node.doctor.onion import onion, tor
from node.doctor.outside import address, certificate, dns
from tests.federation.test_transport import OK, Names, peer, saying
from tests.node.doctor.test_outside import opened
from tests.rig.nodes import free_port, make_folder, running
from tests.rig.onions import onion_of
from tests.rig.tls import NOW as MADE
from tests.rig.tls import certificate as make_certificate
from tests.rig.tor import standing_in

GOOD, LOOK, BAD = Health.GOOD, Health.LOOK, Health.BAD
WEB = "https://alder.example"


async def test_tor_is_looked_for(tmp_path: Path) -> None:
    """Where it answers, and where it does not, each said for what goes to it; of its network nothing is asked."""
    async with standing_in({}) as there:
        for choice, works, broken in (
            ("onions", "onion services", "no onion"),
            ("everything", "everything", "nothing"),
        ):
            settings: dict[str, Any] = {"socks": there.address, "tor": choice, "maker": "init", "url": WEB}
            folder = await make_folder(tmp_path / choice, "alder", **settings)
            async with opened(folder) as house:
                found = tor(await keeping.tor_health(house))
                assert (found.health, works in found.text) == (GOOD, True)
                house.settings = replace(house.settings, socks=f"127.0.0.1:{free_port()}")
                found = tor(await keeping.tor_health(house))
                assert (found.health, broken in found.text, "systemctl start tor" in found.do) == (BAD, True, True)
        assert there.asked == []


async def test_a_node_finds_itself_by_its_onion_service(tmp_path: Path) -> None:
    """It leads here, to another node, or nowhere; without Tor nobody can tell."""
    name, port = onion_of("alder"), free_port()
    common: dict[str, Any] = {"maker": "init", "onion": name, "port": port}
    async with standing_in({(name, 80): port}) as there:
        here = await make_folder(tmp_path / "here", "alder", url=WEB, socks=there.address, **common)
        other = await make_folder(tmp_path / "other", "alder", url="https://other.example", **common)
        async with running(here) as (house, _):
            found = onion(await keeping.own_onion(house))
            assert (found.health, found.text) == (GOOD, f"{name} leads to this node too.")
        async with running(other), opened(here) as house:
            found = onion(await keeping.own_onion(house))
            assert (found.health, "another node answers" in found.text) == (BAD, True)
        async with opened(here) as house:
            found = onion(await keeping.own_onion(house))
            assert (found.health, "no connection" in found.text) == (BAD, True)
            assert "HiddenServicePort" in found.do
    for folder in (here, other):  # Tor is gone by now, and the other one never said where it is
        async with opened(folder) as house:
            found = onion(await keeping.own_onion(house))
            assert (found.health, "through Tor alone" in found.text) == (LOOK, True)


def test_an_onion_service_that_nobody_finds_is_a_matter_of_tor() -> None:
    """No port of a web server is to be opened for it."""
    said = {"url": f"http://{onion_of('alder')}/", "reached": False, "reason": Reason.TIMEOUT, "text": "x"}
    assert "HiddenServicePort" in address(said).do
    assert "systemctl start tor" in address(said | {"reason": Reason.TOR}).do


async def test_an_onion_service_has_no_name_to_look_up(tmp_path: Path) -> None:
    """The name is asked for nowhere: that would tell of it."""
    async with standing_in({}) as there:
        settings: dict[str, Any] = {"url": f"http://{onion_of('alder')}", "socks": there.address}
        folder = await make_folder(tmp_path / "alder", "alder", maker="init", **settings)
        async with opened(folder) as house:
            said = await keeping.own_name(house)
        assert (said["reason"], said["addresses"], there.asked) == ("onion", [], [])


async def test_where_everything_goes_through_tor_so_does_the_doctor(tmp_path: Path) -> None:
    """Our own name is not looked up, and the certificate is the one that is seen through Tor."""
    theirs, ours = make_certificate(tmp_path, "alder.example", days=60)
    names = Names(["1.1.1.1"])
    async with peer(saying(OK), theirs) as server, standing_in({("alder.example", 443): server.port}) as there:
        settings: dict[str, Any] = {"url": WEB, "socks": there.address, "tor": "everything"}
        folder = await make_folder(tmp_path / "alder", "alder", maker="init", **settings)
        transport = partial(Transport, THROUGH_TOR, resolver=names, tls=ours)
        async with opened(folder) as house:
            async with transport(tor=Tor("127.0.0.1", there.port)) as house.transport:
                said = await keeping.own_name(house)
            assert (dns(said).health, certificate(said, MADE).health) == (GOOD, GOOD)
            assert certificate(said, MADE + timedelta(days=50)).health is LOOK
            async with transport(tor=Tor("127.0.0.1", free_port())) as house.transport:
                found = certificate(await keeping.own_name(house), MADE)
            assert (found.health, "systemctl start tor" in found.do) == (LOOK, True)
    assert (there.places, names.questions) == ({("alder.example", 443)}, [])
