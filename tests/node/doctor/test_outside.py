"""What the doctor finds of the node as others see it: its name, certificate, address and clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from federation.addresses import LOOPBACK_LAB
from federation.resolvers import LabResolver
from federation.transport import Reason, Transport
from node.aid import keeping
from node.doctor.clocks import clocks
from node.doctor.finding import Health
from node.doctor.outside import CERTIFICATE, address, certificate, dns
from node.folder import DataFolder
from node.house import House, open_house
from tests.node.backup.test_commands import NOW
from tests.rig.alone import alone
from tests.rig.nodes import collectives, make_folder, running, settings_of
from tests.rig.tls import NOW as MADE
from tests.rig.tls import certificate as make_certificate

GOOD, LOOK, BAD = Health.GOOD, Health.LOOK, Health.BAD


@pytest.fixture
async def folder(tmp_path: Path) -> DataFolder:
    """A collective's folder, as it should be."""
    return await make_folder(tmp_path / "alder", "alder")


@asynccontextmanager
async def opened(folder: DataFolder) -> AsyncIterator[House]:
    """A house that does not serve."""
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house:
            yield house


async def test_a_node_finds_itself(folder: DataFolder) -> None:
    """What strangers see is looked at as they do; nobody there, or another node there, is told apart."""
    async with running(folder) as (house, _):
        assert address(await keeping.own_address(house)).health is GOOD
        said = await keeping.own_name(house)
        assert [one["reached"] for one in said["addresses"]] == [True]
        assert dns(said).text == "alder.localhost has the address 127.0.0.1."
        other = await make_folder(folder.path.parent / "other", "alder", port=house.ids.origin.port)
    async with running(other), opened(folder) as house:
        said = await keeping.own_address(house)
        assert (said["reason"], address(said).health) == ("stranger", BAD)
    async with opened(folder) as house:
        said = await keeping.own_address(house)
        assert (said["reason"], address(said).health) == (Reason.CONNECT, BAD)
        [seen] = (await keeping.own_name(house))["addresses"]
        assert (seen["reached"], seen["reason"]) == (False, Reason.CONNECT)


def test_every_reason_has_something_to_do() -> None:
    """Whatever it is that keeps others from finding the node."""
    for reason in [*Reason, "stranger", "answer"]:
        said = {"url": "https://alder.example/", "handle": "@a@b", "reached": False, "reason": reason, "text": "x"}
        assert address(said).do


def seen(at: str, reason: str = "", *, public: bool = True, days: float | None = None) -> dict[str, Any]:
    """One address of our name, perhaps with a certificate that is good for some days more."""
    certificate = None
    if days is not None:
        ends = NOW + timedelta(days=days)
        certificate = {"begins": (ends - timedelta(days=90)).isoformat(), "ends": ends.isoformat()}
    return {"address": at, "public": public, "reached": not reason, "reason": reason, "certificate": certificate}


def named(*addresses: Mapping[str, Any], reason: str = "") -> dict[str, Any]:
    """Our name, with these addresses."""
    return {"host": "alder.example", "encrypted": True, "reason": reason, "addresses": list(addresses)}


@pytest.mark.parametrize(
    ("said", "health", "words"),
    [
        (named(seen("1.1.1.1"), seen("2606::1")), GOOD, "the addresses 1.1.1.1, 2606::1"),
        (named(seen("1.1.1.1")), GOOD, "the address 1.1.1.1"),
        (named(seen("2606::1")), LOOK, "IPv6 alone"),
        (named(seen("1.1.1.1"), seen("2606::1", "timeout")), LOOK, "nobody answers at the address 2606::1"),
        (named(seen("1.1.1.1"), seen("2606::1", "tls")), GOOD, "the addresses"),
        (named(seen("1.1.1.1", "connect")), GOOD, "the address 1.1.1.1"),
        (named(seen("192.168.1.5", "unsafe", public=False)), BAD, "not public"),
        (named(reason="dns"), BAD, "no address"),
        (named(seen("alder.example"), reason="tor-alone"), GOOD, "was not looked up from here"),
    ],
)
def test_the_addresses_of_a_name(said: dict[str, Any], health: Health, words: str) -> None:
    """None, one that is not public, and one of several that leads nowhere are told apart."""
    found = dns(said)
    assert (found.health, bool(found.do)) == (health, health is not GOOD)
    assert words in found.text


@pytest.mark.parametrize(
    ("said", "health", "words"),
    [
        (named(seen("1.1.1.1", days=60)), GOOD, "60 days from now"),
        (named(seen("1.1.1.1", days=13)), LOOK, "should have been replaced"),
        (named(seen("1.1.1.1", days=60), seen("2606::1", days=3)), LOOK, "3 days from now"),
        (named(seen("1.1.1.1", days=60), seen("2606::1", "tls-over")), BAD, "is over"),
        (named(seen("1.1.1.1", "tls-name")), BAD, "for another name"),
        (named(seen("alder.example", "tor"), reason="tor-alone"), LOOK, "No web server was reached"),
        (named(seen("1.1.1.1", "connect")), LOOK, "No web server was reached"),
    ],
)
def test_a_certificate(said: dict[str, Any], health: Health, words: str) -> None:
    """One that ends within two weeks wants a look, one that is over is bad, at whichever address it is."""
    found = certificate(said, NOW)
    assert (found.health, bool(found.do)) == (health, health is not GOOD)
    assert words in found.text


def test_a_certificate_of_a_few_days_is_no_alarm() -> None:
    """It is replaced every other day, so only its last quarter is late."""
    for left, health in ((5, GOOD), (1, LOOK)):
        ends = NOW + timedelta(days=left)
        short = {"begins": (ends - timedelta(days=6)).isoformat(), "ends": ends.isoformat()}
        assert certificate(named(seen("1.1.1.1") | {"certificate": short}), NOW).health is health


@pytest.mark.parametrize(
    ("name", "days", "health"),
    [
        ("alder.localhost", 60, GOOD),
        ("alder.localhost", 5, LOOK),
        ("alder.localhost", -1, BAD),
        ("x.localhost", 9, BAD),
    ],
)
async def test_the_certificate_that_others_see(tmp_path: Path, name: str, days: int, health: Health) -> None:
    """It is read off a connection to our own name, as anybody makes one."""
    theirs, ours = make_certificate(tmp_path, name, days=days)
    app = web.Application()
    app.router.add_get("/health", _ok)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=theirs).start()
    port = runner.addresses[0][1]
    folder = await make_folder(tmp_path / "alder", "alder", url=f"https://alder.localhost:{port}")
    try:
        async with (
            opened(folder) as house,
            Transport(LOOPBACK_LAB, resolver=LabResolver(), tls=ours) as transport,
        ):
            house.transport = transport
            said = await keeping.own_name(house)
    finally:
        await runner.cleanup()
    assert certificate(said, MADE).health is health
    assert said["addresses"][0]["reason"] in {"", *CERTIFICATE}


async def _ok(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def test_our_clock_beside_those_of_allies(tmp_path: Path) -> None:
    """Allies are asked what time it is by fetching what anybody may fetch; one that is away says nothing."""
    async with alone(tmp_path / "nobody") as house:
        assert await keeping.others_clocks(house) == {"asked": 0, "answered": 0, "seconds_behind": None}
    async with collectives(tmp_path, "alder", "birch", "cedar") as [alder, *_]:
        said = await keeping.others_clocks(alder)
        assert (said["asked"], said["answered"], clocks(said).health) == (2, 2, GOOD)
        now = alder.now
        alder.now = lambda: now() - timedelta(minutes=10)
        said = await keeping.others_clocks(alder)
        assert 598 <= said["seconds_behind"] <= 602
        assert clocks(said).health is BAD
