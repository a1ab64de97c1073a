"""Statements about keys as documents: what is written is read, and nothing in one can be changed."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from activitypub.document import read_document
from activitypub.ids import Ids
from activitypub.jsonld import dropped_terms
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import SigningKeys, write_multikey
from activitypub.signatures.proof import sign_document
from activitypub.signatures.statements import (
    MOST,
    build_history,
    build_revocation,
    build_rotation,
    read_history,
    read_statement,
)
from schema.errors import ConfigError, Malformed, NotFound, RemoteError, StateError
from schema.lineage import Lineage, Revocation, Rotation
from tests.rig.clock import NOW
from tests.rig.paper import keys_of

IDS = Ids("https://alder.example", "alder")
OLD, NEW, LATER = (replace(keys_of("alder", name), generation=at) for at, name in enumerate(("now", "new", "later"), 1))
WEEK = timedelta(days=7)
AT = NOW.replace(microsecond=0)
Change = Callable[[dict[str, Any]], object]


def rotation() -> dict[str, Any]:
    return build_rotation(IDS, 1, OLD, NEW, now=NOW, until=NOW + WEEK)


def multikey(keys: SigningKeys) -> str:
    return write_multikey(keys.ed25519_public)


def test_a_rotation_is_read_as_it_was_meant() -> None:
    """Who hands over to which keys, and until when the old one counts; every word means something to JSON-LD."""
    document = rotation()
    following = frozenset({multikey(NEW), write_multikey(NEW.rsa_public)})
    key = f"{IDS.actor}#ed25519-key"
    assert read_statement(document, IDS.actor) == Rotation(1, multikey(OLD), key, AT, following, AT + WEEK)
    assert dropped_terms(document) == set()


def test_a_revocation_is_read_as_it_was_meant() -> None:
    """Which key is in wrong hands, and since when."""
    document = build_revocation(IDS, 2, NEW, revoked=multikey(OLD), since=NOW - WEEK, now=NOW)
    key = f"{IDS.actor}#ed25519-2"
    assert read_statement(document, IDS.actor) == Revocation(2, multikey(NEW), key, AT, multikey(OLD), AT - WEEK)
    assert dropped_terms(document) == set()


def without_countersignature(document: dict[str, Any]) -> dict[str, Any]:
    """A rotation to a key that its maker does not hold, signed by the old key alone."""
    others = build_rotation(IDS, 1, OLD, LATER, now=NOW, until=NOW + WEEK)
    document["nextKey"] = others["nextKey"]
    return sign_document(document, OLD.ed25519, IDS.ed25519_key, NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.pop("proof"),
        lambda one: one.pop("@context"),
        lambda one: one.update(sequence=2),
        lambda one: one.update(sequence=True),
        lambda one: one.update(sequence="1"),
        lambda one: one.update(type="Note"),
        lambda one: one.update(attributedTo="https://birch.example/actors/birch"),
        lambda one: one.update(id="https://birch.example/actors/birch/keys#1"),
        lambda one: one.update(published="yesterday"),
        lambda one: one.update(endTime="2036-11-23T09:17:42Z"),
        lambda one: one.update(currentKey=multikey(NEW)),
        lambda one: one.update(nextKey=multikey(OLD)),
        lambda one: one.update(nextRsaKey=multikey(NEW)),
        lambda one: one.update(nextKeySignature=one["proof"]["proofValue"]),
        lambda one: one.update(note="and more"),
        lambda one: one["proof"].update(verificationMethod="https://birch.example/actors/birch#ed25519-key"),
        lambda one: one.update(without_countersignature(dict(one))),
        lambda one: one.update(build_rotation(IDS, 1, OLD, NEW, now=NOW, until=NOW + timedelta(days=91))),
        lambda one: one.update(build_rotation(IDS, 1, OLD, NEW, now=NOW, until=NOW - timedelta(days=1))),
    ],
)
def test_a_statement_that_was_touched_is_none(change: Change) -> None:
    """What is missing, of another kind, another's, or signed by less than both keys is refused."""
    document = rotation()
    change(document)
    with pytest.raises(RemoteError):
        read_statement(document, IDS.actor)


def test_a_history_is_short_and_whole() -> None:
    """It holds the newest statements, as many as are read as one document, the oldest first."""
    ring = Keyring(OLD)
    keys = [SigningKeys(keys_of("alder", str(one)).ed25519, OLD.rsa) for one in range(3)]
    for one in keys:
        ring = ring.rotated(IDS, one, now=NOW, overlap=WEEK, by="")
    document = build_history(IDS, [*ring.statements * MOST][-MOST:])
    read = read_history(read_document(orjson.dumps(document)), IDS.actor)
    assert len(read) == MOST
    assert read[-1] == ring.statements[-1]
    for wrong in (
        document | {"orderedItems": document["orderedItems"] * 2},
        document | {"orderedItems": ["https://alder.example/1"]},
        document | {"attributedTo": "https://birch.example/actors/birch"},
    ):
        with pytest.raises(RemoteError):
            read_history(wrong, IDS.actor)


def test_a_keyring_survives_its_file() -> None:
    """Keys in force, those before them and what was said come back; the file of one pair is the first generation."""
    first = Keyring.load(OLD.dump())
    assert (first.current.write(), first.earlier, first.statements) == (OLD.write(), (), ())
    ring = (
        Keyring(OLD)
        .rotated(IDS, NEW, now=NOW, overlap=WEEK, by="Amal")
        .rotated(IDS, LATER, now=NOW + WEEK / 2, overlap=WEEK, by="Noor")
    )
    back = Keyring.load(ring.dump())
    assert back.dump() == ring.dump()
    assert (back.current.generation, back.by, back.sequence) == (3, "Noor", 2)
    assert [old.keys.generation for old in back.earlier] == [1, 2]
    assert [old.keys.generation for old in back.without_ended(NOW + WEEK).earlier] == [2]
    line = back.lineage(IDS)
    assert [old.id for old in line.listed(NOW + WEEK)] == [f"{IDS.actor}#ed25519-2"]


def test_a_stolen_key_is_named_once_and_its_private_half_goes() -> None:
    """A key of before is revoked by the one in force; again only from an earlier time, and no other key at all."""
    ring = Keyring(OLD).rotated(IDS, NEW, now=NOW, overlap=WEEK, by="")
    revoked = ring.revoked(IDS, multikey(OLD), since=NOW - WEEK, now=NOW)
    assert revoked.earlier == ()
    line = revoked.lineage(IDS)
    assert isinstance(line, Lineage)
    assert line.revoked == {multikey(OLD): AT - WEEK}
    assert line.listed(NOW) == ()
    with pytest.raises(StateError):
        revoked.revoked(IDS, multikey(OLD), since=NOW, now=NOW)
    assert revoked.revoked(IDS, multikey(OLD), since=NOW - 2 * WEEK, now=NOW).sequence == 3
    for unknown in (multikey(NEW), multikey(LATER)):
        with pytest.raises(NotFound):
            ring.revoked(IDS, unknown, since=NOW, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda written: written.update(format=3),
        lambda written: written.pop("current"),
        lambda written: written["current"].update(generation=0),
        lambda written: written["current"].update(ed25519=written["current"]["rsa"]),
        lambda written: written.update(earlier=[{}]),
        lambda written: written.update(earlier=None),
        lambda written: written.update(since="yesterday"),
        lambda written: written.update(statements=["one"]),
        lambda written: written["statements"].pop(),
        lambda written: written["statements"][0].update(sequence=7),
        lambda written: written.update(current=written["earlier"][0]),
    ],
)
def test_a_damaged_keyring_is_refused(change: Change) -> None:
    """A file of keys that does not hold together is never used: what it says would not be believed by anyone."""
    ring = (
        Keyring(OLD).rotated(IDS, NEW, now=NOW, overlap=WEEK, by="").rotated(IDS, LATER, now=NOW, overlap=WEEK, by="")
    )
    written = deepcopy(orjson.loads(ring.dump()))
    change(written)
    with pytest.raises(ConfigError):
        Keyring.load(orjson.dumps(written)).lineage(IDS)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_keyring_is_refused(data: bytes) -> None:
    """Any other file is an error of this node, with a sentence."""
    with pytest.raises(ConfigError):
        Keyring.load(data)


def test_a_statement_can_be_no_longer_than_a_key() -> None:
    """Members of any size and kind are refused, not stumbled over."""
    values: list[Any] = [None, 7, [], {}, "z", "z6Mk", "z" + "1" * 10_000]
    for value in values:
        for name in ("currentKey", "nextKey", "nextRsaKey", "nextKeySignature", "published", "endTime"):
            with pytest.raises(RemoteError):
                read_statement(rotation() | {name: value}, IDS.actor)
    with pytest.raises(Malformed):
        read_statement(rotation() | {"sequence": 2**31}, IDS.actor)
