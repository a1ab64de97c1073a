"""What goes out: an activity signed once, and whom it goes to.

Rule 1  The bytes are made once and frozen: every peer gets the same, today and after any number of retries.
Rule 2  A post for allies goes to allies alone; a public one to allies and followers; what is for our circle to nobody.
Rule 3  One delivery for each inbox: peers with a shared inbox get one for all their actors (ActivityPub 7.1.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from activitypub.actor import RemoteActor
from activitypub.ids import Ids
from activitypub.origin import origin_of
from activitypub.signatures.keys import SigningKeys
from activitypub.signatures.proof import sign_document
from federation.roster import Roster
from schema.visibility import Audience

DIRECT = "direct"  # the audience of what goes to one actor alone: Follow, Accept, Undo ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """An inbox, and the peer (an origin) that it belongs to."""

    peer: str
    inbox: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A signed activity as the bytes that every peer gets. `object` is the address of what it is about."""

    id: str
    type: str
    object: str
    audience: str
    document: bytes
    expires: datetime | None = None


def recipient(actor: RemoteActor) -> Recipient:
    """Where one actor is reached."""
    inbox = actor.shared_inbox or actor.inbox
    return Recipient(str(origin_of(inbox)), inbox)


def recipients(audience: Audience, roster: Roster) -> tuple[Recipient, ...]:
    """Everyone that a post for this audience goes to, each inbox once."""
    reached: Iterable[RemoteActor]
    match audience:
        case Audience.CIRCLE:
            reached = ()
        case Audience.ALLIES:
            reached = roster.allies.values()
        case Audience.PUBLIC:
            held_back = roster.suspended
            reached = [
                *roster.allies.values(),
                *(actor for address, actor in roster.followers.items() if address not in held_back),
            ]
    return tuple(dict.fromkeys(recipient(actor) for actor in reached))


@dataclass(slots=True)
class Signer:
    """Signs in the name of our collective, with the keys of the moment."""

    ids: Ids
    keys: SigningKeys

    def document(self, document: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The document with our proof (FEP-8b32)."""
        return sign_document(document, self.keys.ed25519, self.ids.ed25519_key_of(self.keys.generation), now)

    def outgoing(
        self, activity: dict[str, Any], *, about: str, audience: str, now: datetime, expires: datetime | None = None
    ) -> Outgoing:
        """The activity with our proof, frozen."""
        signed = self.document(activity, now)
        return Outgoing(signed["id"], signed["type"], about, audience, orjson.dumps(signed), expires)
