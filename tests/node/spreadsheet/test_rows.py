import re
from datetime import UTC, datetime

import pytest

from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Defaults, Sheet
from schema.quantity import UNITS, Unit
from tests.node.spreadsheet.writing import NOW, table

HEADER = [
    "Kind",
    "Title",
    "Category",
    "Quantity",
    "Unit",
    "Left",
    "Use by",
    "From",
    "Until",
    "Area",
    "Audience",
    "Facts",
    "Language",
    "Divisible",
    "Ref",
]
FINE = {"Kind": "offer", "Title": "Rice", "Category": "dry food"}


def read(*lines: dict[str, str], defaults: Defaults | None = None) -> Sheet:
    rows = [[(FINE | line).get(header, "") for header in HEADER] for line in lines]
    return read_spreadsheet(table([HEADER, *rows], ";").encode(), now=NOW, defaults=defaults or Defaults())


BAD = [
    ({"Kind": "gift card"}, {"Kind": "is not a kind"}),
    ({"Kind": ""}, {"Kind": "an offer, a need or a surplus"}),
    ({"Title": "-"}, {"Title": "what this is"}),
    ({"Title": "x" * 121}, {"Title": "at most 120 characters"}),
    ({"Title": "a\u202eb"}, {"Title": "cannot be shown"}),
    ({"Title": "=A1&B1"}, {"Title": "formula"}),
    ({"Title": "#REF!"}, {"Title": "could not work this cell out"}),
    ({"Quantity": "#BAŞV!"}, {"Quantity": "could not work this cell out"}),
    ({"Category": "dry foood"}, {"Category": "write for example dry food"}),
    ({"Category": "Food"}, {"Category": "dry food, cooked food"}),
    ({"Quantity": "20"}, {"Quantity": "Say the unit"}),
    ({"Quantity": "20 kgg"}, {"Quantity": "for example kg"}),
    ({"Quantity": "20 kg", "Unit": "box"}, {"Quantity": "Two units"}),
    ({"Quantity": "20", "Unit": "kgg"}, {"Unit": "for example kg"}),
    ({"Quantity": "1,234 kgg"}, {"Quantity": "can be read as 1234 or as 1.234.*for example kg"}),
    ({"Quantity": "0 kg"}, {"Quantity": "of nothing"}),
    ({"Quantity": "9999999999999 kg"}, {"Quantity": "A quantity is a number"}),
    ({"Quantity": "5 kg", "Left": "6 kg"}, {"Left": "more available"}),
    ({"Quantity": "5 kg", "Left": "4 litres"}, {"Left": "do not mix"}),
    ({"Left": "4 litres"}, {"Left": "how much there is"}),
    ({"Use by": "2026-11-22"}, {"Use by": "over already"}),
    ({"Use by": "2028-11-22"}, {"Use by": "more than a year"}),
    ({"Use by": "soonish"}, {"Use by": "is not a date"}),
    ({"Until": "2026-11-22"}, {"Until": "over already"}),
    ({"From": "2026-12-02", "Until": "2026-12-01"}, {"Until": "end before it begins"}),
    ({"Area": "Long Street 12, 34567"}, {"Area": "no numbers of five digits"}),
    ({"Area": "حي الساقية ٢٣٤ ٢٣٤"}, {"Area": "no numbers of five digits"}),
    ({"Audience": "public", "Category": "safety-protection"}, {"Audience": "never be public"}),
    ({"Facts": "halal, blue; green"}, {"Facts": "'blue' is not a fact.*'green' is not a fact"}),
    ({"Language": "klingon"}, {"Language": "is not a language"}),
    ({"Divisible": "perhaps"}, {"Divisible": "is not a yes or no"}),
    ({"Ref": "x" * 81}, {"Ref": "at most 80"}),
    ({"Kind": "surplus"}, {"Quantity": "how much", "Use by": "until when"}),
    (
        {"Kind": "?", "Title": "", "Category": "?!", "Quantity": "x", "Use by": "y", "Audience": "z", "Facts": "w"},
        dict.fromkeys(["Kind", "Title", "Category", "Quantity", "Use by", "Audience", "Facts"], ""),
    ),
    (
        {"Kind": "surplus", "Category": "safety", "Audience": "everyone", "Quantity": "0 kg", "Left": "1 box"},
        {"Audience": "never be public", "Quantity": "of nothing", "Left": "do not mix", "Use by": "until when"},
    ),
]


@pytest.mark.parametrize(("line", "reasons"), BAD)
def test_a_bad_line_is_named_with_every_reason(line: dict[str, str], reasons: dict[str, str]) -> None:
    """Its number, each column, and what to do; lines beside it are read all the same."""
    sheet = read({}, line, {})
    assert [row.line for row in sheet.rows] == [2, 4]
    assert {problem.line for problem in sheet.problems} == {3}
    assert [problem.column for problem in sheet.problems] == sorted(reasons, key=HEADER.index)
    for problem in sheet.problems:
        assert re.search(f"{reasons[problem.column]}.*[.]$", problem.reason)


@pytest.mark.parametrize(
    ("header", "line", "suggested"),
    [
        ("kind,title,category", "offer,a,vêtementss", "Clothing and bedding"),
        ("kind,title,category", "offer,a,nonsense", "Cooked meals, Food to keep"),
        ("nature,titre,catégorie", "offre,a,clothingg", "Vêtements et literie"),
        ("nature,titre,catégorie", "offre,a,vêtementss", "vêtements"),
        ("tür,başlık,kategori", "teklif,a,giyimm", "giyim"),
        ("tür,başlık,kategori", "teklif,a,zzzz", "Pişmiş yemek, Kuru gıda"),
        ("النوع,العنوان,الفئة", "عرض,a,ملابسس", "ملابس"),
        ("nature,titre,catégorie,à savoir", "offre,a,repas,nope", "noix."),
        ("tür,başlık,kategori,diller", "teklif,a,yemek,Arapçaa", "Arapça"),
        ("tür,başlık,kategori,bölünebilir", "teklif,a,yemek,evett", "evet"),
        ("tür,başlık,kategori,miktar", "teklif,a,yemek,3 kutuu", "kutu"),
    ],
)
def test_words_are_suggested_in_the_language_of_the_headers(header: str, line: str, suggested: str) -> None:
    """A misspelt word of another language is answered with the name in this one."""
    (problem,) = read_spreadsheet(f"{header}\n{line}\n".encode(), now=NOW).problems
    assert f"write for example {suggested}" in problem.reason


def test_a_line_is_known_by_where_it_starts_in_the_file() -> None:
    """Embedded newlines, blank lines and either kind of line end are counted as an editor counts them."""
    text = 'kind,title,category,note\r\n\r\noffer,a,care,"one\r\ntwo"\r\n,,,\r\nxx,b,care,\r\n'
    text += 'xx,c,care,"1\n2\n3"\nxx,d,care,\n'
    sheet = read_spreadsheet(text.encode(), now=NOW)
    assert [(row.line, row.draft.note) for row in sheet.rows] == [(3, "one\ntwo")]
    assert [problem.line for problem in sheet.problems] == [6, 7, 10]


def test_quotation_marks_that_do_not_pair_are_a_problem_of_their_line() -> None:
    """The text of one line is never taken for part of another without a word."""
    text = 'kind,title,category\noffer,"warm" coats,care\noffer,5" pipe,household\nneed,"open,care\nneed,lost,care\n'
    sheet = read_spreadsheet(text.encode(), now=NOW)
    assert [row.draft.title for row in sheet.rows] == ['5" pipe']
    assert [problem.line for problem in sheet.problems] == [2, 4]
    assert "up to line 5" in sheet.problems[1].reason


def test_a_line_longer_than_the_header_is_a_problem() -> None:
    """A decimal comma between commas is not taken for two cells."""
    sheet = read_spreadsheet(b"kind,title,category,quantity\noffer,Rice,dry food,2,5 kg\noffer,a,care,,,\n", now=NOW)
    assert [problem.line for problem in sheet.problems] == [2, 2]
    assert "more cells than the header" in sheet.problems[0].reason
    assert [row.line for row in sheet.rows] == [3]


def test_totals_and_repeated_headers_are_left_out() -> None:
    """They are nobody's post, and the caller hears which lines they were."""
    text = "kind,title,category,quantity\noffer,Rice,dry food,20 kg\nkind,Title,category,quantity\n,Toplam:,,20 kg\n"
    sheet = read_spreadsheet(f"{text}offer,Total relaxation,care,\n".encode(), now=NOW)
    assert (sheet.left_out, sheet.problems, [row.line for row in sheet.rows]) == ((3, 4), (), [2, 5])


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ({"Quantity": "20 kg"}, "20 kg"),
        ({"Quantity": "KGM 20"}, "20 kg"),
        ({"Quantity": "20", "Unit": "Kilos"}, "20 kg"),
        ({"Quantity": "20 kilo", "Unit": "kg"}, "20 kg"),
        ({"Quantity": "٢٠ كيلو"}, "20 kg"),
        ({"Quantity": "2 valises de 23 kg"}, "2 suitcase of 23 kg"),
        ({"Quantity": "3 aile kolisi"}, "3 family basket"),
        ({"Quantity": "", "Unit": "kg"}, "None"),
    ],
)
def test_a_unit_is_what_is_written(line: dict[str, str], meant: str) -> None:
    """Beside the number or in a cell of its own, in any language, as a code too."""
    (row,) = read(line).rows
    assert str(row.draft.quantity) == meant


def test_what_is_left_has_the_unit_of_the_whole() -> None:
    """Nobody writes it twice."""
    (row,) = read({"Quantity": "20 kg", "Left": "12"}).rows
    assert str(row.draft.available) == "12 kg"


def test_units_of_a_collective_are_known_where_it_says_so() -> None:
    """By its own word, its code or its name; elsewhere they are unknown."""
    basket = Unit.community("bread-bundle", "bundle of bread")
    lines = [{"Quantity": f"7 {word}"} for word in ("ربطة", "bread-bundle", "Bundle of Bread")]
    defaults = Defaults(community_units={"ربطة": basket})
    assert [row.draft.quantity and row.draft.quantity.unit for row in read(*lines, defaults=defaults).rows] == [
        basket
    ] * 3
    assert "bundle of bread" in read({"Quantity": "7 bun"}, defaults=defaults).problems[0].reason
    assert len(read(*lines).problems) == 3


def test_a_bare_number_counts_only_by_default_of_the_caller() -> None:
    """Units are never guessed."""
    (row,) = read({"Quantity": "20"}, defaults=Defaults(unit=UNITS["H87"])).rows
    assert str(row.draft.quantity) == "20 piece"


def test_the_order_of_dates_is_that_of_their_column() -> None:
    """One date that is impossible with the day first turns the whole column, and no other."""
    sheet = read({"Use by": "03/04/2027", "From": "03/04/2027"}, {"Use by": "11/27/2026"})
    draft = sheet.rows[0].draft
    assert draft.use_by == datetime(2027, 3, 4, 23, tzinfo=UTC)
    assert draft.window is not None
    assert draft.window.begin == datetime(2027, 4, 3, tzinfo=UTC)


def test_a_reference_stands_for_one_line() -> None:
    """The second line with it is named, and the first is named in the reason."""
    sheet = read({"Ref": "A1"}, {"Ref": "a1"}, {"Ref": "A1"})
    assert [row.key for row in sheet.rows] == ["ref:A1", "ref:a1"]
    assert [(problem.line, problem.column) for problem in sheet.problems] == [(4, "Ref")]
    assert "line 2" in sheet.problems[0].reason
