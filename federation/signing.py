"""How a request to another node is signed: what is tried first, what next, and what is remembered of it.

Rule 1  Who says that it takes RFC 9421 (FEP-844e) gets that, by our Ed25519 key where it says that it takes those.
Rule 2  All others get draft-cavage-12 by our RSA key first: servers are deployed that answer 2xx to what they cannot
        check, and drop it later (measured with snac 2.38).
Rule 3  After 400, 401 or 403 the same request is made once more, signed the other way: those are the answers of servers
        that cannot read a signature. If that one is taken, this way comes first for a week.
Rule 4  The Ed25519 key is never the `keyid` of a request to a node that has not said it takes those: Fedify remembers
        such a key as useless and then refuses our proofs as well (measured with 1.10 and 2.3).
Rule 5  What is remembered is one word for each origin, of few origins; it is a hint, and is lost with the process.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Protocol

from activitypub.capabilities import RFC_9421, RFC_9421_ED25519
from activitypub.message import LD_JSON, Request
from activitypub.origin import origin_of
from activitypub.signatures import cavage, rfc9421
from federation.outbox import Signer
from federation.transport import Response

REMEMBERED_FOR = timedelta(days=7)
MOST_REMEMBERED = 1_000
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NOT_UNDERSTOOD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Manner(StrEnum):
    """The three ways to sign a request."""

    CAVAGE = "cavage"
    RFC_9421 = "rfc9421"
    RFC_9421_ED25519 = "rfc9421-ed25519"

    @property
    def other(self) -> "Manner":
        """What is tried where this one is not understood."""
        return Manner.RFC_9421 if self is Manner.CAVAGE else Manner.CAVAGE


def _nothing(_peer: str) -> frozenset[str]:
    return frozenset()


class Manners:
    """Which manner each peer (an origin) is tried with first."""

    def __init__(self, announced: Callable[[str], frozenset[str]] = _nothing) -> None:
        """`announced` gives what those whom we know at an origin say that they can do (FEP-844e)."""
        self._announced = announced
        self._taken: OrderedDict[str, tuple[Manner, datetime]] = OrderedDict()

    def first(self, peer: str, now: datetime) -> Manner:
        """What this peer took last, or what it says it takes."""
        taken = self._taken.get(peer)
        if taken is not None and now < taken[1]:
            return taken[0]
        announced = self._announced(peer)
        if RFC_9421_ED25519 in announced:
            return Manner.RFC_9421_ED25519
        return Manner.RFC_9421 if RFC_9421 in announced else Manner.CAVAGE

    def took(self, peer: str, manner: Manner, now: datetime) -> None:
        """The peer took this, and not what was tried before (rule 3)."""
        self._taken[peer] = manner, now + REMEMBERED_FOR
        self._taken.move_to_end(peer)
        while len(self._taken) > MOST_REMEMBERED:
            self._taken.popitem(last=False)


class Reader(Protocol):
    """What is needed of the transport to read."""

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer, or `PeerUnreachable`."""


class Exchange(Reader, Protocol):
    """What is needed of the transport to deliver as well."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """One answer, or `PeerUnreachable`."""


class SignedReader:
    """Asks in the name of our collective, signed so that the other side can check it."""

    def __init__(
        self, transport: Reader, signer: Signer, clock: Callable[[], datetime], manners: Manners | None = None
    ) -> None:
        """Several that share `manners` learn from each other."""
        self._reading = transport
        self._signer = signer
        self._clock = clock
        self._manners = manners or Manners()

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """The answer to a signed GET; raises what the transport does."""

        async def ask(manner: Manner) -> Response:
            signed = sign_request(self._signer, "GET", url, b"", self._clock(), manner=manner)
            return await self._reading.get(url, {**headers, **signed})

        return await self._knock(url, ask)

    async def _knock(self, url: str, ask: Callable[[Manner], Awaitable[Response]]) -> Response:
        peer = str(origin_of(url))
        manner = self._manners.first(peer, self._clock())
        answer = await ask(manner)
        if answer.status not in NOT_UNDERSTOOD:
            return answer
        second = await ask(manner.other)
        if second.status in NOT_UNDERSTOOD:
            return answer
        self._manners.took(peer, manner.other, self._clock())
        return second


class SignedExchange(SignedReader):
    """Delivers in the name of our collective, too."""

    def __init__(
        self, transport: Exchange, signer: Signer, clock: Callable[[], datetime], manners: Manners | None = None
    ) -> None:
        """As `SignedReader`."""
        super().__init__(transport, signer, clock, manners)
        self._delivering = transport

    async def post(self, url: str, body: bytes, headers: Mapping[str, str] = NO_HEADERS) -> Response:
        """The answer to a delivery of these bytes; `headers` are signed too. Raises what the transport does."""

        async def deliver(manner: Manner) -> Response:
            signed = sign_request(self._signer, "POST", url, body, self._clock(), manner=manner, headers=headers)
            return await self._delivering.post(url, body, signed)

        return await self._knock(url, deliver)


def sign_request(
    signer: Signer,
    method: str,
    url: str,
    body: bytes,
    now: datetime,
    *,
    manner: Manner = Manner.CAVAGE,
    headers: Mapping[str, str] = NO_HEADERS,
) -> dict[str, str]:
    """The headers of a request to `url`, with its signature; `headers`, in small letters, are further ones to sign."""
    origin = origin_of(url)
    said: tuple[tuple[str, str], ...] = (("host", origin.authority),)
    if method == "POST":
        said = (*said, ("content-type", LD_JSON))
    request = Request(method, url[len(str(origin)) :], (*said, *headers.items()), body)
    ids, keys = signer.ids, signer.keys
    main_key = ids.main_key_of(keys.generation)
    if manner is Manner.CAVAGE:
        return cavage.sign(request, key_id=main_key, key=keys.rsa, now=now)
    scheme: rfc9421.Scheme = "https" if origin.scheme == "https" else "http"
    if manner is Manner.RFC_9421:
        return rfc9421.sign(request, key_id=main_key, key=keys.rsa, now=now, scheme=scheme)
    ed25519_key = ids.ed25519_key_of(keys.generation)
    return rfc9421.sign(request, key_id=ed25519_key, key=keys.ed25519, now=now, scheme=scheme)
