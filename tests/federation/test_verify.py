import ast
import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import activitypub
import federation
import node
from activitypub.actor import read_actor
from activitypub.context import ACTIVITYSTREAMS
from activitypub.message import ACTIVITY_JSON, Request
from activitypub.signatures import rfc9421
from activitypub.signatures.keys import write_multikey
from federation.directory import ActorDirectory
from federation.roster import Roster
from federation.transport import Response
from federation.verify import VerifiedActivity, Verifier
from schema.errors import Forbidden, QafilaError, RemoteError, Unauthenticated
from tests.rig.fetching import fetcher_of
from tests.rig.sender import Sender, address_of, collective, keys_of

INBOX = "http://alder.localhost:1/inbox"
ALLY, STRANGER = collective("birch", 1), collective("mallory", 1)


class Nobody:
    """A transport and a store of a node that must ask nobody; `documents` are what a peer would serve."""

    def __init__(self, *senders: Sender) -> None:
        self.documents = {sender.ids.actor: orjson.dumps(sender.actor()) for sender in senders}
        self.asked: list[str] = []

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer."""
        del headers
        self.asked.append(url)
        found = self.documents.get(url)
        kind = (("content-type", "application/activity+json"),)
        return Response(404, (), b"", None) if found is None else Response(200, kind, found, None)

    async def find(self, address: str) -> tuple[bytes, datetime] | None:
        """Nothing is kept."""
        del address
        return None

    async def keep(self, address: str, document: bytes, fetched_at: datetime) -> None:
        """Nothing is kept."""


def now() -> datetime:
    """The real time, as the signatures of the rig are made."""
    return datetime.now(UTC)


def verifier(peers: Nobody) -> Verifier:
    """A verifier whose one ally is birch."""
    roster = Roster(allies={ALLY.ids.actor: read_actor(ALLY.actor(), ALLY.ids.actor, allow_http=True)})
    fetcher = fetcher_of(peers, collective("alder", 1).signer, now)
    return Verifier(lambda: roster, ActorDirectory(fetcher, peers, now), now, scheme="http", allow_http=True)


def request(sender: Sender, document: dict[str, Any], **deviations: Any) -> Request:
    """The request that brings this document."""
    body = orjson.dumps(document)
    headers = tuple((name.lower(), value) for name, value in sender.headers(INBOX, body, **deviations))
    return Request("POST", address_of(INBOX)[1], headers, body)


def standard(sender: Sender, document: dict[str, Any]) -> Request:
    """The same, signed by RFC 9421."""
    host, target = address_of(INBOX)
    bare = Request("POST", target, (("host", host), ("content-type", ACTIVITY_JSON)), orjson.dumps(document))
    key, key_id = sender.keys.ed25519, sender.ids.ed25519_key
    return bare.with_headers(rfc9421.sign(bare, key_id=key_id, key=key, now=now(), scheme="http"))


async def test_an_ally() -> None:
    """What an ally signed is verified with the keys that were pinned, and nobody is asked."""
    peers, create = Nobody(), ALLY.create()
    verified = await verifier(peers).activity(request(ALLY, create))
    multikey = write_multikey(ALLY.keys.ed25519_public)
    assert verified.sender.id == ALLY.ids.actor
    assert (verified.proven_by, verified.object_proven_by) == (multikey, multikey)
    assert (verified.body, verified.sender_document) == (orjson.dumps(create), None)
    assert peers.asked == []


async def test_a_stranger() -> None:
    """A stranger's Follow is verified with the keys that its own address serves, and the document is handed on."""
    peers = Nobody(STRANGER)
    verified = await verifier(peers).activity(request(STRANGER, STRANGER.follow(INBOX)))
    assert verified.sender_document == orjson.dumps(STRANGER.actor())
    assert peers.asked == [STRANGER.ids.actor]


@pytest.mark.parametrize(
    ("sender", "document", "deviations", "error"),
    [
        (STRANGER, STRANGER.create(), {}, Forbidden),
        (ALLY, ALLY.create(), {"keys": keys_of("another")}, Unauthenticated),
        (ALLY, ALLY.create(), {"covered": ("date",)}, Unauthenticated),
        (STRANGER, ALLY.create(), {}, Forbidden),
        (ALLY, STRANGER.create(), {}, Forbidden),
        (ALLY, ALLY.create() | {"summary": "changed"}, {}, Unauthenticated),
    ],
    ids=["stranger", "other-keys", "date-alone", "key-of-a-stranger", "word-of-a-stranger", "proof"],
)
async def test_refused_without_asking_anybody(
    sender: Sender, document: dict[str, Any], deviations: dict[str, Any], error: type[QafilaError]
) -> None:
    """What cannot be proven, or may not be said, is refused before anything is fetched."""
    peers = Nobody(STRANGER)
    with pytest.raises(error):
        await verifier(peers).activity(request(sender, document, **deviations))
    assert peers.asked == []


async def test_a_proof_counts_whoever_an_object_says_it_is_by() -> None:
    """The proof of a post's object is checked, too, where only words of another dialect say whose the object is."""
    offer = {"id": ALLY.ids.proposal("1"), "type": "maid:Offer", "dc:creator": ALLY.ids.actor, "name": "Soup"}
    unowned = ALLY.prove({"@context": [ACTIVITYSTREAMS], **offer})
    verified = await verifier(Nobody()).activity(request(ALLY, ALLY.create(unowned, type=["Create"])))
    assert verified.object_proven_by == write_multikey(ALLY.keys.ed25519_public)
    with pytest.raises(Unauthenticated):
        await verifier(Nobody()).activity(request(ALLY, ALLY.create(unowned | {"name": "Stew"})))


async def test_a_reader() -> None:
    """A signed GET shows which ally reads; everyone else is nobody, whatever is wrong with them."""
    checks = verifier(Nobody(STRANGER))

    def get(sender: Sender, **deviations: Any) -> Request:
        covered = ("(request-target)", "host", "date")
        headers = sender.headers(INBOX, b"", method="GET", covered=covered, **deviations)
        return Request("GET", address_of(INBOX)[1], tuple((name.lower(), value) for name, value in headers))

    reader = checks.reader(get(ALLY))
    assert reader is not None
    assert reader.id == ALLY.ids.actor
    assert checks.reader(get(ALLY, keys=keys_of("another"))) is None
    assert checks.reader(get(STRANGER)) is None
    assert checks.reader(Request("GET", "/")) is None


async def test_made_nowhere_else() -> None:
    """A VerifiedActivity cannot be made by hand, not even from the parts of a real one."""
    verified = await verifier(Nobody()).activity(request(ALLY, ALLY.create()))
    parts = {name: getattr(verified, name) for name in VerifiedActivity.__slots__}
    with pytest.raises(TypeError, match="Verifier"):
        VerifiedActivity(**parts, seal=object())


def test_made_in_one_place() -> None:
    """No other module than `federation.verify` makes one, or reaches for what would let it."""
    places = set()
    for package in (activitypub, federation, node):
        for path in Path(package.__path__[0]).rglob("*.py"):
            for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                made = isinstance(part, ast.Call) and "VerifiedActivity" in ast.unparse(part.func)
                if made or (isinstance(part, ast.Name | ast.Attribute) and "_SEAL" in ast.unparse(part)):
                    places.add(path.name)
    assert places == {"verify.py"}


GOOD = (
    request(ALLY, ALLY.create()),
    request(ALLY, ALLY.create(), sign=ALLY.keys.ed25519.sign, algorithm="hs2019", key_id=ALLY.ids.ed25519_key),
    standard(ALLY, ALLY.create()),
)


@given(st.sampled_from(GOOD), st.data())
def test_a_request_that_was_changed_somewhere(good: Request, data: st.DataObject) -> None:
    """Whatever is changed in a header or in the body: it is refused as the sender's fault, or changes nothing."""
    place = data.draw(st.integers(0, len(good.headers)))
    text = good.body.decode() if place == len(good.headers) else good.headers[place][1]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 8)))
    other = text[:begin] + data.draw(st.text('"=,;:()@ #/aA0-' + "\u0660", max_size=6)) + text[end:]
    if place == len(good.headers):
        changed = replace(good, body=other.encode())
    else:
        name = good.headers[place][0]
        changed = replace(good, headers=(*good.headers[:place], (name, other), *good.headers[place + 1 :]))
    try:
        verified = asyncio.run(verifier(Nobody()).activity(changed))
    except RemoteError:
        return
    assert (verified.body, verified.sender.id) == (good.body, ALLY.ids.actor)
