"""How Fedify becomes a follower or an ally of ours."""

from node.aid import allies, following
from node.house import House
from tests.rig.fedify import Peer


async def followed_by(house: House, peer: Peer) -> None:
    """The peer asks to follow us, and a person here says yes."""
    await peer.do("follow", actor=house.ids.actor)
    await following.follower_accept(house, peer.handle)


async def allied_with(house: House, peer: Peer) -> None:
    """A person here compares the words of the peer and adds it."""
    seen = await allies.ally_look(house, peer.handle)
    assert seen["handle_verified"]
    await allies.ally_add(house, seen["actor"], " ".join(seen["words"]), "a steward")
