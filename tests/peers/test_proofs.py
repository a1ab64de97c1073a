"""Fedify checks our proofs, and we check those that it makes."""

from datetime import timedelta

import orjson
import pytest

from activitypub.document import read_document
from activitypub.message import ACTIVITY_JSON
from federation.signing import Manner, sign_request
from federation.verify import prove
from node.aid import publishing, reading
from node.house import House
from node.store import relations, tables
from node.store.relations import Direction
from schema.category import Category
from schema.errors import Unauthenticated
from schema.fact import Fact
from schema.place import Cell, Place
from schema.proposal import Kind
from schema.quantity import Quantity, unit
from schema.visibility import Audience
from schema.window import TimeWindow
from tests.rig.alone import offer, rows
from tests.rig.fedify import Peer
from tests.rig.http import ask

ACTIVITY = {"Content-Type": ACTIVITY_JSON}


async def activities(house: House) -> list[bytes]:
    return [row["document"] for row in await rows(house, tables.activities)]


async def test_a_proof_alone_is_enough(house: House, peers: dict[str, Peer]) -> None:
    """Our activity convinces it without an HTTP signature; with a letter changed, or without its proof, it does not."""
    peer = peers["walnut"]
    await publishing.publish(house, offer("rice", Audience.PUBLIC))
    [create] = await activities(house)
    unproven = orjson.dumps({name: value for name, value in orjson.loads(create).items() if name != "proof"})
    for body, status in ((create.replace(b"rice", b"mice"), 401), (unproven, 401), (create, 202)):
        assert (await ask(peer.inbox, ACTIVITY, method="POST", body=body)).status == status
    assert [(one["key"], one["proof"]) for one in await peer.received(house.ids.base, 3)] == [
        (None, None),
        (None, None),
        (None, house.ids.ed25519_key),
    ]


async def test_it_proves_our_objects(house: House, peers: dict[str, Peer]) -> None:
    """Each proposal proves itself there, whatever it says and in whatever script, and not with a word changed."""
    begin = house.now() + timedelta(days=2)
    drafts = [
        offer("Soap", Audience.PUBLIC, category=Category.HOUSEHOLD, facts=frozenset({Fact.HEAVY})),
        offer("أرز وعدس", language="ar", note="خبز 🍞\n<b>&amp; more</b>", languages=frozenset({"ar", "fr"})),
        offer(quantity=Quantity.parse("2.5", unit("KGM")), divisible=True, window=TimeWindow(begin, begin)),
        offer(kind=Kind.NEED, place=Place("North of the river", Cell.around(36.2, 36.15))),
    ]
    for draft in drafts:
        post = (await publishing.publish(house, draft))["post"]["id"]
        note = orjson.loads((await reading.document(house, post))["document"])
        assert await peers["walnut"].do("prove", document=note) == {"key": house.ids.ed25519_key}
        assert await peers["walnut"].do("prove", document=note | {"name": "Another"}) == {"key": None}


async def test_its_proofs_hold_here(house: House, peers: dict[str, Peer]) -> None:
    """What it signs is proven here by its Ed25519 key, with or without the `@context`, and not with a word changed."""
    peer = peers["walnut"]
    await peer.do("follow", actor=house.ids.actor)
    async with house.store.transaction() as connection:
        kept = await relations.follow(connection, Direction.IN, peer.actor)
    assert kept is not None
    follow, actor = read_document(kept.document), (await house.fetcher.actor(peer.actor)).actor
    [(_, multikey)] = actor.ed25519_keys
    bare = follow | {"proof": {name: value for name, value in follow["proof"].items() if name != "@context"}}
    for document in (follow, bare):
        assert prove(document, actor, house.now()) == multikey
        with pytest.raises(Unauthenticated):
            prove(document | {"object": actor.id}, actor, house.now())


async def test_it_takes_no_request_signed_with_ed25519(house: House, peers: dict[str, Peer]) -> None:
    """A request by our Ed25519 key is refused there, and then the proofs by that key too: we never make such a one."""
    peer = peers["walnut"]
    await publishing.publish(house, offer(audience=Audience.PUBLIC))
    [create] = await activities(house)
    signed = sign_request(house.signer, "POST", peer.inbox, create, house.now(), manner=Manner.RFC_9421_ED25519)
    unproven = orjson.dumps({name: value for name, value in orjson.loads(create).items() if name != "proof"})
    by_ed25519 = sign_request(house.signer, "POST", peer.inbox, unproven, house.now(), manner=Manner.RFC_9421_ED25519)
    assert (await house.transport.post(peer.inbox, create, signed)).status == 202  # by its proof alone
    assert (await house.transport.post(peer.inbox, unproven, by_ed25519)).status == 401
    later = orjson.dumps(house.signer.document(orjson.loads(create) | {"id": house.ids.activity("2")}, house.now()))
    assert (await ask(peer.inbox, ACTIVITY, method="POST", body=later)).status == 401
