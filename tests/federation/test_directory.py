import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from activitypub.actor import read_actor
from activitypub.ids import Ids
from federation.buckets import Rate
from federation.directory import FAILED_AT_MOST, FAILED_FOR, FRESH, MOST_UNDER_WAY, REFETCH, ActorDirectory
from federation.fetch import Fetched, NotServed
from federation.outbox import Signer
from federation.resolvers import DNS_THREADS
from federation.transport import Reason, Response, Unreached
from schema.errors import Absent, RemoteError, TooMany
from tests.rig.fetching import fetcher_of
from tests.rig.onions import onion_of
from tests.rig.sender import Sender, collective

MALLORY = collective("mallory", 1)
OTHERS = tuple(collective(f"m{number}", 1, MALLORY.keys) for number in range(3))


class Peer:
    """A transport of which each address gives an answer, or an error, and which counts."""

    def __init__(self) -> None:
        self.answers: dict[str, Response | RemoteError] = {}
        self.asked: list[str] = []

    def serve(self, sender: Sender, status: int = 200, wait: timedelta | None = None) -> None:
        """Give this actor, with this status."""
        headers = (("content-type", "application/activity+json"),)
        self.answers[sender.ids.actor] = Response(status, headers, orjson.dumps(sender.actor()), wait)

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer."""
        assert "Signature" in headers
        self.asked.append(url)
        await asyncio.sleep(0)
        answer = self.answers[url]
        if isinstance(answer, RemoteError):
            raise answer
        return answer


class Kept:
    """Actors in memory (`ActorStore`)."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[bytes, datetime]] = {}

    async def find(self, address: str) -> tuple[bytes, datetime] | None:
        """What is kept."""
        return self.documents.get(address)

    async def keep(self, address: str, document: bytes, fetched_at: datetime) -> None:
        """Keep it."""
        self.documents[address] = document, fetched_at


class House:
    """A directory with its peer and its clock."""

    def __init__(self, rate: Rate | None = None) -> None:
        self.time = datetime(2026, 11, 23, 10, tzinfo=UTC)
        self.peer = Peer()
        us = collective("alder", 1, MALLORY.keys)
        fetcher = fetcher_of(self.peer, Signer(us.ids, us.keys), self.now)
        self.directory = ActorDirectory(fetcher, Kept(), self.now, rate=rate)

    def now(self) -> datetime:
        """Our time."""
        return self.time

    async def look_up(self, sender: Sender, *, newer: bool = False, after: timedelta = timedelta()) -> Fetched:
        """Ask for an actor, some time later."""
        self.time += after
        return await self.directory.actor(sender.ids.actor, newer=newer)


@pytest.fixture
def house() -> House:
    """A directory that knows nobody."""
    return House()


async def test_fetched_once(house: House) -> None:
    """An actor is fetched once, however often and however many ask at the same time."""
    house.peer.serve(MALLORY)
    await asyncio.gather(*(house.look_up(MALLORY) for _ in range(10)))
    found = await house.look_up(MALLORY, after=FRESH - timedelta(seconds=1))
    assert found.actor == read_actor(MALLORY.actor(), MALLORY.ids.actor, allow_http=True)
    assert len(house.peer.asked) == 1
    await house.look_up(MALLORY, after=timedelta(seconds=1))
    assert len(house.peer.asked) == 2


async def test_few_at_a_time(house: House) -> None:
    """However many strangers are named at once, few are asked for at a time, and bare addresses are one domain."""
    fetched = await asyncio.gather(
        *(house.directory.actor(f"http://m.host{number}.example/a") for number in range(50)), return_exceptions=True
    )
    assert len(house.peer.asked) == MOST_UNDER_WAY
    assert sum(isinstance(one, TooMany) for one in fetched) == 50 - MOST_UNDER_WAY
    house.time += timedelta(hours=1)
    for number in range(3):
        with pytest.raises((TooMany, KeyError)):
            await house.directory.actor(f"http://192.0.2.{number}/a")
    assert len(house.peer.asked) == MOST_UNDER_WAY + 1


async def test_newer(house: House) -> None:
    """For a signature that does not hold it is fetched anew, at most once an hour."""
    house.peer.serve(MALLORY)
    await house.look_up(MALLORY)
    await house.look_up(MALLORY, newer=True, after=REFETCH - timedelta(seconds=1))
    assert len(house.peer.asked) == 1
    await house.look_up(MALLORY, newer=True, after=timedelta(seconds=1))
    assert len(house.peer.asked) == 2


@pytest.mark.parametrize(
    ("wait", "quiet"),
    [
        (None, FAILED_FOR),
        (timedelta(seconds=1), FAILED_FOR),
        (timedelta(minutes=30), timedelta(minutes=30)),
        (timedelta(days=10_000), FAILED_AT_MOST),
    ],
)
async def test_a_failure_is_remembered(house: House, wait: timedelta | None, quiet: timedelta) -> None:
    """F10: after a failure nothing is asked for five minutes, or as long as the peer wants, an hour at most."""
    house.peer.serve(MALLORY, 429, wait)
    for after in (timedelta(), timedelta(seconds=1), quiet - timedelta(seconds=2)):
        with pytest.raises(NotServed):
            await house.look_up(MALLORY, after=after)
    assert len(house.peer.asked) == 1
    house.peer.serve(MALLORY)
    await house.look_up(MALLORY, after=timedelta(seconds=1))
    assert len(house.peer.asked) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Unreached(Reason.TIMEOUT), Unreached),
        (Response(410, (), b"", None), Absent),
        (Response(200, (("content-type", "text/html"),), b"{}", None), RemoteError),
    ],
)
async def test_each_failure_keeps_its_kind(house: House, answer: Response, error: type[RemoteError]) -> None:
    """A remembered failure is told as it was the first time, and drags nothing along."""
    house.peer.answers[MALLORY.ids.actor] = answer
    depths = []
    for _ in range(3):
        with pytest.raises(error) as caught:
            await house.look_up(MALLORY)
        depths.append(len(caught.traceback))
    assert depths[1] == depths[2]
    assert len(house.peer.asked) == 1


async def test_one_a_second_for_a_domain(house: House) -> None:
    """F13: names under one domain share a budget of one fetch a second; another domain has its own."""
    children = [collective(f"c{number}.mallory", 1, MALLORY.keys) for number in range(2)]
    for one in (*children, *OTHERS):
        house.peer.serve(one)
    await house.look_up(children[0])
    with pytest.raises(TooMany):
        await house.look_up(children[1])
    await house.look_up(OTHERS[0])
    await house.look_up(children[1], after=timedelta(seconds=1))
    assert len(house.peer.asked) == 3


async def test_one_a_second_for_all_onion_services(house: House) -> None:
    """F13: anyone makes as many of them as they like, so together they share a budget."""
    one, two = (Sender(Ids(f"http://{onion_of(name)}", "mallory"), MALLORY.keys) for name in ("one", "two"))
    for sender in (one, two, MALLORY):
        house.peer.serve(sender)
    await house.look_up(one)
    with pytest.raises(TooMany):
        await house.look_up(two)
    await house.look_up(MALLORY)
    await house.look_up(two, after=timedelta(seconds=1))
    assert len(house.peer.asked) == 3


async def test_so_many_a_minute_in_all() -> None:
    """V29: however many domains there are, so many actors a minute are fetched; what was refused counts for nothing."""
    house = House(Rate(per_minute=6, burst=2))
    for one in (MALLORY, *OTHERS):
        house.peer.serve(one)
    await house.look_up(MALLORY)
    await house.look_up(OTHERS[0])
    for _ in range(3):
        with pytest.raises(TooMany) as refused:
            await house.look_up(OTHERS[1])
        assert refused.value.retry_after == timedelta(seconds=10)
    await house.look_up(MALLORY)
    await house.look_up(OTHERS[1], after=timedelta(seconds=10))
    assert len(house.peer.asked) == 3


def test_strangers_leave_names_to_others() -> None:
    """Names of strangers that nobody answers for cannot keep all threads that look names up."""
    assert DNS_THREADS > 3 * MOST_UNDER_WAY
