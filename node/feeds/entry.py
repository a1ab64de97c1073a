"""What every kind of feed is made of: the collective, and its open public posts, the newest first."""

from dataclasses import dataclass
from datetime import datetime

import orjson

from node.house import House
from node.store.proposals import Stored
from schema.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Source:
    """Whose feed it is, and where it stands."""

    title: str
    summary: str
    language: str
    home: str
    feed: str
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A post. `html` is the text that other servers show of it, made by us and escaped."""

    proposal: Proposal
    html: str

    @property
    def updated(self) -> datetime:
        """When it was last changed."""
        return self.proposal.updated or self.proposal.published


def source(house: House, feed: str) -> Source:
    """Our collective."""
    settings = house.settings
    shown = house.profile.logo
    logo = None if shown is None else house.ids.logo(shown.file)
    return Source(settings.title, settings.summary, settings.language, house.ids.home, feed, logo)


def entry(stored: Stored) -> Entry:
    """A post as it was published."""
    document = orjson.loads(stored.document or b"{}")
    return Entry(stored.proposal, str(document.get("content", "")))
