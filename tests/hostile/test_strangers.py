import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from activitypub.ids import Ids
from node.store.actors import StoredActors
from tests.hostile.world import World
from tests.rig.dials import DIALS
from tests.rig.sender import Sender, address_of, collective, keys_of

pytestmark = pytest.mark.asyncio(loop_scope="package")
_NAMES: Iterator[str] = (f"yarrow{number}" for number in range(1_000_000))


def a_stranger(world: World) -> Sender:
    """Somebody whose name was never heard before."""
    return collective(next(_NAMES), world.peers.port, keys_of("a stranger"))


def a_stranger_that_is_there(world: World, **changes: Any) -> Sender:
    """The same, whose actor can be fetched."""
    stranger = a_stranger(world)
    world.peers.serve(stranger.ids.actor, stranger.actor(**changes))
    return stranger


async def asks(world: World, stranger: Sender, **deviations: Any) -> int:
    """What a stranger hears who asks to follow."""
    return await world.status(stranger.follow(world.node.ids.actor), by=stranger, **deviations)


def asked(world: World, stranger: Sender) -> int:
    """How often the node asked for this actor."""
    return world.peers.asked.count(address_of(stranger.ids.actor)[1])


async def test_a_request_to_follow(world: World) -> None:
    """A stranger's Follow waits for a person once its actor was fetched, which is done once."""
    stranger = a_stranger(world)
    world.peers.serve(stranger.ids.actor, stranger.actor())
    assert await asks(world, stranger) == 202
    assert await asks(world, stranger) == 202
    assert stranger.ids.actor in world.node.roster.asking
    assert stranger.ids.actor not in world.node.roster.followers
    assert asked(world, stranger) == 1


async def test_taking_a_request_back(world: World) -> None:
    """Only who asked takes a request back."""
    stranger, other = a_stranger(world), a_stranger(world)
    for one in (stranger, other):
        world.peers.serve(one.ids.actor, one.actor())
        assert await asks(world, one) == 202
    follow = stranger.follow(world.node.ids.actor)
    assert await world.status(other.activity("Undo", follow), by=other) == 403
    assert stranger.ids.actor in world.node.roster.asking
    assert await world.status(stranger.activity("Undo", follow), by=stranger) == 202
    assert stranger.ids.actor not in world.node.roster.asking


@pytest.mark.parametrize(
    ("status", "kind", "heard"),
    [
        (404, "application/activity+json", 401),
        (410, "application/activity+json", 401),
        (401, "application/activity+json", 503),
        (500, "application/activity+json", 503),
        (503, "application/activity+json", 503),
        (302, "application/activity+json", 503),
        (200, "application/json", 401),
        (200, "text/html", 401),
        (200, "application/ld+json", 401),
    ],
)
async def test_an_actor_that_cannot_be_had(world: World, status: int, kind: str, heard: int) -> None:
    """F08, F10: a failure is remembered; ten more requests cause no fetch more, and leave no row.

    A 401 may be about our signature: then that one fetch is two requests, signed in either way.
    """
    stranger = a_stranger(world)
    world.peers.serve(stranger.ids.actor, stranger.actor(), status=status, kind=kind)
    before = await world.dump()
    assert [await asks(world, stranger) for _ in range(11)] == [heard] * 11
    assert asked(world, stranger) == (2 if status == 401 else 1)
    assert await world.dump() == before


async def test_a_host_that_is_not_there(world: World) -> None:
    """A host that nobody listens at is dialled once."""
    stranger = collective(next(_NAMES), 1, keys_of("a stranger"))
    mark = DIALS.mark
    assert [await asks(world, stranger) for _ in range(11)] == [503] * 11
    assert DIALS.since(mark, but=world.port) == [1]


async def test_a_host_that_may_not_be_dialled(world: World) -> None:
    """A name outside of what may be dialled is neither looked up nor dialled; bare addresses count as one domain."""
    stranger = a_stranger(world)
    mark = DIALS.mark
    for base in ("https://evil.example", "http://169.254.169.254", "http://[fe80::1]:1"):
        actor = f"{base}/actors/x"
        follow = stranger.follow(world.node.ids.actor, actor=actor, id=f"{base}/activities/1")
        assert await world.status(follow, by=stranger, key_id=f"{actor}#main-key") in {429, 503}
    assert DIALS.since(mark, but=world.port) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "http://birch.localhost/actors/birch"},
        {"inbox": "http://elsewhere.localhost/inbox"},
        {"publicKey": None, "assertionMethod": []},
        {"type": "Note"},
        {"publicKey": {"id": "http://birch.localhost/key", "owner": "http://birch.localhost/", "publicKeyPem": "x"}},
    ],
    ids=["another-id", "inbox-elsewhere", "no-key", "no-actor", "another-owner"],
)
async def test_a_document_that_proves_nothing(world: World, changes: dict[str, Any]) -> None:
    """V01, V06: a document that is not the actor's own, or lists no key of its own, proves nobody."""
    stranger = a_stranger(world)
    world.peers.serve(stranger.ids.actor, stranger.actor(**changes))
    assert await asks(world, stranger) == 401
    assert stranger.ids.actor not in world.node.roster.asking


async def test_wrong_keys(world: World) -> None:
    """A Follow that the fetched keys did not sign is refused, and is no reason to fetch again."""
    stranger = a_stranger(world)
    world.peers.serve(stranger.ids.actor, stranger.actor())
    answers = [await asks(world, stranger, keys=keys_of("another")) for _ in range(5)]
    assert answers == [401] * 5
    assert asked(world, stranger) == 1
    assert stranger.ids.actor not in world.node.roster.asking


async def test_many_names_of_one_domain(world: World) -> None:
    """F13: of many strangers of one domain that come at once, one is looked up in a second, the others wait."""
    mother = a_stranger(world)
    names = [f"c{number}.{mother.ids.name}" for number in range(20)]
    children = [collective(name, world.peers.port, mother.keys) for name in names]
    mark = DIALS.mark
    heard = await asyncio.gather(*(asks(world, child) for child in children))
    assert sorted(heard) == [401] + [429] * 19
    assert len(DIALS.since(mark, but=world.port)) <= 1


async def test_many_who_wait_of_one_host(world: World) -> None:
    """Of one host five may wait for a person; the sixth is told to come later, and who waits may ask again."""
    mother = a_stranger(world)
    many = [Sender(Ids(mother.ids.base, f"c{number}"), mother.keys) for number in range(6)]
    for one in many:
        await StoredActors(world.node.store).keep(one.ids.actor, orjson.dumps(one.actor()), world.node.now())
    assert [await asks(world, one) for one in many] == [202] * 5 + [429]
    assert await asks(world, many[0]) == 202
    assert await asks(world, a_stranger_that_is_there(world)) == 202


async def test_a_request_of_a_size_that_nobody_needs(world: World) -> None:
    """A Follow, or the actor that sends it, of more than 32 KiB is refused with 413 and leaves no row of its own."""
    stranger = a_stranger_that_is_there(world)
    long = "x" * 32 * 1024
    assert await world.status(stranger.follow(world.node.ids.actor, summary=long), by=stranger) == 413
    large = a_stranger_that_is_there(world, summary=long)
    assert await asks(world, large) == 413
    assert not {stranger.ids.actor, large.ids.actor} & {*world.node.roster.asking}
