"""Requests for anything that a node serves, with targets, headers and forms that no browser would send."""

from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

from tests.hostile.world import World

Header = tuple[bytes, bytes]

_METHODS: Final = (b"GET", b"GET", b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"DELETE", b"X")
_PATHS: Final = (
    b"/", b"/feed", b"/feed/post", b"/actors/alder", b"/actors/alder/outbox", b"/actors/alder/followers", b"/actor",
    b"/actors/alder/followers_synchronization", b"/actor/outbox", b"/tags/x", b"/.well-known/webfinger", b"/robots.txt",
    b"/.well-known/host-meta", b"/.well-known/nodeinfo", b"/nodeinfo/2.1", b"/ns/qafila", b"/proposals/a", b"/health",
    b"/proposals/POST", b"/proposals/POST/document", b"/proposals/POST/conversation", b"/proposals/POST/replies",
    b"/activities/a", b"/open/x", b"/open", b"/leave", b"/static/style.css", b"/inbox", b"/nothing", b"/sitemap.xml",
    b"/feeds/posts.atom", b"/feeds/posts.csv", b"/feeds/posts.ics", b"/feeds/posts.json",
)  # fmt: skip
_QUERY: Final = (
    b"?", b"&", b"=", b"/", b"//", b"..", b"[", b"]", b"\\", b"@", b":", b";", b"+", b"%", b"%00", b"%FF", b"%C3%A9",
    b"%ED%A0%80", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"\xe2\x80\xae", b"resource=acct:alder@alder.localhost",
    b"&rel=self", b"&lang=ar", b"&before=1", b"&before=" + b"9" * 30, b"&page=1", b"&kind=offer", b"&category=food-dry",
    b"&owner=http://x/", b"&id=http://x/", b"x" * 300,
)  # fmt: skip
_HEADERS: Final = (
    b"Accept", b"Accept-Language", b"Accept-Encoding", b"Cookie", b"Signature", b"Signature-Input", b"Digest", b"Date",
    b"If-None-Match", b"If-Modified-Since", b"Range", b"Content-Type", b"Content-Encoding", b"Origin", b"Referer",
    b"Sec-Fetch-Site", b"X-Forwarded-For", b"Forwarded", b"Authorization", b"Expect",
)  # fmt: skip
_VALUES: Final = (
    b"*/*", b"application/activity+json", b"text/html", b"application/x-www-form-urlencoded", b"ar", b"fr-FR;q=0.1",
    b",", b";", b"=", b'"', b" ", b"\xff", b"\xff", b"\xc3\xa9", b"x" * 500, b"gzip", b"100-continue", b"bytes=0-1",
    b"Mon, 23 Nov 2026 09:00:00 GMT", b'keyId="x"', b'sig1=("@method");created=1;keyid="x"', b"sig1=:AA==:", b"*",
)  # fmt: skip
_BODIES: Final = (b"", b"", b"x", b"{}", b"\xff" * 5, b"token=%FF&csrf=%00", b"a=1&" * 50, b"csrf=x&lang=\xff")


@dataclass(frozen=True, slots=True)
class Raw:
    """One request; `signed_in` is whether it carries the cookie of the operator."""

    method: bytes
    path: bytes
    query: bytes
    headers: list[Header]
    body: bytes
    signed_in: bool

    def on_the_wire(self, world: World, session: str, post: str) -> bytes:
        """All of it as bytes; `post` is the local id of a public post that is there."""
        host = world.node.ids.origin.authority.encode()
        sent = [(b"Host", host), (b"Connection", b"close"), (b"Content-Length", b"%d" % len(self.body)), *self.headers]
        if self.signed_in:
            sent.append((b"Cookie", b"qafila=" + session.encode()))
        target = self.path.replace(b"POST", post.encode()) + (b"?" + self.query if self.query else b"")
        head = b"%s %s HTTP/1.1\r\n" % (self.method, target) + b"".join(b"%s: %s\r\n" % header for header in sent)
        return head + b"\r\n" + self.body


def _joined(parts: tuple[bytes, ...], most: int) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(parts), max_size=most).map(b"".join)


requests: Final = st.builds(
    Raw,
    method=st.sampled_from(_METHODS),
    path=st.sampled_from(_PATHS),
    query=_joined(_QUERY, 5),
    headers=st.lists(st.tuples(st.sampled_from(_HEADERS), _joined(_VALUES, 3)), max_size=5),
    body=st.sampled_from(_BODIES),
    signed_in=st.booleans(),
)
