"""Lines of a spreadsheet become posts: none while one of them is bad, and twice is once.

Rule 1: a line that says the same as when it was imported changes nothing, whatever became of its post: it may have
        been closed or withdrawn by hand.
Rule 2: the plan tries each line by the rules of the domain, so that it knows every refusal before anything is written.
Rule 3: what is planned is written in parts, so that a long import keeps nobody waiting. One that was cut off is
        finished by doing it again.
Rule 4: a line whose reference is the address of one of our own posts, as in our own export, means that post.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from node.aid.publishing import change_draft, publish_draft, told
from node.aid.spreadsheet.identity import REFERENCE
from node.house import House
from node.store import imports, proposals
from node.store.imports import Imported
from node.store.proposals import Stored
from schema.errors import DomainError, InputError
from schema.plain import load_draft
from schema.proposal import Draft, publish

PART = 50  # lines


class What(StrEnum):
    """What importing a line does."""

    PUBLISHED = "published"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"  # by hand, and left alone


@dataclass(frozen=True, slots=True)
class _Step:
    line: int
    key: str
    fingerprint: str
    draft: Draft
    what: What
    old: Stored | None


@dataclass(frozen=True, slots=True)
class _Refusal:
    line: int
    field: str
    reason: str


async def plan_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What importing these lines would do, and which of them would be refused; nothing is written."""
    async with house.store.reading() as connection:
        steps, refusals = await _plan(house, connection, rows)
    return {
        "rows": [{"line": step.line, "title": step.draft.title, "what": step.what.value} for step in steps],
        "problems": [{"line": bad.line, "field": bad.field, "reason": bad.reason} for bad in refusals],
    }


async def import_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Publish these lines; a line that was imported before changes its post, or nothing.

    Raises:
        InputError: some lines are refused, and so nothing is done; its text names all of them.
    """
    async with house.acting() as connection:
        await _steps(house, connection, rows)
    done: list[tuple[_Step, Stored | None]] = []
    for start in range(0, len(rows), PART):
        async with house.acting() as connection:
            steps = await _steps(house, connection, rows[start : start + PART])  # anew: it may have changed meanwhile
            part = [(step, await _take(house, connection, step)) for step in steps]
        for step, stored in part:
            if stored is not None:
                told(house, step.what.value, stored)
        done += part
    counts = {what.value: sum(step.what is what for step, _ in done) for what in What}
    return {**counts, "posts": [_line(step, stored or step.old) for step, stored in done]}


async def _steps(house: House, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[_Step]:
    steps, refusals = await _plan(house, connection, rows)
    if refusals:
        raise InputError(" ".join(f"Line {bad.line}: {bad.reason}" for bad in refusals))
    return steps


def _line(step: _Step, stored: Stored | None) -> dict[str, Any]:
    address = None if stored is None else stored.proposal.id
    return {"line": step.line, "id": address, "title": step.draft.title, "what": step.what.value}


async def _plan(
    house: House, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[_Step], list[_Refusal]]:
    """Compare each line with what was imported before."""
    known = await imports.known(connection, [row["key"] for row in rows])
    steps: list[_Step] = []
    refusals: list[_Refusal] = []
    for row in rows:
        before = known.get(row["key"]) or await _own(house, connection, row)
        old = None if before is None else await proposals.find(connection, before.proposal)
        try:
            draft = _with_point(load_draft(row["draft"]), old)
            what = _what(draft, row["fingerprint"], before, old)
            _try(house, draft, what, old)
        except DomainError as error:
            refusals.append(_Refusal(row["line"], error.field, error.shown))
        else:
            steps.append(_Step(row["line"], row["key"], row["fingerprint"], draft, what, old))
    return steps, refusals


async def _own(house: House, connection: AsyncConnection, row: Mapping[str, Any]) -> Imported | None:
    """Our own post that a line refers to by its address (rule 4); one that was withdrawn counts as said the same."""
    address = row["key"].removeprefix(REFERENCE)
    if house.ids.local_proposal(address) is None:
        return None
    if await proposals.find(connection, address) is not None:
        return Imported(row["key"], "", address)
    gone = await proposals.is_buried(connection, address, house.ids.actor)
    return Imported(row["key"], row["fingerprint"], address) if gone else None


def _with_point(draft: Draft, old: Stored | None) -> Draft:
    """A line has no column for a point of the map: where the area is still the same, the point is."""
    before = None if old is None else old.proposal.draft.place
    if before is None or draft.place is None or draft.place.cell is not None or draft.place.label != before.label:
        return draft
    return replace(draft, place=before)


def _what(draft: Draft, fingerprint: str, before: Imported | None, old: Stored | None) -> What:
    if before is None:
        return What.PUBLISHED
    if old is None:  # it was withdrawn since; published anew only if the spreadsheet says something new
        return What.WITHDRAWN if before.fingerprint == fingerprint else What.PUBLISHED
    same = before.fingerprint == fingerprint or old.proposal.draft == draft.coarse
    return What.UNCHANGED if same else What.CHANGED


def _try(house: House, draft: Draft, what: What, old: Stored | None) -> None:
    """Make the version that this line leads to, for its refusals alone (Rule 2)."""
    if what is What.CHANGED and old is not None:
        old.proposal.changed(draft, house.now())
    elif what is What.PUBLISHED:
        publish(draft, id="", owner=house.ids.actor, now=house.now())


async def _take(house: House, connection: AsyncConnection, step: _Step) -> Stored | None:
    if step.what in {What.UNCHANGED, What.WITHDRAWN}:
        return None
    try:
        if step.what is What.CHANGED and step.old is not None:
            stored = await change_draft(house, connection, step.old, step.draft)
        else:
            stored = await publish_draft(house, connection, step.draft)
    except DomainError as error:
        raise InputError(f"Line {step.line}: {error.shown}") from error
    await imports.keep(connection, Imported(step.key, step.fingerprint, stored.proposal.id), house.now())
    return stored
