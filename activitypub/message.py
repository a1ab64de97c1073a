"""An HTTP request as a value, and the two things its headers say that ActivityPub needs: media types and dates.

Rule 1. `target` is the origin-form of RFC 9112 section 3.2.1 (path and query) exactly as it stood on the wire.
Rule 2. A header that decides about trust is read with `Request.one`: absent or repeated, it proves nothing.
Rule 3. A media type is parsed (RFC 9110 section 8.3.1), never searched; what cannot be parsed is not ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from activitypub.context import ACTIVITYSTREAMS
from schema.errors import Unauthenticated

ACTIVITY_JSON: Final = "application/activity+json"
LD_JSON: Final = f'application/ld+json; profile="{ACTIVITYSTREAMS}"'

UTF_8: Final = "utf-8"
MAX_MEDIA_TYPES: Final = 4096
"""How many characters of an Accept or Content-Type header are looked at; a longer one is not understood."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are lower case; their order and repetitions are those of the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of the header, without the white space around it."""
        return tuple(value.strip(" \t") for key, value in self.headers if key == name)

    def header(self, name: str) -> str | None:
        """Return the header's combined value (RFC 9110 section 5.2: joined by comma and space), or None."""
        values = self.values(name)
        return ", ".join(values) if values else None

    def one(self, name: str) -> str:
        """Return the header's only value. Raises Unauthenticated if it is missing or repeated."""
        values = self.values(name)
        if len(values) != 1:
            raise Unauthenticated(f"expected one {name} header, found {len(values)}")
        return values[0]

    def with_headers(self, headers: Mapping[str, str]) -> "Request":
        """Return the request with these headers set, in place of any of the same names."""
        fresh = tuple((name.lower(), value) for name, value in headers.items())
        names = {name for name, _ in fresh}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names) + fresh)


def write_http_date(moment: datetime) -> str:
    """Write an aware datetime as the IMF-fixdate of RFC 9110 section 5.6.7, in whole seconds."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


@lru_cache(256)  # what comes in together bears the same second
def read_http_date(text: str) -> datetime | None:
    """Read an IMF-fixdate, its weekday included; None for anything else (the obsolete forms too)."""
    try:
        moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if write_http_date(moment) == text else None


_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"  # a token of RFC 9110 section 5.6.2; possessive, so that nothing is tried twice
_QUOTED = r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*)"'
_TYPE = re.compile(rf"[ \t]*+({_WORD})/({_WORD})")
_PARAMETER = re.compile(rf"[ \t]*+;[ \t]*+(?:({_WORD})=(?:({_WORD})|{_QUOTED}))?")
_SEPARATOR = re.compile(r"[ \t]*+(?:,|\Z)")
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class _MediaRange:
    """A media type or range: `name` is lower case, parameter names are lower case, values as sent."""

    name: str
    parameters: dict[str, str]

    @property
    def weight(self) -> float | None:
        """The quality of RFC 9110 section 12.4.2, or None if it is not one."""
        text = self.parameters.get("q", "1")
        return float(text) if _WEIGHT.fullmatch(text) else None

    @property
    def profiles(self) -> frozenset[str] | None:
        """The URIs of the profile parameter (RFC 6906: separated by spaces), or None without one."""
        profile = self.parameters.get("profile")
        return None if profile is None else frozenset(profile.split(" "))


def _read_media_range(text: str, position: int) -> tuple[_MediaRange, int] | None:
    """Read one media type or range; return it and where it ends, or None if there is none."""
    kind = _TYPE.match(text, position) if len(text) <= MAX_MEDIA_TYPES else None
    if kind is None:
        return None
    position = kind.end()
    parameters: dict[str, str] = {}
    while parameter := _PARAMETER.match(text, position):
        position = parameter.end()
        name, token, quoted = parameter.groups()
        if name is None:
            continue
        if name.lower() in parameters:
            return None
        parameters[name.lower()] = re.sub(r"\\(.)", r"\1", quoted) if token is None else token
    return _MediaRange(f"{kind[1]}/{kind[2]}".lower(), parameters), position


def _read_media_ranges(text: str) -> list[_MediaRange] | None:
    """Read the comma separated list of an Accept header, or None if it is not one."""
    ranges = []
    position = 0
    while position < len(text):
        read = _read_media_range(text, position)
        separator = read and _SEPARATOR.match(text, read[1])
        if not read or not separator:
            return None
        ranges.append(read[0])
        position = separator.end()
    return ranges


def is_activity_media_type(content_type: str) -> bool:
    """Whether a body of this Content-Type may be read as ActivityStreams.

    ActivityPub section 3.2: `application/ld+json` with the ActivityStreams profile, or `application/activity+json`.
    Plain `application/json` is refused: a file that a guest uploaded to a server must not pass for the server's word.
    A `charset` has no meaning for JSON (RFC 8259, 11); one that claims another than UTF-8 is a trick or a fault.
    """
    read = _read_media_range(content_type, 0)
    if read is None or content_type[read[1] :].strip(" \t"):
        return False
    media = read[0]
    if media.parameters.get("charset", UTF_8).lower() != UTF_8:
        return False
    return media.name == ACTIVITY_JSON or (
        media.name == "application/ld+json" and ACTIVITYSTREAMS in (media.profiles or ())
    )


def takes_pages(accept: str | None) -> bool:
    """Whether the client is a browser: it names HTML, and rather than ActivityStreams. A program takes a short line."""
    ranges = _read_media_ranges(accept or "") or ()
    return any(media.name == "text/html" and media.weight for media in ranges) and not prefers_activity(accept)


def prefers_activity(accept: str | None) -> bool:
    """Whether the client asks for ActivityStreams rather than a page: by name, and at least as much as for HTML.

    The weight of HTML is that of its most specific range (RFC 9110 section 12.5.1). Wildcards alone mean a page.
    """
    activity = 0.0
    html: dict[str, float] = {}
    for media in _read_media_ranges(accept or "") or ():
        if media.weight is None:
            return False
        ours = media.profiles is None or ACTIVITYSTREAMS in media.profiles
        if media.name == ACTIVITY_JSON or (media.name == "application/ld+json" and ours):
            activity = max(activity, media.weight)
        elif media.name in {"text/html", "text/*", "*/*"}:
            html[media.name] = max(html.get(media.name, 0.0), media.weight)
    page = next((html[name] for name in ("text/html", "text/*", "*/*") if name in html), 0.0)
    return activity > 0 and activity >= page
