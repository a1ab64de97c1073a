import random
from pathlib import Path

from node.inbound.apply import HANDLERS
from node.inbound.effect import Arrival
from node.store.shelf import Shelf
from tests.node.inbound.arriving import BIRCH, proven, receiving

ORDERS = 1_000


async def test_a_thousand_orders(tmp_path: Path) -> None:
    """In whatever order acts come, and come again, the newest version and the withdrawal are what is left."""
    acts = []
    for last, withdrawn in ((4, False), (3, True)):
        local = BIRCH.proposal().id.rpartition("/")[2]
        notes = [BIRCH.note(BIRCH.proposal(local, revision=revision)) for revision in range(1, last + 1)]
        acts += [BIRCH.create(notes[0]), *map(BIRCH.update, notes[1:])]
        acts += [BIRCH.delete(notes[0]["id"])] if withdrawn else []
    kept, gone = acts[0]["object"]["id"], acts[-1]["object"]["id"]
    dice = random.Random(1)  # noqa: S311 (the same orders in every run)
    async with receiving(tmp_path, "sqlite") as house, house.store.transaction() as connection:
        verified = await proven(house, *((BIRCH, act) for act in acts))
        for _ in range(ORDERS):
            shelf = Shelf({kept: None, gone: None}, set())
            order = verified + dice.sample(verified, 3)
            dice.shuffle(order)
            for one in order:
                await HANDLERS[one.activity.type](Arrival(house, connection, shelf, one))
            newest = shelf.find(kept)
            assert newest is not None
            assert (newest.proposal.revision, shelf.find(gone)) == (4, None)
