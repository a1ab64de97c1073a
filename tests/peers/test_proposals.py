"""Fedify writes a proposal with classes of its own: full IRIs, and decimals as literals."""

import pytest

from node.aid import reading
from node.house import House
from tests.peers.relations import allied_with
from tests.rig.fedify import Peer


async def test_a_proposal(house: House, peers: dict[str, Peer]) -> None:
    """What Fedify 2 calls a proposal is read for what it says, and shown as written by other software."""
    peer = peers["walnut"]
    await allied_with(house, peer)
    made = await peer.do("propose", to=house.ids.actor, name="Flour", unit="kilogram", value="12.50")
    if made["id"] is None:
        pytest.skip("Fedify 1 has no proposals")
    post = (await reading.show(house, made["id"]))["post"]
    assert (post["title"], post["quantity"], post["divisible"]) == ("Flour", "12.5 kg", True)
    assert (post["dialect"], post["foreign"], post["owner"]) == ("valueflows", True, peer.actor)
