"""Lines of a spreadsheet become posts: all or nothing, and twice is once."""

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
from schema.proposal import Draft


class What(StrEnum):
    """What importing a line does."""

    PUBLISHED = "published"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class _Step:
    line: int
    key: str
    fingerprint: str
    draft: Draft
    what: What
    old: Stored | None


async def plan_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What importing these lines would do; nothing is written."""
    async with house.store.transaction() as connection:
        steps = await _plan(connection, rows)
    return {"rows": [{"line": step.line, "title": step.draft.title, "what": step.what.value} for step in steps]}


async def import_rows(house: House, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Publish these lines in one transaction; a line that was imported before changes its post, or nothing."""
    async with house.store.transaction() as connection:
        done = [(step, await _take(house, connection, step)) for step in await _plan(connection, rows)]
    for step, stored in done:
        if stored is not None:
            told(house, step.what.value, stored)
    counts = {what.value: sum(step.what is what for step, _ in done) for what in What}
    return {**counts, "posts": [_line(step, stored or step.old) for step, stored in done]}


def _line(step: _Step, stored: Stored | None) -> dict[str, Any]:
    address = None if stored is None else stored.proposal.id
    return {"line": step.line, "id": address, "title": step.draft.title, "what": step.what.value}


async def _plan(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[_Step]:
    """Compare each line with what was imported before.

    A line that says the same as then changes nothing, whatever became of its post: it may have been closed by hand.
    """
    known = await imports.known(connection, [row["key"] for row in rows])
    steps = []
    for row in rows:
        draft = load_draft(row["draft"])
        before = known.get(row["key"])
        old = None if before is None else await proposals.find(connection, before.proposal)
        if before is None:
            what = What.PUBLISHED
        elif before.fingerprint == row["fingerprint"] or (old is not None and old.proposal.draft == draft.coarse):
            what = What.UNCHANGED
        elif old is None:
            what = What.PUBLISHED  # it was withdrawn since, and the spreadsheet says something new
        else:
            what = What.CHANGED
        steps.append(_Step(row["line"], row["key"], row["fingerprint"], draft, what, old))
    return steps


async def _take(house: House, connection: AsyncConnection, step: _Step) -> Stored | None:
    if step.what is What.UNCHANGED:
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
