from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Defaults
from node.aid.spreadsheet.words import HEADERS
from schema.errors import InputError
from schema.proposal import Draft
from schema.quantity import UNITS
from schema.visibility import Audience
from tests.node.spreadsheet.writing import LANGUAGES, NOW, drafts, spreadsheet, table

HEADER = ",".join(Field)
WRITTEN = [field for field in Field if field is not Field.REFERENCE]
SOME = st.lists(drafts(), min_size=1, max_size=4)


def check(data: bytes) -> None:
    with suppress(InputError):
        sheet = read_spreadsheet(data, now=NOW)
        assert not {row.line for row in sheet.rows} & {problem.line for problem in sheet.problems}
        assert len({row.key for row in sheet.rows}) == len(sheet.rows)
        assert all(row.draft.end(NOW) > NOW for row in sheet.rows)


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", f"{HEADER}\n".encode()]))
def test_any_bytes_are_a_sheet_or_refused(data: bytes, before: bytes) -> None:
    """There is no third way out."""
    check(before + data)


@given(st.lists(st.lists(st.text(max_size=12), max_size=20), max_size=4), st.sampled_from([",", ";", "\t"]))
def test_any_cells_are_rows_or_problems(lines: list[list[str]], separator: str) -> None:
    """Whatever stands under a header that we know."""
    check(table([list(Field), *lines], separator).encode("utf-8", "replace"))


@given(st.data())
def test_any_word_in_any_cell_is_a_value_or_a_problem(data: st.DataObject) -> None:
    """Cells that nearly make sense: signs, numbers and words that we know in the wrong place."""
    some = st.lists(
        st.sampled_from([*"0123456789.,:/-+½", " ", "kg", "offer", "T", "in", "days", "Nov", "public"]), max_size=6
    )
    line = ["offer", "x", "care", *("".join(data.draw(some)) for _ in range(len(Field) - 3))]
    check(table([list(Field), line]).encode())


@settings(max_examples=60)
@given(SOME, st.sampled_from(LANGUAGES), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_draft_written_in_any_language_is_read_back(drafted: list[Draft], language: str, encoding: str) -> None:
    """Every field of it, in the words, numbers and dates of that language."""
    sheet = read_spreadsheet(spreadsheet(drafted, language).encode(encoding), now=NOW)
    assert sheet.problems == ()
    assert [row.draft for row in sheet.rows] == drafted


@settings(max_examples=40)
@given(SOME, st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), st.permutations(WRITTEN))
def test_neither_language_nor_order_of_columns_changes_a_line(
    drafted: list[Draft], one: str, other: str, order: Sequence[Field]
) -> None:
    """The keys and fingerprints are the same, so nothing is published twice."""
    first = read_spreadsheet(spreadsheet(drafted, one).encode(), now=NOW)
    second = read_spreadsheet(spreadsheet(drafted, other, order).encode(), now=NOW)
    assert first.rows == second.rows


@settings(max_examples=40)
@given(SOME, st.sampled_from(LANGUAGES))
def test_reading_twice_gives_the_same_keys(drafted: list[Draft], language: str) -> None:
    """Each line has a key of its own, also where two say the same."""
    data = spreadsheet(drafted * 2, language).encode()
    first, again = (read_spreadsheet(data, now=NOW) for _ in range(2))
    assert first == again
    assert len({row.key for row in first.rows}) == 2 * len(drafted)


def rows(text: str, days: int = 0, defaults: Defaults | None = None) -> list[tuple[str, str]]:
    sheet = read_spreadsheet(text.encode(), now=NOW + timedelta(days=days), defaults=defaults or Defaults())
    assert sheet.problems == ()
    return [(row.key, row.fingerprint) for row in sheet.rows]


def test_in_three_days_is_the_same_line_tomorrow() -> None:
    """A file that is imported again the next day publishes nothing again."""
    text = "kind,title,category,quantity,use by\nsurplus,Soup,meals,9 litres,in 3 days\noffer,Salt,dry food,,24 Dec\n"
    assert rows(text) == rows(text, days=1)


def test_the_way_of_writing_makes_no_other_line() -> None:
    """What means the same is the same."""
    one = "kind,title,category,quantity,use by\nsurplus,Soup  hot,meals,2.50 litres,27 Nov 2026\n"
    other = "tür;başlık;kategori;miktar;son kullanma\nfazla; Soup hot;yemek;2,5 lt;2026-11-27\n"
    assert rows(one) == rows(other)


def test_another_default_changes_a_post_and_makes_none() -> None:
    """Audience and language count for the key only where the line says them."""
    text = "kind,title,category,audience\noffer,a,care,\noffer,a,care,public\n"
    allies, public = rows(text), rows(text, defaults=Defaults(audience=Audience.PUBLIC, language="ar"))
    assert [key for key, _ in allies] == [key for key, _ in public]
    assert all(before != after for (_, before), (_, after) in zip(allies, public, strict=True))


def test_what_a_line_is_makes_another_line() -> None:
    """The same words as an offer and as a need are two posts, whoever says which."""
    offer, need = (rows(f"kind,title,category\n{kind},a,care\n") for kind in ("offer", "need"))
    assert offer[0][0] != need[0][0]


def test_the_fingerprint_of_a_line_stays_for_ever() -> None:
    """What was imported with an older version is known to this one."""
    text = "kind,title,category,quantity,place,facts,languages,use by,divisible,note\n"
    line = "surplus,Çorba,meals,2.5 litres,North,halal; vegan,ar; tr,in 3 days,yes,hot\n"
    assert rows(text + line) == [
        (
            "row:d429c6df03bdf40d468fa74c07cfdcf0869c4967b71090784f0d39e32b9c09d4:1",
            "8e3935eab799ccc73e1c823eb5f6bdccf5b492a80aa0ea5dadd4f36fd5a39add",
        )
    ]


def test_a_changed_line_with_a_reference_keeps_its_key() -> None:
    """So the caller can change the post instead of making another."""
    before, after = (rows(f"ref,kind,title,category\nA 7,offer,{title},care\n")[0] for title in ("one", "two"))
    assert before[0] == after[0] == "ref:A 7"
    assert before[1] != after[1]


def test_dates_end_where_the_collective_is() -> None:
    """The last full hour of the day there, in UTC."""
    text = b"kind,title,category,use by\noffer,a,care,2026-11-27\n"
    (row,) = read_spreadsheet(text, now=NOW, defaults=Defaults(zone=ZoneInfo("Asia/Kolkata"))).rows
    assert row.draft.use_by is not None
    assert row.draft.use_by.isoformat() == "2026-11-27T17:30:00+00:00"


@pytest.mark.parametrize("mark", ["2,5", "2.5"])
def test_the_whole_file_decides_what_a_comma_means(mark: str) -> None:
    """Evidence may stand below, and in the other column of numbers."""
    text = f"kind;title;category;quantity;available\noffer;a;care;1,234;\noffer;b;care;9;{mark}\n"
    sheet = read_spreadsheet(text.encode(), now=NOW, defaults=Defaults(unit=UNITS["KGM"]))
    assert str(sheet.rows[0].draft.quantity) == ("1.234 kg" if mark == "2,5" else "1234 kg")


def test_every_header_of_ours_is_found() -> None:
    """No two fields share a word, and each is known by its own name."""
    assert all(
        HEADERS.find(word) is field for field, words in HEADERS.table.items() for word in (field.value, *words.all)
    )
