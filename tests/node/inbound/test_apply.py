"""A group takes effect as if one had come after the other, each on its own feet."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from activitypub.message import Request
from node.house import House, open_house
from node.inbound.apply import apply_group
from node.inbound.effect import Did, Effect
from node.store import proposals, relations
from node.store.proposals import Wanted
from schema.category import Category
from tests.rig.nodes import make_folder, settings_of
from tests.rig.sender import Sender, address_of, collective

BIRCH, CEDAR = collective("birch", 8402), collective("cedar", 8403)


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[House]:
    """A house with two allies, in which nothing runs."""
    folder = await make_folder(tmp_path / "alder", "alder", database=database)
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house:
            async with house.relating() as connection:
                for ally in (BIRCH, CEDAR):
                    document = orjson.dumps(ally.actor())
                    await relations.pin(
                        connection, actor=ally.ids.actor, document=document, by="a steward", now=house.now()
                    )
            yield house


async def arrive(house: House, *sent: tuple[Sender, dict[str, Any]]) -> list[str]:
    """What became of activities that came together: what each did, or the name of the error."""
    inbox = f"{house.settings.url}/inbox"
    group = []
    for sender, activity in sent:
        body = orjson.dumps(activity)
        headers = tuple((name.lower(), value) for name, value in sender.headers(inbox, body))
        group.append(await house.verifier.activity(Request("POST", address_of(inbox)[1], headers, body)))
    results = await apply_group(house, group)
    return [result.did.value if isinstance(result, Effect) else type(result).__name__ for result in results]


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
