"""Followers compared (FEP-8fcf): when another's list is asked for, and what is made of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
import pytest

from activitypub.actor import RemoteActor, read_actor
from activitypub.message import Request
from activitypub.synchronization import HEADER, Synchronization, digest_of, write_synchronization
from federation.directory import ActorDirectory
from federation.fetch import Members
from federation.roster import Roster
from federation.signing import Manner, sign_request
from federation.synchronization import MOST_WAITING, FollowersCheck, headers_for
from federation.verify import VerifiedActivity, Verifier
from schema.errors import Absent, PeerUnreachable, RemoteError
from tests.federation.test_verify import Nobody, now
from tests.rig.clock import Clock
from tests.rig.fetching import fetcher_of
from tests.rig.sender import Sender, address_of, collective, keys_of
from tests.rig.waiting import until

ALDER = collective("alder", 1)
BIRCH = collective("birch", 1)
US = ALDER.ids.actor
LISTED, NOT_LISTED = digest_of([US]), digest_of([])
NOBODY = Members(frozenset(), whole=True)
WITH_US = Members(frozenset({US, f"{ALDER.ids.base}/another"}), whole=True)
INBOX = ALDER.ids.shared_inbox


def actor_of(sender: Sender) -> RemoteActor:
    return read_actor(sender.actor(), sender.ids.actor, allow_http=True)


async def arrival(digest: str, sender: Sender = BIRCH, manner: Manner = Manner.CAVAGE) -> VerifiedActivity:
    """Something that an ally sent, with what it says of its followers."""
    said = write_synchronization(Synchronization(sender.ids.followers, sender.ids.followers_of_reader, digest))
    body = orjson.dumps(sender.activity("View"))
    headers = sign_request(sender.signer, "POST", INBOX, body, now(), manner=manner, headers={HEADER: said})
    request = Request("POST", address_of(INBOX)[1], (), body).with_headers(headers)
    roster = Roster(allies={sender.ids.actor: actor_of(sender)})
    nobody = Nobody()
    directory = ActorDirectory(fetcher_of(nobody, ALDER.signer, now), nobody, now)
    return await Verifier(lambda: roster, directory, now, scheme="http", allow_http=True).activity(request)


@dataclass(slots=True)
class Watch:
    """A check of this roster; `theirs` is what every list holds, or why it cannot be read."""

    roster: Roster
    theirs: Members | RemoteError = NOBODY
    changes: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    found: list[tuple[str, bool]] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    async def members(self, url: str, *, part_of: str) -> Members:
        """One answer."""
        self.asked.append((url, part_of))
        if isinstance(self.theirs, RemoteError):
            raise self.theirs
        return self.theirs

    async def set_right(self, actor: str, listed: bool) -> bool:  # noqa: FBT001 (as the check calls it)
        """Remember it; whether it changed anything."""
        self.found.append((actor, listed))
        return self.changes

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FollowersCheck]:
        """The check, at work."""
        check = FollowersCheck(US, lambda: self.roster, self, self.set_right, self.clock, pause=0)
        task = asyncio.create_task(check.run())
        try:
            yield check
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def settled() -> None:
    """Let the check do all that it has to do."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize("manner", Manner)
async def test_what_is_signed_is_heard(manner: Manner) -> None:
    """In either scheme the signature covers the header, so what it says stands beside the proven activity."""
    verified = await arrival(LISTED, manner=manner)
    assert verified.synchronization == Synchronization(BIRCH.ids.followers, BIRCH.ids.followers_of_reader, LISTED)


def test_each_server_hears_of_its_own() -> None:
    """A server gets the digest of its own followers: of nobody where none there follows, or an ally is on hold."""
    bramble = Sender(ALDER.ids, BIRCH.keys)
    one, two, held = (actor_of(sender) for sender in (BIRCH, collective("cedar", 1), collective("sorrel", 1)))
    roster = Roster(
        allies={bramble.ids.actor: actor_of(bramble)},
        suspended={held.id: held},
        followers={actor.id: actor for actor in (one, two, held)},
    )
    assert roster.followers_at == {
        BIRCH.ids.base: (one.id,),
        two.id.partition("/actors")[0]: (two.id,),
        ALDER.ids.base: (),
    }
    for peer, followers in ((BIRCH.ids.base, [one.id]), (ALDER.ids.base, []), ("https://else.example", [])):
        said = Synchronization(ALDER.ids.followers, ALDER.ids.followers_of_reader, digest_of(followers))
        assert headers_for(ALDER.ids, roster, peer) == {HEADER: write_synchronization(said)}


FOLLOWED = Roster(following={BIRCH.ids.actor: actor_of(BIRCH)})
ALLIED = Roster(allies={BIRCH.ids.actor: actor_of(BIRCH)})


@pytest.mark.parametrize(
    ("roster", "digest", "theirs", "asked", "found"),
    [
        (FOLLOWED, NOT_LISTED, NOBODY, 1, [False]),
        (FOLLOWED, NOT_LISTED, WITH_US, 1, [True]),
        (FOLLOWED, digest_of([US, BIRCH.ids.actor]), WITH_US, 1, [True]),
        (ALLIED, LISTED, WITH_US, 1, [True]),
        (ALLIED, LISTED, NOBODY, 1, [False]),
        (FOLLOWED, NOT_LISTED, Members(frozenset(), whole=False), 1, []),
        (FOLLOWED, NOT_LISTED, Members(frozenset({US}), whole=False), 1, [True]),
        (FOLLOWED, NOT_LISTED, Absent("not there"), 1, []),
        (FOLLOWED, NOT_LISTED, PeerUnreachable("not there"), 1, []),
        (FOLLOWED, LISTED, NOBODY, 0, []),
        (ALLIED, NOT_LISTED, WITH_US, 0, []),
        (Roster(), LISTED, WITH_US, 0, []),
    ],
)
async def test_a_list_is_read_where_it_differs(
    roster: Roster, digest: str, theirs: Members | RemoteError, asked: int, found: list[bool]
) -> None:
    """Only what differs is looked into; that we are missing counts where the whole list was read, and nothing else."""
    watch = Watch(roster, theirs)
    async with watch.running() as check:
        check.heard(await arrival(digest))
        assert watch.asked == []  # nothing is asked before the answer is given
        await settled()
    assert watch.asked == [(BIRCH.ids.followers_of_reader, BIRCH.ids.followers)] * asked
    assert watch.found == [(BIRCH.ids.actor, listed) for listed in found]


@pytest.mark.parametrize(("changes", "wait"), [(False, timedelta(hours=1)), (True, timedelta(days=1))])
async def test_each_is_asked_seldom(changes: bool, wait: timedelta) -> None:  # noqa: FBT001
    """However often it differs, a sender is asked once an hour, and once a day where something was set right."""
    watch = Watch(FOLLOWED, changes=changes)
    verified = await arrival(NOT_LISTED)
    async with watch.running() as check:
        for distance, asked in ((timedelta(), 1), (wait - timedelta(seconds=1), 1), (timedelta(seconds=1), 2)):
            watch.clock.move(seconds=distance.total_seconds())
            for _ in range(3):
                check.heard(verified)
                await settled()
            assert len(watch.asked) == asked


async def test_what_settles_itself_is_not_looked_into() -> None:
    """What came with it, a Reject say, may make both agree before anything is asked."""
    watch = Watch(FOLLOWED)
    async with watch.running() as check:
        check.heard(await arrival(NOT_LISTED))
        watch.roster = ALLIED
        await settled()
        assert watch.asked == []


async def test_few_wait() -> None:
    """However many differ at once, only so many are looked into; the others tell it again with what they send next."""
    senders = [collective(f"h{number}", 1, keys_of("the hosts")) for number in range(MOST_WAITING + 5)]
    watch = Watch(Roster(following={sender.ids.actor: actor_of(sender) for sender in senders}))
    several = [await arrival(NOT_LISTED, sender) for sender in senders]
    async with watch.running() as check:
        for verified in several:
            check.heard(verified)
        await until(lambda: len(watch.asked) == MOST_WAITING)
        await settled()
    assert len(watch.asked) == len(watch.found) == MOST_WAITING
