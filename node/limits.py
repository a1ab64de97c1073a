"""How much may be asked of this node, so that strangers never keep it from its allies.

Rule 1  A message to the inbox that names no key at the origin of an ally is a stranger's. It is counted before its body
        is read, a signature checked or an actor fetched.
Rule 2  One that names such a key is read and its signature checked, however many lied before it: an ally that is
        refused unseen could not prove itself beside a liar on its address. A lie is not worth much: it makes us look at
        the keys of that ally every 15 seconds at most (`federation.pins`). Where the actor is no ally, it is a
        stranger's after all, and counted before that actor is fetched.
Rule 3  An ally has a measure of its own, counted as soon as its signature held, so nobody can use it up for it. What is
        over is told to come later (429 and `Retry-After`): a backlog comes in slowly, and nothing is lost.
Rule 4  Of strangers each address has a measure. Nobody in particular (`node.visitor`), where all share one, has that of
        `MANY`, and all strangers together have that of `ALL`: whoever has a thousand networks has no more. What that
        keeps out are other strangers, never allies and never the people of this collective.
Rule 5  A sign-in link is looked up first, since it cannot be guessed: a right one lets in, whatever came before it.
        Those that are not right are counted as in rule 4, and told to come later where they are too many.
Rule 6  No address is kept, only its hash by a key that is new at each start; of IPv6 that of the network. It is in
        memory alone, for a few minutes, and there are never more than `federation.buckets.MOST`.

| set-up                                   | who is told from whom                                                |
| the node alone, on a public address      | each address                                                         |
| behind a web server, by its own door     | each address, as the web server saw it                               |
| behind a web server, by the other door   | nobody: rule 4                                                       |
| an onion service, by that door too       | nobody: rule 4. Those whom a web server tells of are still told apart |
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from federation.buckets import Buckets, Rate, per_minute
from node.settings import Settings
from node.visitor import Address, network_of
from schema.errors import TooMany

MANY: Final = 10  # addresses, whose measures nobody in particular has
ALL: Final = 100  # addresses, whose measures all strangers together have
LINKS: Final = Rate(per_minute=2, burst=10)
NOBODY: Final = b""


class Limit(StrEnum):
    """What there was too much of."""

    STRANGERS = "strangers"  # messages of strangers
    ALLY = "ally"  # messages of one ally
    LINKS = "links"  # sign-in links that were not right


class Limits:
    """Counts in the memory of this process. What is over a limit raises `TooMany`."""

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime], told: Callable[[str], None] = lambda _what: None
    ) -> None:
        """`told` hears each time that somebody is turned away, and by which limit."""
        self._clock = clock
        self._told = told
        self._secret = secrets.token_bytes(32)
        self._strangers = Crowd(per_minute(settings.stranger_messages_per_minute))
        self._allies: Buckets[str] = Buckets(per_minute(settings.ally_messages_per_minute))
        self._links = Crowd(LINKS)

    def stranger(self, who: Address | None) -> None:
        """Somebody who is no ally brings a message (rules 1, 2 and 4)."""
        self._hold(Limit.STRANGERS, self._strangers.take(self._key(who), self._clock()))

    def ally(self, actor: str) -> None:
        """This ally brings a message, which is proven to be its own (rule 3)."""
        self._hold(Limit.ALLY, self._allies.take(actor, self._clock()))

    def wrong_link(self, who: Address | None) -> None:
        """Somebody came with a sign-in link that is not right (rule 5)."""
        self._hold(Limit.LINKS, self._links.take(self._key(who), self._clock()))

    def forget(self) -> None:
        """Forget all who have their full measure again; to be called about once a minute (rule 6)."""
        now = self._clock()
        for counted in (self._strangers, self._allies, self._links):
            counted.forget(now)

    def _hold(self, limit: Limit, wait: timedelta) -> None:
        if wait:
            self._told(limit)
            raise TooMany("more than a limit allows", retry_after=wait)

    def _key(self, who: Address | None) -> bytes:
        if who is None:
            return NOBODY
        return blake2b(network_of(who).packed, key=self._secret, digest_size=16).digest()


class Crowd:
    """The measures of strangers (rule 4); `rate` is that of one address, None is no limit at all."""

    def __init__(self, rate: Rate | None) -> None:
        """All are full."""
        self.each: Buckets[bytes] = Buckets(rate)
        self._nobody: Buckets[bytes] = Buckets(rate and rate.times(MANY))
        self._all: Buckets[None] = Buckets(rate and rate.times(ALL))

    def take(self, key: bytes, now: datetime) -> timedelta:
        """How long until this one may do it; nothing where it may now, and then that was it."""
        own = self._nobody if key == NOBODY else self.each
        return own.wait(key, now) or self._all.take(None, now) or own.take(key, now)

    def forget(self, now: datetime) -> None:
        """Forget all who have their full measure again."""
        for buckets in (self.each, self._nobody, self._all):
            buckets.forget(now)
