from collections import Counter
from pathlib import Path

import pytest

from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Sheet
from schema.category import Category
from schema.proposal import Kind
from schema.visibility import Audience
from tests.node.spreadsheet.writing import NOW

LAB = Path(__file__).parents[3] / "node" / "lab" / "spreadsheets"
NAMES = ("alder", "birch", "cedar")


def sample(name: str) -> Sheet:
    return read_spreadsheet((LAB / f"{name}.csv").read_bytes(), now=NOW)


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [("alder", "utf-8", ","), ("birch", "windows-1256", ";"), ("cedar", "utf-8", ";")],
)
def test_a_spreadsheet_of_the_lab_is_read_without_a_problem(name: str, encoding: str, separator: str) -> None:
    """All three kinds, mostly for allies, a few for everyone, one or two for the circle."""
    sheet = sample(name)
    audiences = Counter(row.draft.audience for row in sheet.rows)
    assert (sheet.problems, sheet.encoding, sheet.separator) == ((), encoding, separator)
    assert len(sheet.rows) >= 28
    assert {row.draft.kind for row in sheet.rows} == set(Kind)
    assert audiences[Audience.PUBLIC] in {5, 6}
    assert audiences[Audience.CIRCLE] in {1, 2}


def test_the_lab_holds_every_category() -> None:
    """What protects people is rare and stays in the circle."""
    drafts = [row.draft for name in NAMES for row in sample(name).rows]
    assert {draft.category for draft in drafts} == set(Category)
    protecting = [draft.audience for draft in drafts if draft.category is Category.SAFETY_PROTECTION]
    assert protecting == [Audience.CIRCLE]
