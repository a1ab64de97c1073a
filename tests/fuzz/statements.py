"""What is promised of what a collective says about its keys and its followers, whatever becomes of it on the way."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from activitypub.collection import read_members
from activitypub.document import read_document
from activitypub.message import Request
from activitypub.origin import same_origin
from activitypub.signatures.keys import write_multikey
from activitypub.signatures.proof import document_hash
from activitypub.signatures.statements import (
    build_history,
    build_revocation,
    build_rotation,
    read_history,
    read_statement,
)
from activitypub.synchronization import HEADER, Synchronization, digest_of, read_synchronization, write_synchronization
from tests.activitypub import vectors
from tests.activitypub.documents import ALDER, BIRCH
from tests.fuzz.documents import owner
from tests.fuzz.headers import text
from tests.fuzz.mutation import mutated, steps_from

NOW: Final = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)
_WORDS: Final = (ALDER.actor, BIRCH.actor, ALDER.key_statement(1), ALDER.ed25519_key, BIRCH.ed25519_key)


@cache
def said() -> list[dict[str, Any]]:
    """A rotation, a revocation by the new key, and the history of both."""
    old = vectors.signing_keys()
    new = replace(type(old).generate(), generation=old.generation + 1)
    rotation = build_rotation(ALDER, 1, old, new, now=NOW, until=NOW + timedelta(days=7))
    revoked = write_multikey(old.ed25519_public)
    revocation = build_revocation(ALDER, 2, new, revoked=revoked, since=NOW - timedelta(days=1), now=NOW)
    return [rotation, revocation, build_history(ALDER, [rotation, revocation])]


def statement(data: bytes) -> None:
    """A statement about keys that is taken is just what was signed; of a history nothing else is."""
    which, steps = (data[0] if data else 0), steps_from(data[1:])
    spoilt = read_document(json.dumps(mutated(said()[which % 3], steps, words=_WORDS, others=said())).encode())
    if "orderedItems" in spoilt:
        read_members(spoilt)
        for one in read_history(spoilt, ALDER.actor):
            _taken(one)
    else:
        _taken(spoilt)


def _taken(one: dict[str, Any]) -> None:
    read_statement(one, ALDER.actor)
    assert _hash(one) in map(_hash, said()[:2])


def _hash(one: dict[str, Any]) -> bytes:
    return document_hash({name: value for name, value in one.items() if name != "@context"})


def statement_seeds() -> list[bytes]:
    """Each as it is."""
    return [bytes([which]) for which in range(3)]


def followers(data: bytes) -> None:
    """Whatever stands in the header, the activity beside it is taken; what is read leads to the sender alone."""
    request = Request("POST", "/inbox", ((HEADER, text(data)),))
    read = read_synchronization(request, {HEADER}, owner())
    if read is not None:
        assert same_origin(read.url, ALDER.actor)
        written = Request("POST", "/inbox", ((HEADER, write_synchronization(read)),))
        assert read_synchronization(written, {HEADER}, owner()) == read


def followers_seeds() -> list[str]:
    """A good header."""
    address = f"{ALDER.actor}/followers_synchronization"
    return [write_synchronization(Synchronization(ALDER.followers, address, digest_of([BIRCH.actor])))]
