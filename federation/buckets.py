"""How often each of many may do something: a token bucket for each (https://en.wikipedia.org/wiki/Token_bucket).

Rule 1  Whoever did nothing for a while may do `burst` things at once, and then so many a minute. What is refused costs
        nothing, and the wait that is told is exactly long enough.
Rule 2  Whoever has the full measure again is forgotten, and more than `most` are never remembered: of these the least
        recently seen goes first. So names that somebody makes up cost a bounded memory, and buy full buckets: a limit
        for each is worth something only where a name is not free.
Rule 3  A clock that was set back locks nobody out: an empty bucket is the worst that can become of it.

Pure: the time is passed in. Of each bucket no more is kept than the moment in which it is full again.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

MOST = 10_000
NO_WAIT = timedelta()
BURST_OF_A_MINUTE = 3  # a third of what a minute allows may come at once

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, `burst` of them at once; both are one or more."""

    per_minute: int
    burst: int

    @property
    def interval(self) -> timedelta:
        """How long it takes until one more may come."""
        return timedelta(minutes=1) / self.per_minute

    def times(self, number: int) -> "Rate":
        """The measure of so many."""
        return Rate(self.per_minute * number, self.burst * number)


def per_minute(number: int) -> Rate | None:
    """So many a minute, a third of them at once; None, which is no limit, for 0."""
    return Rate(number, max(1, number // BURST_OF_A_MINUTE)) if number else None


class Buckets(Generic[Key]):
    """One for each key that was seen not long ago; None as rate is no limit at all."""

    def __init__(self, rate: Rate | None, *, most: int = MOST) -> None:
        """All are full."""
        self._rate = rate
        self._most = most
        self._full_at: OrderedDict[Key, datetime] = OrderedDict()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._full_at)

    def wait(self, key: Key, now: datetime) -> timedelta:
        """How long until this one may; nothing where it may now."""
        if self._rate is None:
            return NO_WAIT
        return max(NO_WAIT, self._missing(key, now, self._rate) - self._rate.interval * (self._rate.burst - 1))

    def take(self, key: Key, now: datetime) -> timedelta:
        """The same, and where it may, that was it."""
        wait = self.wait(key, now)
        if self._rate is not None and not wait:
            self._full_at[key] = now + self._missing(key, now, self._rate) + self._rate.interval
            self._full_at.move_to_end(key)
            if len(self._full_at) > self._most:
                self._full_at.popitem(last=False)
        return wait

    def forget(self, now: datetime) -> None:
        """Hold rule 2. Whoever was not seen for as long as a bucket takes to fill is gone after it."""
        while self._full_at and next(iter(self._full_at.values())) <= now:
            self._full_at.popitem(last=False)

    def _missing(self, key: Key, now: datetime, rate: Rate) -> timedelta:
        """How long until this bucket is full, never longer than an empty one takes (rule 3)."""
        return min(max(NO_WAIT, self._full_at.get(key, now) - now), rate.interval * rate.burst)
