"""Lines of a spreadsheet become posts: all or nothing, and twice is once.

Rule 1: a line that says the same as when it was imported changes nothing, whatever became of its post: it may have
        been closed or withdrawn by hand.
Rule 2: the plan tries each line by the rules of the domain, so that it knows every refusal before anything is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from node.aid.publishing import change_draft, publish_draft, told
from node.house import House
from node.store import imports, proposals
from node.store.imports import Imported
from node.store.proposals import Stored
from schema.errors import DomainError, InputError
from schema.plain import load_draft
from schema.proposal import Draft, publish


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
    async with house.store.transaction() as connection:
        steps, refusals = await _plan(house, connection, rows)
    return {
        "rows": [{"line": step.line, "title": step.draft.title, "what": step.what.value} for step in steps],
        "problems": [{"line": bad.line, "field": bad.field, "reason": bad.reason} for bad in refusals],
    }


async def import_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Publish these lines in one transaction; a line that was imported before changes its post, or nothing.

    Raises:
        InputError: some lines are refused, and so nothing is done; its text names all of them.
    """
    async with house.store.transaction() as connection:
        steps, refusals = await _plan(house, connection, rows)
        if refusals:
            raise InputError(" ".join(f"Line {bad.line}: {bad.reason}" for bad in refusals))
        done = [(step, await _take(house, connection, step)) for step in steps]
    for step, stored in done:
        if stored is not None:
            told(house, step.what.value, stored)
    counts = {what.value: sum(step.what is what for step, _ in done) for what in What}
    return {**counts, "posts": [_line(step, stored or step.old) for step, stored in done]}


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
        before = known.get(row["key"])
        old = None if before is None else await proposals.find(connection, before.proposal)
        try:
            draft = load_draft(row["draft"])
            what = _what(draft, row["fingerprint"], before, old)
            _try(house, draft, what, old)
        except DomainError as error:
            refusals.append(_Refusal(row["line"], error.field, error.shown))
        else:
            steps.append(_Step(row["line"], row["key"], row["fingerprint"], draft, what, old))
    return steps, refusals


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
