"""What goes through Tor: nothing but names, nothing past it, and the same bounds as everywhere."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from federation.addresses import BESIDE_TOR, PUBLIC_INTERNET, THROUGH_TOR, AddressRules, UnsafeAddress
from federation.resolvers import CheckedResolver
from federation.socks import Tor
from federation.transport import Limits, Reason, Transport, Unreached
from tests.federation.test_addresses import HOME_NAMES, UNSAFE_V4, UNSAFE_V6
from tests.federation.test_transport import ACCEPTED, HEAD, OK, Answer, Names, Peer, peer, repeating, saying, unreached
from tests.rig.dials import DIALS
from tests.rig.nodes import free_port
from tests.rig.onions import onion_of
from tests.rig.raw_server import talking
from tests.rig.tls import certificate
from tests.rig.tor import StandIn, standing_in

ALDER = onion_of("alder")
URL = f"http://{ALDER}/inbox"
QUICK = Limits(deadline=timedelta(seconds=1))
GREETED = b"\x05\x02\x01\x00"
RULES = pytest.mark.parametrize("rules", [BESIDE_TOR, THROUGH_TOR], ids=["onions", "everything"])


@asynccontextmanager
async def through(
    rules: AddressRules, port: int, names: Names | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Transport]:
    """A transport by these rules; what is not for Tor asks `names`."""
    tor = Tor("127.0.0.1", port)
    async with Transport(rules, resolver=names or Names([]), limits=QUICK, tls=tls, tor=tor) as transport:
        yield transport


@asynccontextmanager
async def at_alder(answer: Answer, rules: AddressRules = THROUGH_TOR) -> AsyncIterator[tuple[Transport, StandIn, Peer]]:
    """An onion service that answers like this, and the transport to it."""
    async with (
        peer(answer) as server,
        standing_in({(ALDER, 80): server.port}) as tor,
        through(rules, tor.port) as transport,
    ):
        yield transport, tor, server


@RULES
async def test_an_onion_service_is_reached_by_its_name(rules: AddressRules) -> None:
    """Tor gets the name and port 80; the peer gets the request as it would directly, and its answer comes whole."""
    async with at_alder(saying(OK), rules) as (transport, tor, server):
        assert (await transport.get(URL, {})).body == b"{}"
        assert (await transport.post(URL, b"x", {})).status == 200
    assert tor.places == {(ALDER, 80)}
    assert server.heads[0].startswith(f"GET /inbox HTTP/1.1\r\nHost: {ALDER}\r\n")


async def test_a_name_of_the_web_goes_to_tor_where_everything_does(tmp_path: Path) -> None:
    """By https, whose certificate is looked at as ever; a port that is not 443, and any address, is not asked for."""
    theirs, ours = certificate(tmp_path, "ally.example")
    names = Names(["1.1.1.1"])
    places = [("ally.example", 443), ("evil.example", 443)]
    async with (
        peer(saying(OK), theirs) as server,
        standing_in(dict.fromkeys(places, server.port)) as tor,
        through(THROUGH_TOR, tor.port, names, ours) as transport,
    ):
        assert (await transport.get("https://ally.example/", {})).status == 200
        with unreached(Reason.TLS_NAME):
            await transport.post("https://evil.example/", b"secret", {})
        for host in (*UNSAFE_V4, *HOME_NAMES, "1.1.1.1", "ally.example:8443", *map("[{}]".format, UNSAFE_V6)):
            with unreached(Reason.UNSAFE):
                await transport.get(f"https://{host}/", {})
    assert ([(one.name, one.port) for one in tor.asked], len(server.heads)) == (places, 1)
    assert names.questions == []


async def test_the_web_is_dialled_directly_where_onions_alone_go_to_tor() -> None:
    """Its names are looked up and dialled as without Tor."""
    names = Names(["127.0.0.1"])
    async with standing_in({}) as tor, through(BESIDE_TOR, tor.port, names) as transport:
        with unreached(Reason.UNSAFE):
            await transport.get("https://ally.example/", {})
    assert (names.questions, tor.asked) == (["ally.example"], [])


@RULES
async def test_nothing_else_than_a_service_with_its_checksum_goes_to_tor(rules: AddressRules) -> None:
    """One wrong letter, capitals, a dot, a label before it, another port or scheme: nobody is asked for it."""
    names = Names(["1.1.1.1"])
    urls = [
        f"http://{'a' * 56}.onion/",
        f"https://{'a' * 56}.onion/",
        "https://short.onion/",
        f"http://{ALDER}./",
        f"http://{ALDER.upper()}/",
        f"http://www.{ALDER}/",
        f"http://{ALDER}:8080/",
        f"http://{ALDER}:443/",
        f"https://{ALDER}:80/",
        f"ftp://{ALDER}/",
    ]
    async with standing_in({}) as tor, through(rules, tor.port, names) as transport:
        for url in urls:
            with unreached(Reason.UNSAFE):
                await transport.get(url, {})
    assert (names.questions, tor.asked) == ([], [])


async def test_a_mistake_elsewhere_dials_nothing() -> None:
    """Resolver and socket guard refuse by themselves what belongs to Tor, should it ever come that far."""
    DIALS.listen()
    mark = DIALS.mark
    names = Names(["1.1.1.1"])
    for rules, name in (
        (BESIDE_TOR, ALDER),
        (PUBLIC_INTERNET, ALDER),
        (THROUGH_TOR, ALDER),
        (THROUGH_TOR, "ally.example"),
    ):
        with pytest.raises(UnsafeAddress):
            await CheckedResolver(rules, names).resolve(name)
    for address in ("1.1.1.1", "2606:4700::1111", "127.0.0.1"):
        with pytest.raises(UnsafeAddress):
            THROUGH_TOR.check_address(address)
    async with Transport(THROUGH_TOR, resolver=names) as transport, transport.at("1.1.1.1") as narrow:
        with unreached(Reason.UNSAFE):
            await transport.addresses("ally.example")
        with unreached(Reason.NO_TOR):
            await narrow.get("https://ally.example/", {})
    async with Transport(BESIDE_TOR, resolver=names) as transport:
        with unreached(Reason.UNSAFE):
            await transport.addresses(ALDER)
    assert DIALS.since(mark, but=0) == []
    assert names.questions == []


async def test_without_a_port_of_tor_an_onion_service_is_not_tried() -> None:
    """The refusal says what to do."""
    names = Names(["1.1.1.1"])
    async with Transport(PUBLIC_INTERNET, resolver=names) as transport:
        with pytest.raises(Unreached, match="the setting `socks` does not say where Tor is"):
            await transport.get(URL, {})
    assert names.questions == []


async def test_an_answer_leads_nowhere_else() -> None:
    """A redirect from an onion service to this machine or to the web is an answer like others; nobody follows it."""
    for target in ("http://127.0.0.1/", "https://ally.example/", f"http://{onion_of('birch')}/"):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        async with at_alder(saying(moved)) as (transport, tor, _):
            assert (await transport.get(URL, {})).status == 302
        assert len(tor.asked) == 1


async def test_bytes_are_counted_through_tor_too() -> None:
    """A body without end, and chunks without content, end as they do directly."""
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"
    for start, part in ((HEAD + b"\r\n", b"x" * 65_536), (chunks, b"x" * 8_192)):
        async with at_alder(repeating(start, part)) as (transport, _, _):
            with unreached(Reason.TOO_LARGE):
                await transport.get(URL, {})


# --- a port that is not Tor's, or Tor without a way ---


async def test_tor_that_is_not_there() -> None:
    """Nothing is dialled but the port, once, and no name is looked up."""
    DIALS.listen()
    port, mark, names = free_port(), DIALS.mark, Names(["1.1.1.1"])
    async with through(THROUGH_TOR, port, names) as transport:
        for url in (URL, "https://ally.example/"):
            with unreached(Reason.TOR):
                await transport.get(url, {})
    assert DIALS.since(mark, but=0) == [port, port]
    assert names.questions == []


async def test_tor_that_knows_no_way() -> None:
    """It is the peer that cannot be reached, as without Tor."""
    async with standing_in({}) as tor, through(THROUGH_TOR, tor.port) as transport:
        with unreached(Reason.CONNECT):
            await transport.get(URL, {})
    assert tor.places == {(ALDER, 80)}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(b"", Reason.TIMEOUT, id="silence"),
        pytest.param(b"\x05", Reason.TIMEOUT, id="half a greeting"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.TOR, id="http"),
        pytest.param(b"\x04\x5a" + bytes(6), Reason.TOR, id="SOCKS 4"),
        pytest.param(b"\x05\x00", Reason.TOR, id="no password wanted"),
        pytest.param(b"\x05\xff", Reason.TOR, id="no way in"),
        pytest.param(b"\x05\x02\x01\x01", Reason.TOR, id="wrong password"),
        pytest.param(b"\x05\x02\x05\x00", Reason.TOR, id="an answer to no password"),
        pytest.param(GREETED + b"\x04\x00\x00\x01", Reason.TOR, id="another version"),
        pytest.param(GREETED + b"\x05\x01\x00\x01" + bytes(6), Reason.CONNECT, id="general failure"),
        pytest.param(GREETED + b"\x05\x02\x00\x01" + bytes(6), Reason.CONNECT, id="not allowed"),
        pytest.param(GREETED + b"\x05\xf0\x00\x01" + bytes(6), Reason.CONNECT, id="no such onion service"),
        pytest.param(GREETED + b"\x05\x00\x00\x02" + bytes(6), Reason.TOR, id="an address of no kind"),
        pytest.param(GREETED + b"\x05\x00\x00\x01" + bytes(5), Reason.TIMEOUT, id="half an address"),
        pytest.param(GREETED + b"\x05\x00\x00\x03\xff" + bytes(100), Reason.TIMEOUT, id="a name that does not end"),
    ],
)
async def test_what_is_not_tor_gets_no_request(said: bytes, reason: Reason) -> None:
    """Garbage, silence and refusals end within the deadline; not a byte of ours but the greeting is said."""
    heard = bytearray()
    async with talking(partial(saying_first, said, heard)) as port, through(THROUGH_TOR, port) as transport:
        with unreached(reason):
            await transport.post(URL, b"secret", {})
    assert b"secret" not in heard
    assert b"POST" not in heard


@pytest.mark.parametrize("length", range(len(GREETED) + 10))
async def test_a_line_that_breaks_off(length: int) -> None:
    """Wherever Tor's port closes the connection, the reason is told, and it is not tried in another way."""
    whole = GREETED + b"\x05\x00\x00\x01" + bytes(6)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying_first(whole[:length], bytearray(), reader, writer)
        writer.close()

    DIALS.listen()
    mark = DIALS.mark
    async with talking(talk) as port, through(THROUGH_TOR, port) as transport:
        with unreached(Reason.TOR):
            await transport.get(URL, {})
    assert DIALS.since(mark, but=0) == [port]


async def saying_first(
    said: bytes, heard: bytearray, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Say this at once, whatever is asked, and hear a little."""
    writer.write(said)
    await writer.drain()
    heard.extend(await reader.read(1_024))


async def test_every_kind_of_address_is_read_to_its_end() -> None:
    """What Tor is bound to may be IPv4, IPv6 or a name; the answer begins right behind it."""
    for bound in (b"\x01" + bytes(6), b"\x04" + bytes(18), b"\x03\x04here" + bytes(2)):

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bound: bytes = bound) -> None:
            writer.write(GREETED + b"\x05\x00\x00" + bound)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ACCEPTED)

        async with talking(talk) as port, through(THROUGH_TOR, port) as transport:
            assert (await transport.post(URL, b"", {})).status == 202
