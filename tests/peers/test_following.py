"""Fedify asks to follow us, we ask to follow it, and what each publishes reaches the other."""

import pytest

from node.aid import following, publishing, reading
from node.house import House
from node.store import tables
from schema.visibility import Audience
from tests.peers.relations import allied_with, followed_by
from tests.rig.alone import offer, rows
from tests.rig.fedify import Peer
from tests.rig.nodes import told

FIRST = {"walnut": "rfc9421", "hazel": "cavage", "almond": "rfc9421"}  # what each begins with towards a stranger
OURS = {  # what we try with each, and what it answers, until it took something
    "walnut": [("cavage", 202)],
    "hazel": [("cavage", 202)],
    "almond": [("cavage", 401), ("rfc9421", 202)],
}


@pytest.mark.parametrize("name", FIRST)
async def test_it_follows_and_leaves(house: House, peers: dict[str, Peer], name: str) -> None:
    """Its Follow is taken at the first knock and waits for a person; it understands our yes; its Undo takes effect."""
    peer = peers[name]
    assert await peer.knock("follow", actor=house.ids.actor) == [(FIRST[name], 202)]
    assert list(house.roster.asking) == [peer.actor]
    await following.follower_accept(house, peer.handle)
    *_, accept = tries = await peer.received(house.ids.base, len(OURS[name]))
    assert [(one["scheme"], one["status"]) for one in tries] == OURS[name]
    assert (accept["type"], accept["object"]["type"]) == ("Accept", "Follow")
    assert accept["object"]["id"].startswith(f"{peer.base}/follows/")
    assert list(house.roster.followers) == [peer.actor]
    assert await peer.knock("unfollow", actor=house.ids.actor) == [(FIRST[name], 202)]
    assert not house.roster.followers


async def test_it_hears_a_no(house: House, peers: dict[str, Peer]) -> None:
    """A request that a person here turns down is answered with a Reject that it understands."""
    peer = peers["walnut"]
    await peer.do("follow", actor=house.ids.actor)
    await following.follower_remove(house, peer.handle)
    [reject] = await peer.received(house.ids.base, 1)
    assert (reject["type"], reject["status"], reject["object"]["type"]) == ("Reject", 202, "Follow")


@pytest.mark.parametrize("name", OURS)
async def test_posts_reach_it(house: House, peers: dict[str, Peer], name: str) -> None:
    """A proposal, its change and its end are accepted by it, each with our RSA signature and our Ed25519 proof."""
    peer = peers[name]
    await followed_by(house, peer)
    await told(house, "delivered")
    post = (await publishing.publish(house, offer("rice", Audience.PUBLIC)))["post"]["id"]
    await told(house, "delivered", 2)
    await publishing.change(house, post, {"title": "more rice"})
    await told(house, "delivered", 3)
    await publishing.withdraw(house, post)
    await told(house, "delivered", 4)
    came = (await peer.received(house.ids.base, len(OURS[name]) + 3))[len(OURS[name]) :]
    assert [(one["type"], one["object"]["type"], one["object"]["title"]) for one in came] == [
        ("Create", "Note", "rice"),
        ("Update", "Note", "more rice"),
        ("Delete", "Tombstone", None),
    ]
    for one in came:
        assert one["object"]["id"] == post
        assert (one["scheme"], one["status"]) == OURS[name][-1]
        assert (one["key"], one["proof"]) == (house.ids.main_key, house.ids.ed25519_key)


async def test_we_follow_it(house: House, peers: dict[str, Peer]) -> None:
    """Its yes to our Follow is understood; from then on its posts are taken, and our Undo is understood there."""
    peer = peers["walnut"]
    await following.follow(house, peer.handle)
    await told(house, "received")
    assert list(house.roster.following) == [peer.actor]
    assert await peer.knock("post", to=house.ids.actor, content="hello") == [("rfc9421", 202)]
    await following.unfollow(house, peer.actor)
    follow, undo = await peer.received(house.ids.base, 2)
    assert (follow["type"], follow["object"]["type"]) == ("Follow", "Organization")
    assert (undo["type"], undo["object"]["type"], undo["object"]["id"]) == ("Undo", "Follow", follow["id"])


@pytest.mark.parametrize("follower", [False, True])
async def test_its_posts_are_refused(house: House, peers: dict[str, Peer], *, follower: bool) -> None:
    """A note or a reply of a stranger is 403, of one that follows us too, whichever way it is signed."""
    peer = peers["walnut"]
    post = (await publishing.publish(house, offer(audience=Audience.PUBLIC)))["post"]["id"]
    if follower:
        await followed_by(house, peer)
    for reply_to in (None, post):
        tries = await peer.knock("post", to=house.ids.actor, content="hello", replyTo=reply_to)
        assert sorted(tries) == [("cavage", 403), ("rfc9421", 403)]


async def test_an_allys_posts_are_taken(house: House, peers: dict[str, Peer]) -> None:
    """A note or a reply of an ally is taken; it is no proposal, so the feed stays as it was."""
    peer = peers["hazel"]
    post = (await publishing.publish(house, offer(audience=Audience.PUBLIC)))["post"]["id"]
    await allied_with(house, peer)
    for reply_to in (None, post):
        assert await peer.knock("post", to=house.ids.actor, content="hello", replyTo=reply_to) == [("cavage", 202)]
    assert [one["id"] for one in (await reading.feed(house))["posts"]] == [post]
    assert (await rows(house, tables.inbox))[0]["effect"] == "ignored"
