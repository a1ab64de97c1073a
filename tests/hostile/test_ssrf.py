"""A node that is not in a lab, and addresses that it must not dial, whoever names them (F01, F02, F04)."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

import orjson
import pytest
import pytest_asyncio
from aiohttp.abc import AbstractResolver, ResolveResult

from activitypub.ids import Ids
from node.aid.allies import ally_look
from node.aid.publishing import publish
from node.house import House
from node.store import relations
from schema.errors import InputError, PeerUnreachable, RemoteError
from tests.federation.test_addresses import HOME_NAMES, ODD_SPELLINGS, UNSAFE_V4, UNSAFE_V6
from tests.rig.alone import offer
from tests.rig.dials import DIALS
from tests.rig.nodes import free_port, make_folder, running, told
from tests.rig.onions import onion_of
from tests.rig.sender import Answer, Sender, keys_of, say

pytestmark = pytest.mark.asyncio(loop_scope="module")
PUBLIC: Final = "1.1.1.1"
KEYS: Final = keys_of("a stranger")


@dataclass(slots=True)
class Names(AbstractResolver):
    """Gives each name one answer after the other, and the last for ever; keeps what was asked."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The next answer; OSError for a name that has none."""
        del family
        self.asked.append(host)
        answers = self.answers.get(host)
        if answers is None:
            raise OSError(None, "no such name")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Public:
    """A node that lives on the internet as far as it knows."""

    house: House
    port: int
    names: Names

    async def follow(self, base: str) -> Answer:
        """A Follow by a stranger whose actor has this address."""
        actor, inbox = f"{base}/actors/mallory", self.house.ids.shared_inbox
        sender = Sender(Ids("https://mallory.example", "mallory"), KEYS)
        follow = sender.follow(self.house.ids.actor, actor=actor, id=f"{base}/activities/1")
        return await say(self.port, sender.post(inbox, follow, key_id=f"{actor}#main-key"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def public(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Public]:
    """A node with a public address, that waits on a port of this machine; its database has no part in this."""
    DIALS.listen()
    port, names = free_port(), Names()
    folder = await make_folder(
        tmp_path_factory.mktemp("public") / "alder",
        "alder",
        maker="init",
        url="https://alder.example",
        listen=f"127.0.0.1:{port}",
    )
    DIALS.at_home = True
    try:
        async with running(folder, resolver=names) as (house, _):
            yield Public(house, port, names)
    finally:
        DIALS.at_home = False


def in_url(host: str) -> str:
    """This host as the beginning of a URL."""
    return f"https://[{host}]" if ":" in host and not host.startswith("[") else f"https://{host}"


WRAPPED: Final = [  # an address of ours in every wrapping that carries one
    f"{prefix}{int(IPv4Address(inner)) >> 16:x}:{int(IPv4Address(inner)) & 0xFFFF:x}"
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::")
    for inner in ("10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1")
]


@pytest.mark.parametrize("address", [*UNSAFE_V4, *UNSAFE_V6, *WRAPPED])
async def test_a_name_that_leads_inside(public: Public, address: str) -> None:
    """F01: a name of a stranger's with such an address, alone or among good ones, is answered with 503, undialled."""
    number = len(public.names.answers)
    for place, found in enumerate(([address], [PUBLIC, address], [address, PUBLIC])):
        public.names.answers[f"a.n{number}x{place}.example"] = [found]
        mark, asked = DIALS.mark, len(public.names.asked)
        answer = await public.follow(f"https://a.n{number}x{place}.example")
        assert (answer.status, len(answer.body) < 200, answer.seconds < 1) == (503, True, True)
        assert len(public.names.asked) == asked + 1
        assert DIALS.since(mark, but=public.port) == []


ODD: Final = [host for host in ODD_SPELLINGS if "/" not in host and host == host.strip()]


async def test_a_host_that_is_an_address(public: Public) -> None:
    """F01, F02: no spelling of an address, and no name of the home network, is looked up or dialled."""
    mark, asked = DIALS.mark, len(public.names.asked)
    for host in (*UNSAFE_V4, *UNSAFE_V6, *WRAPPED, *ODD, *HOME_NAMES):
        answer = await public.follow(in_url(host))
        assert answer.status in {400, 429, 503}
        with pytest.raises((RemoteError, InputError)):
            await ally_look(public.house, f"{in_url(host)}/actors/mallory")
        with pytest.raises((RemoteError, InputError)):
            await ally_look(public.house, f"@mallory@{in_url(host).removeprefix('https://')}")
    assert (DIALS.since(mark, but=public.port), public.names.asked[asked:]) == ([], [])


@pytest.mark.parametrize(
    ("base", "status"),
    [
        ("http://ally.example", 400),
        ("https://ally.example:443", 400),
        ("https://port-a.example:80", 503),
        ("https://port-b.example:22", 503),
        ("https://port-c.example:8443", 503),
        ("https://user@ally.example", 400),
        ("https://user:word@ally.example", 400),
        ("https://ally.example\\@evil.example", 400),
        ("https://ally.example%2Eevil.example", 400),
        ("https://ally.example#@evil.example", 400),
        ("https://ally.example?@evil.example", 400),
        ("https://ally.example.", 400),
        ("https://ALLY.example", 400),
        ("https://xn--a.example", 400),
        ("https://ally。example", 400),
        ("https://\uff41lly.example", 400),
        ("https://al\u00adly.example", 400),
        ("https://ally.example\t", 400),
        ("https://a..example", 400),
        ("https://.ally.example", 400),
        ("https://-ally.example", 400),
        ("https://ally-.example", 400),
        ("https://al_ly.example", 400),
        ("https://" + "a" * 64 + ".example", 400),
        ("https://" + "a.b." * 63 + "example", 400),
        ("https://[::1%25lo]", 400),
        ("https://[fe80::1%eth0]", 400),
        ("https://[::1", 400),
        ("https://::1", 400),
        ("https://[127.0.0.1]", 400),
        ("https://[v1.x]", 400),
        ("https://ally.example:", 400),
        ("https://ally.example:0443", 400),
        ("https://ally.example:65536", 400),
        ("https://ally.example:-1", 400),
        ("https://ally.example:0", 400),
        ("https://ally.example/x/..", 400),
        ("https://ally.example/%2e%2e", 400),
        ("https:/ally.example", 400),
        ("https:ally.example", 400),
        ("https:///ally.example", 400),
        ("HTTPS://ally.example", 400),
        (f"http://{onion_of('mallory')}", 503),
        (f"https://{onion_of('mallory')}", 429),
        (f"http://www.{onion_of('mallory')}", 400),
        (f"https://{'b' * 56}.onion", 400),
        ("http://short.onion", 400),
        ("file:///etc/passwd", 400),
        ("data:application/activity+json,", 400),
        ("gopher://ally.example", 400),
        ("ftp://ally.example", 400),
        ("javascript:alert(1)", 400),
        ("unix:/run/x.sock", 400),
    ],
)
async def test_a_url_that_is_not_dialled(public: Public, base: str, status: int) -> None:
    """F02: other schemes, ports, users and spellings are refused before any name is looked up; so is an onion."""
    mark, asked = DIALS.mark, len(public.names.asked)
    assert (await public.follow(base)).status == status
    with pytest.raises((RemoteError, InputError)):
        await ally_look(public.house, f"{base}/actors/mallory")
    assert (DIALS.since(mark, but=public.port), public.names.asked[asked:]) == ([], [])


async def test_a_name_that_changes_its_mind(public: Public) -> None:
    """F04: an address that was good when it was looked at is the one dialled, and the name is not asked again."""
    public.names.answers["rebound.example"] = [[PUBLIC], ["127.0.0.1"], ["10.0.0.1"]]
    mark, asked = DIALS.mark, len(public.names.asked)
    assert (await public.follow("https://rebound.example")).status == 503
    for _ in range(3):
        with pytest.raises(PeerUnreachable):
            await ally_look(public.house, "https://rebound.example/actors/mallory")
    assert DIALS.since(mark, but=public.port) == [443] * 4  # refused where the test keeps it on this machine
    assert public.names.asked[asked:] == ["rebound.example"]


async def test_a_name_with_no_address_or_too_many(public: Public) -> None:
    """F04: a name without an address is asked for once; of a hundred four are tried, and a bad one is seen."""
    public.names.answers["empty.example"] = [[]]
    public.names.answers["many.example"] = [[f"1.1.1.{number}" for number in range(100)]]
    public.names.answers["sly.example"] = [[*(f"1.1.1.{number}" for number in range(99)), "127.0.0.1"]]
    for name, dials in (("nowhere", 0), ("empty", 0), ("sly", 0), ("many", 10)):
        mark = DIALS.mark
        assert [(await public.follow(f"https://{name}.example")).status for _ in range(3)] == [503] * 3
        assert DIALS.since(mark, but=public.port) == [443] * dials


async def test_a_delivery_that_would_lead_inside(public: Public) -> None:
    """F01: an ally whose name leads to a special address by now gets nothing, and a person is told."""
    public.names.answers["ally.example"] = [[PUBLIC, "169.254.169.254"]]
    ally = Sender(Ids("https://ally.example", "ally"), KEYS)
    async with public.house.relating() as connection:
        document = orjson.dumps(ally.actor())
        await relations.pin(connection, actor=ally.ids.actor, document=document, by="a steward", now=public.house.now())
    mark, asked = DIALS.mark, len(public.names.asked)
    await publish(public.house, offer())
    [refused] = await told(public.house, "refused")
    assert refused["peer"] == ally.ids.base
    assert (DIALS.since(mark, but=public.port), public.names.asked[asked:]) == ([], ["ally.example"])
