"""The delivery queue: what is written by `outbox.enqueue` and read by the delivery worker."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from sqlalchemy import select

from federation.breaker import PeerHealth
from federation.delivery import Delivery, DeliveryState, Settled
from federation.outbox import Outgoing, Recipient
from node.store import outbox
from node.store.engine import Store
from node.store.queue import StoredQueue
from node.store.tables import activities
from tests.rig.clock import NOW as START

NOW = START.replace(microsecond=0)
SOON, LATER = NOW + timedelta(seconds=40), NOW + timedelta(hours=1)
BIRCH = Recipient("https://birch.example", "https://birch.example/inbox")
CEDAR = Recipient("https://cedar.example", "https://cedar.example/inbox")
DOGWOOD = Recipient("https://dogwood.example", "https://dogwood.example/inbox")
WELL = PeerHealth()


def act(name: str, kind: str = "Create", about: str = "post", audience: str = "allies") -> Outgoing:
    return Outgoing(f"https://alder.example/activities/{name}", kind, about, audience, name.encode(), LATER)


async def put(
    store: Store, outgoing: Outgoing, to: Sequence[Recipient] = (BIRCH,), *, not_before: datetime = NOW
) -> int:
    async with store.transaction() as connection:
        return await outbox.enqueue(connection, outgoing, to, now=NOW, not_before=not_before)


@cache
def queue_of(store: Store) -> StoredQueue:
    """The queue as one process has it."""
    return StoredQueue(store)


async def next_batch(queue: StoredQueue, peer: Recipient, now: datetime, limit: int) -> Sequence[Delivery]:
    """What goes out next; what is not settled goes out again."""
    turn = await queue.take(peer.peer, now, limit)
    return () if turn is None else turn.deliveries


async def waiting(store: Store, peer: Recipient = BIRCH, now: datetime = NOW, limit: int = 20) -> list[str]:
    """The documents of what goes out next."""
    return [one.document.decode() for one in await next_batch(queue_of(store), peer, now, limit)]


async def due(store: Store, now: datetime = NOW) -> dict[str, int]:
    """Peers that are due, each with its failures."""
    turns = {peer: await queue_of(store).take(peer, now, 1) for peer in await queue_of(store).due(now)}
    return {peer: turn.health.failures for peer, turn in turns.items() if turn is not None}


async def states(store: Store) -> list[tuple[str, str]]:
    """Peer and state of every delivery, oldest first."""
    async with store.transaction() as connection:
        lines = await outbox.listing(connection, state=None, limit=100)
    return [(line.peer, line.state) for line in reversed(lines)]


async def settle(
    store: Store,
    delivery: Delivery,
    state: DeliveryState,
    health: PeerHealth = WELL,
    *,
    peer: Recipient = BIRCH,
) -> None:
    await queue_of(store).settle(peer.peer, health, [Settled(delivery, state, 403, 2, NOW, "answer")], NOW)


async def first(store: Store, peer: Recipient = BIRCH, now: datetime = NOW) -> Delivery:
    [delivery] = await next_batch(queue_of(store), peer, now, 1)
    return delivery


async def test_one_row_for_each_inbox(store: Store) -> None:
    """An activity is kept once, as its bytes, with a delivery for each inbox that carries all the worker needs."""
    assert await put(store, act("one"), (BIRCH, CEDAR)) == 2
    assert await put(store, act("none"), ()) == 0
    delivery = await first(store, CEDAR)
    assert replace(delivery, id=0) == Delivery(0, CEDAR.inbox, b"one", LATER, "post", "Create", "allies")
    async with store.transaction() as connection:
        assert await outbox.document(connection, act("one").id) == ("allies", b"one")
        assert await outbox.document(connection, act("two").id) is None
        assert await outbox.reached(connection, "post") == set()


async def test_a_post_reached_whoever_took_it_or_may_have(store: Store) -> None:
    """What was delivered, or answered, or broke off on the way may be there; what never left is not."""
    await put(store, act("one"), (BIRCH, CEDAR, DOGWOOD))
    await settle(store, await first(store), DeliveryState.DELIVERED)
    failed = Settled(await first(store, CEDAR), DeliveryState.WAITING, reason="timeout")
    await queue_of(store).settle(CEDAR.peer, PeerHealth(1, SOON), [failed], NOW)
    failed = Settled(await first(store, DOGWOOD), DeliveryState.WAITING, reason="connect")
    await queue_of(store).settle(DOGWOOD.peer, PeerHealth(1, SOON), [failed], NOW)
    async with store.transaction() as connection:
        assert await outbox.reached(connection, "post") == {BIRCH, CEDAR}
        assert await outbox.reached(connection, "another") == set()


async def test_a_clock_that_was_wrong_holds_nothing_back(store: Store) -> None:
    """What was put off to a day that no rule puts anything off to goes out now."""
    await put(store, act("early", about="a"), not_before=NOW + timedelta(days=20))
    await put(store, act("later", about="b"))
    assert await due(store) == {BIRCH.peer: 0}
    assert await waiting(store) == ["early", "later"]


async def test_peers_are_served_in_order(store: Store) -> None:
    """A batch holds what waits for one peer, oldest first, and no more than was asked for."""
    for name in "abc":
        await put(store, act(name, about=name), (BIRCH, CEDAR) if name == "b" else (BIRCH,))
    assert await waiting(store) == ["a", "b", "c"]
    assert await waiting(store, limit=2) == ["a", "b"]
    assert await waiting(store, CEDAR) == ["b"]
    assert await waiting(store, DOGWOOD) == []
    assert await due(store) == {BIRCH.peer: 0, CEDAR.peer: 0}


async def test_what_must_wait_holds_back_what_comes_after_it(store: Store) -> None:
    """A post that may not leave yet keeps its peer out of those that are due, until its moment, and no other peer."""
    await put(store, act("delayed", about="a"), (BIRCH,), not_before=SOON)
    await put(store, act("direct", "Follow", about="b"), (BIRCH, CEDAR))
    assert await waiting(store) == []
    assert await due(store) == {CEDAR.peer: 0}
    assert await queue_of(store).next_due(NOW) == SOON
    assert await due(store, SOON) == {BIRCH.peer: 0, CEDAR.peer: 0}
    assert await waiting(store, now=SOON) == ["delayed", "direct"]
    assert await queue_of(store).next_due(SOON) is None


async def test_a_peer_that_failed_is_held_back(store: Store) -> None:
    """A failure is counted and holds its peer back until the moment that was set, through a new start of the worker."""
    await put(store, act("one"), (BIRCH, CEDAR))
    await settle(store, await first(store), DeliveryState.WAITING, PeerHealth(3, SOON))
    assert await due(store) == {CEDAR.peer: 0}
    assert await queue_of(store).next_due(NOW) == SOON
    assert await due(store, SOON) == {BIRCH.peer: 3, CEDAR.peer: 0}
    kept = await first(store, now=SOON)
    assert (kept.status, kept.status_count, kept.status_since) == (403, 2, NOW)


async def test_the_next_moment_is_the_later_of_a_peers_two(store: Store) -> None:
    """Nothing wakes for a post that may leave while its peer is still held back."""
    await put(store, act("one"), not_before=SOON)
    await settle(store, await first(store, now=SOON), DeliveryState.WAITING, PeerHealth(1, LATER))
    assert await queue_of(store).next_due(NOW) == LATER
    assert await due(store, SOON) == {}


async def test_nothing_waits(store: Store) -> None:
    """A queue that is empty, or whose held-back peers have nothing more, wakes nobody."""
    assert await queue_of(store).next_due(NOW) is None
    await put(store, act("one"))
    await settle(store, await first(store), DeliveryState.REFUSED, PeerHealth(1, SOON))
    assert await queue_of(store).next_due(NOW) is None
    assert await due(store, LATER) == {}


@pytest.mark.parametrize("peer", [BIRCH.peer, None])
async def test_waking_lets_a_peer_be_tried_at_once(store: Store, peer: str | None) -> None:
    """A peer that is woken is due, its failures still counted; another stays held back unless all are woken."""
    await put(store, act("one"), (BIRCH, CEDAR))
    for one in (BIRCH, CEDAR):
        await settle(store, await first(store, one), DeliveryState.WAITING, PeerHealth(2, SOON), peer=one)
    await queue_of(store).wake(peer)
    assert await due(store) == ({BIRCH.peer: 2} if peer else {BIRCH.peer: 2, CEDAR.peer: 2})


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.WAITING])
async def test_what_is_settled_does_not_go_out_again(store: Store, state: DeliveryState) -> None:
    """Whatever became of a delivery, it waits no more, and what comes after it has its turn."""
    await put(store, act("one"))
    await put(store, act("two"))
    await settle(store, await first(store), state)
    assert await waiting(store) == ["two"]


@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.DELIVERED])
async def test_what_was_taken_out_on_the_way_stays_out(store: Store, state: DeliveryState) -> None:
    """An attempt that ends after its post was withdrawn does not bring the post back into the queue."""
    await put(store, act("create"))
    under_way = await first(store)
    await put(store, act("delete", "Delete"))
    await settle(store, under_way, state)
    assert await waiting(store) == ["delete"]


async def test_the_last_success_is_remembered(store: Store) -> None:
    """How each peer has been answering is listed: failures, next try, what waits, and when it last took something.

    A post is counted once for each node, by what became of the newest that was sent there.
    """
    await put(store, act("one"), (BIRCH, CEDAR))
    await put(store, act("two"), (BIRCH,))
    await settle(store, await first(store), DeliveryState.DELIVERED)
    await settle(store, await first(store, CEDAR), DeliveryState.WAITING, PeerHealth(1, SOON), peer=CEDAR)
    async with store.transaction() as connection:
        birch, cedar = await outbox.peers_listing(connection)
        assert await outbox.count(connection, DeliveryState.WAITING) == 2
        assert await outbox.states_of(connection, ["post", "none"]) == {"post": {"waiting": 2}}
    assert (birch.peer, birch.failures, birch.next_try, birch.last_ok, birch.waiting) == (BIRCH.peer, 0, None, NOW, 1)
    assert (cedar.peer, cedar.failures, cedar.next_try, cedar.last_ok, cedar.waiting) == (CEDAR.peer, 1, SOON, None, 1)


async def test_an_update_takes_the_place_of_one_that_waits(store: Store) -> None:
    """After a silence a peer gets the post as it is now, not each edit; its Create and the edits of others stay."""
    await put(store, act("create"))
    await put(store, act("first", "Update"))
    await put(store, act("other", "Update", about="another"))
    await put(store, act("second", "Update"))
    assert await waiting(store) == ["create", "other", "second"]


async def test_nothing_that_was_said_before_a_withdrawal_is_kept_or_sent(store: Store) -> None:
    """A Delete takes the place of all that waits or was refused, and what it withdraws can be read by nobody."""
    await put(store, act("create"))
    await put(store, act("update", "Update"))
    await put(store, act("other", "Update", about="another"))
    await put(store, act("delete", "Delete"))
    assert await waiting(store) == ["other", "delete"]
    async with store.transaction() as connection:
        assert await outbox.document(connection, act("create").id) is None
        erased = select(activities.c.audience, activities.c.document).where(activities.c.id == act("create").id)
        assert (await connection.execute(erased)).one() == (outbox.ERASED, b"")
        assert await outbox.requeue(connection, None) == 0


async def test_what_was_refused_waits_again_when_a_person_says_so(store: Store) -> None:
    """A retry lets what a peer refused wait again with a clean slate, and holds nobody back."""
    await put(store, act("one"), (BIRCH, CEDAR))
    for one in (BIRCH, CEDAR):
        await settle(store, await first(store, one), DeliveryState.REFUSED, PeerHealth(1, SOON), peer=one)
    async with store.transaction() as connection:
        assert await outbox.requeue(connection, BIRCH.peer) == 1
    assert await states(store) == [(BIRCH.peer, "waiting"), (CEDAR.peer, "refused")]
    assert await due(store) == {BIRCH.peer: 1}
    again = await first(store)
    assert (again.status, again.status_count, again.status_since) == (None, 0, None)
    async with store.transaction() as connection:
        assert await outbox.requeue(connection, None) == 1
        assert await outbox.requeue(connection, None) == 0
    assert set(await due(store)) == {BIRCH.peer, CEDAR.peer}


async def test_what_is_for_allies_is_dropped_for_others(store: Store) -> None:
    """What waits or was refused goes to no inbox that is no ally's any more; a Delete and what is public go on."""
    for outgoing in (act("a"), act("b"), act("c", audience="public"), act("d", "Delete", "gone")):
        await put(store, outgoing, (BIRCH, CEDAR))
    await settle(store, await first(store), DeliveryState.REFUSED)
    async with store.transaction() as connection:
        await outbox.drop_for_allies(connection, {CEDAR.inbox})
        await outbox.requeue(connection, None)
    assert await waiting(store) == ["c", "d"]
    assert await waiting(store, CEDAR) == ["a", "b", "c", "d"]


async def test_the_outbox_shows_public_posts_as_they_are_now(store: Store) -> None:
    """Only what is public is in the pages of the outbox, newest first, each in the last version that we said."""
    for number in range(4):
        await put(store, act(f"p{number}", audience="public", about=f"public {number}"))
        await put(store, act(f"a{number}", about=f"allies {number}"))
    await put(store, act("u1", "Update", audience="public", about="public 1"))
    async with store.transaction() as connection:
        newest = await outbox.public_posts(connection, older_than=None, limit=2)
        rest = await outbox.public_posts(connection, older_than=newest[-1][0], limit=9)
        for hidden in ("a3", "p1", "unknown"):
            assert await outbox.public_posts(connection, older_than=act(hidden).id, limit=9) == []
        assert await outbox.document(connection, act("p1").id) is None
    assert [document for _, document in (*newest, *rest)] == [b"u1", b"p3", b"p2", b"p0"]


async def test_the_word_about_our_keys_goes_first(store: Store) -> None:
    """What tells a peer of new keys goes out before what is signed with them, however long that has waited."""
    await put(store, act("rice", about="rice"))
    await put(store, act("keys", "Update", about="us"))
    await put(store, act("oil", about="oil"))
    queue = StoredQueue(store, "us")
    [delivery] = await next_batch(queue, BIRCH, NOW, 20)
    assert delivery.document == b"keys"
    await queue.settle(BIRCH.peer, WELL, [Settled(delivery, DeliveryState.DELIVERED)], NOW)
    assert [one.document for one in await next_batch(queue, BIRCH, NOW, 20)] == [b"rice", b"oil"]
