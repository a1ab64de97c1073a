"""Turns of peers, taken by several processes that share one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import update

from federation.breaker import PeerHealth
from federation.delivery import DeliveryState, Settled, Turn
from node.store import outbox
from node.store.engine import Store, create_engine
from node.store.queue import GatheringQueue, StoredQueue
from node.store.tables import metadata, peers
from tests.conftest import NewDatabase
from tests.node.store.test_queue import BIRCH, CEDAR, NOW, SOON, act, put

SHORT = timedelta(seconds=0.3)
AT_ONCE = 2.0
PEER = BIRCH.peer


@pytest.fixture
async def stores(postgres_url: NewDatabase) -> AsyncIterator[list[Store]]:
    """One database, as several processes have it open, with two posts for each of two peers."""
    url = await postgres_url()
    several = [Store(create_engine(url)) for _ in range(3)]
    async with several[0].engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    for name in ("one", "two"):
        await put(several[0], act(name, about=name), (BIRCH, CEDAR))
    yield several
    for store in several:
        await store.close()


async def settle(queue: GatheringQueue, turn: Turn, state: DeliveryState = DeliveryState.DELIVERED) -> None:
    health = PeerHealth() if state is DeliveryState.DELIVERED else PeerHealth(1, SOON)
    await queue.settle(PEER, health, [Settled(turn.deliveries[0], state)], NOW)


async def left(store: Store) -> int:
    """How many deliveries wait."""
    async with store.reading() as connection:
        return await outbox.count(connection, DeliveryState.WAITING)


async def taken(queue: StoredQueue) -> Turn:
    turn = await queue.take(PEER, NOW, 20)
    assert turn is not None
    return turn


async def test_of_many_at_once_one_has_the_turn(stores: list[Store]) -> None:
    """However many want a peer's turn at the same moment, one gets it, and another peer is not held up by that."""
    async with AsyncExitStack() as stack:
        queues = [await stack.enter_async_context(GatheringQueue(store)) for store in stores for _ in range(4)]
        for _ in range(5):
            turns = await asyncio.gather(*(queue.take(PEER, NOW, 1) for queue in queues))
            [(winner, turn)] = [(queue, turn) for queue, turn in zip(queues, turns, strict=True) if turn is not None]
            for queue in queues:
                assert set(await queue.due(NOW)) == ({PEER, CEDAR.peer} if queue is winner else {CEDAR.peer})
                assert queue.holds(PEER) == (queue is winner)
            await winner.settle(PEER, PeerHealth(), [], NOW)
            assert turn.deliveries
    assert await left(stores[0]) == 4


async def test_nobody_waits_for_a_turn(stores: list[Store]) -> None:
    """Whatever another process is changing at a peer, its turn is passed over at once, and taken afterwards."""
    async with GatheringQueue(stores[0]) as first, GatheringQueue(stores[1]) as second:
        await settle(first, await taken(first), DeliveryState.WAITING)
        async with stores[0].transaction() as connection:
            await connection.execute(update(peers).values(next_try=None))
            async with asyncio.timeout(AT_ONCE):
                assert await second.take(PEER, SOON, 1) is None
                assert await second.take(CEDAR.peer, SOON, 1) is not None
        await taken(second)


async def test_the_next_turn_goes_on_where_the_last_one_ended(stores: list[Store]) -> None:
    """What one process delivered the next one does not; and what held the peer back holds it back for all."""
    async with GatheringQueue(stores[0]) as first, GatheringQueue(stores[1]) as second:
        await settle(first, await taken(first))
        turn = await taken(second)
        assert [one.document for one in turn.deliveries] == [b"two"]
        await settle(second, turn, DeliveryState.WAITING)
        assert await first.take(PEER, NOW, 1) is None
        again = await first.take(PEER, SOON, 1)
        assert again is not None
        assert again.health.failures == 1


async def test_the_turn_of_a_process_that_is_gone_ends(stores: list[Store]) -> None:
    """Others know when, take it then, and whatever the first one says of it afterwards counts no more."""
    gone = StoredQueue(stores[0], lease=SHORT)  # nothing renews its turns
    async with GatheringQueue(stores[1]) as other:
        turn = await taken(gone)
        assert await other.take(PEER, NOW, 1) is None
        due = await other.next_due(NOW)
        assert due is not None
        assert timedelta() < due - NOW <= SHORT
        await asyncio.sleep((due - NOW).total_seconds())
        assert not gone.holds(PEER)
        again = await taken(other)
        assert again.deliveries == turn.deliveries
        await gone.settle(PEER, PeerHealth(9, SOON), [Settled(turn.deliveries[0], DeliveryState.REFUSED)], NOW)
        assert await left(stores[0]) == 4
        assert await gone.take(PEER, NOW, 1) is None
        await settle(other, again)
        assert await left(stores[0]) == 3


async def test_a_turn_lasts_as_long_as_it_takes(stores: list[Store]) -> None:
    """A turn that lasts longer than a term stays with its process, and ends with it."""
    async with GatheringQueue(stores[1]) as other:
        async with GatheringQueue(stores[0], lease=SHORT) as slow:
            turn = await taken(slow)
            for _ in range(5):
                await asyncio.sleep(SHORT.total_seconds() / 2)
                assert await other.take(PEER, NOW, 1) is None
                assert slow.holds(PEER)
            await settle(slow, turn)
            await taken(slow)
        assert set(await other.due(NOW)) == {PEER, CEDAR.peer}
        assert [one.document for one in (await taken(other)).deliveries] == [b"two"]
