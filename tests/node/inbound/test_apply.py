"""A group takes effect as if one had come after the other, each on its own feet."""

from sqlalchemy import text

from node.aid import allies
from node.house import House
from node.inbound.effect import Did
from node.store import proposals
from node.store.proposals import Wanted
from schema.category import Category
from tests.node.inbound.arriving import BIRCH, CEDAR, arrive, proven, take_effect


async def titles(house: House) -> list[str]:
    """What is here, oldest first."""
    async with house.store.transaction() as connection:
        found = await proposals.listing(connection, Wanted())
    return [one.proposal.draft.title for one in reversed(found)]


async def test_a_group_keeps_its_order(house: House) -> None:
    """Created, changed and withdrawn in one group is withdrawn, and a late version does not bring it back."""
    first, second = (BIRCH.proposal("1", revision=number, title=f"Rice {number}") for number in (1, 2))
    create, update = BIRCH.create(BIRCH.note(first)), BIRCH.update(BIRCH.note(second))
    other = BIRCH.create(BIRCH.note(BIRCH.proposal("2", title="Beans")))
    delete = BIRCH.delete(first.id)
    came = await arrive(house, *((BIRCH, one) for one in (create, update, other, delete)))
    assert came == [Did.STORED, Did.CHANGED, Did.STORED, Did.WITHDRAWN]
    assert await titles(house) == ["Beans"]
    assert await arrive(house, (BIRCH, BIRCH.update(BIRCH.note(second)))) == [Did.STALE]


async def test_versions_of_one_group_end_in_the_newest(house: House) -> None:
    """Whether an older version lies here or came just before, the newest is what is kept."""
    versions = [BIRCH.proposal("1", revision=number, title=f"Rice {number}") for number in (1, 2, 3)]
    one, two, three = (BIRCH.update(BIRCH.note(version)) for version in versions)
    assert await arrive(house, (BIRCH, two), (BIRCH, one)) == [Did.STORED, Did.STALE]
    assert await titles(house) == ["Rice 2"]
    assert await arrive(house, (BIRCH, three), (BIRCH, two)) == [Did.CHANGED, Did.AGAIN]
    assert await titles(house) == ["Rice 3"]


async def test_the_same_activity_twice_in_a_group_is_once(house: House) -> None:
    """The second is answered as the first; the same id with other content is refused."""
    create = BIRCH.create()
    forged = BIRCH.create(id=create["id"])
    came = await arrive(house, (BIRCH, create), (BIRCH, create), (BIRCH, forged))
    assert came == [Did.STORED, Did.AGAIN, "Conflict"]
    assert await arrive(house, (BIRCH, create)) == [Did.AGAIN]


async def test_one_that_is_refused_leaves_its_neighbours(house: House) -> None:
    """A proposal of another's id, a fault of the domain and an answer to nothing undo nothing around them."""
    post = BIRCH.proposal("1", title="Rice")
    wrong = BIRCH.note(BIRCH.proposal("2"), kind="need")
    never = CEDAR.activity("Accept", {**CEDAR.follow(house.ids.actor), "actor": house.ids.actor})
    came = await arrive(
        house,
        (BIRCH, BIRCH.create(BIRCH.note(post))),
        (BIRCH, BIRCH.create(wrong)),
        (CEDAR, never),
        (CEDAR, CEDAR.create(CEDAR.note(CEDAR.proposal("3", title="Beans")))),
    )
    assert came == [Did.STORED, "RuleBroken", "Forbidden", Did.STORED]
    assert await titles(house) == ["Rice", "Beans"]


async def test_what_the_database_refuses_falls_alone(house: House) -> None:
    """Where a group cannot be written, each is written by itself: one that does not fit is 503, the others stay."""
    async with house.store.transaction() as connection:
        await connection.execute(text("CREATE UNIQUE INDEX one_of_each ON proposals (category)"))
    rice, more_rice, soap = (
        BIRCH.proposal(str(number), title=title, category=category)
        for number, (title, category) in enumerate(
            (("Rice", Category.FOOD_DRY), ("More rice", Category.FOOD_DRY), ("Soap", Category.HOUSEHOLD))
        )
    )
    came = await arrive(house, *((BIRCH, BIRCH.create(BIRCH.note(one))) for one in (rice, more_rice, soap)))
    assert came == [Did.STORED, "Unavailable", Did.STORED]
    assert await titles(house) == ["Rice", "Soap"]


async def test_who_is_put_on_hold_meanwhile_is_refused(house: House) -> None:
    """What an ally sent, was proven, and takes effect after a person here put the ally on hold or removed it is 403."""
    group = await proven(
        house, (BIRCH, BIRCH.create()), (CEDAR, CEDAR.create()), (CEDAR, CEDAR.follow(house.ids.actor))
    )
    await allies.ally_suspend(house, BIRCH.ids.actor)
    await allies.ally_remove(house, CEDAR.ids.actor)
    assert await take_effect(house, group) == ["Forbidden"] * 3
    assert await titles(house) == []
