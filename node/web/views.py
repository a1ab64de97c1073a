"""What the pages are made of: frozen values, read from the plain dictionaries that the use cases give.

Nothing here is trusted: texts are escaped where they are shown, and an address becomes a link only through `web_link`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from node.web.paths import LOGO, Address
from schema.profile import EMAIL, PHONE, Part, is_web_address


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach the collective. `language` is that of the text."""

    kind: str
    text: str
    language: str | None = None

    @property
    def link(self) -> str | None:
        """Where a tap on it leads: to a call, a letter or a page; None for what is only to be read."""
        if self.kind == Part.PHONE and PHONE.fullmatch(self.text):
            return "tel:" + re.sub(r"[^0-9+]", "", self.text)
        if self.kind == Part.EMAIL and EMAIL.fullmatch(self.text):
            return f"mailto:{self.text}"
        return self.text if self.kind in {Part.WEBSITE, Part.CHAT} and is_web_address(self.text) else None


@dataclass(frozen=True, slots=True)
class Picture:
    """The logo; `file` is the name that it is served under."""

    file: str
    width: int
    height: int

    @property
    def url(self) -> str:
        """Where it is, on this node."""
        return str(Address(LOGO + self.file))


@dataclass(frozen=True, slots=True)
class Collective:
    """The collective whose node this is, in words for the reader.

    `other_languages` are those that its words are there in and the pages are not.
    """

    name: str
    handle: str
    url: str
    actor: str
    summary: str = ""
    language: str | None = None  # of the summary
    name_language: str | None = None
    ways: tuple[Way, ...] = ()
    logo: Picture | None = None
    other_languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """A collective whose posts stand in the feed."""

    actor: str
    name: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader of the feed has narrowed it to; None means all."""

    kind: str | None = None
    category: str | None = None
    owner: str | None = None

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all."""
        return not (self.kind is None and self.category is None and self.owner is None)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """To how many nodes a post has gone."""

    waiting: int
    delivered: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post as a reader sees it; the dictionary of the use cases with its times read."""

    id: str
    owner: str
    owner_name: str
    own: bool
    kind: str
    title: str
    category: str
    quantity: str | None
    available: str | None
    area: str | None
    note: str
    language: str | None
    languages: tuple[str, ...]
    facts: tuple[str, ...]
    use_by: datetime | None
    collect_by: datetime | None
    begins: datetime | None
    until: datetime | None
    ends: datetime | None
    published: datetime | None
    updated: datetime | None
    revision: int | None
    state: str
    audience: str
    divisible: bool
    proven_by: str | None
    foreign: bool
    dialect: str | None
    asks: str | None
    proof: str | None
    deliveries: Deliveries | None

    @classmethod
    def read(cls, view: Mapping[str, Any]) -> Self:
        """A post from its plain dictionary. Keys that are missing count as not said."""
        deliveries = view.get("deliveries")
        return cls(
            id=view["id"],
            owner=view["owner"],
            owner_name=view.get("owner_name") or view["owner"],
            own=bool(view.get("own")),
            kind=view["kind"],
            title=view["title"],
            category=view["category"],
            quantity=view.get("quantity"),
            available=view.get("available"),
            area=view.get("area"),
            note=view.get("note") or "",
            language=view.get("language"),
            languages=tuple(view.get("languages") or ()),
            facts=tuple(view.get("facts") or ()),
            use_by=_moment(view.get("use_by")),
            collect_by=_moment(view.get("collect_by")),
            begins=_moment(view.get("from")),
            until=_moment(view.get("until")),
            ends=_moment(view.get("ends")),
            published=_moment(view.get("published")),
            updated=_moment(view.get("updated")),
            revision=view.get("revision"),
            state=view.get("state") or "open",
            audience=view.get("audience") or "public",
            divisible=bool(view.get("divisible")),
            proven_by=view.get("proven_by"),
            foreign=bool(view.get("foreign")),
            dialect=view.get("dialect"),
            asks=view.get("asks"),
            proof=view.get("proof") or ("holds" if view.get("proven_by") else None),
            deliveries=None if deliveries is None else Deliveries(**deliveries),
        )


def _moment(text: str | None) -> datetime | None:
    """A time as ISO 8601 writes it; one without a zone is in UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def web_link(url: str) -> str | None:
    """The URL itself if it leads to a page of the web and nowhere else, else None: then it is shown as text."""
    return url if is_web_address(url) else None


def host_of(url: str) -> str:
    """The host a URL names, which every link to another node shows; the URL itself where it names none."""
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url
