"""Activities: what is read from them, and each that we send as a whole."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.activity import (
    Activity,
    build_accept,
    build_create,
    build_delete,
    build_follow,
    build_reject,
    build_undo,
    build_update,
    read_activity,
)
from activitypub.document import read_document
from activitypub.jsonld import dropped_terms
from schema.errors import Forbidden, Malformed
from tests.activitypub.documents import ALDER, BIRCH, as_bytes, broken

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
DEFAULT = [AS2, "https://w3id.org/security/data-integrity/v2"]
NOON = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
GOLDEN = json.loads((Path(__file__).parent / "data" / "golden-proposal.json").read_bytes())

NOTE = {
    "@context": [*DEFAULT, "https://w3id.org/fep/0837"],
    "id": BIRCH.proposal("1"),
    "type": "Note",
    "attributedTo": BIRCH.actor,
    "content": "<p>20 kg rice</p>",
    "published": "2026-11-23T09:00:00Z",
    "to": [PUBLIC],
}
CREATE = {
    "@context": [*DEFAULT, "https://w3id.org/fep/0837"],
    "id": BIRCH.activity("1"),
    "type": "Create",
    "actor": BIRCH.actor,
    "published": "2026-11-23T09:00:00Z",
    "to": [PUBLIC],
    "cc": BIRCH.followers,
    "object": NOTE,
}
FOLLOW = {
    "@context": AS2,
    "id": f"{BIRCH.actor}#follows/1",
    "type": "Follow",
    "actor": BIRCH.actor,
    "object": ALDER.actor,
}


def test_reads_a_create() -> None:
    """Everything that later decides is read out once; the document itself stays as it was."""
    assert read_activity(CREATE) == Activity(
        id="https://birch.example/activities/1",
        type="Create",
        actor="https://birch.example/actors/birch",
        object_id="https://birch.example/proposals/1",
        object=NOTE,
        target=None,
        to=(PUBLIC,),
        cc=("https://birch.example/actors/birch/followers",),
        published="2026-11-23T09:00:00Z",
        document=CREATE,
    )


def test_reads_the_golden_proposal() -> None:
    """The document that both specifications were tried out with is read, and loses no term."""
    assert read_activity(read_document(as_bytes(GOLDEN))).object_id == GOLDEN["object"]["id"]
    assert dropped_terms(GOLDEN) == set()


def test_reads_what_other_servers_write() -> None:
    """An actor embedded by its id, an activity id with a fragment, one known type among several, http in the lab."""
    assert read_activity(FOLLOW | {"actor": {"id": BIRCH.actor, "type": "Person"}}).actor == BIRCH.actor
    assert read_activity(FOLLOW | {"type": ["Follow", "https://x.example/Ask"]}).type == "Follow"
    assert read_activity(FOLLOW | {"type": "EmojiReact", "object": None}).type == "EmojiReact"
    lab = json.loads(json.dumps(FOLLOW).replace("https://birch.example", "http://birch.localhost:8402"))
    assert read_activity(lab, allow_http=True).actor == "http://birch.localhost:8402/actors/birch"
    with pytest.raises(Malformed):
        read_activity(lab)


def test_an_agreement_may_have_no_id() -> None:
    """FEP-0837 embeds agreements without an id in an Offer."""
    agreement = {"type": "Agreement", "stipulates": {"type": "Commitment"}}
    offer = read_activity(CREATE | {"type": "Offer", "object": agreement})
    assert (offer.object_id, offer.object) == (None, agreement)


def test_hidden_recipients_are_dropped() -> None:
    """A23: `bto` and `bcc` are gone from the activity and from its object, and the input is left alone."""
    secret = {"bto": [ALDER.actor], "bcc": ALDER.actor}
    document = CREATE | secret | {"object": NOTE | secret}
    assert read_activity(document).document == CREATE
    assert document["bto"] == [ALDER.actor]


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("J08 no type", {"type": None}),
    ("J08 type as an object", {"type": {"id": "Create"}}),
    ("J08 type as a number", {"type": 1}),
    ("J08 empty type", {"type": ""}),
    ("J08 no types", {"type": []}),
    ("J08 1,000 types", {"type": ["Create", *(f"T{n}" for n in range(999))]}),
    ("J08 two known types", {"type": ["Create", "Delete"]}),
    ("J08 no known type of several", {"type": ["Note", "Proposal"]}),
    ("J10 two actors", {"actor": [BIRCH.actor, ALDER.actor]}),
    ("J10 one actor in a list", {"actor": [BIRCH.actor]}),
    ("J10 actor without an id", {"actor": {"type": "Person"}}),
    ("J10 actor as a Link", {"actor": {"type": "Link", "href": BIRCH.actor}}),
    ("J10 actor as a Link with an id", {"actor": {"type": "Link", "id": BIRCH.actor}}),
    ("J10 no actor", {"actor": None}),
    ("actor with a fragment", {"actor": f"{BIRCH.actor}#main-key"}),
    ("no id", {"id": None}),
    ("id as a list", {"id": [BIRCH.activity("1")]}),
    ("A25 id in another spelling", {"id": "https://BIRCH.example/activities/1"}),
    ("A25 id with the default port", {"id": "https://birch.example:443/activities/1"}),
    ("A25 actor with a trailing dot", {"actor": "https://birch.example./actors/birch"}),
    ("no object", {"object": None}),
    ("two objects", {"object": [NOTE, NOTE]}),
    ("object as a number", {"object": 1}),
    ("object without an id", {"object": {"type": "Note"}}),
    ("object as a Link", {"object": {"type": "Link", "href": BIRCH.proposal("1")}}),
    ("target as a list", {"target": [ALDER.actor]}),
    ("A25 target in another spelling", {"target": "https://BIRCH.example/actors/birch/allies"}),
    ("Add without a target", {"type": "Add"}),
    ("Follow of what has no id", {"type": "Follow", "object": {"type": "Person"}}),
    ("to as a number", {"to": 1}),
    ("to with nothing in it", {"to": [None]}),
    ("J19 impossible date", {"published": "2026-02-30T00:00:00Z"}),
    ("J19 date without a zone", {"published": "2026-02-20T00:00:00"}),
    ("date as a number", {"published": 1}),
]


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in MALFORMED])
def test_refuses_what_has_no_one_meaning(change: dict[str, Any]) -> None:
    """An activity that two readers could take differently is malformed."""
    with pytest.raises(Malformed):
        read_activity(CREATE | change)


FORBIDDEN: list[tuple[str, dict[str, Any]]] = [
    ("A02 activity on another origin", {"id": ALDER.activity("1")}),
    ("A02 activity on another port", {"id": "https://birch.example:8443/activities/1"}),
    ("A01 object on another origin", {"object": NOTE | {"id": ALDER.proposal("1")}}),
    ("A01 object on another origin, by its id", {"object": ALDER.proposal("1")}),
    ("A01 object of another actor", {"object": NOTE | {"attributedTo": ALDER.actor}}),
    ("A01 object of a neighbour", {"object": NOTE | {"attributedTo": "https://birch.example/actors/mallory"}}),
    ("A01 object of two actors", {"object": NOTE | {"attributedTo": [BIRCH.actor, ALDER.actor]}}),
    ("Update elsewhere", {"type": "Update", "object": NOTE | {"id": ALDER.proposal("1")}}),
    ("Update of another actor", {"type": "Update", "object": {"id": f"{BIRCH.base}/actors/x", "type": "Person"}}),
    ("Delete elsewhere", {"type": "Delete", "object": ALDER.proposal("1")}),
    ("Delete of a Tombstone elsewhere", {"type": "Delete", "object": {"id": ALDER.actor, "type": "Tombstone"}}),
    ("Undo elsewhere", {"type": "Undo", "object": ALDER.activity("1")}),
    ("Undo of another's activity", {"type": "Undo", "object": FOLLOW | {"actor": f"{BIRCH.base}/actors/x"}}),
]


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in FORBIDDEN])
def test_nobody_speaks_for_another(change: dict[str, Any]) -> None:
    """FEP-fe34: an activity on another origin, or about what belongs to another, is forbidden."""
    with pytest.raises(Forbidden):
        read_activity(CREATE | change)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Delete", "object": BIRCH.proposal("1")},
        {"type": "Delete", "object": {"id": BIRCH.proposal("1"), "type": "Tombstone"}},
        {"type": "Update", "object": {"id": BIRCH.actor, "type": "Organization"}},
        {"type": "Undo", "object": FOLLOW},
        {"type": "Undo", "object": {"type": "Follow", "actor": BIRCH.actor, "object": ALDER.actor}},
        {"type": "Accept", "object": {"id": ALDER.activity("1"), "type": "Follow", "actor": ALDER.actor}},
        {"type": "Announce", "object": ALDER.proposal("1")},
        {"type": "Follow", "object": PUBLIC},
        {"type": "Flag", "object": [ALDER.actor, ALDER.proposal("1")]},
    ],
)
def test_takes_what_an_actor_may_say(change: dict[str, Any]) -> None:
    """Acts about one's own things, and answers to the things of others, are read."""
    assert read_activity(CREATE | change).type == change["type"]


@given(broken(CREATE) | broken(FOLLOW) | st.builds(lambda obj: CREATE | {"object": obj}, broken(NOTE)))
def test_only_errors_of_the_tree_leave_the_reader(document: dict[str, Any]) -> None:
    """Any document is an activity on its actor's origin, malformed or forbidden."""
    try:
        activity = read_activity(document)
    except (Malformed, Forbidden):
        return
    assert activity.id.startswith("https://")
    assert not {"bto", "bcc"} & activity.document.keys()


BUILT = {
    "Create": (
        build_create(BIRCH, "1", NOTE, to=[PUBLIC], cc=[BIRCH.followers], published=NOON),
        {
            "@context": [*DEFAULT, "https://w3id.org/fep/0837"],
            "id": "https://birch.example/activities/1",
            "type": "Create",
            "actor": "https://birch.example/actors/birch",
            "published": "2026-11-23T12:00:00Z",
            "to": [PUBLIC],
            "cc": ["https://birch.example/actors/birch/followers"],
            "object": NOTE,
        },
    ),
    "Update": (
        build_update(BIRCH, "2", NOTE | {"@context": AS2}, to=[BIRCH.allies], published=NOON),
        {
            "@context": [AS2],
            "id": "https://birch.example/activities/2",
            "type": "Update",
            "actor": "https://birch.example/actors/birch",
            "published": "2026-11-23T12:00:00Z",
            "to": ["https://birch.example/actors/birch/allies"],
            "object": NOTE | {"@context": AS2},
        },
    ),
    "Delete": (
        build_delete(BIRCH, "3", BIRCH.proposal("1"), former_type="Note", to=[PUBLIC], deleted=NOON),
        {
            "@context": DEFAULT,
            "id": "https://birch.example/activities/3",
            "type": "Delete",
            "actor": "https://birch.example/actors/birch",
            "to": [PUBLIC],
            "object": {
                "@context": DEFAULT,
                "id": "https://birch.example/proposals/1",
                "type": "Tombstone",
                "formerType": "Note",
                "deleted": "2026-11-23T12:34:56Z",
            },
        },
    ),
    "Follow": (
        build_follow(ALDER, "4", BIRCH.actor),
        {
            "@context": DEFAULT,
            "id": "https://alder.example/activities/4",
            "type": "Follow",
            "actor": "https://alder.example/actors/alder",
            "to": ["https://birch.example/actors/birch"],
            "object": "https://birch.example/actors/birch",
        },
    ),
    "Accept": (
        build_accept(ALDER, "5", FOLLOW),
        {
            "@context": DEFAULT,
            "id": "https://alder.example/activities/5",
            "type": "Accept",
            "actor": "https://alder.example/actors/alder",
            "to": ["https://birch.example/actors/birch"],
            "object": FOLLOW,
        },
    ),
    "Reject": (
        build_reject(ALDER, "6", FOLLOW),
        {
            "@context": DEFAULT,
            "id": "https://alder.example/activities/6",
            "type": "Reject",
            "actor": "https://alder.example/actors/alder",
            "to": ["https://birch.example/actors/birch"],
            "object": FOLLOW,
        },
    ),
    "Undo": (
        build_undo(ALDER, "7", build_follow(ALDER, "4", BIRCH.actor)),
        {
            "@context": DEFAULT,
            "id": "https://alder.example/activities/7",
            "type": "Undo",
            "actor": "https://alder.example/actors/alder",
            "to": ["https://birch.example/actors/birch"],
            "object": build_follow(ALDER, "4", BIRCH.actor),
        },
    ),
}


@pytest.mark.parametrize("kind", BUILT)
def test_builds_the_whole_document(kind: str) -> None:
    """Each activity is exactly this JSON, loses no term in JSON-LD, and is read back as what it is."""
    built, whole = BUILT[kind]
    assert built == whole
    assert dropped_terms(built) == set()
    assert read_activity(read_document(as_bytes(built))).type == kind
