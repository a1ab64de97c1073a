import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from node.aid import importing, publishing, reading
from node.house import House
from node.store import tables
from schema.errors import InputError
from schema.place import Cell, Place
from schema.plain import load_proposal
from schema.proposal import Kind
from schema.quantity import Quantity, unit
from schema.visibility import Audience
from tests.rig.alone import offer, rows, sent


def line(number: int, title: str = "", *, key: str = "", **more: Any) -> dict[str, Any]:
    """A line of a spreadsheet as the reader of spreadsheets hands it on."""
    title = title or f"{number} kg rice"
    return {"line": number, "key": key or f"ref:{number}", "fingerprint": title, "draft": offer(title, **more)}


async def counts(house: House, *lines: dict[str, Any]) -> tuple[int, int, int]:
    """Import; returns how many were published, changed, unchanged."""
    plan = await importing.plan_rows(house, lines)
    done = await importing.import_rows(house, lines)
    assert [row["what"] for row in plan["rows"]] == [post["what"] for post in done["posts"]]
    return done["published"], done["changed"], done["unchanged"]


async def titles(house: House) -> list[str]:
    return sorted(post["title"] for post in (await reading.list_own(house, state="all"))["posts"])


async def test_lines_become_posts(house: House) -> None:
    """Each line is published, signed, queued and told like a post that was typed."""
    assert await counts(house, line(1), line(2)) == (2, 0, 0)
    assert await titles(house) == ["1 kg rice", "2 kg rice"]
    assert sorted(await sent(house)) == [("Create", "birch")] * 2 + [("Create", "cedar")] * 2
    assert [event["what"] for event in (await reading.events(house))["events"]] == ["published", "published"]


async def test_a_plan_writes_nothing(house: House) -> None:
    """Looking at what an import would do changes no table."""
    plan = await importing.plan_rows(house, [line(1)])
    assert plan == {"rows": [{"line": 1, "title": "1 kg rice", "what": "published"}], "problems": []}
    assert await rows(house, tables.proposals) == await rows(house, tables.imports) == []


async def test_twice_is_once(house: House) -> None:
    """The same lines again change nothing, send nothing, and lead to the posts of the first time."""
    await counts(house, line(1), line(2))
    first = await rows(house, tables.proposals)
    assert await counts(house, line(2), line(1)) == (0, 0, 2)
    assert await rows(house, tables.proposals) == first
    assert len(await rows(house, tables.activities)) == 2
    again = await importing.import_rows(house, [line(1)])
    assert again["posts"][0]["id"] == first[0]["id"]


async def test_a_changed_line_changes_its_post(house: House) -> None:
    """A line with a known key and other content is the next revision of its post; a third time it is known."""
    await counts(house, line(1))
    assert await counts(house, line(1, "half a sack")) == (0, 1, 0)
    assert await counts(house, line(1, "half a sack")) == (0, 0, 1)
    assert await titles(house) == ["half a sack"]
    assert [row["type"] for row in await rows(house, tables.activities)] == ["Create", "Update"]


async def test_what_became_of_a_post_by_hand_stays(house: House) -> None:
    """A post that was closed or withdrawn by hand is not brought back by the same line, only by one that says more."""
    await counts(house, line(1), line(2))
    one, two = [row["id"] for row in await rows(house, tables.proposals)]
    await publishing.close(house, one)
    await publishing.withdraw(house, two)
    assert await counts(house, line(1), line(2)) == (0, 0, 1)
    done = await importing.import_rows(house, [line(1), line(2)])
    assert (done["unchanged"], done["withdrawn"]) == (1, 1)
    assert done["posts"][1] == {"line": 2, "id": None, "title": "2 kg rice", "what": "withdrawn"}
    assert len(await rows(house, tables.proposals)) == 1
    assert await counts(house, line(1, "rice again"), line(2, "beans")) == (1, 1, 0)
    assert [post["title"] for post in (await reading.list_own(house))["posts"]] == ["beans", "rice again"]


async def test_our_own_export_means_our_own_posts(house: House) -> None:
    """A line that refers to a post of ours by its address changes that post, or nothing; a withdrawn one stays away."""
    place = Place("North side", Cell.around(36.2, 36.16))
    one, two = [(await publishing.publish(house, offer(title, place=place)))["post"]["id"] for title in ("One", "Two")]
    await publishing.withdraw(house, two)
    flat = Place("North side")  # as a spreadsheet has it
    lines = [line(1, "One", key=f"ref:{one}", place=flat), line(2, "Two", key=f"ref:{two}", place=flat)]
    assert await counts(house, *lines) == (0, 0, 1)
    assert await counts(house, line(1, "One more", key=f"ref:{one}", place=flat)) == (0, 1, 0)
    [post] = await rows(house, tables.proposals)
    said = load_proposal(json.loads(post["data"]))
    assert (said.id, said.draft.title, said.draft.place) == (one, "One more", place)


async def test_a_long_import_lets_others_have_their_turn(house: House) -> None:
    """Whoever comes meanwhile finds a part of it done, and all of it is done in the end."""
    importing_all = asyncio.create_task(importing.import_rows(house, [line(n) for n in range(3 * importing.PART)]))
    seen = set()
    while not importing_all.done():
        async with house.store.transaction() as connection:
            seen.add((await connection.execute(select(func.count()).select_from(tables.imports))).scalar_one())
        await asyncio.sleep(0)
    assert (await importing_all)["published"] == 3 * importing.PART
    assert seen & {importing.PART, 2 * importing.PART}


@pytest.mark.parametrize("bad", ["audience", "unit"])
async def test_all_or_nothing(house: House, bad: str) -> None:
    """A line that cannot be taken undoes the whole import, and the error names it."""
    known = line(1, quantity=Quantity.parse("1", unit("KGM")))
    await counts(house, known)
    before = [await rows(house, table) for table in tables.metadata.sorted_tables]
    broken = {
        "audience": line(1, "other", audience=Audience.PUBLIC),
        "unit": line(1, "other", quantity=Quantity.parse("1", unit("LTR"))),
    }[bad]
    with pytest.raises(InputError, match=r"^Line 1: "):
        await importing.import_rows(house, [line(7), broken, line(8)])
    assert [await rows(house, table) for table in tables.metadata.sorted_tables] == before
    assert [event["what"] for event in (await reading.events(house))["events"]] == ["published"]


async def test_a_plan_names_every_line_that_would_be_refused(house: House) -> None:
    """By the rules of the domain, as the import itself does; the lines beside them can be imported alone."""
    kilo, soon = Quantity.parse("1", unit("KGM")), house.now() + timedelta(days=3)
    await counts(house, *(line(number, quantity=kilo) for number in (1, 2, 3)))
    lines = [
        line(1, "other", audience=Audience.PUBLIC),
        line(2, "other", quantity=Quantity.parse("1", unit("LTR"))),
        line(3, "other", kind=Kind.SURPLUS, quantity=kilo, use_by=soon),
        line(4, expires=house.now() - timedelta(days=1)),
        line(5),
    ]
    plan = await importing.plan_rows(house, lines)
    assert [row["line"] for row in plan["rows"]] == [5]
    assert [(bad["line"], bad["field"]) for bad in plan["problems"]] == [
        (1, "audience"),
        (2, "unit"),
        (3, "kind"),
        (4, "expires"),
    ]
    with pytest.raises(InputError) as refused:
        await importing.import_rows(house, lines)
    assert refused.value.shown == " ".join(f"Line {bad['line']}: {bad['reason']}" for bad in plan["problems"])
    assert await counts(house, line(5)) == (1, 0, 0)
