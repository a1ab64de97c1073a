"""A collective that may lie: real keys and a real actor document, and every way to sign a request wrongly.

`Sender` writes whole requests as the bytes that go over the socket, so that no client repairs what a test breaks.
"""

import asyncio
import secrets
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from activitypub.activity import build_create, build_delete, build_follow, build_update
from activitypub.actor import build_actor
from activitypub.ids import Ids
from activitypub.message import ACTIVITY_JSON, Request, write_http_date
from activitypub.signatures import rfc9421
from activitypub.signatures.cavage import signing_string
from activitypub.signatures.digest import write_digest
from activitypub.signatures.keys import SigningKeys, write_multikey, write_pem
from activitypub.translate.proposal import build_note
from federation.outbox import Signer
from schema.category import Category
from schema.proposal import Draft, Kind, Proposal, publish
from schema.quantity import Quantity, unit

Headers = list[tuple[str, str]]
Sign = Callable[[bytes], bytes]
ALL = ("(request-target)", "host", "date", "digest", "content-type")
MARK = "Cinnamon-Marmalade"  # in every title, so that an answer which repeats its input can be seen


@cache
def keys_of(name: str) -> SigningKeys:
    """The keys of a collective: making RSA keys is slow, and a name has the same ones all through a run."""
    del name
    return SigningKeys.generate()


def now() -> datetime:
    """This moment, in whole seconds, as HTTP tells it."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `seconds` from the first byte sent to the end of the answer; status 0 where nothing came."""

    status: int
    headers: bytes
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Sender:
    """A collective under `ids`; the many arguments of `headers` are the ways in which a signature can be wrong."""

    ids: Ids
    keys: SigningKeys

    @property
    def signer(self) -> Signer:
        """Signs documents as it should be done."""
        return Signer(self.ids, self.keys)

    def actor(self, **changes: Any) -> dict[str, Any]:
        """Its actor document."""
        document = build_actor(
            self.ids,
            name=f"{self.ids.name.title()} Collective",
            summary="",
            public_key_pem=write_pem(self.keys.rsa_public),
            ed25519_multikey=write_multikey(self.keys.ed25519_public),
        )
        return document | changes

    # --- documents ---

    def proposal(self, local_id: str | None = None, *, revision: int = 1, **said: Any) -> Proposal:
        """An offer of theirs, in this revision."""
        values: dict[str, Any] = {
            "kind": Kind.OFFER,
            "title": f"{MARK} {secrets.token_hex(4)}",
            "category": Category.FOOD_DRY,
            "quantity": Quantity.parse("20", unit("KGM")),
        }
        moment = now()
        made = publish(
            Draft(**values | said),
            id=self.ids.proposal(local_id or secrets.token_hex(8)),
            owner=self.ids.actor,
            now=moment,
        )
        for number in range(2, revision + 1):
            left = Quantity.parse(str(21 - number), (values | said)["quantity"].unit)
            made = made.changed(Draft(**values | said | {"available": left}), moment + timedelta(seconds=number))
        return made

    def note(self, proposal: Proposal | None = None, **changes: Any) -> dict[str, Any]:
        """Its Note, changed before it is signed; a change to None takes a member out."""
        return self.prove(changed(build_note(proposal or self.proposal(), self.ids), changes))

    def prove(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with a proof that holds."""
        return self.signer.document(document, now())

    def create(self, note: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """`Create` of this Note, or of a new one."""
        note = self.note() if note is None else note
        made = build_create(self.ids, secrets.token_hex(8), note, to=[self.ids.allies], published=now())
        return self.prove(changed(made, changes))

    def update(self, note: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """`Update` to this Note."""
        made = build_update(self.ids, secrets.token_hex(8), note, to=[self.ids.allies], published=now())
        return self.prove(changed(made, changes))

    def delete(self, address: str, **changes: Any) -> dict[str, Any]:
        """`Delete` of what has this address."""
        made = build_delete(
            self.ids, secrets.token_hex(8), address, former_type="Note", to=[self.ids.allies], deleted=now()
        )
        return self.prove(changed(made, changes))

    def follow(self, whom: str, **changes: Any) -> dict[str, Any]:
        """`Follow` of this actor."""
        return self.prove(changed(build_follow(self.ids, secrets.token_hex(8), whom), changes))

    def activity(self, kind: Any, thing: Any = None, **changes: Any) -> dict[str, Any]:
        """Any activity at all."""
        document = {"@context": ["https://www.w3.org/ns/activitystreams"], "type": kind, "actor": self.ids.actor}
        document["id"] = self.ids.activity(secrets.token_hex(8))
        return self.prove(changed(document, {"object": thing, **changes}))

    # --- requests ---

    def headers(
        self,
        inbox: str,
        body: bytes,
        *,
        method: str = "POST",
        signed_method: str | None = None,
        signed_target: str | None = None,
        signed_host: str | None = None,
        signed_body: bytes | None = None,
        covered: Sequence[str] = ALL,
        algorithm: str | None = "rsa-sha256",
        key_id: str | None = None,
        keys: SigningKeys | None = None,
        sign: Sign | None = None,
        encode: Callable[[bytes], str] = lambda value: b64encode(value).decode(),
        date: datetime | None = None,
        created: int | None = None,
        expires: int | None = None,
        media_type: str = ACTIVITY_JSON,
    ) -> Headers:
        """The headers of a request to `inbox`, signed as it should be where no argument says otherwise.

        `signed_…` is what the signature speaks of in place of what is sent; `sign` makes its bytes.
        """
        host, target = address_of(inbox)
        sent: Headers = [
            ("Host", host),
            ("Date", write_http_date(date or now())),
            ("Digest", write_digest(body if signed_body is None else signed_body)),
            ("Content-Type", media_type),
        ]
        spoken = tuple((name.lower(), value) for name, value in replaced(sent, "Host", signed_host or host))
        request = Request(signed_method or method, signed_target or target, spoken, body)
        message = signing_string(request, covered, created=created, expires=expires)
        signer = keys or self.keys
        value = sign(message) if sign else signer.rsa.sign(message, PKCS1v15(), SHA256())
        parameters = {
            "keyId": f'"{key_id or self.ids.main_key}"',
            "algorithm": algorithm and f'"{algorithm}"',
            "created": created,
            "expires": expires,
            "headers": f'"{" ".join(covered)}"',
            "signature": f'"{encode(value)}"',
        }
        line = ",".join(f"{name}={value}" for name, value in parameters.items() if value is not None)
        return [*sent, ("Signature", line)]

    def post(self, inbox: str, content: Mapping[str, Any] | bytes, **deviations: Any) -> bytes:
        """A whole request that brings this document, or these bytes."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return http(address_of(inbox)[1], self.headers(inbox, body, **deviations), body)

    def post_standard(
        self,
        inbox: str,
        content: Mapping[str, Any] | bytes,
        *,
        rsa: bool = False,
        spoken: str | None = None,
        signed_body: bytes | None = None,
        key_id: str | None = None,
        date: datetime | None = None,
    ) -> bytes:
        """The same with a signature of RFC 9421, by the Ed25519 key or the RSA one; `spoken` is the URL it is for."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        host, target = address_of(spoken or inbox)
        request = Request(
            "POST",
            target,
            (("host", host), ("content-type", ACTIVITY_JSON)),
            body if signed_body is None else signed_body,
        )
        key, own = (self.keys.rsa, self.ids.main_key) if rsa else (self.keys.ed25519, self.ids.ed25519_key)
        headers = rfc9421.sign(request, key_id=key_id or own, key=key, now=date or now(), scheme="http")
        host, target = address_of(inbox)
        return http(target, replaced(list(headers.items()), "Host", host), body)


def collective(name: str, port: int, keys: SigningKeys | None = None) -> Sender:
    """A collective at `name.localhost`, with keys of its own where none are given."""
    return Sender(Ids(f"http://{name}.localhost:{port}", name), keys or keys_of(name))


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with other members; None takes one out."""
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def address_of(url: str) -> tuple[str, str]:
    """Host and target of a URL."""
    host, _, path = url.partition("://")[2].partition("/")
    return host, f"/{path}"


def replaced(headers: Headers, name: str, *values: str) -> Headers:
    """The headers with these values of one of them; none takes it out."""
    return [pair for pair in headers if pair[0] != name] + [(name, value) for value in values]


def http(target: str, headers: Iterable[tuple[str, str]], body: bytes = b"", *, method: str = "POST") -> bytes:
    """A request as bytes, with the length of its body unless the headers say something about that themselves."""
    lines = [f"{name}: {value}" for name, value in headers]
    if not any(name in {"Content-Length", "Transfer-Encoding"} for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode() + body


async def say(
    port: int,
    *parts: bytes,
    end: bool = False,
    seconds: float = 10,
    tls: ssl.SSLContext | None = None,
    source: str | None = None,
) -> Answer:
    """Write these bytes to a port of loopback, then close our side if `end`; what comes back to the first answer.

    `source` is the address of loopback that it comes from.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    name = "alder.localhost" if tls else None
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=tls, server_hostname=name, local_addr=(source, 0) if source else None
    )
    head = body = b""
    try:
        async with asyncio.timeout(seconds):
            try:
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                if end:
                    writer.write_eof()
            except ConnectionError:
                pass  # it was refused before all was said
            head = await reader.readuntil(b"\r\n\r\n")
            while head.startswith(b"HTTP/1.1 100 "):
                head = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
            body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # nothing came, or it broke off
    finally:
        writer.close()
    status = int(head.split(b" ", 2)[1]) if head else 0
    return Answer(status, head, body, loop.time() - began)


@dataclass(slots=True)
class Host:
    """A small server that counts: `documents` by target, and the targets that were `asked` for."""

    port: int
    documents: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, url: str, document: Mapping[str, Any], *, status: int = 200, kind: str = ACTIVITY_JSON) -> None:
        """Answer like this when the target of this URL is asked for."""
        self.documents[address_of(url)[1]] = status, kind, orjson.dumps(document)

    async def answer(self, request: web.Request) -> web.Response:
        """One answer; 404 for what is not there."""
        self.asked.append(request.raw_path)
        status, kind, body = self.documents.get(request.raw_path, (404, "text/plain", b""))
        return web.Response(status=status, body=body, headers={"Content-Type": kind})


@asynccontextmanager
async def hosting() -> AsyncIterator[Host]:
    """A server on a free port of loopback; every name below `localhost` leads there."""
    host = Host(0)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", host.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host.port = runner.addresses[0][1]
        yield host
    finally:
        await runner.cleanup()
