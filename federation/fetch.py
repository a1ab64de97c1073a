"""Documents of other nodes, fetched from their own address.

Rule 1  A document counts only when its `id` is, character for character, the address that was asked (FEP-fe34; there
        are no redirects). A part of a collection may bear the id of the whole, on the same origin: Fedify has it so.
Rule 2  It comes as ActivityStreams, by its media type, or it is not one.
Rule 3  Requests are signed: some servers answer nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from activitypub.actor import RemoteActor, read_actor
from activitypub.collection import read_members
from activitypub.document import read_document
from activitypub.ids import acct_origin, check_acct, read_handle, webfinger_url
from activitypub.members import text
from activitypub.message import ACTIVITY_JSON, LD_JSON, is_activity_media_type
from activitypub.onion import is_onion_service
from activitypub.origin import origin_of, same_origin
from activitypub.webfinger import read_jrd, read_subject
from federation.signing import Reader
from federation.transport import Response
from schema.errors import Absent, InputError, Malformed, PeerUnreachable, RemoteError

ACCEPT = f"{LD_JSON}, {ACTIVITY_JSON}"
JRD = "application/jrd+json"
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class NotServed(PeerUnreachable):
    """The peer answered, and not with the document; `retry_after` is how long it asked to be left alone."""

    def __init__(self, status: int, retry_after: timedelta | None) -> None:
        """Name the status, and no word of the peer's."""
        super().__init__(f"its node answered with {status}")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """An actor, and the bytes it came as."""

    actor: RemoteActor
    document: bytes


@dataclass(frozen=True, slots=True)
class Members:
    """Ids that a collection holds, and whether they are all of them."""

    ids: frozenset[str]
    whole: bool


class Fetcher:
    """Asks other nodes for documents, in the name of our collective."""

    def __init__(self, transport: Reader, signed: Reader, *, allow_http: bool = False) -> None:
        """WebFinger is asked by `transport`, unsigned; all else is `signed`. `allow_http` belongs to the lab alone."""
        self._transport = transport
        self._signed = signed
        self._allow_http = allow_http

    async def document(self, url: str, *, part_of: str | None = None) -> tuple[dict[str, Any], bytes]:
        """The document at this address, and its bytes; `part_of` is another id that it may have.

        Raises `Absent` where its node says that there is none, `PeerUnreachable` where it says nothing usable, and
        `Malformed` where what it says is not the document asked for.
        """
        response = await self._signed.get(url, {"Accept": ACCEPT})
        body = _content(response, is_activity_media_type)
        document = read_document(body)
        if text(document, "id") not in {url, part_of or url}:
            raise Malformed("a document was served under another address than its id")
        return document, body

    async def actor(self, url: str) -> Fetched:
        """The actor at this address; errors as `document`."""
        document, body = await self.document(url)
        return Fetched(read_actor(document, url, allow_http=self._allow_http), body)

    async def members(self, url: str, *, part_of: str) -> Members:
        """The members of a small collection: those it tells itself, or those of its first page. Errors as `document`.

        `part_of` is the collection that it is a part of. No more than two documents are fetched.
        """
        document, _ = await self.document(url, part_of=part_of)
        page = document.get("first")
        if isinstance(page, str):
            if not same_origin(page, url):
                raise Malformed("a collection's page lies on another origin")
            page, _ = await self.document(page, part_of=part_of)
        ids = read_members(document)
        if not isinstance(page, dict):
            return Members(ids, whole=True)
        return Members(ids | read_members(page), whole=page.get("next") is None)

    def read(self, document: bytes, url: str) -> Fetched:
        """An actor that was fetched from this address before."""
        return Fetched(read_actor(read_document(document), url, allow_http=self._allow_http), document)

    async def find(self, address: str) -> Fetched:
        """The collective that a person named by its handle or its address.

        A handle counts when WebFinger answers for it and the actor found names the same handle (security rule V14), in
        `webfinger` or as `preferredUsername` on its own host. An onion service may be the second name of a node: then
        it tells the first one, and what counts is the answer there.
        """
        named = read_handle(address, allow_http=self._allow_http)
        if "://" in named:
            return await self.actor(named)
        if is_onion_service(acct_origin(named).host):
            named = await self.subject(named)
        fetched = await self.actor(await self._leads_to(named))
        actor = fetched.actor
        if named not in {actor.webfinger, _plain_handle(actor)}:
            raise Malformed("a handle leads to an actor with another handle")
        return fetched

    async def subject(self, acct: str) -> str:
        """The handle that a node gives itself where it is asked for this one."""
        return read_subject(await self._ask(acct))

    async def handle(self, actor: RemoteActor) -> str | None:
        """The actor's handle as `alder@host` where WebFinger leads from it back to the actor; None for any other.

        It is the one that it gives itself in `webfinger` (FEP-2c59), else `preferredUsername` on its own host.
        """
        try:
            claimed = check_acct(actor.webfinger or _plain_handle(actor))
            return claimed if await self._leads_to(claimed) == actor.id else None
        except (InputError, RemoteError):
            return None

    async def _leads_to(self, acct: str) -> str:
        """The address of the actor that WebFinger gives for a handle in normal form."""
        return read_jrd(await self._ask(acct), acct, allow_http=self._allow_http)

    async def _ask(self, acct: str) -> bytes:
        """What WebFinger says of a handle in normal form."""
        response = await self._transport.get(webfinger_url(acct, allow_http=self._allow_http), {"Accept": JRD})
        return _content(response, lambda kind: kind.partition(";")[0].strip().lower() in {JRD, "application/json"})


def _plain_handle(actor: RemoteActor) -> str:
    return f"{actor.preferred_username or ''}@{origin_of(actor.id).authority}"


def _content(response: Response, wanted: Callable[[str], bool]) -> bytes:
    """The body of a 200 with one media type that is wanted."""
    if response.status in GONE:
        raise Absent("its node says that there is no such thing")
    if response.status != HTTPStatus.OK:
        raise NotServed(response.status, response.retry_after)
    kinds = response.values("content-type")
    if len(kinds) != 1 or not wanted(kinds[0]):
        raise Malformed("a document came with a media type that is not taken")
    return response.body
