"""What a peer can answer instead of its actor (the F list of the security rules)."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import orjson

from activitypub.message import ACTIVITY_JSON
from tests.rig.sender import MARK

Answer = Callable[[bytes, str], Iterator[bytes]]
"""The parts of an answer, given the right document and its own address."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One bad answer: its parts with a pause between them, the status for whoever made us ask, and how often we ask."""

    id: str
    answer: Answer
    status: int = 503
    requests: int = 1
    pause: float = 0
    slow: bool = False


def parts(*said: bytes) -> Answer:
    """These parts, whatever the document."""
    return lambda _document, _address: iter(said)


def endless(start: bytes, part: bytes) -> Answer:
    """A beginning, and then the same for ever."""

    def answer(_document: bytes, _address: str) -> Iterator[bytes]:
        yield start
        yield from repeat(part)

    return answer


def whole(body: bytes, *fields: str, status: str = "200 OK", kind: str | None = ACTIVITY_JSON) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", *([] if kind is None else [f"Content-Type: {kind}"]), *fields]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def served(*fields: str, status: str = "200 OK", kind: str | None = ACTIVITY_JSON) -> Answer:
    """The right document, with a wrong head."""
    return lambda document, _: iter([whole(document, *fields, status=status, kind=kind)])


def instead(change: Callable[[bytes], bytes]) -> Answer:
    """Another body with the right head."""
    return lambda document, _: iter([whole(change(document))])


def leading(status: int, location: str) -> Answer:
    """A redirect; `HERE` stands for the address that was asked."""
    return lambda document, address: iter(
        [whole(document, f"Location: {location.replace('HERE', address)}", status=f"{status} Moved")]
    )


def with_member(name: str, value: object) -> Answer:
    """The right document with another member."""
    return instead(lambda document: orjson.dumps({**orjson.loads(document), name: value}))


OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ALWAYS: Final = b"x" * 65_536
LOCATIONS: Final = {
    "itself": "HERE",
    "same-origin": "/actors/another",
    "private": "http://10.0.0.1/",
    "metadata": "http://169.254.169.254/latest/meta-data",
    "loopback": "http://127.0.0.1:1/",
    "other-host": "//evil.example/actors/x",
    "file": "file:///etc/passwd",
    "data": "data:application/activity+json,%7B%7D",
    "gopher": "gopher://evil.example/1",
    "javascript": "javascript:alert(1)",
    "empty": "",
    "two-lines": "HERE\r\nLocation: http://evil.example/",
}
KINDS: Final[Mapping[str, str | None]] = {
    "html": "text/html",
    "text": "text/plain",
    "json": "application/json",
    "jrd": "application/jrd+json",
    "ld-json": "application/ld+json",
    "other-profile": 'application/ld+json; profile="https://evil.example"',
    "profile-begins-so": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams.evil"',
    "html-naming-it": 'text/html; x="application/activity+json"',
    "image": "image/png",
    "bytes": "application/octet-stream",
    "longer": "application/activity+jsonx",
    "list": "application/activity+json, text/html",
    "list-turned": "text/html, application/activity+json",
    "two": "application/activity+json\r\nContent-Type: text/html",
    "two-alike": "application/activity+json\r\nContent-Type: application/activity+json",
    "empty": "",
    "none": None,
    "cut-off": 'application/activity+json; charset="utf-8',
    "long": "application/activity+json; x=" + "y" * 6_000,
}
BODIES: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "page": lambda _: b"<!DOCTYPE html><title>" + MARK.encode() + b"</title>",
    "nothing": lambda _: b"",
    "list": lambda document: b"[" + document + b"]",
    "text": lambda _: b'"x"',
    "null": lambda _: b"null",
    "cut-off": lambda document: document[:-1],
    "twice": lambda document: document + document,
    "byte-order-mark": lambda document: b"\xef\xbb\xbf" + document,
    "utf-16": lambda document: document.decode().encode("utf-16"),
    "not-utf-8": lambda document: document.replace(b"Collective", b"\xff\xfe"),
    "id-twice": lambda document: b'{"id":"http://evil.localhost/",' + document[1:],
    "depth-10000": lambda document: document[:-1] + b',"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "depth-of-objects": lambda document: document[:-1] + b',"x":' + b'{"x":' * 5_000 + b"1" + b"}" * 5_001,
    "20000-items": lambda document: document[:-1] + b',"x":[' + b"1," * 20_000 + b"1]}",
    "10000-members": lambda d: d[:-1] + b"".join(b',"k%d":1' % number for number in range(10_000)) + b"}",
    "long-text": lambda document: document[:-1] + b',"x":"' + b"y" * 100_000 + b'"}',
    "5000-digits": lambda document: document[:-1] + b',"x":' + b"9" * 5_000 + b"}",
    "nan": lambda document: document[:-1] + b',"x":NaN}',
    "half-a-pair": lambda document: document[:-1] + b',"x":"\\ud800"}',
    "nul": lambda document: document[:-1] + b',"x":"\\u0000"}',
    "graph": lambda document: b'{"@graph":[' + document + b"]}",
    "clique": lambda document: document[:-1] + b',"x":[{"id":"_:a","y":["_:a","_:b"]}]}',
    "zipped-without-saying": gzip.compress,
}
ONCE: Final = (201, 202, 204, 206, 226, 300, 304, 402, 405, 418, 429, 451, 500, 502, 503, 599)
TWICE: Final = (400, 401, 403)  # these may be about our signature: asked once more, signed in the other way
WAITS: Final = {
    "long": "1000000000",
    "negative": "-5",
    "no-number": "soon",
    "huge": "9" * 400,
    "date": "Fri, 31 Dec 9999 23:59:59 GMT",
    "two": "1\r\nRetry-After: 1000000",
}

FETCHES: Final = (
    *(
        Fetch(f"F05-{status}-{name}", leading(status, location))
        for status in (301, 302, 303, 307, 308)
        for name, location in LOCATIONS.items()
        if status == 302 or name in {"itself", "private"}
    ),
    *(Fetch(f"F08-type-{name}", served(kind=kind), 401) for name, kind in KINDS.items()),
    *(Fetch(f"F08-body-{name}", instead(change), 401) for name, change in BODIES.items()),
    *(Fetch(f"F10-{status}", served(status=f"{status} Answer")) for status in ONCE),
    *(Fetch(f"F10-{status}", served(status=f"{status} Answer"), requests=2) for status in TWICE),
    *(Fetch(f"F10-{name}", served(status=f"{name} Gone"), 401) for name in (404, 410)),
    *(
        Fetch(f"F10-{status}-wait-{name}", served(f"Retry-After: {wait}", status=f"{status} Later"))
        for status in (429, 503)
        for name, wait in WAITS.items()
    ),
    Fetch("F07-silence", parts(), slow=True),
    Fetch("F07-a-header-byte-by-byte", endless(b"HTTP/1.1 200 OK\r\n", b"X"), pause=0.01, slow=True),
    Fetch("F07-a-body-byte-by-byte", endless(OK + b"Content-Length: 5000\r\n\r\n", b"x"), pause=0.01, slow=True),
    Fetch("F07-chunks-byte-by-byte", endless(CHUNKED, b"1\r\nx\r\n"), pause=0.01, slow=True),
    Fetch("F07-early-hints", endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), pause=0.01, slow=True),
    Fetch("F07-a-body-that-stops", parts(OK + b"Content-Length: 5000\r\n\r\n{"), slow=True),
    Fetch("F07-chunks-that-stop", parts(CHUNKED + b"5\r\n{"), slow=True),
    Fetch("F07-continue-flood", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)),
    Fetch("F07-endless-chunks", endless(CHUNKED, b"10000\r\n" + ALWAYS + b"\r\n")),
    Fetch("F07-endless-small-chunks", endless(CHUNKED, b"1\r\nx\r\n" * 10_000)),
    Fetch("F07-endless-empty-lines", endless(b"", b"\r\n" * 10_000), slow=True),
    Fetch("F07-endless-to-the-end", endless(OK + b"\r\n", ALWAYS)),
    Fetch("F07-10-gb", parts(OK + b"Content-Length: 10737418240\r\n\r\n")),
    Fetch("F07-one-byte-over", instead(lambda document: document + b" " * (256 * 1024 + 1 - len(document)))),
    Fetch("F07-gzip-bomb", served("Content-Encoding: gzip")),
    Fetch("F07-gzip-of-the-document", lambda d, _: iter([whole(gzip.compress(d), "Content-Encoding: gzip")])),
    Fetch("F07-deflate", served("Content-Encoding: deflate")),
    Fetch("F07-brotli", served("Content-Encoding: br")),
    Fetch("F07-two-encodings", served("Content-Encoding: identity, gzip")),
    Fetch("F07-gzip-transfer", parts(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")),
    Fetch("F07-endless-headers", endless(OK, b"X-Header: y\r\n" * 1_000)),
    Fetch("F07-endless-header", endless(OK + b"X-Header: ", ALWAYS)),
    Fetch("F07-endless-status", endless(b"HTTP/1.1 200 ", ALWAYS)),
    Fetch("F07-endless-trailers", endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Trailer: y\r\n" * 1_000)),
    Fetch("F07-endless-chunk-extension", endless(CHUNKED + b"2;", ALWAYS)),
    Fetch("F07-endless-cookies", endless(OK, b"Set-Cookie: a=b\r\n" * 1_000)),
    Fetch("F07-two-lengths", parts(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")),
    Fetch("F07-length-and-chunks", parts(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
    Fetch("F07-negative-length", parts(OK + b"Content-Length: -1\r\n\r\n{}")),
    Fetch("F07-length-with-a-sign", parts(OK + b"Content-Length: +2\r\n\r\n{}")),
    Fetch("F07-length-of-1000-digits", parts(OK + b"Content-Length: " + b"9" * 1_000 + b"\r\n\r\n{}")),
    Fetch("F07-bad-chunk", parts(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n")),
    Fetch("F07-huge-chunk", parts(CHUNKED + b"f" * 30 + b"\r\n{}")),
    Fetch("F07-http-0.9", lambda document, _: iter([document])),
    Fetch("F07-http-2", parts(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    Fetch("F07-ssh", parts(b"SSH-2.0-OpenSSH\r\n\r\n")),
    Fetch("F07-smtp", parts(b"220 mail ESMTP\r\n")),
    Fetch("F07-tls", parts(b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n")),
    Fetch("F07-status-of-letters", parts(b"HTTP/1.1 abc OK\r\n\r\n")),
    Fetch("F07-status-0", parts(b"HTTP/1.1 000 OK\r\n\r\n")),
    Fetch("F07-status-9999", parts(b"HTTP/1.1 9999 OK\r\n\r\n")),
    Fetch("F07-switching", parts(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")),
    Fetch("F07-nul-in-a-header", parts(OK + b"X: \0\r\n\r\n{}")),
    Fetch("F07-folded-header", parts(OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}"), 401),
    Fetch("F11-inbox-elsewhere", with_member("inbox", "http://elsewhere.localhost/inbox"), 401),
    Fetch("F11-id-of-another", with_member("id", "http://birch.localhost/actors/birch"), 401),
)
