"""The delivery worker: everything that waits in the database goes out, in order for each peer.

Rule 1  One delivery at a time for each peer, in the order in which they were queued: an Update never overtakes its
        Create.
Rule 2  What fails holds back the peer that failed, and no other.
Rule 3  The database is the queue. A worker that is killed leaves it as it was; at worst a peer gets the same bytes
        twice, and its memory of what came in makes that once.
Rule 4  At the start every peer is tried at once: it may have been us who were away.
Rule 5  A peer that speaks to us is tried at once; what it refused with 403, as a stranger's, is tried anew, once an
        hour at most: of two that become allies one is always first.
Rule 6  What waits for a peer that a person here put on hold goes on waiting. What a peer may not get any more is
        dropped, also at the last moment.
Rule 7  What is addressed to our followers carries headers for that peer, made once for a batch.
Rule 8  Each peer gets one batch and then lets others have a turn: a peer with a long backlog delays nobody.
Rule 9  Where several workers share the queue, rule 1 is so of all of them together: a batch is sent by the one that
        took the peer's turn, for as long as it has it. What comes of a turn that was lost counts no more.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from federation.breaker import PeerHealth
from federation.retry import Outcome, classify
from federation.signing import NO_HEADERS, SignedExchange
from federation.transport import Reason, Response, Unreached
from schema.visibility import Audience

BATCH = 20
FORGIVEN_FOR = timedelta(hours=1)
MOST_FORGIVEN = 1_000
LONGEST_SLEEP = timedelta(seconds=30)


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"  # the peer said no: parked until a person looks at it
    EXPIRED = "expired"  # what it was about is over
    SUPERSEDED = "superseded"  # a newer version of the same thing goes out instead
    DROPPED = "dropped"  # for allies, and it is none any more


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity for one inbox. `status` came `status_count` times in a row, first at `status_since`."""

    id: int
    inbox: str
    document: bytes
    expires: datetime | None
    object: str
    type: str
    audience: str
    status: int | None = None
    status_count: int = 0
    status_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one attempt, to be written down."""

    delivery: Delivery
    state: DeliveryState
    status: int | None = None
    status_count: int = 0
    status_since: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A peer's turn, which is ours until it is settled: how it has been answering, and what goes out next, in order."""

    health: PeerHealth
    deliveries: Sequence[Delivery]


class DeliveryQueue(Protocol):
    """The queue, as the database keeps it."""

    async def wake(self, peer: str | None = None) -> None:
        """Let this peer, or every peer, be tried at once."""

    async def forgive(self, peer: str) -> int:
        """Let what this peer refused with 403 wait again; returns how much that is."""

    async def due(self, now: datetime) -> Sequence[str]:
        """Peers for which something waits that may go out now, and whose turn nobody else has."""

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next of those that may not go out yet will; None when nothing waits."""

    async def take(self, peer: str, now: datetime, limit: int) -> Turn | None:
        """Take this peer's turn, with at most so much to send; None where another worker was first."""

    def holds(self, peer: str) -> bool:
        """Whether the turn of this peer is still ours."""

    async def settle(self, peer: str, health: PeerHealth, settled: Sequence[Settled], now: datetime) -> None:
        """Write down what became of a turn, where it is still ours, and let it go: in one transaction."""


class DeliveryWorker:
    """Runs until it is cancelled; `wake` tells it that something new waits."""

    def __init__(
        self,
        queue: DeliveryQueue,
        exchange: SignedExchange,
        clock: Callable[[], datetime],
        random: Callable[[], float],
        *,
        peers_at_once: int = 50,
        on_hold: Callable[[], Collection[str]] = frozenset,
        may_get: Callable[[str, Delivery], bool] = lambda _peer, _delivery: True,
        to_followers: Callable[[str], Mapping[str, str]] = lambda _peer: NO_HEADERS,
        told: Callable[[str, Settled], None] = lambda _peer, _settled: None,
    ) -> None:
        """`random` gives numbers in [0, 1); `told` hears of all that is settled.

        `on_hold` and `may_get` are rule 6, `to_followers` is rule 7.
        """
        self._queue = queue
        self._exchange = exchange
        self._clock = clock
        self._random = random
        self._free = asyncio.Semaphore(peers_at_once)
        self._on_hold = on_hold
        self._may_get = may_get
        self._to_followers = to_followers
        self._began = False
        self._told = told
        self._busy: dict[str, asyncio.Task[bool]] = {}
        self._held_back: set[str] = set()
        self._forgiven: dict[str, datetime] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new waits, or something may go out now."""
        self._woken.set()

    async def heard_from(self, peer: str) -> None:
        """A peer spoke to us, and proved who it is (rule 5)."""
        if peer in self._held_back:
            self._held_back.discard(peer)
            await self._queue.wake(peer)
            self.wake()
        now = self._clock()
        before = self._forgiven.get(peer)
        if before is None or now - before >= FORGIVEN_FOR:
            if len(self._forgiven) >= MOST_FORGIVEN:
                self._forgiven.clear()
            self._forgiven[peer] = now
            if await self._queue.forgive(peer):
                self.wake()

    def held_back(self, peer: str) -> None:
        """This peer did not answer, ourselves or another worker: it is tried at once when it speaks (rule 5)."""
        self._held_back.add(peer)

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is left to the next start."""
        if not self._began:
            await self._queue.wake()
            self._began = True
        try:
            while True:
                self._woken.clear()
                await self._start_due()
                await self._sleep()
        finally:
            tasks = list(self._busy.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_due(self) -> None:
        for peer in await self._queue.due(self._clock()):
            if peer in self._busy or peer in self._on_hold():
                continue
            await self._free.acquire()
            task = asyncio.create_task(self._serve(peer), name="delivery")
            self._busy[peer] = task
            task.add_done_callback(partial(self._served, peer))

    def _served(self, peer: str, task: "asyncio.Task[bool]") -> None:
        self._busy.pop(peer, None)
        self._free.release()
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            if task.result():
                self.wake()
        else:  # it is tried again after a while, and no other peer is held up
            context = {"message": "delivering to a peer stumbled", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)

    async def _sleep(self) -> None:
        now = self._clock()
        due = await self._queue.next_due(now)
        wait = LONGEST_SLEEP if due is None else min(max(due - now, timedelta()), LONGEST_SLEEP)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait.total_seconds()):  # `wait_for` of 3.11 may lose a cancellation
                await self._woken.wait()

    async def _serve(self, peer: str) -> bool:
        """Send one batch to one peer, until an attempt fails. What was sent is written down, also when we must stop.

        Returns whether it was our turn.
        """
        turn = await self._queue.take(peer, self._clock(), BATCH)
        if turn is None:
            return False
        health = turn.health
        settled: list[Settled] = []
        failed = False
        try:
            public = any(delivery.audience == Audience.PUBLIC for delivery in turn.deliveries)
            for_followers = self._to_followers(peer) if public else NO_HEADERS
            for delivery in turn.deliveries:
                if peer in self._on_hold() or not self._queue.holds(peer):
                    break
                headers = for_followers if delivery.audience == Audience.PUBLIC else NO_HEADERS
                one, response = await self._attempt(peer, delivery, headers)
                settled.append(one)
                failed = one.state is DeliveryState.WAITING
                if failed:
                    asked = None if response is None else response.retry_after
                    health = health.failed(self._clock(), self._random(), asked)
                    break
                if response is not None:
                    health = health.succeeded()
        finally:
            await self._queue.settle(peer, health, settled, self._clock())
        for one in settled:
            self._told(peer, one)
        if failed:
            self.held_back(peer)
        return bool(settled)

    async def _attempt(
        self, peer: str, delivery: Delivery, headers: Mapping[str, str]
    ) -> tuple[Settled, Response | None]:
        now = self._clock()
        if not self._may_get(peer, delivery):
            return Settled(delivery, DeliveryState.DROPPED), None
        if delivery.expires is not None and delivery.expires <= now:
            return Settled(delivery, DeliveryState.EXPIRED), None
        try:
            response = await self._exchange.post(delivery.inbox, delivery.document, headers)
        except Unreached as error:
            state = DeliveryState.REFUSED if error.reason is Reason.UNSAFE else DeliveryState.WAITING
            return Settled(delivery, state, reason=error.reason), None
        repeated = response.status == delivery.status and delivery.status_since is not None
        count = delivery.status_count + 1 if repeated else 1
        since = delivery.status_since if repeated and delivery.status_since is not None else now
        outcome = classify(response.status, count, now - since)
        state = {
            Outcome.DELIVERED: DeliveryState.DELIVERED,
            Outcome.REFUSED: DeliveryState.REFUSED,
            Outcome.RETRY: DeliveryState.WAITING,
        }[outcome]
        reason = None if state is DeliveryState.DELIVERED else "answer"
        return Settled(delivery, state, response.status, count, since, reason), response
