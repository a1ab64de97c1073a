import pytest

from activitypub.actor import read_actor
from activitypub.document import read_document
from federation.roster import Roster
from node.store import relations
from node.store.actors import StoredActors
from node.store.engine import Store
from node.store.relations import AllyState, Direction, Follow, FollowState
from tests.rig.clock import NOW, Clock
from tests.rig.paper import actor_bytes, address_of

BIRCH, CEDAR = address_of("birch"), address_of("cedar")


def follow(direction: Direction, state: FollowState = FollowState.PENDING, name: str = "birch") -> Follow:
    return Follow(
        direction, address_of(name), f"{direction}-1", state, b"{}", actor_bytes(name), NOW.replace(microsecond=0)
    )


async def roster(store: Store) -> Roster:
    async with store.transaction() as connection:
        return await relations.roster(
            connection, lambda document, address: read_actor(read_document(document), address, allow_http=True)
        )


async def test_a_pinned_actor_is_an_ally_until_it_is_unpinned(store: Store) -> None:
    """An ally can be put on hold, taken back and forgotten, and its keys are those that were pinned last."""
    async with store.transaction() as connection:
        for document in (actor_bytes("birch", "old"), actor_bytes("birch")):
            await relations.pin(connection, actor=BIRCH, document=document, by="Amal", now=NOW)
        await relations.pin(connection, actor=CEDAR, document=actor_bytes("cedar"), by="Amal", now=NOW)
    found = await roster(store)
    assert set(found.allies) == {BIRCH, CEDAR}
    assert found.allies[BIRCH] == read_actor(read_document(actor_bytes("birch")), BIRCH, allow_http=True)
    async with store.transaction() as connection:
        await relations.set_ally_state(connection, BIRCH, AllyState.SUSPENDED)
    found = await roster(store)
    assert (set(found.allies), set(found.suspended)) == ({CEDAR}, {BIRCH})
    async with store.transaction() as connection:
        await relations.set_ally_state(connection, BIRCH, AllyState.ALLY)
        await relations.unpin(connection, CEDAR)
        row = await relations.ally(connection, BIRCH)
        assert row is not None
        assert (row.state, row.added_by, row.added_at) == ("ally", "Amal", NOW)
        assert await relations.ally(connection, CEDAR) is None
        assert [one.actor for one in await relations.all_allies(connection)] == [BIRCH]


@pytest.mark.parametrize(
    ("direction", "state", "where"),
    [
        (Direction.IN, FollowState.PENDING, "asking"),
        (Direction.IN, FollowState.ACCEPTED, "followers"),
        (Direction.OUT, FollowState.PENDING, "asked"),
        (Direction.OUT, FollowState.ACCEPTED, "following"),
        (Direction.OUT, FollowState.REJECTED, None),
    ],
)
async def test_a_follow_stands_in_one_place(
    store: Store, direction: Direction, state: FollowState, where: str | None
) -> None:
    """Each direction and state of a Follow has its own place in the roster, and none other."""
    async with store.transaction() as connection:
        await relations.keep_follow(connection, follow(direction))
        await relations.set_follow_state(connection, direction, BIRCH, state)
        assert await relations.follow(connection, direction, BIRCH) == follow(direction, state)
    found = await roster(store)
    places = ("allies", "suspended", "following", "asked", "followers", "asking")
    assert [place for place in places if getattr(found, place)] == ([] if where is None else [where])


async def test_follows_of_both_directions_do_not_mix(store: Store) -> None:
    """There is one Follow each way between two collectives, and a new one takes the place of the old."""
    async with store.transaction() as connection:
        for direction in (Direction.IN, Direction.OUT, Direction.OUT):
            await relations.keep_follow(connection, follow(direction))
        await relations.keep_follow(connection, follow(Direction.OUT, name="cedar"))
        await relations.drop_follow(connection, Direction.IN, BIRCH)
        assert await relations.all_follows(connection, Direction.IN) == []
        assert [one.actor for one in await relations.all_follows(connection, Direction.OUT)] == [BIRCH, CEDAR]


async def test_fetched_actors_are_remembered(store: Store) -> None:
    """The newest document of an actor is kept, with the time it was fetched, through a new start."""
    clock = Clock(NOW.replace(microsecond=0))
    for document in (b"old", b"new"):
        clock.move(hours=1)
        await StoredActors(store).keep(BIRCH, document, clock())
    assert await StoredActors(store).find(BIRCH) == (b"new", clock())
    assert await StoredActors(store).find(CEDAR) is None
