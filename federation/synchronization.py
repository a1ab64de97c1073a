"""Whether those whose posts come here agree with us on whether we follow them (FEP-8fcf).

Rule 1  With each delivery that is addressed to our followers, a server learns the digest of those of them who are its
        own. It is made once for each batch that goes to a server.
Rule 2  Where what another tells differs from what we remember, its list is read and what is wrong is set right: later,
        by one task for all, never before the 202 and never in a transaction.
Rule 3  Only allies and those we follow are asked, each once an hour at most, and once a day where something was set
        right: a server that does not understand what we send is not told again and again.
Rule 4  That we are not in a list counts only where the list was read to its end. A list that cannot be read says
        nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from activitypub.ids import Ids
from activitypub.synchronization import HEADER, Synchronization, digest_of, write_synchronization
from federation.fetch import Members
from federation.roster import Roster
from federation.verify import VerifiedActivity
from schema.errors import RemoteError

PAUSE_SECONDS = 0.2  # the answer goes out first, and what came with it takes effect
BETWEEN_LOOKS = timedelta(hours=1)
AFTER_SETTING_RIGHT = timedelta(days=1)
MOST_WAITING = 100
MOST_REMEMBERED = 1_000


class MemberFetcher(Protocol):
    """What is needed of the fetcher."""

    async def members(self, url: str, *, part_of: str) -> Members:
        """The members of a collection, or the `RemoteError` of why not."""


def headers_for(ids: Ids, roster: Roster, peer: str) -> dict[str, str]:
    """What a delivery to our followers tells the server at this origin."""
    said = Synchronization(ids.followers, ids.followers_of_reader, digest_of(roster.followers_at.get(peer, ())))
    return {HEADER: write_synchronization(said)}


class FollowersCheck:
    """Hears what others tell of us as their follower, and looks where it differs."""

    def __init__(
        self,
        ours: str,
        roster: Callable[[], Roster],
        fetcher: MemberFetcher,
        set_right: Callable[[str, bool], Awaitable[bool]],
        clock: Callable[[], datetime],
        *,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """`ours` is our actor; `set_right` is told an actor and whether it lists us, and says if anything changed."""
        self._ours = ours
        self._roster = roster
        self._fetcher = fetcher
        self._set_right = set_right
        self._clock = clock
        self._pause = pause
        self._waiting: dict[str, Synchronization] = {}
        self._not_before: dict[str, datetime] = {}
        self._woken = asyncio.Event()

    def heard(self, verified: VerifiedActivity) -> None:
        """Something came that took effect. Nothing is asked yet."""
        actor, said = verified.activity.actor, verified.synchronization
        if said is None or not self._differs(actor, said) or not self._may_ask(actor):
            return
        self._waiting[actor] = said
        self._woken.set()

    async def run(self) -> None:
        """Ask until cancelled, one after the other; begun anew, it goes on with those who still wait."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(self._pause)
            while self._waiting:
                actor = next(iter(self._waiting))
                await self._look(actor, self._waiting.pop(actor))
            self._woken.clear()

    def _differs(self, actor: str, said: Synchronization) -> bool:
        """Whether we remember it differently; of strangers nothing is remembered."""
        roster = self._roster()
        if actor in roster.following:
            return said.digest != digest_of([self._ours])
        return actor in roster.allies and said.digest != digest_of([])

    def _may_ask(self, actor: str) -> bool:
        """Rule 3. What is remembered of it is given up when its time is over, and never for something newer."""
        now = self._clock()
        self._not_before = {one: moment for one, moment in self._not_before.items() if now < moment}
        room = len(self._waiting) < MOST_WAITING and len(self._not_before) < MOST_REMEMBERED
        return actor not in self._not_before and (room or actor in self._waiting)

    async def _look(self, actor: str, said: Synchronization) -> None:
        if not self._differs(actor, said):  # what came with it has settled it
            return
        self._not_before[actor] = self._clock() + BETWEEN_LOOKS
        try:
            members = await self._fetcher.members(said.url, part_of=said.collection)
        except RemoteError:
            return
        listed = self._ours in members.ids
        if (listed or members.whole) and await self._set_right(actor, listed):
            self._not_before[actor] = self._clock() + AFTER_SETTING_RIGHT
