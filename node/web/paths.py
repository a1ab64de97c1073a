"""The addresses of the pages, relative to the node, and how links keep the language a reader has chosen."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

HOME = "/"
FEED = "/feed"
FEED_POST = "/feed/post"  # one post as the operator sees it, with `?id=<full address>`
OPEN = "/open"
LEAVE = "/leave"
STATIC = "/static/"
LOGO = "/logo/"
QR = "/qr.svg"
LANG = "lang"
LEADING = re.compile(r"^[/\\]*")


@dataclass(frozen=True, slots=True)
class Address:
    """A place on this node. However it is made, its text starts with exactly one slash: it never leads elsewhere."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the path and query of any URL; scheme, host and fragment are dropped, and so is what cannot be read."""
        try:
            parts = urlsplit(text)
            query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=20)
        except ValueError:
            return cls(HOME)
        return cls(parts.path or HOME, tuple(query))

    @property
    def lang(self) -> str | None:
        """The language chosen in the address."""
        return dict(self.query).get(LANG)

    def having(self, **changes: str | None) -> "Address":
        """The same place with other values in the query; None takes one out."""
        kept = tuple((name, value) for name, value in self.query if name not in changes)
        added = tuple((name, value) for name, value in changes.items() if value is not None)
        return Address(self.path, kept + added)

    def to(self, target: str) -> "Address":
        """Another place on this node, in the language chosen here."""
        return Address.parse(target).having(lang=self.lang)

    def __str__(self) -> str:
        path = LEADING.sub("/", quote(self.path, safe="/%@:~!$&'()*+,;=-._"), count=1)
        return f"{path}?{urlencode(self.query)}" if self.query else path


def feed_post(post_id: str) -> str:
    """Where the operator reads one post of the feed, whoever owns it."""
    return str(Address(FEED_POST, (("id", post_id),)))
