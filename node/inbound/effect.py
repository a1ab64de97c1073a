"""What a handler is given and what it gives back."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from federation.verify import VerifiedActivity
from node.house import House
from node.store.shelf import Shelf


class Did(StrEnum):
    """What an activity changed here; kept in the inbox table."""

    STORED = "stored"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    STALE = "stale"  # something newer is here already
    IGNORED = "ignored"  # understood, and no matter of ours
    AGAIN = "again"  # it came before
    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One verified activity, the transaction in which it takes effect, and the proposals that it may be about."""

    house: House
    connection: AsyncConnection
    shelf: Shelf
    verified: VerifiedActivity

    @property
    def actor(self) -> str:
        """Who is proven to have sent it."""
        return self.verified.activity.actor


@dataclass(frozen=True, slots=True)
class Effect:
    """What it did. `news` are for those who watch this node; `roster` is whether a relation changed."""

    did: Did
    news: dict[str, Any] = field(default_factory=dict)
    roster: bool = False
