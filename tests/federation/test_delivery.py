import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest

from activitypub.message import LD_JSON, Request
from activitypub.signatures import cavage
from federation.addresses import LOOPBACK_LAB
from federation.breaker import PeerHealth
from federation.delivery import BATCH, DeliveryWorker, Settled
from federation.outbox import Signer
from federation.resolvers import LabResolver
from federation.signing import SignedExchange
from federation.transport import Limits, Transport
from tests.rig.clock import Clock
from tests.rig.listener import Listener, listening
from tests.rig.memory import MemoryQueue
from tests.rig.nodes import free_port
from tests.rig.paper import ids_of, keys_of
from tests.rig.waiting import until

QUIET = 0.05  # seconds in which a worker that has something to do would have done it
MIDDLE = 0.5  # the throw of the dice that leaves the waits as they are


@dataclass(slots=True)
class Post:
    """A queue, the clock of its worker, and what the worker told."""

    queue: MemoryQueue = field(default_factory=MemoryQueue)
    clock: Clock = field(default_factory=Clock)
    told: list[Settled] = field(default_factory=list)
    on_hold: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    deadline: float = 5.0
    at_once: int = 50
    made: list[str] = field(default_factory=list)

    def to_followers(self, peer: str) -> dict[str, str]:
        """A header for this peer, counted."""
        self.made.append(peer)
        return {"collection-synchronization": f"number {len(self.made)}"}

    @asynccontextmanager
    async def working(self) -> AsyncIterator[DeliveryWorker]:
        """A worker that runs."""
        limits = Limits(deadline=timedelta(seconds=self.deadline))
        async with Transport(LOOPBACK_LAB, resolver=LabResolver(), limits=limits) as transport:
            worker = DeliveryWorker(
                self.queue,
                SignedExchange(transport, Signer(ids_of("alder"), keys_of("alder")), self.clock),
                self.clock,
                lambda: MIDDLE,
                peers_at_once=self.at_once,
                on_hold=lambda: self.on_hold,
                may_get=lambda peer, _: peer not in self.dropped,
                to_followers=self.to_followers,
                told=lambda _, settled: self.told.append(settled),
            )
            running = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

    async def after(self, worker: DeliveryWorker, **distance: float) -> None:
        """Move the clock, and let the worker do all that it has to do then."""
        self.clock.move(**distance)
        worker.wake()
        await asyncio.sleep(QUIET)


def has(listener: Listener, least: int) -> bool:
    return len(listener.got) >= least


def numbers(last: int) -> list[str]:
    return [str(number) for number in range(last)]


async def test_everything_goes_out_in_order() -> None:
    """Of several batches for one peer each item arrives once, in the order of the queue, one at a time."""
    post = Post()
    async with listening("birch") as birch, post.working() as worker:
        post.queue.put(birch.peer, *numbers(2 * BATCH + 5))
        worker.wake()
        await until(lambda: len(birch.got) == 2 * BATCH + 5)
        await until(lambda: set(post.queue.states(birch.peer)) == {"delivered"})
    assert birch.got == numbers(2 * BATCH + 5)
    assert birch.most_at_once == 1
    assert [one.delivery.object for one in post.told] == birch.got


async def test_each_request_is_signed_over_its_bytes() -> None:
    """What arrives is the very document, under the media type of ActivityPub, with our signature of this request."""
    post = Post()
    async with listening("birch") as birch, post.working() as worker:
        post.queue.put(birch.peer, '{"é": 1.0}')
        worker.wake()
        await until(lambda: bool(birch.got))
    [headers] = birch.requests
    fields = tuple((name.lower(), value) for name, value in headers.items())
    request = Request("POST", "/inbox", fields, '{"é": 1.0}'.encode())
    signature = cavage.read_signature(request)
    cavage.check_coverage(signature, request, post.clock(), timedelta(minutes=1))
    cavage.verify(signature, request, keys_of("alder").rsa_public)
    assert signature.key_id == ids_of("alder").main_key
    assert request.one("content-type") == LD_JSON


async def test_what_goes_to_followers_says_so() -> None:
    """What is public carries a header for its peer, signed, made once for each batch; what is for allies has none."""
    post = Post()
    async with listening("birch") as birch, listening("cedar") as cedar, post.working() as worker:
        post.queue.put(cedar.peer, *numbers(3), audience="allies")
        for audience in ("public", "allies"):
            post.queue.put(birch.peer, *numbers(BATCH - 5), audience=audience)
        worker.wake()
        await until(lambda: len(birch.got) == 2 * (BATCH - 5) and len(cedar.got) == 3)
    said = [headers.get("Collection-Synchronization") for headers in birch.requests]
    assert said == ["number 1"] * (BATCH - 5) + [None] * (BATCH - 5)
    assert post.made == [birch.peer]
    for headers in birch.requests:
        covered = 'digest content-type collection-synchronization"' in headers["Signature"]
        assert covered == ("Collection-Synchronization" in headers)
    assert not any("Collection-Synchronization" in headers for headers in cedar.requests)


async def test_waits_grow() -> None:
    """A peer that answers "later" is tried again after 10 s, 30 s, 2, 10 and 30 min, then each hour."""
    post = Post()
    waits = [10, 30, 120, 600, 1_800, 3_600, 3_600]
    async with listening("birch", *[503] * len(waits)) as birch, post.working() as worker:
        post.queue.put(birch.peer, "first", "second")
        await post.after(worker)
        for attempts, wait in enumerate(waits, 1):
            await post.after(worker, seconds=wait - 1)
            assert len(birch.got) == attempts
            await post.after(worker, seconds=1)
        await until(lambda: post.queue.states(birch.peer) == ["delivered", "delivered"])
    assert birch.got == ["first"] * (len(waits) + 1) + ["second"]
    assert post.queue.health[birch.peer].failures == 0


async def test_a_peer_gets_the_time_it_asks_for() -> None:
    """`Retry-After` lengthens the wait."""
    post = Post()
    async with listening("birch", 429) as birch, post.working() as worker:
        birch.headers = {"Retry-After": "1000"}
        post.queue.put(birch.peer, "one")
        await post.after(worker)
        await post.after(worker, seconds=999)
        assert len(birch.got) == 1
        await post.after(worker, seconds=1)
        await until(lambda: len(birch.got) == 2)


@pytest.mark.parametrize("status", [422, 301, 501])
async def test_what_is_refused_is_parked(status: int) -> None:
    """What a peer says no to is parked with its answer, is not sent again, and holds nothing back."""
    post = Post()
    async with listening("birch", status) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one", "two")
        await post.after(worker)
        await until(lambda: post.queue.states(birch.peer) == ["refused", "delivered"])
        await post.after(worker, days=1)
    assert birch.got == ["one", "two"]
    assert (post.told[0].status, post.told[0].reason) == (status, "answer")


@pytest.mark.parametrize("status", [400, 403])
async def test_what_may_be_the_signature_is_sent_twice(status: int) -> None:
    """Before a 400 or a 403 is believed the same bytes go once more, signed in the other way."""
    post = Post()
    async with listening("birch", status, status) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one", "two")
        await post.after(worker)
        await until(lambda: post.queue.states(birch.peer) == ["refused", "delivered"])
    assert birch.got == ["one", "one", "two"]
    assert ["Signature-Input" in headers for headers in birch.requests] == [False, True, False]


async def test_401_is_parked_after_three() -> None:
    """A 401 may be a clock or a new key: it is sent three times in all, each in both ways to sign."""
    post = Post()
    async with listening("birch", *[401] * 6) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one")
        await post.after(worker)
        for seconds, states in ((10, ["waiting"]), (30, ["refused"])):
            assert post.queue.states(birch.peer) == ["waiting"]
            await post.after(worker, seconds=seconds)
            assert post.queue.states(birch.peer) == states
        await post.after(worker, days=1)
    assert birch.got == ["one"] * 6


async def test_gone_is_believed_after_a_week() -> None:
    """A 404 must be said for seven days; days of silence do not count."""
    post = Post()
    async with listening("birch") as birch, post.working() as worker:
        birch.otherwise = 404
        post.queue.put(birch.peer, "one")
        await post.after(worker, days=30)
        await post.after(worker, days=6.9)
        assert post.queue.states(birch.peer) == ["waiting"]
        await post.after(worker, days=0.2)
        assert post.queue.states(birch.peer) == ["refused"]


async def test_a_dead_peer_delays_no_other() -> None:
    """While one peer does not listen and another never answers, a third gets everything at once."""
    post = Post()
    dead = f"http://dogwood.localhost:{free_port()}"
    async with listening("cedar", stalled=True) as cedar, listening("birch") as birch, post.working() as worker:
        for number in numbers(30):
            for peer in (dead, cedar.peer, birch.peer):
                post.queue.put(peer, number)
        worker.wake()
        await until(lambda: len(birch.got) == 30)
        assert len(cedar.got) == 1
        assert set(post.queue.states(dead)) == {"waiting"}
        assert post.queue.health[dead].failures == 1
        assert post.told[0].reason == "connect"


async def test_a_hanging_peer_is_given_up_in_time() -> None:
    """A peer that takes a request and never answers costs one deadline, and is held back like any other failure."""
    post = Post(deadline=0.5)
    async with listening("cedar", stalled=True) as cedar, post.working() as worker:
        post.queue.put(cedar.peer, "one", "two")
        worker.wake()
        await until(lambda: cedar.peer in post.queue.health)
        await post.after(worker)
        assert cedar.got == ["one"]
        assert post.told[0].reason == "timeout"
        cedar.free.set()
        await post.after(worker, seconds=10)
        await until(lambda: post.queue.states(cedar.peer) == ["delivered"] * 2)


async def test_so_many_peers_at_once_and_no_more() -> None:
    """With places for two, the third peer waits until one of them is done, and then has its turn."""
    post = Post(at_once=2)
    async with AsyncExitStack() as stack:
        several = [await stack.enter_async_context(listening(name, stalled=True)) for name in ("a", "b", "c")]
        worker = await stack.enter_async_context(post.working())
        for one in several:
            post.queue.put(one.peer, "one")
        await post.after(worker)
        assert [len(one.got) for one in several] == [1, 1, 0]
        several[0].free.set()
        await until(lambda: len(several[2].got) == 1)


async def test_a_peer_that_speaks_is_tried_at_once() -> None:
    """A peer that is held back is tried as soon as it speaks to us; one that is well is not asked for again."""
    post = Post()
    async with listening("birch", 503) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one")
        await post.after(worker)
        await worker.heard_from("http://cedar.localhost:1")
        await post.after(worker)
        assert len(birch.got) == 1
        await worker.heard_from(birch.peer)
        await until(lambda: post.queue.states(birch.peer) == ["delivered"])
        asked = post.queue.asked
        await worker.heard_from(birch.peer)
        await asyncio.sleep(QUIET)
        assert post.queue.asked <= asked + 1


async def test_at_the_start_everyone_is_tried() -> None:
    """A new start tries every peer at once: it may have been us who were away."""
    post = Post()
    async with listening("birch", 503) as birch:
        post.queue.put(birch.peer, "one")
        async with post.working() as worker:
            await post.after(worker)
            assert post.queue.states(birch.peer) == ["waiting"]
        async with post.working():
            await until(lambda: post.queue.states(birch.peer) == ["delivered"])


async def test_what_is_over_is_not_sent() -> None:
    """An item whose time is over is skipped, and what comes after it goes out."""
    post = Post()
    async with listening("birch") as birch, post.working() as worker:
        post.queue.put(birch.peer, "over", expires=post.clock())
        post.queue.put(birch.peer, "fresh", expires=post.clock() + timedelta(seconds=1))
        worker.wake()
        await until(lambda: post.queue.states(birch.peer) == ["expired", "delivered"])
    assert birch.got == ["fresh"]


async def test_what_is_over_forgives_nothing() -> None:
    """An item that ended while its peer was away says nothing about the peer: its next wait is the longer one."""
    post = Post()
    dead = f"http://dogwood.localhost:{free_port()}"
    post.queue.put(dead, "over", expires=post.clock() + timedelta(seconds=5))
    post.queue.put(dead, "fresh")
    async with post.working() as worker:
        await until(lambda: dead in post.queue.health)
        await post.after(worker, seconds=10)
        await until(lambda: post.queue.states(dead) == ["expired", "waiting"])
    assert post.queue.health[dead].failures == 2


async def test_an_unsafe_inbox_is_parked() -> None:
    """An inbox that our own rules do not let us dial is parked, and nothing is dialled."""
    post = Post()
    post.queue.put("http://192.168.1.1:8080", "one")
    async with post.working():
        await until(lambda: post.queue.states("http://192.168.1.1:8080") == ["refused"])
    assert (post.told[0].status, post.told[0].reason) == (None, "unsafe")


async def test_what_stumbles_is_reported_and_delays_no_other() -> None:
    """An error that nobody foresaw is reported, its item goes on waiting, and others get theirs."""
    post = Post()
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    async with listening("birch") as birch, post.working() as worker:
        post.queue.put("not an address", "one")
        post.queue.put(birch.peer, "one")
        worker.wake()
        await until(lambda: post.queue.states(birch.peer) == ["delivered"])
        assert post.queue.states("not an address") == ["waiting"]
    assert "delivering to a peer stumbled" in reported


async def test_nothing_goes_to_a_peer_on_hold() -> None:
    """What waits for a peer on hold goes on waiting, from the middle of a batch too, until that is over."""
    post = Post()
    async with listening("birch", stalled=True) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one", "two")
        worker.wake()
        await until(lambda: birch.got == ["one"])
        post.on_hold.add(birch.peer)
        birch.free.set()
        await until(lambda: post.queue.states(birch.peer) == ["delivered", "waiting"])
        asked = post.queue.asked
        await post.after(worker, hours=1)
        assert birch.got == ["one"]
        assert post.queue.asked <= asked + 2  # it rests meanwhile
        post.on_hold.clear()
        await post.after(worker)
        await until(lambda: post.queue.states(birch.peer) == ["delivered", "delivered"])


async def test_a_peer_whose_turn_another_worker_has_is_left_to_it() -> None:
    """Nothing is sent out of turn, nor once a turn is lost, and what came of that one does not count.

    A peer of which another worker says that it does not answer is tried at once when it speaks to this one.
    """
    post = Post()
    async with listening("birch", stalled=True) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one", "two")
        post.queue.taken.add(birch.peer)
        await post.after(worker)
        assert birch.got == []
        post.queue.taken.clear()
        worker.held_back(birch.peer)
        post.queue.health[birch.peer] = PeerHealth(1, post.clock() + timedelta(hours=1))
        await worker.heard_from(birch.peer)
        await until(lambda: birch.got == ["one"])
        post.queue.taken.add(birch.peer)
        birch.free.set()
        await asyncio.sleep(QUIET)
        assert birch.got == ["one"]
        assert post.queue.states(birch.peer) == ["waiting", "waiting"]


async def test_what_a_peer_may_not_get_any_more_is_dropped_at_the_last_moment() -> None:
    """A peer that is no ally any more gets nothing of the batch that was on its way to it."""
    post = Post()
    async with listening("birch", stalled=True) as birch, post.working() as worker:
        post.queue.put(birch.peer, "one", "two", "three")
        worker.wake()
        await until(lambda: birch.got == ["one"])
        post.dropped.add(birch.peer)
        birch.free.set()
        await until(lambda: post.queue.states(birch.peer) == ["delivered", "dropped", "dropped"])
        assert birch.got == ["one"]


async def test_a_worker_that_is_killed_loses_nothing() -> None:
    """Killed in the middle of a request again and again, the worker still delivers everything in its order."""
    post = Post()
    async with listening("birch") as birch:
        post.queue.put(birch.peer, *numbers(60))
        for stop_after in (1, 7, 23, 41):
            birch.free.set()
            async with post.working():
                await until(partial(has, birch, stop_after))
                birch.free.clear()
                await until(lambda: birch.at_once > 0)
        birch.free.set()
        async with post.working():
            await until(lambda: set(post.queue.states(birch.peer)) == {"delivered"})
    assert list(dict.fromkeys(birch.got)) == numbers(60)
    assert len(birch.got) > 60
