"""Lists of followers compared (FEP-8fcf), over a socket: who is shown the part of a server, and what a header does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from activitypub.ids import Ids
from activitypub.message import ACTIVITY_JSON
from activitypub.synchronization import HEADER, Synchronization, digest_of, write_synchronization
from federation.signing import Manner, sign_request
from federation.synchronization import PAUSE_SECONDS
from node.aid import allies, following, publishing
from node.house import House
from node.store import relations, tables
from node.store.relations import Direction, Follow, FollowState
from schema.visibility import Audience
from tests.conftest import NewDatabase
from tests.rig.alone import offer, rows
from tests.rig.http import Answer, ask
from tests.rig.nodes import befriend, make_folder, running, told
from tests.rig.sender import Host, Sender, address_of, collective, hosting, http, keys_of, now, say
from tests.rig.waiting import answered, until

NOT_LISTED = digest_of([])
ACTIVITY = {"Accept": ACTIVITY_JSON}


@dataclass(frozen=True, slots=True)
class Street:
    """Alder, and on one host: birch and cedar, allies; bramble, who lives with birch; sorrel, on hold; mallory."""

    house: House
    host: Host
    birch: Sender
    bramble: Sender
    cedar: Sender
    sorrel: Sender
    mallory: Sender

    async def read(self, by: Sender, **how: Any) -> Answer:
        """Ask for the part of the followers that is the reader's."""
        url = self.house.ids.followers_of_reader
        return await ask(url, ACTIVITY | sign_request(by.signer, "GET", url, b"", datetime.now(UTC), **how))

    async def bring(self, content: Mapping[str, Any], *values: str) -> int:
        """Deliver something of birch's with these headers, signed where there is one; the answer's status."""
        inbox, body = self.house.ids.inbox, orjson.dumps(content)
        further = {HEADER: ", ".join(values)} if values else {}
        headers = sign_request(self.birch.signer, "POST", inbox, body, now(), headers=further)
        lines = [(name, value) for name, value in headers.items() if name != HEADER]
        lines += [(HEADER, value) for value in values]
        return (await say(self.house.ids.origin.port, http(address_of(inbox)[1], lines, body))).status

    def part(self, **changes: str) -> str:
        """The header of birch's for somebody who does not follow it."""
        said = {"collection": self.birch.ids.followers, "url": self.birch.ids.followers_of_reader, "digest": NOT_LISTED}
        return write_synchronization(Synchronization(**said | changes))


async def keep(house: House, sender: Sender, direction: Direction, state: FollowState) -> None:
    """Write a Follow down."""
    ours, theirs = house.ids, sender.ids
    identifier = theirs.activity("1") if direction is Direction.IN else ours.activity("1")
    request = {"id": identifier, "type": "Follow", "actor": ours.actor, "object": theirs.actor, "to": [theirs.actor]}
    kept = Follow(
        direction, theirs.actor, identifier, state, orjson.dumps(request), orjson.dumps(sender.actor()), house.now()
    )
    async with house.relating() as connection:
        await relations.keep_follow(connection, kept)


@pytest.fixture
async def street(tmp_path: Path, database: str) -> AsyncIterator[Street]:
    """A running node and its neighbours."""
    folder = await make_folder(tmp_path / "alder", "alder", database=database)
    async with hosting() as host, running(folder) as (house, _):
        birch, cedar, sorrel, mallory = (collective(one, host.port) for one in ("birch", "cedar", "sorrel", "mallory"))
        bramble = Sender(Ids(birch.ids.base, "bramble"), keys_of("bramble"))
        for sender in (birch, bramble, mallory):
            host.serve(sender.ids.actor, sender.actor())
        async with house.relating() as connection:
            for sender in (birch, cedar, sorrel):
                document = orjson.dumps(sender.actor())
                await relations.pin(connection, actor=sender.ids.actor, document=document, by="all", now=house.now())
            await relations.set_ally_state(connection, sorrel.ids.actor, relations.AllyState.SUSPENDED)
        yield Street(house, host, birch, bramble, cedar, sorrel, mallory)


async def test_each_server_sees_its_own_followers(street: Street) -> None:
    """Any actor of a server is shown who of that server follows; for everyone else there is no such address."""
    for sender in (street.birch, street.sorrel):
        await keep(street.house, sender, Direction.IN, FollowState.ACCEPTED)
    await keep(street.house, street.bramble, Direction.IN, FollowState.PENDING)
    for manner in Manner:
        for reader, followers in (
            (street.birch, [street.birch.ids.actor]),
            (street.bramble, [street.birch.ids.actor]),
            (street.cedar, []),
        ):
            answer = await street.read(reader, manner=manner)
            assert (answer.status, answer.headers["content-type"]) == (200, ACTIVITY_JSON)
            shown = orjson.loads(answer.body)
            assert (shown["id"], shown["items"]) == (street.house.ids.followers_of_reader, followers)
    assert street.host.asked == [address_of(street.bramble.ids.actor)[1]]  # once; of allies the keys are pinned

    absent = await ask(Ids(street.house.ids.base, "nobody").followers_of_reader, ACTIVITY)
    liars = [Sender(one.ids, keys_of("a liar")) for one in (street.birch, street.bramble)]
    for reader in (street.mallory, street.sorrel, *liars):
        answer = await street.read(reader)
        assert (answer.status, answer.body) == (404, absent.body)
    unsigned = await ask(street.house.ids.followers_of_reader, ACTIVITY)
    assert (unsigned.status, unsigned.body) == (404, absent.body)
    elsewhere = sign_request(street.birch.signer, "GET", street.house.ids.followers, b"", datetime.now(UTC))
    assert (await ask(street.house.ids.followers_of_reader, ACTIVITY | elsewhere)).status == 404
    assert address_of(street.mallory.ids.actor)[1] not in street.host.asked  # for a stranger nothing is fetched


async def test_a_header_that_lies_harms_nobody(street: Street) -> None:
    """Whatever the header says, the activity beside it is taken, and no address but the sender's own is asked."""
    part = street.part
    hostile: list[tuple[str, ...]] = [
        (part(), part()),
        (part(collection=street.cedar.ids.followers),),
        (part(collection=street.bramble.ids.followers),),
        (part(url=street.cedar.ids.followers_of_reader),),
        (part(url=street.house.ids.followers_of_reader),),
        (part(digest="not hexadecimal"),),
        (part(digest=NOT_LISTED * 50),),
        ('"' * 5_000,),
        ("",),
    ]
    await keep(street.house, street.birch, Direction.OUT, FollowState.ACCEPTED)
    for values in hostile:
        assert await street.bring(street.birch.create(), *values) == 202
    assert len(await rows(street.house, tables.proposals)) == len(hostile)
    assert await street.bring(street.birch.create(), part()) == 202
    assert street.host.asked == []  # the answer comes first
    await until(lambda: bool(street.host.asked))
    assert street.host.asked == [address_of(street.birch.ids.followers_of_reader)[1]]
    [kept] = await rows(street.house, tables.follows)  # there was no such list, so nothing was learnt
    assert kept["state"] == FollowState.ACCEPTED


@pytest.fixture
async def pair(postgres_url: NewDatabase, tmp_path: Path) -> AsyncIterator[tuple[House, House]]:
    """Alder, which lets everyone follow, and birch, on PostgreSQL; they are allies, and birch follows alder."""
    async with AsyncExitStack() as stack:
        houses = []
        for name, mode, database in (("alder", "open", "sqlite"), ("birch", "allies", await postgres_url())):
            folder = await make_folder(tmp_path / name, name, database=database, mode=mode)
            house, _ = await stack.enter_async_context(running(folder))
            houses.append(house)
        alder, birch = houses
        await befriend(alder, birch)
        await befriend(birch, alder)
        await following.follow(birch, alder.ids.actor)
        await answered(lambda: both(alder, birch), lambda states: states == (["accepted"], ["accepted"]))
        yield alder, birch


async def both(alder: House, birch: House) -> tuple[list[str], list[str]]:
    """How alder's followers and birch's following stand."""
    followers = (await following.followers(alder))["followers"]
    followed = (await following.following(birch))["following"]
    return [one["state"] for one in followers], [one["state"] for one in followed]


async def becomes(alder: House, birch: House, *states: list[str]) -> None:
    """Alder publishes to everyone; after that the two lists come to stand like this."""
    await publishing.publish(alder, offer(audience=Audience.PUBLIC))
    assert await answered(lambda: both(alder, birch), lambda found: found == states, 10) == states
    assert [one["state"] for one in (await allies.ally_list(birch))["allies"]] == ["ally"]


async def test_two_that_agree_ask_nothing(pair: tuple[House, House]) -> None:
    """Where both remember the same nothing is asked, whatever is published."""
    alder, birch = pair
    for audience in (Audience.PUBLIC, Audience.ALLIES):
        await publishing.publish(alder, offer(audience=audience))
        await publishing.publish(birch, offer(audience=audience))
    await told(alder, "received", 3)  # the Follow, and two posts
    await told(birch, "received", 3)
    await asyncio.sleep(2 * PAUSE_SECONDS)
    happened = [event["what"] for house in pair for event in (await house.events.after(0, 0))[0]]
    assert "follow" not in happened


async def test_a_follow_that_was_lost_is_asked_for_again(pair: tuple[House, House]) -> None:
    """Alder forgot that birch follows: with the next post birch asks again and says so, and alder stays its ally."""
    alder, birch = pair
    async with alder.relating() as connection:
        await relations.drop_follow(connection, Direction.IN, birch.ids.actor)
    await becomes(alder, birch, ["accepted"], ["accepted"])
    [event] = await told(birch, "follow")
    assert (event["did"], event["owner"]) == ("lost", alder.ids.actor)


async def test_a_yes_that_was_lost_counts(pair: tuple[House, House]) -> None:
    """Birch never heard the yes: that alder lists it says the same."""
    alder, birch = pair
    async with birch.relating() as connection:
        await relations.set_follow_state(connection, Direction.OUT, alder.ids.actor, FollowState.PENDING)
    await becomes(alder, birch, ["accepted"], ["accepted"])


@pytest.mark.parametrize("state", [None, FollowState.REJECTED])
async def test_a_follow_that_nobody_wants_is_taken_back(pair: tuple[House, House], state: FollowState | None) -> None:
    """Alder counts birch as a follower, and birch knows of none or was told no: birch takes it back."""
    alder, birch = pair
    async with birch.relating() as connection:
        if state is None:
            await relations.drop_follow(connection, Direction.OUT, alder.ids.actor)
        else:
            await relations.set_follow_state(connection, Direction.OUT, alder.ids.actor, state)
    await becomes(alder, birch, [], [] if state is None else [state.value])
    [event] = await told(birch, "follow")
    assert (event["did"], event["owner"]) == ("undone", alder.ids.actor)
