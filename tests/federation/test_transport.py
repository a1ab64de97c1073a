import asyncio
import gzip
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from federation.addresses import LOOPBACK_LAB, PUBLIC_INTERNET
from federation.resolvers import LabResolver, SystemResolver
from federation.transport import Limits, Reason, Transport, Unreached
from schema.errors import PeerUnreachable, Unavailable
from tests.federation.test_addresses import HOME_NAMES, ODD_SPELLINGS, UNSAFE_V4, UNSAFE_V6
from tests.rig.onions import onion_of
from tests.rig.raw_server import talking
from tests.rig.tls import NOW, certificate

QUICK = Limits(deadline=timedelta(seconds=0.4))
BUSY = Limits(deadline=timedelta(seconds=1.4))  # for what ends by itself, also where other programs are at work
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"


# --- what dials is watched where Python makes a connection, and kept on this machine ---


class Dials:
    """Sees each connect() and each look-up of this process; while watching, only loopback is really connected to."""

    def __init__(self) -> None:
        self.watching = False
        self.connected: list[str] = []
        self.looked_up: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Be told of an event (PEP 578)."""
        if not self.watching:
            return
        if event == "socket.getaddrinfo":
            self.looked_up.append(str(arguments[0]))
        elif event == "socket.connect" and isinstance(address := arguments[1], tuple):
            self.connected.append(address[0])
            if not address[0].startswith("127."):
                raise ConnectionRefusedError("tests stay on this machine")


DIALS = Dials()


@pytest.fixture(scope="module", autouse=True)
def _audit() -> None:
    sys.addaudithook(DIALS)


@pytest.fixture
def dials() -> Iterator[Dials]:
    DIALS.watching, DIALS.connected, DIALS.looked_up = True, [], []
    yield DIALS
    DIALS.watching = False


# --- peers ---


class Peer:
    """A server on loopback that writes its bytes and does nothing that HTTP would ask of it."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.heads: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens, by a name of the lab."""
        return f"http://alder.localhost:{self.port}/inbox"


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def saying(*parts: bytes, pause: float = 0, end: bool = False) -> Answer:
    """Answer with these parts; `end` closes the connection after them."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        if end:
            writer.close()

    return answer


def repeating(start: bytes, part: bytes, pause: float = 0) -> Answer:
    """Answer with a start and then the same part without end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def silence(_: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""


@asynccontextmanager
async def peer(answer: Answer, tls: ssl.SSLContext | None = None, *, read_body: bool = True) -> AsyncIterator[Peer]:
    known = Peer()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        known.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                known.heads.append(head)
                if read_body and (length := field(head, "content-length")):
                    await reader.readexactly(int(length[0]))
                await answer(writer)

    async with talking(connection, tls) as known.port:
        yield known


def field(head: str, name: str) -> list[str]:
    """Return every value of a header field in a request as it was received."""
    lines = (line.partition(":") for line in head.split("\r\n")[1:])
    return [value.strip() for key, _, value in lines if key.lower() == name]


class Names(AbstractResolver):
    """Answers the first question with the first addresses, the next with the next, and the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Answer the next question."""
        del family
        self.questions.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [self.result(host, address, port) for address in addresses]

    def result(self, host: str, address: str, port: int) -> ResolveResult:
        """Put one address into the shape of a resolver's answer."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)

    async def close(self) -> None:
        """Nothing is held."""


def lab(limits: Limits = QUICK, connections: int = 100, per_host: int = 8) -> Transport:
    return Transport(
        LOOPBACK_LAB, resolver=LabResolver(), limits=limits, connections=connections, connections_per_host=per_host
    )


@contextmanager
def unreached(*reasons: Reason) -> Iterator[None]:
    with pytest.raises(Unreached) as caught:
        yield
    assert caught.value.reason in reasons
    assert isinstance(caught.value, PeerUnreachable)


# --- what goes out ---


async def test_a_request_says_what_was_asked_and_little_more() -> None:
    """The URL goes out as its exact text, with the caller's headers, one Host, our name and no wish for compression."""
    async with lab() as transport, peer(saying(ACCEPTED)) as server:
        base = f"http://alder.localhost:{server.port}"
        for target in (
            "/",
            "/a%2Fb/%C3%A9?q=a+b%20c&x=%26&&y",
            "/~u/(1),;='!$*@:",
            "//x//",
            "/a?b=/?:@",
            "/%21%40%3A%2C?%2F%3F%27",
        ):
            await transport.post(base + target, b"{}", {"Content-Type": "application/activity+json", "Date": "now"})
            assert server.heads[-1].startswith(f"POST {target} HTTP/1.1\r\n")
        head = server.heads[-1]
        assert field(head, "host") == [f"alder.localhost:{server.port}"]
        assert field(head, "user-agent") == ["Qafila/0.1"]
        assert field(head, "accept-encoding") == ["identity"]
        names = {line.partition(":")[0].lower() for line in head.strip().split("\r\n")[1:]}
        assert names == {"host", "user-agent", "accept-encoding", "content-type", "content-length", "date"}


async def test_an_answer_is_given_as_it_came() -> None:
    """Status, body and every header are kept, and a header sent twice can be seen."""
    answer = HEAD + b"content-type: text/html\r\nRetry-After: 120\r\nContent-Length: 2\r\n\r\n{}"
    async with lab() as transport, peer(saying(answer)) as server:
        response = await transport.get(server.url, {"Accept": "application/activity+json"})
    assert response.status == 200
    assert response.body == b"{}"
    assert response.values("content-type") == ("application/activity+json", "text/html")
    assert response.values("accept") == ()
    assert response.retry_after == timedelta(minutes=2)


async def test_one_connection_carries_many_deliveries() -> None:
    """What follows at once to the same peer goes over the connection that is open."""
    async with lab() as transport, peer(saying(ACCEPTED)) as server:
        for _ in range(50):
            assert (await transport.post(server.url, b"{}", {})).status == 202
        assert server.connections == 1


async def test_cookies_are_neither_kept_nor_sent() -> None:
    """A peer cannot make us known to itself by a cookie."""
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    async with lab() as transport, peer(saying(answer)) as server:
        await transport.get(server.url, {})
        await transport.get(server.url, {})
        assert field(server.heads[1], "cookie") == []


async def test_proxies_and_passwords_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The request goes to the peer itself, without a password that a file of the host may hold."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    async with lab() as transport, peer(saying(OK)) as server, peer(saying(OK)) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NETRC", str(netrc))
        await transport.get(server.url, {})
        assert (server.connections, proxy.connections) == (1, 0)
        assert field(server.heads[0], "authorization") == []


async def test_a_closed_transport_sends_nothing() -> None:
    """Before it is entered and after it is left, a transport refuses to work."""
    transport = lab()
    with pytest.raises(Unavailable):
        await transport.get("http://alder.localhost:1/", {})
    async with transport:
        pass
    with pytest.raises(Unavailable):
        await transport.get("http://alder.localhost:1/", {})


# --- where to (F01, F02, F04) ---


def is_host(text: str) -> bool:
    """Leave out what a URL would read as a host and a path."""
    return "/" not in text


def in_url(host: str) -> str:
    return f"https://[{host}]/" if ":" in host and not host.startswith("[") else f"https://{host}/"


async def test_an_unsafe_host_is_neither_looked_up_nor_dialled(dials: Dials) -> None:
    """Special addresses, odd spellings and names of the home network fail before any resolver or socket is touched."""
    names = Names(["1.1.1.1"])
    async with Transport(PUBLIC_INTERNET, resolver=names) as transport:
        for host in (*UNSAFE_V4, *UNSAFE_V6, *filter(is_host, ODD_SPELLINGS), *HOME_NAMES):
            with unreached(Reason.UNSAFE):
                await transport.get(in_url(host), {})
            with unreached(Reason.UNSAFE):
                await transport.post(in_url(host), b"{}", {})
    assert (names.questions, dials.connected, dials.looked_up) == ([], [], [])


@pytest.mark.parametrize(
    "url",
    ["http://ally.example/", "https://ally.example:8443/", "https://user@ally.example/", "https://ally.example/#key",
     "ftp://ally.example/", "file:///etc/passwd", "data:,x", "//ally.example/", "https://ally.example/../x", "", "x",
     "https://ally.example\\@evil.example/", "https://ally.example/\r\nX: y", "http://" + "a" * 56 + ".onion/",
     f"http://www.{onion_of('ally')}/"],
)  # fmt: skip
async def test_only_a_plain_https_url_is_dialled(url: str, dials: Dials) -> None:
    """Another scheme, port, user or spelling is refused before any resolver or socket is touched."""
    names = Names(["1.1.1.1"])
    async with Transport(PUBLIC_INTERNET, resolver=names) as transport:
        with unreached(Reason.UNSAFE):
            await transport.get(url, {})
    assert (names.questions, dials.connected) == ([], [])


async def test_a_name_with_one_unsafe_address_is_not_dialled(dials: Dials) -> None:
    """Not even the good address beside the bad one is tried."""
    for bad in (*UNSAFE_V4, *UNSAFE_V6):
        for addresses in ([bad], ["1.1.1.1", bad], [bad, "2606:4700::1111"]):
            async with Transport(PUBLIC_INTERNET, resolver=Names(addresses), tls=NO_TRUST) as transport:
                with unreached(Reason.UNSAFE):
                    await transport.get("https://rebound.example/", {})
    assert dials.connected == []


async def test_the_address_that_was_checked_is_the_one_dialled(dials: Dials) -> None:
    """A name that answers public first and private later is dialled at the public address alone."""
    names = Names(["1.1.1.1"], ["127.0.0.1"])
    async with Transport(PUBLIC_INTERNET, resolver=names) as transport:
        for _ in range(3):
            with unreached(Reason.CONNECT):
                await transport.get("https://rebound.example/", {})
    assert set(dials.connected) == {"1.1.1.1"}
    assert names.questions == ["rebound.example"]


class TwoFaced(Names):
    """Gives an address that reads public when it is looked at first, and loopback ever after."""

    def result(self, host: str, address: str, port: int) -> ResolveResult:
        """Wrap the answer."""
        return Face(super().result(host, address, port))  # type: ignore[return-value]  # a dict with a lie in it


class Face(dict[str, object]):
    """A result whose host changes once it was read."""

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key)
        if key == "host":
            self["host"] = "127.0.0.1"
        return value


async def test_the_socket_is_the_last_wall(dials: Dials) -> None:
    """An unsafe address that slipped past every earlier look is refused where the socket is made."""
    for addresses in (["1.1.1.1"], ["1.1.1.1", "1.0.0.1"]):
        async with Transport(PUBLIC_INTERNET, resolver=TwoFaced(addresses)) as transport:
            with unreached(Reason.UNSAFE):
                await transport.get("https://rebound.example/", {})
    assert dials.connected == []


async def test_the_lab_dials_loopback_alone(dials: Dials) -> None:
    """Under the lab's rules a public address is as forbidden as loopback is elsewhere."""
    async with Transport(LOOPBACK_LAB, resolver=Names(["1.1.1.1"])) as transport:
        for url in ("http://alder.localhost/", "http://1.1.1.1/", "https://[2606:4700::1111]/", "http://10.0.0.1/"):
            with unreached(Reason.UNSAFE):
                await transport.get(url, {})
    async with Transport(LOOPBACK_LAB, resolver=LabResolver()) as transport:
        for url in ("https://ally.example/", "http://evillocalhost/"):
            with unreached(Reason.DNS):
                await transport.get(url, {})
    assert (dials.connected, dials.looked_up) == ([], [])


async def test_the_system_resolver_gives_addresses_and_keeps_the_port() -> None:
    """A name of the hosts file is found, with the port that was asked for."""
    resolver = SystemResolver()
    found = await resolver.resolve("localhost", 443)
    await resolver.close()
    assert {(result["host"], result["port"]) for result in found} <= {("127.0.0.1", 443), ("::1", 443)}
    assert found


class NoName(Names):
    """Its name server is ill."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Fail for now."""
        del host, port, family
        raise socket.gaierror(socket.EAI_AGAIN, "server failure")


@pytest.mark.parametrize("resolver", [NoName(), Names([])])
async def test_a_name_without_an_address_is_a_matter_of_dns(resolver: AbstractResolver) -> None:
    """A failing name server and an empty answer have a reason of their own, so that they are tried again."""
    async with Transport(PUBLIC_INTERNET, resolver=resolver) as transport:
        with unreached(Reason.DNS):
            await transport.get("https://ally.example/", {})


async def test_every_address_of_a_name_is_told_and_nothing_is_dialled(dials: Dials) -> None:
    """What may not be dialled is among them, and marked."""
    names = Names(["1.1.1.1", "10.0.0.1"], ["2606:4700::1111"])
    async with Transport(PUBLIC_INTERNET, resolver=names) as transport:
        found = await transport.addresses("ally.example")
    assert found == {"1.1.1.1": True, "10.0.0.1": False, "2606:4700::1111": True}
    assert dials.connected == []
    async with Transport(PUBLIC_INTERNET, resolver=NoName()) as transport:
        with unreached(Reason.DNS):
            await transport.addresses("ally.example")


async def test_one_address_of_several_can_be_tried_alone(dials: Dials) -> None:
    """No other is dialled, nothing is looked up, and the rules hold as ever."""
    async with Transport(PUBLIC_INTERNET) as transport:
        for address, reason in (("1.1.1.1", Reason.CONNECT), ("10.0.0.1", Reason.UNSAFE)):
            async with transport.at(address) as narrow:
                with unreached(reason):
                    await narrow.get("https://ally.example/", {})
    assert (dials.connected, dials.looked_up) == (["1.1.1.1"], [])


# --- redirects (F05) ---


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["http://127.0.0.1/", "/inbox", "//evil.example/", "file:///etc/passwd", "data:,x", "gopher://x/", ""]
)
async def test_a_redirect_is_an_answer_and_not_followed(status: int, location: str) -> None:
    """One request is sent, and the caller sees the redirect for what it is."""
    answer = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    async with lab() as transport, peer(saying(answer)) as server:
        assert (await transport.get(server.url, {})).status == status
        assert (await transport.post(server.url, b"{}", {})).status == status
        assert [head.split(" ", 1)[0] for head in server.heads] == ["GET", "POST"]


# --- slow, endless, broken (F07, N01, N02) ---

CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = b"10000\r\n" + b"x" * 65_536 + b"\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (silence, Reason.TIMEOUT),
        (repeating(b"HTTP/1.1 200 OK\r\n", b"X", 0.01), Reason.TIMEOUT),
        (repeating(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.01), Reason.TIMEOUT),
        (repeating(HEAD + b"Content-Length: 5000\r\n\r\n", b"x", 0.01), Reason.TIMEOUT),
        (repeating(CHUNKED, b"1\r\nx\r\n", 0.01), Reason.TIMEOUT),
        (repeating(CHUNKED, ENDLESS), Reason.TOO_LARGE),
        (repeating(HEAD + b"\r\n", b"x" * 65_536), Reason.TOO_LARGE),
        (saying(HEAD + b"Content-Length: 10737418240\r\n\r\n"), Reason.TOO_LARGE),
        (repeating(CHUNKED + b"2;", b"x" * 65_536), Reason.TOO_LARGE),
        (repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000), Reason.TOO_LARGE),
        (saying(HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), Reason.PROTOCOL),
        (saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 9_000_000)), Reason.PROTOCOL),
        (saying(HEAD + b"Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"),
         Reason.PROTOCOL),
        (repeating(HEAD, b"X-Header: y\r\n" * 1_000), Reason.PROTOCOL),
        (repeating(HEAD + b"X-Header: ", b"y" * 65_536), Reason.PROTOCOL),
        (repeating(b"HTTP/1.1 200 ", b"y" * 65_536), Reason.PROTOCOL),
        (repeating(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Trailer: y\r\n" * 1_000), Reason.PROTOCOL),
        (saying(HEAD + b"Content-Length: 5000\r\n\r\n{", end=True), Reason.PROTOCOL),
        (saying(CHUNKED + b"2\r\n{}\r\n", end=True), Reason.PROTOCOL),
        (saying(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"), Reason.PROTOCOL),
        (saying(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), Reason.PROTOCOL),
        (saying(CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n") + b"0\r\n\r\n"), Reason.PROTOCOL),
        (saying(b"SSH-2.0-OpenSSH\r\n\r\n"), Reason.PROTOCOL),
        (saying(b"HTTP/1.1 abc OK\r\n\r\n"), Reason.PROTOCOL),
        (saying(b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n", end=True), Reason.PROTOCOL),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Type", end=True), Reason.CONNECT),
        (saying(end=True), Reason.CONNECT),
    ],
)  # fmt: skip
async def test_a_document_is_whole_and_in_time_or_refused(answer: Answer, reason: Reason) -> None:
    """Silence, slowness, endlessness, compression and broken framing end in one error, by the deadline."""
    limits = QUICK if reason is Reason.TIMEOUT else BUSY
    async with lab(limits) as transport, peer(answer) as server:
        started = time.monotonic()
        with unreached(reason):
            await transport.get(server.url, {})
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "answer",
    [
        saying(ACCEPTED),
        saying(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\nx", end=True),
        saying(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\nx"),
        saying(b"HTTP/1.1 202 Accepted\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"),
        repeating(b"HTTP/1.1 202 Accepted\r\n\r\n", b"x" * 65_536),
        repeating(b"HTTP/1.1 202 Accepted\r\n\r\n", b"x", 0.01),
        saying(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n", pause=0.02),
    ],
)
async def test_a_delivery_that_was_accepted_stays_accepted(answer: Answer) -> None:
    """After a 202 nothing that is wrong with the body makes us send again."""
    async with lab() as transport, peer(answer) as server:
        started = time.monotonic()
        response = await transport.post(server.url, b"{}", {})
        assert response.status == 202
        assert len(response.body) <= 4096
        assert time.monotonic() - started < 1
        assert len(server.heads) == 1


async def test_a_peer_may_answer_before_it_read_the_body() -> None:
    """An early 413 is heard although the peer never takes our bytes."""
    answer = saying(b"HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large")
    async with lab() as transport, peer(answer, read_body=False) as server:
        response = await transport.post(server.url, b"x" * 900_000, {})
    assert (response.status, response.body) == (413, b"too large")


async def test_each_answer_is_counted_anew() -> None:
    """A connection that was used well for long is not given up for what came before."""
    limits = Limits(answer=1_000)
    async with lab(limits) as transport, peer(saying(OK)) as server:
        for _ in range(40):
            assert (await transport.get(server.url, {})).body == b"{}"
        assert server.connections == 1


async def test_the_size_of_a_document_is_exact() -> None:
    """A body of the limit is taken and one byte more is not, with or without a declared length."""
    limits = Limits(body=1000)
    for start in (HEAD + b"Content-Length: %d\r\n\r\n", HEAD + b"Connection: close\r\nX: %d\r\n\r\n"):
        async with lab(limits) as transport, peer(saying(start % 1000 + b"x" * 1000, end=True)) as server:
            assert len((await transport.get(server.url, {})).body) == 1000
        async with lab(limits) as transport, peer(saying(start % 1001 + b"x" * 1001, end=True)) as server:
            with unreached(Reason.TOO_LARGE):
                await transport.get(server.url, {})


async def test_an_error_page_does_not_hide_its_status() -> None:
    """A 404 or 410 with a page of a megabyte is still heard as what it says."""
    answer = repeating(b"HTTP/1.1 410 Gone\r\nContent-Encoding: gzip\r\n\r\n", b"x" * 65_536)
    async with lab() as transport, peer(answer) as server:
        response = await transport.get(server.url, {})
    assert (response.status, response.body) == (410, b"")


async def test_nothing_of_the_peers_words_reaches_our_log() -> None:
    """The text of an error names the host and no more, whatever was sent."""
    async with lab() as transport, peer(saying(b"\x1b[31mHTTP/9 evil\r\n\r\n")) as server:
        with pytest.raises(Unreached) as caught:
            await transport.get(server.url + "/private", {})
    assert str(caught.value) == "alder.localhost: not an HTTP answer that we can use"


async def test_nobody_listening_is_a_matter_of_connecting() -> None:
    """A closed port fails at once and says so."""
    async with peer(silence) as server:
        url = server.url
    async with lab() as transport:
        with unreached(Reason.CONNECT):
            await transport.post(url, b"{}", {})


async def test_silent_peers_do_not_hold_up_others() -> None:
    """Where one peer hangs with all connections it may have, another is served meanwhile."""
    async with lab(connections=4, per_host=2) as transport, peer(silence) as dead, peer(saying(OK)) as live:
        waiting = [asyncio.create_task(transport.get(dead.url, {})) for _ in range(10)]
        await asyncio.sleep(0.05)
        response = await transport.get(live.url.replace("alder", "birch"), {})
        assert response.status == 200
        assert dead.connections == 2
        for result in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(result, Unreached)


# --- TLS (N08) ---

FROM = (NOW - timedelta(days=30)).replace(microsecond=0)
NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def secure(server: Peer) -> str:
    return f"https://alder.localhost:{server.port}/inbox"


async def test_a_trusted_certificate_is_accepted(tmp_path: Path) -> None:
    """A certificate of an authority that we trust, for the name that we dialled, is good."""
    theirs, ours = certificate(tmp_path, "alder.localhost")
    async with (
        Transport(LOOPBACK_LAB, resolver=LabResolver(), tls=ours) as transport,
        peer(saying(OK), theirs) as server,
    ):
        answer = await transport.get(secure(server), {})
    assert answer.status == 200
    assert answer.certificate is not None
    assert (answer.certificate.begins, answer.certificate.ends) == (FROM, FROM + timedelta(days=31))


@pytest.mark.parametrize(
    ("name", "days", "trusted", "reason"),
    [
        ("alder.localhost", 1, False, Reason.TLS),
        ("birch.localhost", 1, True, Reason.TLS_NAME),
        ("alder.localhost", -1, True, Reason.TLS_OVER),
    ],
    ids=["self-signed", "another name", "expired"],
)
async def test_a_bad_certificate_is_refused_and_nothing_is_sent(
    tmp_path: Path, name: str, days: int, reason: Reason, *, trusted: bool
) -> None:
    """Not a byte of HTTP reaches a server that cannot prove its name, and no plain connection is tried after."""
    theirs, ours = certificate(tmp_path, name, days=days)
    async with (
        Transport(LOOPBACK_LAB, resolver=LabResolver(), tls=ours if trusted else None) as transport,
        peer(saying(ACCEPTED), theirs) as server,
    ):
        with unreached(reason):
            await transport.post(secure(server), b"secret", {})
        assert server.heads == []


async def test_https_is_never_spoken_in_plain(dials: Dials) -> None:
    """A server that answers TLS with plain HTTP gets one connection and no request."""
    received = bytearray()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read(65_536))
        writer.write(OK)
        writer.close()

    async with talking(connection) as port, lab() as transport:
        with unreached(Reason.TLS):
            await transport.post(f"https://alder.localhost:{port}/", b"secret", {})
    assert received.startswith(b"\x16\x03")
    assert b"secret" not in received
    assert dials.connected == ["127.0.0.1"]
