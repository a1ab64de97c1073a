"""How much may be asked of this node, so that strangers never keep it from its allies.

Rule 1  A message to the inbox that no ally signed is counted against the address it comes from, before its body is
        read, a signature checked or an actor fetched.
Rule 2  Who an ally is, only its signature proves; but whoever names an ally's key is looked at without being counted as
        a stranger. What turns out to be no ally's is counted as a false claim against its address, and whoever makes
        many is not looked at any more. From where an ally proved itself not long ago, claims are always looked at: it
        may share the address with whoever is lying.
Rule 3  An ally has a measure of its own, counted after its signature was checked, so nobody can use it up for it. What
        is over is told to come later (429 and `Retry-After`): a backlog comes in slowly, and nothing is lost.
Rule 4  Where nobody in particular asks (`node.visitor`), all of them share one larger measure, and no claim is ever
        left unseen, nor a sign-in link that is right: whoever empties that measure keeps out strangers, never allies
        and never the people of this collective.
Rule 5  Sign-in links that are not right are counted, and whoever tried many is not looked at for a while. A right one
        costs nothing.
Rule 6  No address is kept, only its hash by a key that is new at each start; of IPv6 that of the network. It is in
        memory alone, for a quarter of an hour at most, and there are never more than `federation.buckets.MOST`.

| set-up                                   | who is told from whom                                                |
| the node alone, on a public address      | each address                                                         |
| behind a web server, by its own door     | each address, as the web server saw it                               |
| behind a web server, by the other door   | nobody: rule 4                                                       |
| an onion service, by that door too       | nobody: rule 4. Those whom a web server tells of are still told apart |
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from federation.buckets import MOST, Buckets, Rate, per_minute
from node.settings import Settings
from node.visitor import Address, network_of
from schema.errors import TooMany

MANY: Final = 10  # nobody in particular has the measure of this many
LINKS: Final = Rate(per_minute=2, burst=10)
PROVEN_FOR: Final = timedelta(minutes=15)
NOBODY: Final = b""


class Limit(StrEnum):
    """What there was too much of."""

    STRANGERS = "strangers"  # messages of strangers
    CLAIMS = "claims"  # messages that named an ally's key, and were not by it
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
        strangers = settings.stranger_messages_per_minute
        self._strangers: Buckets[bytes] = Buckets(per_minute(strangers))
        self._claims: Buckets[bytes] = Buckets(per_minute(strangers))
        self._allies: Buckets[str] = Buckets(per_minute(settings.ally_messages_per_minute))
        self._links: Buckets[bytes] = Buckets(LINKS)
        self._nobody: Buckets[Limit] = Buckets(per_minute(strangers * MANY))
        self._nobodys_links: Buckets[Limit] = Buckets(Rate(LINKS.per_minute * MANY, LINKS.burst * MANY))
        self._proven: OrderedDict[bytes, datetime] = OrderedDict()

    def knock(self, who: Address | None, *, claims: bool) -> None:
        """Somebody brings a message; `claims` is whether it names an ally's key (rules 1, 2 and 4)."""
        key, now = self._key(who), self._clock()
        if not claims:
            mine = self._nobody.take(Limit.STRANGERS, now) if key == NOBODY else self._strangers.take(key, now)
            self._hold(Limit.STRANGERS, mine)
        elif key != NOBODY and self._proven.get(key, now) <= now:
            self._hold(Limit.CLAIMS, self._claims.wait(key, now))

    def lied(self, who: Address | None) -> None:
        """A message named an ally's key, and nothing proved it."""
        key, now = self._key(who), self._clock()
        if key == NOBODY:
            self._nobody.take(Limit.STRANGERS, now)
        else:
            self._claims.take(key, now)

    def ally(self, who: Address | None, actor: str) -> None:
        """This ally proved that a message is its own (rules 2 and 3)."""
        key, now = self._key(who), self._clock()
        if key != NOBODY:
            self._proven[key] = now + PROVEN_FOR
            self._proven.move_to_end(key)
            if len(self._proven) > MOST:
                self._proven.popitem(last=False)
        self._hold(Limit.ALLY, self._allies.take(actor, now))

    def try_link(self, who: Address | None) -> None:
        """Somebody comes with a sign-in link (rules 4 and 5)."""
        key = self._key(who)
        if key != NOBODY:
            self._hold(Limit.LINKS, self._links.wait(key, self._clock()))

    def wrong_link(self, who: Address | None) -> None:
        """It was not right."""
        key, now = self._key(who), self._clock()
        mine = self._nobodys_links.take(Limit.LINKS, now) if key == NOBODY else self._links.take(key, now)
        self._hold(Limit.LINKS, mine)

    def forget(self) -> None:
        """Forget all who have their full measure again; to be called about once a minute (rule 6)."""
        now = self._clock()
        for buckets in (self._strangers, self._claims, self._allies, self._links, self._nobody, self._nobodys_links):
            buckets.forget(now)
        while self._proven and next(iter(self._proven.values())) <= now:
            self._proven.popitem(last=False)

    def _hold(self, limit: Limit, wait: timedelta) -> None:
        if wait:
            self._told(limit)
            raise TooMany("more than a limit allows", retry_after=wait)

    def _key(self, who: Address | None) -> bytes:
        if who is None:
            return NOBODY
        return blake2b(network_of(who).packed, key=self._secret, digest_size=16).digest()
