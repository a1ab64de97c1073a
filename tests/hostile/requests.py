"""Bad inputs at the level of HTTP (the H list of the security rules), each as the bytes on the wire."""

import gzip
from functools import partial
from typing import Final

import orjson

from tests.hostile.world import Case, World
from tests.rig.sender import address_of, http, replaced

LIMIT: Final = 256 * 1024
BOMB: Final = gzip.compress(b"\0" * 20_000_000)


def good(world: World, *more: tuple[str, str], without: str = "", body: bytes | None = None) -> bytes:
    """A good request with more headers, or without one, around any body."""
    body = orjson.dumps(world.ally.create()) if body is None else body
    headers = world.ally.headers(world.inbox, body)
    return http(address_of(world.inbox)[1], [*(replaced(headers, without) if without else headers), *more], body)


def hosted(world: World, host: str) -> bytes:
    """A good request to us that names another host."""
    body = orjson.dumps(world.ally.create())
    headers = world.ally.headers(world.inbox, body, signed_host=host)
    return http(address_of(world.inbox)[1], replaced(headers, "Host", host), body)


def media(world: World, kinds: tuple[str, ...]) -> bytes:
    """A good request whose body says it is something else."""
    body = orjson.dumps(world.ally.create())
    covered = ("(request-target)", "host", "date", "digest")
    headers = world.ally.headers(world.inbox, body, covered=covered)
    return http(address_of(world.inbox)[1], replaced(headers, "Content-Type", *kinds), body)


def chunked(world: World, *, coding: str = "chunked", size: int = 0, last: bytes = b"0\r\n\r\n") -> bytes:
    """A body in pieces; of `size` bytes where it is given."""
    body = b" " * size or orjson.dumps(world.ally.create())
    headers = [*world.ally.headers(world.inbox, body), ("Transfer-Encoding", coding)]
    pieces = (body[start : start + 16_384] for start in range(0, len(body), 16_384))
    return http(
        address_of(world.inbox)[1], headers, b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + last
    )


def asking(world: World, method: str, target: str, *more: tuple[str, str]) -> bytes:
    """A request without a body."""
    return http(
        target, [("Host", address_of(world.inbox)[0]), ("Accept", "application/activity+json"), *more], method=method
    )


def inbox_by(world: World, method: str) -> bytes:
    """Another method on the inbox."""
    return asking(world, method, address_of(world.inbox)[1])


TARGETS: Final = {
    "dots": "/inbox/../admin",
    "encoded-dots": "/inbox/%2e%2e/admin",
    "encoded-capital-dots": "/inbox/%2E%2E/inbox",
    "two-slashes": "//evil.example/inbox",
    "slash-inside": "/actors//alder/inbox",
    "nul": "/inbox%00",
    "backslash": "/inbox\\..\\x",
    "8-kib": "/" + "a" * 7_900,
    "slash-at-the-end": "/inbox/",
    "capitals": "/INBOX",
    "encoded": "/%69nbox",
    "fragment": "/inbox#x",
    "parameters": "/inbox;x=1",
}
METHODS: Final = ("GET", "PUT", "DELETE", "TRACE", "PATCH", "OPTIONS")
KINDS: Final = {
    "text": "text/plain",
    "json": "application/json",
    "ld-json-without-profile": "application/ld+json",
    "ld-json-other-profile": 'application/ld+json; profile="https://evil.example"',
    "html": 'text/html; x="application/activity+json"',
    "cut-off": "application/activity+json; profile=",
    "form": "application/x-www-form-urlencoded",
}

CASES: Final = (
    Case("H01-two-hosts", lambda w: good(w, ("Host", "evil.example")), 400),
    Case("H02-two-lengths", lambda w: good(w, ("Content-Length", "5"), ("Content-Length", "6")), 400),
    Case("H02-length-and-chunks", lambda w: good(w, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")), 400),
    Case("H02-length-with-a-sign", lambda w: good(w, ("Content-Length", "+5")), 400),
    Case("H03-space-before-colon", lambda w: good(w, ("X-Cinnamon-Marmalade ", "1")), 400),
    Case("H03-folded", lambda w: good(w, ("X-Cinnamon", "1\r\n Marmalade-folded-line")), 400),
    Case("H03-nul", lambda w: good(w, ("X-Cinnamon", "Marmalade\0Marmalade")), 400),
    Case("H04-expect", lambda w: good(w, ("Expect", "Cinnamon-Marmalade")), 417),
    Case("H04-xchunked", partial(chunked, coding="xchunked"), 400),
    Case("H04-chunked-identity", partial(chunked, coding="chunked, identity"), 400),
    Case("H04-gzip-chunked", partial(chunked, coding="gzip, chunked"), 415),
    Case("H04-bad-size", partial(chunked, last=b"zz\r\nCinnamon-Marmalade\r\n0\r\n\r\n"), 400),
    Case("H05-no-host", lambda w: good(w, without="Host"), 400),
    Case("H05-other-host", lambda w: hosted(w, "evil.example"), 421),
    Case("H05-host-in-capitals", lambda w: hosted(w, f"ALDER.localhost:{w.port}"), 421),
    Case("H05-host-with-dot", lambda w: hosted(w, f"alder.localhost.:{w.port}"), 421),
    Case("H05-address", lambda w: hosted(w, f"127.0.0.1:{w.port}"), 421),
    Case("H06-9-kib-header", lambda w: good(w, ("X-Cinnamon", "M" * 9_216)), 431),
    Case("H06-5000-headers", lambda w: good(w, *((f"X-{number}", "Cinnamon") for number in range(5_000))), 431),
    Case("H07-one-byte-too-many", lambda w: good(w, body=b" " * (LIMIT + 1)), 413),
    Case("H07-says-it-is-huge", lambda w: good(w, ("Content-Length", str(10**12))), 413),
    Case("H08-endless-chunks", partial(chunked, size=LIMIT + 65_536, last=b""), 413),
    Case("H10-gzip-bomb", lambda w: good(w, ("Content-Encoding", "gzip"), body=BOMB), 415),
    Case("H10-empty-members", lambda w: good(w, ("Content-Encoding", "gzip"), body=gzip.compress(b"") * 5_000), 415),
    Case("H10-deflate", lambda w: good(w, ("Content-Encoding", "deflate")), 415),
    Case("H10-unknown-coding", lambda w: good(w, ("Content-Encoding", "x-cinnamon-marmalade")), 415),
    *(Case(f"H15-{name}", partial(media, kinds=(kind,)), 415) for name, kind in KINDS.items()),
    Case("H15-none", partial(media, kinds=()), 415),
    Case("H15-two", partial(media, kinds=("application/activity+json",) * 2), 400),
    *(Case(f"H16-{method}", partial(inbox_by, method=method), 405) for method in METHODS),
    Case("H16-CONNECT", lambda w: asking(w, "CONNECT", "evil.example:443"), 405),
    Case("H16-unknown-method", partial(inbox_by, method="CINNAMON"), 400),
    Case("H16-no-method", lambda w: asking(w, "CINN(AMON)", "/inbox"), 400),
    *(Case(f"H17-{name}", partial(asking, method="POST", target=target), 404) for name, target in TARGETS.items()),
    *(Case(f"H17-GET-{name}", partial(asking, method="GET", target=target), 404) for name, target in TARGETS.items()),
    Case("H17-another-actor", partial(asking, method="POST", target="/actors/evil/inbox"), 404),
    Case("H17-absolute", lambda w: asking(w, "POST", "http://evil.example/inbox"), 404),
    Case("H18-not-http", lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03Cinnamon-Marmalade\r\n\r\n", 400),
    Case("H18-http-2", lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    Case("H18-http-0.9", lambda _: b"GET /inbox\r\n\r\n", 421),
)
