"""Actors of strangers, remembered: what they said, and that they said nothing.

Rule 1  An actor is fetched at most once an hour, whoever asks and however often.
Rule 2  A failure is remembered too, for five minutes or as long as the peer asks, an hour at most.
Rule 3  One fetch a second for each domain, and for all that is named by a bare address together, and for all onion
        services together: names cost a stranger nothing, our requests cost the world. So many a minute all in all (a
        setting), and few at a time: strangers never hold up our deliveries, nor make us a tool against others.
Rule 4  Everything remembered here has a limit; the oldest goes first.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from activitypub.onion import TOP, is_onion_service
from activitypub.origin import origin_of
from federation.buckets import Buckets, Rate
from federation.fetch import Fetched, Fetcher, NotServed
from schema.errors import RemoteError, TooMany

FRESH = timedelta(hours=24)
REFETCH = timedelta(hours=1)
FAILED_FOR = timedelta(minutes=5)
FAILED_AT_MOST = timedelta(hours=1)
BETWEEN_FETCHES = timedelta(seconds=1)
MOST_REMEMBERED = 1_000
MOST_UNDER_WAY = 8

Value = TypeVar("Value")


class ActorStore(Protocol):
    """Where fetched actors are kept between starts."""

    async def find(self, address: str) -> tuple[bytes, datetime] | None:
        """The document and when it was fetched."""

    async def keep(self, address: str, document: bytes, fetched_at: datetime) -> None:
        """Keep it in place of an older one; what is stale, and more than `MOST_REMEMBERED`, may be forgotten."""


@dataclass(frozen=True, slots=True)
class _Failure:
    until: datetime
    error: RemoteError


class ActorDirectory:
    """Looks actors up in the store, then at their own address."""

    def __init__(
        self, fetcher: Fetcher, store: ActorStore, clock: Callable[[], datetime], *, rate: Rate | None = None
    ) -> None:
        """Nothing is read yet; `rate` is for all fetches together, None is no limit."""
        self._fetcher = fetcher
        self._store = store
        self._clock = clock
        self._failures: OrderedDict[str, _Failure] = OrderedDict()
        self._asked: OrderedDict[str, datetime] = OrderedDict()
        self._all: Buckets[None] = Buckets(rate)
        self._under_way: dict[str, asyncio.Task[Fetched]] = {}

    async def actor(self, address: str, *, newer: bool = False) -> Fetched:
        """The actor at this address.

        `newer` asks its node again unless that was done within the hour: for a signature that does not hold, since keys
        may change. Raises the `RemoteError` of the failure, also when that failure is only remembered.
        """
        kept = await self._store.find(address)
        if kept is not None:
            document, fetched_at = kept
            if self._clock() - fetched_at < (REFETCH if newer else FRESH):
                return self._fetcher.read(document, address)
        task = self._under_way.get(address)
        if task is None:
            self._check_budget(address)
            task = asyncio.create_task(self._fetch(address))
            self._under_way[address] = task
            task.add_done_callback(lambda _: self._under_way.pop(address, None))
        return await asyncio.shield(task)

    def _check_budget(self, address: str) -> None:
        now = self._clock()
        failure = self._failures.get(address)
        if failure is not None and now < failure.until:
            raise failure.error.with_traceback(None)  # what was raised before it holds on to whole requests
        if len(self._under_way) >= MOST_UNDER_WAY:
            raise TooMany("as many fetches under way for strangers as we allow")
        domain = _domain(address)
        asked = self._asked.get(domain)
        if asked is not None and now - asked < BETWEEN_FETCHES:
            raise TooMany("more than one fetch a second from one domain")
        if wait := self._all.take(None, now):
            raise TooMany("as many fetches a minute for strangers as we allow", retry_after=wait)
        _remember(self._asked, domain, now)

    async def _fetch(self, address: str) -> Fetched:
        try:
            fetched = await self._fetcher.actor(address)
        except RemoteError as error:
            asked = error.retry_after if isinstance(error, NotServed) else None
            wait = min(max(asked or FAILED_FOR, FAILED_FOR), FAILED_AT_MOST)
            _remember(self._failures, address, _Failure(self._clock() + wait, error))
            raise
        self._failures.pop(address, None)
        await self._store.keep(address, fetched.document, self._clock())
        return fetched


def _domain(address: str) -> str:
    """The last two labels of a host, near enough to what one person can register.

    Bare addresses are one domain, and onion services another: there everyone makes as many as they like.
    """
    host = origin_of(address).host
    if is_onion_service(host):
        return TOP
    return "" if host.startswith("[") or host[-1].isdigit() else ".".join(host.split(".")[-2:])


def _remember(memory: OrderedDict[str, Value], key: str, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > MOST_REMEMBERED:
        memory.popitem(last=False)
