"""Acts as hypothesis makes them: a good document of one of the peers, gone bad, and signed in one of many ways."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from hypothesis import strategies as st

from activitypub.activity import (
    build_accept,
    build_create,
    build_delete,
    build_follow,
    build_reject,
    build_undo,
    build_update,
)
from activitypub.message import ACTIVITY_JSON
from activitypub.translate.proposal import build_note
from schema.errors import QafilaError
from schema.fact import Fact
from schema.place import Cell, Place
from schema.window import TimeWindow
from tests.activitypub import foreign
from tests.fuzz.mutation import Step, mutated, steps
from tests.hostile.world import World
from tests.rig.sender import Sender, address_of, http, now

LOCALS: Final = ("a", "b")
_FOREIGN: Final = tuple(foreign.FOREIGN.values())
_SAID: Final = {
    "title": "Rice",
    "note": "Bring a bag.",
    "language": "en",
    "languages": frozenset({"ar"}),
    "place": Place("North of the river", Cell.around(36.2, 36.16)),
    "window": TimeWindow(now() + timedelta(days=1), now() + timedelta(days=2)),
    "facts": frozenset({Fact.HALAL}),
}


class Kind(StrEnum):
    """What the document is before anything is done to it."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    FOLLOW = "Follow"
    ACCEPT = "Accept"
    REJECT = "Reject"
    UNDO = "Undo"
    ANNOUNCE = "Announce"
    FOREIGN = "Create of a proposal of other software"
    NOTE = "a proposal that is no activity"
    ACTOR = "an actor"


class Proven(StrEnum):
    """When its proofs were made."""

    NEVER = "never"
    BEFORE = "before it went bad"
    AFTER = "after it went bad"


class Signed(StrEnum):
    """How the request was signed."""

    CAVAGE = "as it should be"
    STANDARD = "as it should be, by RFC 9421"
    AS_ANOTHER = "by another, under its own id"
    FORGED = "by another, under the speaker's id"
    OTHER_BODY = "over another body"
    NOT = "not at all"


class Speaker(StrEnum):
    """Who says it."""

    ALLY = "ally"
    STRANGER = "stranger"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Act:
    """One request."""

    kind: Kind
    speaker: Speaker
    signed: Signed
    proven: Proven
    local: str
    revision: int
    steps: list[Step]

    def sender(self, world: World) -> Sender:
        """The peer that speaks."""
        by: dict[Speaker, Sender] = {
            Speaker.ALLY: world.ally,
            Speaker.STRANGER: world.stranger,
            Speaker.SUSPENDED: world.suspended,
        }
        return by[self.speaker]

    def signer(self, world: World) -> Sender | None:
        """Whoever this request is truly signed by."""
        if self.signed in {Signed.CAVAGE, Signed.STANDARD}:
            return self.sender(world)
        return world.canary if self.signed is Signed.AS_ANOTHER else None

    def document(self, world: World, number: int) -> Any:
        """What is said, as the act with this number."""
        sender = self.sender(world)
        good = self._good(world, sender, number)
        words = [
            *(one.ids.actor for one in (sender, world.neighbour, world.canary, world.suspended, world.stranger)),
            *(world.node.ids.actor, world.node.ids.proposal("x"), world.neighbours.id),
            *(sender.ids.proposal(local) for local in LOCALS),
            *(sender.ids.activity(f"act{before}") for before in range(3)),
            sender.ids.inbox,
            f"{sender.ids.actor}#ed25519-key",
        ]
        others = [world.neighbour.note(world.neighbours), world.canary.actor(), sender.follow(world.node.ids.actor)]
        others += _FOREIGN
        if self.proven is Proven.BEFORE:
            good = _prove(sender, good)
        bad = mutated(good, self.steps, words=words, others=others)
        return _prove(sender, bad) if self.proven is Proven.AFTER else bad

    def _good(self, world: World, sender: Sender, number: int) -> dict[str, Any]:
        ids, node, local = sender.ids, world.node.ids, f"act{number}"
        note = build_note(sender.proposal(self.local, revision=self.revision, **_SAID), ids)
        to = [ids.allies]
        asked = {"id": node.activity("asked"), "type": "Follow", "actor": node.actor, "object": ids.actor}
        undone = build_follow(ids, "act0", node.actor)
        made: dict[Kind, Callable[[], dict[str, Any]]] = {
            Kind.CREATE: lambda: build_create(ids, local, note, to=to, published=now()),
            Kind.UPDATE: lambda: build_update(ids, local, note, to=to, published=now()),
            Kind.DELETE: lambda: build_delete(ids, local, note["id"], former_type="Note", to=to, deleted=now()),
            Kind.FOLLOW: lambda: build_follow(ids, local, node.actor),
            Kind.ACCEPT: lambda: build_accept(ids, local, asked),
            Kind.REJECT: lambda: build_reject(ids, local, asked),
            Kind.UNDO: lambda: build_undo(ids, local, undone),
            Kind.ANNOUNCE: lambda: {**undone, "id": ids.activity(local), "type": "Announce", "object": note},
            Kind.FOREIGN: lambda: build_create(ids, local, self._foreign(sender), to=to, published=now()),
            Kind.NOTE: lambda: note,
            Kind.ACTOR: sender.actor,
        }
        return made[self.kind]()

    def _foreign(self, sender: Sender) -> dict[str, Any]:
        """One of its proposals in one of the dialects of other software."""
        number = 2 * self.revision + LOCALS.index(self.local)
        said = json.dumps(_FOREIGN[number % len(_FOREIGN)]).replace(foreign.OWNER, sender.ids.actor)
        made: dict[str, Any] = json.loads(said.replace(foreign.BASE, sender.ids.base))
        return made

    def request(self, world: World, document: Any) -> bytes:
        """The bytes on the wire."""
        sender, inbox, body = self.sender(world), world.inbox, json.dumps(document).encode()
        match self.signed:
            case Signed.CAVAGE:
                return sender.post(inbox, body)
            case Signed.STANDARD:
                return sender.post_standard(inbox, body)
            case Signed.AS_ANOTHER:
                return world.canary.post(inbox, body)
            case Signed.FORGED:
                return sender.post(inbox, body, keys=world.canary.keys)
            case Signed.OTHER_BODY:
                return sender.post(inbox, body, signed_body=b"{}")
            case Signed.NOT:
                host, target = address_of(inbox)
                return http(target, [("Host", host), ("Content-Type", ACTIVITY_JSON)], body)


def _prove(sender: Sender, document: Any) -> Any:
    """With proofs over what is inside and over the whole, where such can be made."""
    if not isinstance(document, dict):
        return document
    try:
        if isinstance(document.get("object"), dict):
            document = {**document, "object": sender.prove(document["object"])}
        return sender.prove(document)
    except QafilaError:
        return document  # it holds what no proof can be made over


def _acts(**narrower: st.SearchStrategy[Any]) -> st.SearchStrategy[Act]:
    said: dict[str, st.SearchStrategy[Any]] = {
        "kind": st.sampled_from((Kind.CREATE, Kind.UPDATE, Kind.DELETE, Kind.FOREIGN, *Kind)),
        "speaker": st.sampled_from((Speaker.ALLY, Speaker.ALLY, *Speaker)),
        "signed": st.sampled_from((Signed.CAVAGE, Signed.CAVAGE, Signed.STANDARD, *Signed)),
        "proven": st.sampled_from(Proven),
        "local": st.sampled_from(LOCALS),
        "revision": st.integers(1, 3),
        "steps": steps,
    }
    return st.builds(Act, **said | narrower)


# Any acts; and such that are taken, of which only the order and the proofs may be wrong.
_true: Final = _acts(
    kind=st.sampled_from((Kind.CREATE, Kind.UPDATE, Kind.UPDATE, Kind.DELETE)),
    speaker=st.just(Speaker.ALLY),
    signed=st.just(Signed.CAVAGE),
    steps=st.just([]),
)
series: Final = st.lists(_acts(), min_size=1, max_size=3) | st.lists(_true, min_size=2, max_size=4)
