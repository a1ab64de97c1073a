"""The only door out: every request of this node to another goes through here.

Rule 1  Nothing is dialled that the rules in `addresses` do not allow; the last look is at the socket, where literal
        addresses, remembered names and rebound names all pass.
Rule 2  https means https: certificates are verified, and nothing is ever tried again in a weaker way.
Rule 3  One request, one answer: no redirect, no cookie, no proxy from the environment, no password from a `.netrc`.
        So nothing leads from the web into Tor, or out of it.
Rule 4  The URL goes out as the text that was checked; nothing re-encodes it.
Rule 5  Everything is bounded: the time of the whole exchange, the header, the body, all bytes together (`meter`), the
        names remembered.
Rule 6  A document (2xx to GET) is read whole, as sent and uncompressed, or not at all. Of any other answer the status
        counts: a little of its body is kept where it comes quickly, and what is wrong with that body changes nothing.
Rule 7  Onion services are reached through Tor alone, and where the rules allow no address, so is everything. Where Tor
        does not answer, nothing is tried in another way.
Rule 8  Every failure is one `Unreached` with a `reason`; its text holds the host and not a word that the peer sent.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self

from aiohttp import (
    AddrInfoType,
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientError,
    ClientOSError,
    ClientResponse,
    ClientSession,  # noqa: TID251 - this module is that door
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
)
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from activitypub.origin import check_url
from federation.addresses import AddressRules, NeedsTor, UnsafeAddress
from federation.connections import Answer, Certificate, Connector, verifying_tls
from federation.meter import TooMuch
from federation.resolvers import CheckedResolver, FixedResolver, SystemResolver
from federation.retry import asked_delay
from federation.socks import NoWay, Tor, TorSilent
from schema.errors import Malformed, PeerUnreachable, Unavailable

DNS_REMEMBERED_HOSTS = 1_000
DNS_REMEMBERED_SECONDS = 60
# Shorter than what servers keep (Node.js: 5 s), so that a POST seldom meets a connection that is just being closed.
KEEPALIVE_SECONDS = 4.0
_SUCCESS = range(200, 300)
REMARK_BYTES = 4 * 1024
REMARK_SECONDS = 2.0


class Reason(StrEnum):
    """Why there is no usable answer; short enough for a column."""

    UNSAFE = "unsafe"
    NO_TOR = "no-tor"
    TOR = "tor"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TLS_OVER = "tls-over"
    TLS_NAME = "tls-name"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    PROTOCOL = "protocol"

    @property
    def sentence(self) -> str:
        """The same for a person."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNSAFE: "not to be dialled by our own rules",
    Reason.NO_TOR: "an onion service, and the setting `socks` does not say where Tor is",
    Reason.TOR: "Tor does not answer at the address in the setting `socks`",
    Reason.DNS: "the name has no address, or nobody could say",
    Reason.CONNECT: "no connection, or it broke before the answer",
    Reason.TLS: "no trustworthy encryption",
    Reason.TLS_OVER: "the certificate is over",
    Reason.TLS_NAME: "the certificate is for another name",
    Reason.TIMEOUT: "too slow",
    Reason.TOO_LARGE: "more bytes than we take",
    Reason.PROTOCOL: "not an HTTP answer that we can use",
}


class Unreached(PeerUnreachable):
    """The peer gave no usable answer; `reason` says in which way."""

    def __init__(self, reason: Reason, host: str = "a URL") -> None:
        """Name the host, never the path nor a word of the peer's."""
        super().__init__(f"{host}: {reason.sentence}")
        self.reason = reason


# The first row that fits an error gives its reason.
_REASONS: tuple[tuple[type[Exception], Reason], ...] = (
    (TimeoutError, Reason.TIMEOUT),
    (NeedsTor, Reason.NO_TOR),
    (UnsafeAddress, Reason.UNSAFE),
    (TorSilent, Reason.TOR),
    (NoWay, Reason.CONNECT),
    (ClientSSLError, Reason.TLS),
    (ClientConnectorDNSError, Reason.DNS),
    (ClientConnectionError, Reason.CONNECT),
    (TooMuch, Reason.TOO_LARGE),
    (ClientError, Reason.PROTOCOL),
    (HttpProcessingError, Reason.PROTOCOL),
)
_FAILURES = tuple(kind for kind, _ in _REASONS)
# What OpenSSL says of a certificate (x509_vfy.h); all else that it may have to say stays `Reason.TLS`.
_FLAWS = {10: Reason.TLS_OVER, 62: Reason.TLS_NAME}


def _reason(error: Exception) -> Reason:
    """Sort an error of the client; the socket guard's own refusal travels through it as a permission denied."""
    if isinstance(error, ClientOSError) and error.errno == errno.EACCES:
        return Reason.UNSAFE
    if isinstance(error, ClientConnectorCertificateError):
        return _FLAWS.get(getattr(error.certificate_error, "verify_code", 0), Reason.TLS)
    return next(reason for kind, reason in _REASONS if isinstance(error, kind))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost; `deadline` runs from the call to the last byte.

    The wait for a free connection is part of it.
    """

    deadline: timedelta = timedelta(seconds=10)
    body: int = 256 * 1024
    answer: int = 512 * 1024  # everything that comes, framing and interim answers too
    header_count: int = 100
    header_bytes: int = 8 * 1024  # of each field and of the status line


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Header names are lower case; their order and repetitions are those of the wire.

    `certificate` is that of the connection it came over, None for plain http.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    retry_after: timedelta | None
    certificate: Certificate | None = None

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of the header, so that one sent twice can be seen."""
        return _values(self.headers, name)


class Transport:
    """The outbound client, to be entered once and shared by everything that sends or fetches.

    `connections` and `connections_per_host` bound what is in use at a time; more exchanges wait.
    `tls` replaces the system's trust, for a test or a private authority; it must verify. `tor` is who takes what goes
    through Tor by the rules.
    """

    def __init__(
        self,
        rules: AddressRules,
        *,
        resolver: AbstractResolver | None = None,
        user_agent: str = "Qafila/0.1",
        limits: Limits = DEFAULT_LIMITS,
        connections: int = 100,
        connections_per_host: int = 8,
        tls: ssl.SSLContext | None = None,
        tor: Tor | None = None,
    ) -> None:
        """Keep the choices; nothing is opened yet."""
        self._rules = rules
        self._resolver = CheckedResolver(rules, resolver or SystemResolver())
        self._user_agent = user_agent
        self._limits = limits
        self._connections = connections
        self._connections_per_host = connections_per_host
        self._tls = tls
        self._tor = tor
        self._client: ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = Connector(
            self._limits.answer,
            self._tor,
            everything=not self._rules.direct,
            resolver=self._resolver,
            socket_factory=self._open_socket,
            ssl=self._tls or verifying_tls(),
            limit=self._connections,
            limit_per_host=self._connections_per_host,
            keepalive_timeout=KEEPALIVE_SECONDS,
            ttl_dns_cache=DNS_REMEMBERED_SECONDS,
            dns_cache_max_size=DNS_REMEMBERED_HOSTS,
        )
        self._client = ClientSession(
            connector=connector,
            response_class=Answer,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            skip_auto_headers=("Accept", "Content-Type"),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=None),  # one deadline over all, in `_exchange`
            max_headers=self._limits.header_count,
            max_line_size=self._limits.header_bytes,
            max_field_size=self._limits.header_bytes,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        await self._resolver.close()

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """Fetch a document; raises Unreached. Any final status is an answer, with its body under rule 6."""
        return await self._exchange("GET", url, headers, None)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Deliver these bytes; raises Unreached. Any final status is an answer, its body at most 4 KiB of remark."""
        return await self._exchange("POST", url, headers, body)

    async def addresses(self, host: str) -> dict[str, bool]:
        """Every address of a name, and whether it may be dialled; raises Unreached where there is none.

        A name that is not to be looked up by our own rules is not.
        """
        self._check(f"https://{host}/")
        try:
            async with asyncio.timeout(self._limits.deadline.total_seconds()):
                found = await self._resolver.every(host)
        except TimeoutError as error:
            raise Unreached(Reason.TIMEOUT, host) from error
        except OSError as error:
            raise Unreached(Reason.DNS, host) from error
        except UnsafeAddress as error:
            raise Unreached(Reason.UNSAFE, host) from error
        return found

    def at(self, address: str) -> "Transport":
        """A transport like this one that dials one address alone, whatever the name; to be entered like any other.

        Tor takes names and no addresses, so what is for Tor is not reached in this way.
        """
        return Transport(
            self._rules,
            resolver=FixedResolver(address),
            user_agent=self._user_agent,
            limits=self._limits,
            connections=1,
            tls=self._tls,
        )

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        """Send one request and read its answer, within the deadline."""
        if self._client is None:
            raise Unavailable("the transport is not open")
        target = self._check(url)
        try:
            async with (
                asyncio.timeout(self._limits.deadline.total_seconds()) as deadline,
                self._client.request(method, target, headers=headers, data=body, allow_redirects=False) as answer,
            ):
                if method == "GET" and answer.status in _SUCCESS:
                    content = await self._document(answer)
                else:
                    content = await _remark(answer, deadline)
        except _FAILURES as error:
            raise Unreached(_reason(error), target.raw_host or "") from error
        fields = tuple((name.lower(), value) for name, value in answer.headers.items())
        asked = asked_delay(_values(fields, "retry-after"), _values(fields, "date"))
        certificate = answer.certificate if isinstance(answer, Answer) else None
        return Response(answer.status, fields, content, asked, certificate)

    def _check(self, url: str) -> URL:
        """Return the URL, not one byte changed, or raise Unreached."""
        try:
            target = URL(check_url(url, allow_http="http" in self._rules.schemes), encoded=True)
        except Malformed as error:
            raise Unreached(Reason.UNSAFE) from error
        host, port = target.raw_host or "", target.port or 0
        try:
            self._rules.check_target(target.scheme, host, port)
        except UnsafeAddress as error:
            raise Unreached(_reason(error), host) from error
        return target

    def _open_socket(self, info: AddrInfoType) -> socket.socket:
        """Make the socket for one address about to be dialled; the last look of rule 1.

        The refusal is an OSError, because the client drops other errors of one address among several.
        """
        family, kind, proto, _, address = info
        try:
            self._rules.check_address(str(address[0]))
            self._rules.check_port(int(address[1]))
        except UnsafeAddress as error:
            raise PermissionError(errno.EACCES, "not to be dialled by our own rules") from error
        return socket.socket(family, kind, proto)

    async def _document(self, answer: ClientResponse) -> bytes:
        """Read a body whole; raises Unreached where it is encoded or too large, by its own word or in truth."""
        host = answer.url.raw_host or ""
        if _encoded(answer):
            raise Unreached(Reason.PROTOCOL, host)
        if (answer.content_length or 0) > self._limits.body:
            raise Unreached(Reason.TOO_LARGE, host)
        content = bytearray()
        async for chunk in answer.content.iter_any():
            content += chunk
            if len(content) > self._limits.body:
                raise Unreached(Reason.TOO_LARGE, host)
        return bytes(content)


async def _remark(answer: ClientResponse, deadline: asyncio.Timeout) -> bytes:
    """Keep the first 4 KiB of a body that matters little; it gets half of the time that is left, 2 s at most."""
    left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
    kept = bytearray()
    with suppress(TimeoutError, ClientError, HttpProcessingError):
        async with asyncio.timeout(min(REMARK_SECONDS, left / 2)):
            async for chunk in answer.content.iter_any():
                kept += chunk
                if len(kept) >= REMARK_BYTES:
                    break
    return b"" if _encoded(answer) else bytes(kept[:REMARK_BYTES])


def _encoded(answer: ClientResponse) -> bool:
    """Tell whether the body is compressed although we asked for `identity` (RFC 9110, 12.5.3), or in transfer."""
    plain = {"Content-Encoding": "identity", "Transfer-Encoding": "chunked"}
    return any(
        value.strip().lower() != wanted for name, wanted in plain.items() for value in answer.headers.getall(name, ())
    )


def _values(fields: tuple[tuple[str, str], ...], name: str) -> tuple[str, ...]:
    """Return the values of every field of this lower-case name."""
    return tuple(value for key, value in fields if key == name)
