"""What is promised of everything that reads a document."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from activitypub.activity import (
    build_accept,
    build_create,
    build_delete,
    build_follow,
    build_reject,
    build_undo,
    build_update,
    read_activity,
)
from activitypub.actor import RemoteActor, build_actor, build_node_actor, read_actor
from activitypub.document import raw_member, read_document
from activitypub.origin import same_origin
from activitypub.signatures.keys import (
    read_multikey,
    read_pem,
    read_secret_multikey,
    write_multikey,
    write_pem,
)
from activitypub.signatures.proof import document_hash, sign_document
from activitypub.translate.proposal import build_note, is_proposal, read_note
from federation.verify import prove
from schema.category import Category
from schema.fact import Fact
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, Proposal, publish
from schema.quantity import Quantity, unit
from schema.window import TimeWindow
from tests.activitypub import vectors
from tests.activitypub.documents import ALDER, BIRCH
from tests.fuzz.mutation import mutated, steps_from

GOLDEN: Final = Path(__file__).parent.parent / "activitypub" / "data" / "golden-proposal.json"
NOW: Final = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)
_WORDS: Final = (
    *(ALDER.actor, BIRCH.actor, ALDER.proposal("a"), BIRCH.proposal("a"), ALDER.activity("1"), BIRCH.activity("1")),
    *(ALDER.main_key, ALDER.ed25519_key, BIRCH.ed25519_key, ALDER.inbox, ALDER.followers),
)
_FRACTION: Final = re.compile(r"[eE.]")


# --- the strict reader ---


def document(data: bytes) -> None:
    """What the strict reader takes, every reader of JSON reads alike, and its parts are where they were."""
    read = read_document(data)
    assert json.loads(data) == read
    assert read_document(json.dumps(read).encode()) == read
    for name, value in read.items():
        assert json.loads(raw_member(data, name)) == value


def document_seeds() -> list[str]:
    """The golden proposal as it was sent, and numbers, strings and space in every shape."""
    odd = '{ "a" : [1, -0.5e3, "\\u00e9\\ud83d\\ude00", null, true, {}],\t"b\\"]":"[{", "@context": {"c": "d:e"}}'
    return [orjson.dumps(orjson.loads(GOLDEN.read_bytes())).decode(), odd, "{}", json.dumps(good()["Create"])]


# --- documents that were good ---


@cache
def good() -> dict[str, dict[str, Any]]:
    """One document of each kind, signed."""
    moment = NOW + timedelta(days=1)
    rice = Draft(
        kind=Kind.OFFER,
        title="Rice",
        category=Category.FOOD_DRY,
        quantity=Quantity.parse("20", unit("KGM")),
        available=Quantity.parse("12.5", unit("KGM")),
        note="Bring a bag.",
        language="en",
        languages=frozenset({"ar"}),
        place=Place("North of the river", Cell.around(36.2, 36.16)),
        window=TimeWindow(moment, moment + timedelta(hours=5)),
        facts=frozenset({Fact.HALAL}),
    )
    note = _signed(build_note(publish(rice, id=ALDER.proposal("a"), owner=ALDER.actor, now=NOW), ALDER))
    soup = Draft(
        kind=Kind.SURPLUS,
        title="Soup",
        category=Category.FOOD_MEALS,
        quantity=Quantity.parse("40", unit("meal")),
        use_by=moment,
    )
    meal = _signed(build_note(publish(soup, id=ALDER.proposal("b"), owner=ALDER.actor, now=NOW), ALDER))
    to = [ALDER.allies]
    follow = build_follow(ALDER, "1", BIRCH.actor)
    return {
        "Note": note,
        "Soup": meal,
        "Create": _signed(build_create(ALDER, "2", note, to=to, published=NOW)),
        "Update": _signed(build_update(ALDER, "3", meal, to=to, published=NOW)),
        "Delete": _signed(build_delete(ALDER, "4", note["id"], former_type="Note", to=to, deleted=NOW)),
        "Follow": _signed(follow),
        "Accept": _signed(build_accept(ALDER, "5", build_follow(BIRCH, "1", ALDER.actor))),
        "Reject": _signed(build_reject(ALDER, "6", build_follow(BIRCH, "1", ALDER.actor))),
        "Undo": _signed(build_undo(ALDER, "7", follow)),
        "Announce": _signed({**follow, "type": "Announce", "object": BIRCH.proposal("a")}),
    }


def _signed(one: dict[str, Any]) -> dict[str, Any]:
    return sign_document(one, read_secret_multikey(vectors.SECRET_MULTIKEY), ALDER.ed25519_key, NOW)


def _spoilt(data: bytes, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """One of the documents after some steps, through the strict reader as all are."""
    which, steps = (data[0] if data else 0), steps_from(data[1:])
    spoilt = mutated(documents[which % len(documents)], steps, words=_WORDS, others=documents)
    return read_document(json.dumps(spoilt).encode())


def activity(data: bytes) -> None:
    """An activity's id and actor share an origin, what it creates is the actor's, and nothing hidden is kept."""
    read = read_activity(_spoilt(data, list(good().values())))
    assert same_origin(read.id, read.actor)
    assert not {"bto", "bcc"} & (read.document.keys() | (read.object or {}).keys())
    if read.type in {"Create", "Update", "Delete"}:
        assert read.object_id is not None
        assert same_origin(read.object_id, read.actor)
    if read.type in {"Create", "Update"} and read.object is not None and is_proposal(read.object):
        assert read_note(read.object, owner=read.actor).owner == read.actor


def proposal(data: bytes) -> None:
    """A proposal that we take can be written and read again, and then says the same."""
    notes = [good()["Note"], good()["Soup"], orjson.loads(GOLDEN.read_bytes())["object"]]
    spoilt = _spoilt(data, notes)
    owner = ALDER.actor if spoilt.get("attributedTo") == ALDER.actor else notes[2]["attributedTo"]
    read = read_note(spoilt, owner=owner)
    again = read_note(build_note(read, ALDER), owner=owner)
    assert again == _comparable(read)


def _comparable(read: Proposal) -> Proposal:
    """The same as it is written: moments in whole seconds."""
    return replace(read, published=read.published.replace(microsecond=0))


def proof(data: bytes) -> None:
    """A proof that holds is over what was signed; only more contexts may have been added."""
    spoilt = _spoilt(data, list(good().values()))
    if prove(spoilt, owner(), NOW) is not None:
        assert _hash(spoilt) in {_hash(one) for one in good().values()}


def _hash(one: dict[str, Any]) -> bytes:
    return document_hash({name: value for name, value in one.items() if name != "@context"})


@cache
def owner() -> RemoteActor:
    """The collective that signed the good documents."""
    return read_actor(actors()[0], ALDER.actor)


@cache
def actors() -> list[dict[str, Any]]:
    """A collective and a node."""
    pem = write_pem(vectors.signing_keys().rsa_public)
    return [
        build_actor(ALDER, name="Alder", summary="", public_key_pem=pem, ed25519_multikey=vectors.PUBLIC_MULTIKEY),
        build_node_actor(ALDER, public_key_pem=pem),
    ]


def actor(data: bytes) -> None:
    """An actor receives on its own origin, and its keys lie there."""
    spoilt = _spoilt(data, actors())
    read = read_actor(spoilt, ALDER.node_actor if spoilt.get("id") == ALDER.node_actor else ALDER.actor)
    addresses = (read.inbox, read.shared_inbox, read.followers, read.main_key_id, *dict(read.ed25519_keys))
    assert all(same_origin(address, read.id) for address in addresses if address is not None)
    if read.main_key_pem is not None:
        read_pem(read.main_key_pem)
    for _, multikey in read.ed25519_keys:
        assert write_multikey(read_multikey(multikey)) == multikey


def step_seeds() -> list[bytes]:
    """Nothing done to the first documents, then one step of each kind."""
    return [bytes([kind]) for kind in range(10)] + [bytes([what % 4, what, what, 0, what]) for what in range(18)]


def keys(data: bytes) -> None:
    """A key as Multikey has one spelling; one as PEM is read again as itself."""
    said = data.decode("utf-8", "replace")
    if said.startswith("z"):
        assert write_multikey(read_multikey(said)) == said
    else:
        key = read_pem(said)
        assert write_pem(read_pem(write_pem(key))) == write_pem(key)


def key_seeds() -> list[str]:
    """Both kinds."""
    rsa = vectors.signing_keys().rsa_public
    return [vectors.PUBLIC_MULTIKEY, write_multikey(rsa), write_pem(rsa)]
