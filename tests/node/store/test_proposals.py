from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from node.store import proposals
from node.store.engine import Store
from node.store.proposals import Stored, Wanted
from schema.category import Category
from schema.proposal import Draft, Kind, Proposal, State, publish
from schema.visibility import Audience
from tests.rig.clock import NOW
from tests.schema import strategies

ALDER, BIRCH = "https://alder.example/actors/alder", "https://birch.example/actors/birch"
HOME = "https://alder.example/proposals/"
_numbers = count()


def made(
    local_id: str = "1", *, owner: str = ALDER, kind: Kind = Kind.OFFER, audience: Audience = Audience.ALLIES
) -> Proposal:
    draft = Draft(kind=kind, title="20 kg rice", category=Category.FOOD_DRY, audience=audience)
    return publish(draft, id=HOME + local_id, owner=owner, now=NOW)


def stored(proposal: Proposal) -> Stored:
    return Stored(proposal, b'{"id":1}', "z6Mk", NOW.replace(microsecond=0))


async def add(store: Store, *several: Proposal) -> None:
    async with store.transaction() as connection:
        for one in several:
            await proposals.add(connection, stored(one))


async def listed(store: Store, wanted: Wanted) -> list[str]:
    """The local ids of what is listed; the count of the same must agree."""
    async with store.transaction() as connection:
        page = await proposals.listing(connection, wanted)
        assert await proposals.count(connection, replace(wanted, before=None)) >= len(page)
        return [one.proposal.id.removeprefix(HOME) for one in page]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.proposals())
async def test_any_proposal_comes_back(store: Store, proposal: Proposal) -> None:
    """Whatever a person can say is stored and read back the same, in every script."""
    kept = stored(replace(proposal, id=f"{HOME}{next(_numbers)}"))
    async with store.transaction() as connection:
        await proposals.add(connection, kept)
        found = await proposals.find(connection, kept.proposal.id)
    assert found is not None
    assert replace(found, seq=0) == kept


async def test_a_newer_version_takes_the_place(store: Store) -> None:
    """A proposal is kept once, in its newest version, at the place in the list that it had."""
    first, second = made("1"), made("2")
    await add(store, first, second)
    newer = first.changed(replace(first.draft, title="19 kg rice"), NOW)
    async with store.transaction() as connection:
        await proposals.replace(connection, stored(newer))
        found = await proposals.find(connection, first.id)
    assert found is not None
    assert found.proposal == newer
    assert await listed(store, Wanted()) == ["2", "1"]


async def test_lists_are_narrowed(store: Store) -> None:
    """A list shows newest first what was asked for, page after page, and closed ones only on demand."""
    await add(
        store,
        made("1"),
        made("2", owner=BIRCH),
        made("3", kind=Kind.NEED),
        made("4", audience=Audience.PUBLIC),
        made("5").closed(NOW),
    )
    assert await listed(store, Wanted()) == ["4", "3", "2", "1"]
    assert await listed(store, Wanted(owner=ALDER)) == ["4", "3", "1"]
    assert await listed(store, Wanted(not_owner=ALDER)) == ["2"]
    assert await listed(store, Wanted(kind="need")) == ["3"]
    assert await listed(store, Wanted(category="infant")) == []
    assert await listed(store, Wanted(audience=Audience.PUBLIC)) == ["4"]
    assert await listed(store, Wanted(states=(State.CLOSED,))) == ["5"]
    assert await listed(store, Wanted(states=())) == ["5", "4", "3", "2", "1"]
    assert await listed(store, Wanted(limit=2)) == ["4", "3"]
    async with store.transaction() as connection:
        last = await proposals.find(connection, HOME + "3")
        assert await proposals.count(connection, Wanted(limit=2)) == 4
    assert last is not None
    assert await listed(store, Wanted(limit=2, before=last.seq)) == ["2", "1"]


async def test_what_was_withdrawn_is_gone_and_stays_so(store: Store) -> None:
    """A withdrawn proposal leaves a tombstone, which the world sees only where the proposal was public."""
    public, private = made("1", audience=Audience.PUBLIC), made("2")
    await add(store, public, private)
    async with store.transaction() as connection:
        for one in (public, private):
            await proposals.withdraw(connection, one, NOW)
            await proposals.bury(
                connection, one.id, one.owner, NOW + timedelta(days=1)
            )  # again, and it stays as it was
            assert await proposals.find(connection, one.id) is None
            assert await proposals.is_buried(connection, one.id, ALDER)
            assert not await proposals.is_buried(connection, one.id, BIRCH)
        assert await proposals.tombstone(connection, public.id, ALDER) == NOW
        assert await proposals.tombstone(connection, public.id, BIRCH) is None
        assert await proposals.tombstone(connection, private.id, ALDER) is None


async def test_a_beginning_names_one(store: Store) -> None:
    """At most two addresses come back for a beginning, which counts character by character."""
    await add(store, made("abcd1"), made("abcd2"), made("abce1"), made("abc"))
    async with store.transaction() as connection:
        assert await proposals.starting_with(connection, HOME + "abce") == [HOME + "abce1"]
        assert len(await proposals.starting_with(connection, HOME + "ab")) == 2
        for unknown in ("abcd3", "ABCE", "abc_", "%"):
            assert await proposals.starting_with(connection, HOME + unknown) == []


@pytest.mark.parametrize("late", [timedelta(), timedelta(milliseconds=1)])
async def test_what_is_over_expires(store: Store, late: timedelta) -> None:
    """At its last hour an open proposal expires, and says so when it is read; a closed one stays closed."""
    await add(store, made("1"), made("2").closed(NOW))
    end = made().ends
    async with store.transaction() as connection:
        assert await proposals.expire(connection, end - timedelta(milliseconds=1)) == 0
        assert await proposals.expire(connection, end + late) == 1
        assert await proposals.expire(connection, end + late) == 0
        found = await proposals.find(connection, HOME + "1")
    assert found is not None
    assert found.proposal == made("1").expired()
    assert await listed(store, Wanted(states=(State.CLOSED,))) == ["2"]
