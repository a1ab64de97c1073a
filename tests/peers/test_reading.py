"""Fedify finds and reads us, and we read what it shows to nobody without a signature."""

from base64 import b64encode

import orjson
import pytest

from activitypub.message import ACTIVITY_JSON
from node.aid import profile, publishing, reading
from node.house import House
from node.store import tables
from schema.visibility import Audience
from tests.peers.relations import allied_with, followed_by
from tests.rig.alone import offer, rows
from tests.rig.fedify import Peer
from tests.rig.http import ask
from tests.rig.pictures import png

ACCEPT = {"Accept": ACTIVITY_JSON}


@pytest.mark.parametrize("name", ["walnut", "hazel"])
async def test_what_is_for_allies(house: House, peers: dict[str, Peer], name: str) -> None:
    """It gets what is for allies once it is one, by either kind of signature; as a follower, or without one, 404."""
    peer = peers[name]
    await followed_by(house, peer)
    post = (await publishing.publish(house, offer()))["post"]["id"]
    activity = (await rows(house, tables.activities))[-1]
    addresses = {post: (await reading.document(house, post))["document"], activity["id"]: activity["document"]}
    for address in addresses:
        assert sorted(await peer.ask(address)) == [("cavage", 404), ("rfc9421", 404)]
    await allied_with(house, peer)
    for address, document in addresses.items():
        assert (await peer.do("fetch", url=address, signed=True))["document"] == orjson.loads(document)
        assert (await peer.do("fetch", url=address, signed=False))["document"] is None


async def test_what_is_public(house: House, peers: dict[str, Peer]) -> None:
    """It reads a public proposal without a signature, and finds it in our outbox."""
    peer = peers["walnut"]
    post = (await publishing.publish(house, offer(audience=Audience.PUBLIC)))["post"]["id"]
    await publishing.publish(house, offer())
    signed = (await reading.document(house, post))["document"]
    assert (await peer.do("fetch", url=post, signed=False))["document"] == orjson.loads(signed)
    [create] = [row["id"] for row in await rows(house, tables.activities) if row["audience"] == Audience.PUBLIC]
    assert await peer.do("outbox", actor=house.ids.actor) == [create]


@pytest.mark.parametrize("name", ["hazel", "maple"])
async def test_we_read_what_is_guarded(house: House, peers: dict[str, Peer], name: str) -> None:
    """What it serves to signed requests alone, its actor and a note, is served to us, whichever signature it takes."""
    peer = peers[name]
    note = (await peer.do("post", to=house.ids.actor, content="hello"))["id"]
    for address in (peer.actor, note):
        assert (await ask(address, ACCEPT)).status == 401
    assert (await house.fetcher.find(peer.handle)).actor.id == peer.actor
    document, _ = await house.fetcher.document(note)
    assert (document["type"], document["content"]) == ("Note", "hello")


async def test_it_shows_our_profile(house: House, peers: dict[str, Peer]) -> None:
    """Names in each language, the logo and the ways to reach us are what it takes for those of a profile."""
    await profile.profile_words(house, "ar", name="مجموعة ألدر")
    await profile.profile_reach(house, "phone", "+90 212 555 01 23")
    logo = (await profile.profile_logo(house, b64encode(png()).decode()))["logo"]
    shown = await peers["walnut"].do("profile", actor=house.ids.actor)
    assert set(shown["names"]) == {"Alder Collective", "مجموعة ألدر"}
    assert shown["icon"] == ["image/png", logo["url"]]
    assert shown["ways"] == [["Telephone", "+90 212 555 01 23"]]


async def test_it_finds_us(house: House, peers: dict[str, Peer]) -> None:
    """Our handle leads it to the collective, that of the node to the node, and it can read our NodeInfo."""
    peer, ids = peers["walnut"], house.ids
    collective, node = [await peer.do("find", handle=f"@{acct}") for acct in (ids.acct, ids.node_acct)]
    assert collective == {"id": ids.actor, "type": "Organization", "name": "Alder Collective"}
    assert (node["id"], node["type"]) == (ids.node_actor, "Application")
    jrd = await peer.do("webfinger", resource=f"acct:{ids.acct}")
    assert jrd["subject"] == f"acct:{ids.acct}"
    assert [link["href"] for link in jrd["links"] if link["rel"] == "self"] == [ids.actor]
    nodeinfo = await peer.do("nodeinfo", document=orjson.loads((await ask(ids.nodeinfo)).body))
    assert (nodeinfo["software"]["name"], nodeinfo["protocols"]) == ("qafila", ["activitypub"])
    assert nodeinfo["metadata"]["nodeName"] == "Alder Collective"
