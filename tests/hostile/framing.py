"""Bad inputs that are about where a request begins, ends and leads to (more of the H list of the security rules)."""

import gzip
from functools import partial
from typing import Final

import orjson

from activitypub.message import ACTIVITY_JSON
from tests.hostile.requests import asking, chunked, good, hosted, media
from tests.hostile.world import TAKEN, Case, World
from tests.rig.sender import address_of, http


def pieces(world: World, body: bytes) -> bytes:
    """A body in pieces, written by hand."""
    headers = [*world.ally.headers(world.inbox, b""), ("Transfer-Encoding", "chunked")]
    return http(address_of(world.inbox)[1], headers, body)


def crumbs(world: World, size: int, spaces: int = 0) -> bytes:
    """A good body, or nothing but white space, in pieces of this size."""
    body = b" " * spaces or orjson.dumps(world.ally.create())
    headers = [*world.ally.headers(world.inbox, body), ("Transfer-Encoding", "chunked")]
    parts = (body[start : start + size] for start in range(0, len(body), size))
    said = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return http(address_of(world.inbox)[1], headers, said + b"0\r\n\r\n")


def spelled(world: World, old: bytes, new: bytes, *more: tuple[str, str], often: int = 1) -> bytes:
    """A good request in which some bytes of the head are others."""
    head, end, body = good(world, *more).partition(b"\r\n\r\n")
    return (head + end).replace(old, new, often) + body


def unmeasured(world: World) -> bytes:
    """A body that follows a head which says nothing about it."""
    head, end, body = good(world).partition(b"\r\n\r\n")
    return b"\r\n".join(line for line in head.split(b"\r\n") if b"Content-Length" not in line) + end + body


def hurried(world: World, host: str | None = None, kind: str = ACTIVITY_JSON, length: int = 5) -> bytes:
    """Only the head of a request that waits to be told to go on."""
    named = host or address_of(world.inbox)[0]
    headers = {"Host": named, "Content-Type": kind, "Expect": "100-continue", "Content-Length": str(length)}
    return http("/inbox", headers.items())


def trailing(world: World, *lines: bytes, without: str = "") -> bytes:
    """A good body in pieces, with more headers after it."""
    said = chunked(world, last=b"0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n")
    head, end, body = said.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not without or not line.startswith(without.encode() + b":")]
    return b"\r\n".join(kept) + end + body


def page(world: World, target: str, *more: tuple[str, str], method: str = "GET") -> bytes:
    """A request that does not say what it would take."""
    return http(target, [("Host", address_of(world.inbox)[0]), *more], method=method)


FORM: Final = ("Content-Type", "application/x-www-form-urlencoded")
LD: Final = "application/ld+json"
PROFILE: Final = 'profile="https://www.w3.org/ns/activitystreams"'
HOSTS: Final = {
    "empty": "",
    "no-port": "alder.localhost",
    "port-0": "alder.localhost:0",
    "a-list": "{}, evil.example",
    "space": "{} evil.example",
    "user": "evil@{}",
    "path": "{}/inbox",
    "query": "{}?x",
    "scheme": "http://{}",
    "percent": "%61lder.localhost",
    "ipv6": "[::1]",
    "long": "a" * 5_000,
}
LENGTHS: Final = {
    "minus": "-1",
    "hexadecimal": "0x10",
    "empty": "",
    "a-list": "5, 5",
    "two-numbers": "5 5",
    "30-digits": "9" * 30,
    "underscore": "1_0",
    "other-digits": "\u0665",
    "fraction": "5.0",
    "exponent": "1e3",
}
CODINGS: Final = {
    "chunked-chunked": "chunked, chunked",
    "vertical-tab": "\x0bchunked",
    "quoted": '"chunked"',
    "parameter": "chunked;q=0.5",
    "with-a-dot": "chunked.",
    "identity-alone": "identity",
    "gzip-alone": "gzip",
    "nothing": "",
}
PIECES: Final = {
    "minus": b"-1\r\nabc\r\n0\r\n\r\n",
    "0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "plus": b"+3\r\nabc\r\n0\r\n\r\n",
    "17-digits": b"F" * 17 + b"\r\nabc\r\n0\r\n\r\n",
    "space-before": b" 3\r\nabc\r\n0\r\n\r\n",
    "line-feeds-alone": b"3\nabc\n0\n\n",
    "longer-than-said": b"3\r\nabcX\r\n0\r\n\r\n",
    "line-feed-in-an-extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
}
HEADERS: Final = {
    "tab-before-colon": b"X-Cinnamon\t: 1",
    "no-name": b": Marmalade",
    "no-colon": b"Cinnamon-Marmalade",
    "nul-in-name": b"X-Cinn\0amon: 1",
    "other-script-in-name": b"X-Cinn\xc3\xa4mon: 1",
    "carriage-return": b"X-Cinnamon: Marm\ralade",
    "line-feed-alone": b"X-Cinnamon: 1\nX-Marmalade: 1",
    "carriage-return-alone": b"X-Cinnamon: 1\rX-Marmalade: 1",
    "folded-with-a-tab": b"X-Cinnamon: 1\r\n\tMarmalade",
    "bell": b"X-Cinnamon: \x07",
    "delete": b"X-Cinn\x7famon: 1",
}
IGNORED: Final = {
    "forwarded-host": (("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example;proto=https")),
    "forwarded-for": (("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "::1")),
    "rewritten": (("X-Original-URL", "/admin"), ("X-Rewrite-URL", "/admin"), ("X-HTTP-Method-Override", "DELETE")),
    "underscores": (("Transfer_Encoding", "chunked"), ("Content_Length", "0")),
    "hop-by-hop": (("Connection", "Signature, Digest, Host, Date"), ("TE", "trailers"), ("Trailer", "Signature")),
    "conditions": (
        ("If-Match", '"x"'),
        ("If-None-Match", "*"),
        ("If-Unmodified-Since", "Wed, 21 Oct 1970 07:28:00 GMT"),
    ),
    "ranges": (("Range", "bytes=" + "0-," * 500), ("Content-Range", "bytes 0-1/2"), ("If-Range", "x")),
    "another-protocol": (("Connection", "Upgrade"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")),
    "web-socket": (
        *(("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ),
    "cookies": (("Cookie", "qafila=Cinnamon; __Host-qafila=Marmalade"), ("Authorization", "Bearer Cinnamon")),
    "other-script-in-value": (("X-Cinnamon", "\u0430\u202e\u2066"),),
}
TARGETS: Final = {
    "dot": "/./inbox",
    "dot-at-the-end": "/inbox/.",
    "dots-at-the-end": "/inbox/..",
    "dots-alone": "/..",
    "encoded-twice": "/%252e%252e/admin",
    "overlong-dots": "/%C0%AE%C0%AE/admin",
    "encoded-slash": "/web/%2Fevil.example",
    "encoded-backslash": "/static/..%5Ckeys.json",
    "cut-off-encoding": "/inbox%",
    "no-encoding": "/%zz",
    "no-text": "/tags/%FF%FE",
    "header-in-target": "/tags/%0D%0ASet-Cookie:%20a=b",
    "space": "/inbox%20",
    "three-slashes": "///evil.example",
    "static": "/static/../../../etc/passwd",
    "encoded-static": "/static/%2e%2e%2fkeys.json",
    "parameters": "/..;/admin",
    "at": "/@evil.example",
    "files": "/keys.json",
    "hidden-files": "/.git/config",
    "capitals-in-an-id": "/proposals/ABC",
    "a-long-id": "/proposals/" + "a" * 65,
    "activity": "/activities/..",
    "2-kib": "/" + "a" * 2_048,
}
FOUND: Final = (
    "encoded-backslash",
    "no-text",
    "capitals-in-an-id",
    "a-long-id",
)  # where something could be, so that it is the method that is wrong
LINES: Final = {
    "HTTP-1.2": b"HTTP/1.2",
    "HTTP-2.1": b"HTTP/2.1",
    "HTTP-9.9": b"HTTP/9.9",
    "small-letters": b"http/1.1",
    "no-number": b"HTTP/",
    "more-behind": b"HTTP/1.1 Cinnamon",
}
OTHERS: Final = {
    "smtp": b"EHLO Cinnamon.Marmalade\r\n\r\n",
    "ssh": b"SSH-2.0-Cinnamon_Marmalade\r\n\r\n",
    "ssl-2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"Cinnamon-Marmalade" * 2,
    "redis": b"*1\r\n$4\r\nPING\r\n\r\n",
    "gemini": b"gemini://alder.localhost/\r\n\r\n",
    "nothing-but-zeros": bytes(100),
    "websocket": b"\x81\x85Cinnamon-Marmalade\r\n\r\n",
}
ELSEWHERE: Final = {
    "PUT": "/actors/alder",
    "DELETE": "/proposals/abc",
    "PATCH": "/actors/alder/outbox",
    "POST": "/actors/alder/followers",
    "TRACE": "/",
    "OPTIONS": "/feed",
    "PROPFIND": "/inbox",
    "QUERY": "/actors/alder/inbox",
    "CONNECT": "/actors/alder/inbox",
}

CASES: Final = (
    Case("H01-ours-twice", lambda w: good(w, ("Host", address_of(w.inbox)[0])), 400),
    *(
        Case(f"H01-{name}", partial(lambda w, host: hosted(w, host.format(address_of(w.inbox)[0])), host=host), 421)
        for name, host in HOSTS.items()
    ),
    Case("H01-other-script", lambda w: spelled(w, b"Host: alder", "Host: \u0430lder".encode()), 421),
    Case("H02-the-same-length-twice", lambda w: good(w, ("Content-Length", "5"), ("Content-Length", "5")), 400),
    Case("H02-no-length", unmeasured, 400),
    *(
        Case(f"H02-{name}", partial(lambda w, said: good(w, ("Content-Length", said)), said=length), 400)
        for name, length in LENGTHS.items()
    ),
    *(
        Case(f"H03-{name}", partial(lambda w, line: spelled(w, b"Date:", line + b"\r\nDate:"), line=line), 400)
        for name, line in HEADERS.items()
    ),
    Case("H03-line-feeds-alone", lambda w: spelled(w, b"\r\n", b"\n", often=99), 400),
    Case("H03-space-first", lambda w: b" " + good(w), 400),
    Case("H03-header-before-any", lambda w: spelled(w, b"HTTP/1.1\r\n", b"HTTP/1.1\r\n X: Marmalade\r\n"), 400),
    *(Case(f"H04-{name}", partial(chunked, coding=coding), 400) for name, coding in CODINGS.items()),
    *(Case(f"H04-{name}", partial(pieces, body=body), 400) for name, body in PIECES.items()),
    Case(
        "H04-twice", lambda w: chunked(w).replace(b"\r\nTransfer", b"\r\nTransfer-Encoding: chunked\r\nTransfer"), 400
    ),
    Case("H04-space-before-colon", lambda w: chunked(w).replace(b"Encoding:", b"Encoding :"), 400),
    Case("H04-chunks-of-http-1.0", lambda w: chunked(w).replace(b"HTTP/1.1", b"HTTP/1.0", 1), 400),
    Case("H04-expect-and-go-away", lambda w: good(w, ("Expect", "200-ok, 100-continue")), 417),
    Case("H05-http-1.0-without-host", lambda w: good(w, without="Host").replace(b"HTTP/1.1", b"HTTP/1.0", 1), 421),
    Case("H05-other-host-that-waits", partial(hurried, host="evil.example"), 421),
    *(
        Case(f"H05-ignores-{name}", partial(lambda w, h: good(w, *h), h=more), 202, TAKEN)
        for name, more in IGNORED.items()
    ),
    Case("H05-http-1.0", lambda w: good(w).replace(b"HTTP/1.1", b"HTTP/1.0", 1), 202, TAKEN),
    Case("H06-long-name", lambda w: good(w, ("X" * 9_000, "Cinnamon")), 431),
    Case("H06-200-headers", lambda w: good(w, *(("X-Same", "Cinnamon") for _ in range(200))), 431),
    Case("H06-long-cookie", lambda w: page(w, "/feed", ("Cookie", "qafila=" + "Cinnamon" * 1_100)), 431),
    Case("H06-a-mibibyte", lambda w: good(w, ("X-Cinnamon", "M" * 2**20)), 431),
    Case("H06-many-trailers", lambda w: trailing(w, *(b"X-%d: Cinnamon" % number for number in range(200))), 431),
    Case("H06-long-trailer", lambda w: trailing(w, b"X-Cinnamon: " + b"M" * 9_216), 431),
    Case("H06-length-in-a-trailer", lambda w: trailing(w, b"Content-Length: 5"), 400),
    Case("H06-signature-in-a-trailer", lambda w: trailing(w, b"Signature: keyId=1", without="Signature"), 401),
    Case("H06-host-in-a-trailer", lambda w: trailing(w, b"Host: evil.example", without="Host"), 400),
    Case("H07-waits-with-too-much", partial(hurried, length=262_145), 413),
    Case("H07-form", lambda w: page(w, "/open", ("Content-Length", "4097"), FORM, method="POST"), 413),
    Case("H07-with-a-get", lambda w: page(w, "/nowhere", ("Content-Length", "1" + "0" * 12)), 404),
    Case(
        "H10-10000-empty-members",
        lambda w: good(w, ("Content-Encoding", "gzip"), body=gzip.compress(b"") * 10_000),
        415,
    ),
    Case("H09-tiny-pieces", partial(crumbs, size=1), 202, TAKEN),
    Case("H09-many-tiny-pieces", partial(crumbs, size=1, spaces=60_000), 400),
    *(
        Case(f"H10-{name}", partial(lambda w, said: good(w, ("Content-Encoding", said)), said=name), 415)
        for name in ("", "br", "zstd", "identity", "GZIP", "gzip, gzip", "aes128gcm")
    ),
    Case("H10-twice", lambda w: good(w, *(("Content-Encoding", "gzip"),) * 2), 415),
    Case("H10-deflated-pieces", partial(chunked, coding="deflate, chunked"), 415),
    Case("H15-utf-16", partial(media, kinds=("application/activity+json; charset=utf-16",)), 415),
    Case("H15-utf-7", partial(media, kinds=('application/activity+json; charset="UTF-7"',)), 415),
    Case("H15-a-list", partial(media, kinds=("application/activity+json, text/html",)), 415),
    Case("H15-two-profiles", partial(media, kinds=(f"{LD}; profile=x; {PROFILE}",)), 415),
    Case("H15-extended-profile", partial(media, kinds=(f"{LD}; profile*=utf-8''https%3A%2F%2Fwww.w3.org",)), 415),
    Case("H15-long", partial(media, kinds=("application/activity+json; a=" + "b" * 5_000,)), 415),
    Case("H15-multipart", partial(media, kinds=("multipart/form-data; boundary=x",)), 415),
    *(
        Case(f"H16-{method}-elsewhere", partial(page, target=to, method=method), 405)
        for method, to in ELSEWHERE.items()
    ),
    Case("H16-CONNECT-to-us", lambda w: page(w, address_of(w.inbox)[0], method="CONNECT"), 405),
    Case("H16-small-letters", partial(page, target="/inbox", method="post"), 400),
    Case("H16-1000-letters", partial(page, target="/inbox", method="A" * 1_000), 400),
    Case("H16-asterisk", partial(page, target="*", method="OPTIONS"), 404),
    *(Case(f"H17-page-{name}", partial(page, target=target), 404) for name, target in TARGETS.items()),
    *(
        Case(f"H17-posted-{name}", partial(page, target=to, method="POST"), 404)
        for name, to in TARGETS.items()
        if name not in FOUND
    ),
    Case("H17-8-kib-line", lambda w: page(w, "/" + "a" * 9_000), 400),
    Case("H17-no-slash", partial(page, target="inbox"), 400),
    Case("H17-tab", partial(page, target="/in\tbox"), 400),
    Case("H17-other-script", partial(page, target="/inb\u00f6x"), 400),
    Case("H17-absolute-ours", lambda w: asking(w, "POST", w.inbox), 404),
    Case("H17-absolute-https", lambda w: asking(w, "GET", w.inbox.replace("http:", "https:")), 404),
    Case("H17-two-resources", partial(page, target="/.well-known/webfinger?resource=a&resource=b"), 400),
    Case("H17-cursor", partial(page, target="/actors/alder/outbox?page=../x"), 400),
    Case("H17-feed", partial(page, target="/feed?before=-1&owner=Cinnamon"), 403),
    Case("H17-feed-post", partial(page, target="/feed/post?id=%00"), 403),
    *(Case(f"H18-{name}", partial(spelled, old=b"HTTP/1.1", new=line), 400) for name, line in LINES.items()),
    *(Case(f"H18-{name}", partial(lambda _, said: said, said=said), 400) for name, said in OTHERS.items()),
    Case("H18-proxy-protocol", lambda w: b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + good(w), 400),
)
