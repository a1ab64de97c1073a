import pytest

from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Defaults
from schema.category import Category
from schema.errors import InputError
from schema.proposal import Kind
from tests.node.spreadsheet.writing import NOW


def columns(header: str, separator: str = ",") -> dict[str, Field | None]:
    sheet = read_spreadsheet(f"{header}\n".encode(), now=NOW)
    assert sheet.separator == separator
    return dict(sheet.columns)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "headers",
    [
        ("Kind", "Item", "Category", "Qty", "Unit", "Best before", "Area"),
        ("النوع", "الصنف", "الفئة", "الكميّة", "الوحدة", "تاريخ الصلاحية", "المنطقه"),
        ("Nature", "Désignation", "CATÉGORIE", "Quantite", "Unité", "À consommer avant", "Quartier"),
        ("Tür", "Ürün adı", "KATEGORİ", "MİKTAR", "Birim", "Son kullanma tarihi", "Bolge"),
        ("kind", "title", "category", "quantity", "unit", "use_by", "place"),
    ],
)
def test_headers_are_known_in_four_languages(headers: tuple[str, ...], separator: str) -> None:
    """In any spelling, with any of the three separators."""
    fields = (Field.KIND, Field.TITLE, Field.CATEGORY, Field.QUANTITY, Field.UNIT, Field.USE_BY, Field.PLACE)
    assert columns(separator.join(headers), separator) == dict(zip(headers, fields, strict=True))


@pytest.mark.parametrize(
    "header",
    ["Deadline", "Closing date", "الموعد النهائي", "آخر موعد", "Date limite", "Échéance", "Son tarih", "SON BAŞVURU"],
)
def test_a_deadline_is_the_last_day_of_a_post(header: str) -> None:
    """In four languages, like the last day itself."""
    assert columns(f"kind,title,category,{header}")[header] is Field.EXPIRES


def test_what_is_not_known_is_not_read() -> None:
    """Names and phones of persons stay in the file they are in."""
    found = columns("kind,title,category,Name,Phone,Address,No")
    assert [header for header, field in found.items() if field is None] == ["Name", "Phone", "Address", "No"]


def test_lines_above_the_header_are_its_title() -> None:
    """The header is the line that names the most columns."""
    text = "What we have,,\n,,\nkind,title,category\noffer,Rice,dry food\n"
    sheet = read_spreadsheet(text.encode(), now=NOW)
    assert (sheet.header_line, [row.line for row in sheet.rows]) == (3, [4])


def test_a_file_may_say_its_separator() -> None:
    """The first line of some programs is no part of the table."""
    sheet = read_spreadsheet(b"sep=;\r\nkind;title;category\r\noffer;a,b,c;household\r\n", now=NOW)
    assert (sheet.separator, sheet.header_line, sheet.rows[0].line) == (";", 2, 3)


@pytest.mark.parametrize("header", ["Quantity (kg)", "Qty [KG] *", "الكمية (كغ)", "Miktar (kilo)"])
def test_a_header_may_hold_the_unit(header: str) -> None:
    """What holds for the column need not stand in each cell."""
    sheet = read_spreadsheet(f"kind,title,category,{header}\noffer,Rice,dry food,20\n".encode(), now=NOW)
    assert str(sheet.rows[0].draft.quantity) == "20 kg"


def test_map_comes_before_our_own_words() -> None:
    """A header of the collective's own, and one that means something else to it; targets in any language."""
    text = b"Was,Art,Gruppe,Title\nRice,offer,dry food,Dr\n"
    mapping = {"was": "title", "ART": "kind", "Gruppe": "catégorie", "Title": "ignore"}
    sheet = read_spreadsheet(text, now=NOW, mapping=mapping)
    assert sheet.columns == {"Was": Field.TITLE, "Art": Field.KIND, "Gruppe": Field.CATEGORY, "Title": None}
    assert sheet.rows[0].draft.title == "Rice"


@pytest.mark.parametrize(
    ("text", "mapping", "reason"),
    [
        ("", {}, "is empty"),
        (" \r\n;;\n", {}, "No line names the columns"),
        ("a,b\n1,2\n", {}, "No line names the columns"),
        ("kind,category\noffer,meals\n", {}, "No column holds a title"),
        ("title,category\nRice,dry food\n", {}, "No column says the kind"),
        ("title,kind\nRice,offer\n", {}, "No column says the category"),
        ("title,item,kind,category\n", {}, "'title' and 'item' were both read as title"),
        ("title,kind,category\n", {"title": "colour"}, "'colour' is not a field"),
        ("title,kind,category\n", {"colour": "note"}, "no column 'colour'"),
        ("title,kind,category\n" * 20_001, {}, "more than 20000 lines"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str, mapping: dict[str, str], reason: str) -> None:
    """What is wrong with the whole file is said once, with what to do."""
    with pytest.raises(InputError, match=reason):
        read_spreadsheet(text.encode(), now=NOW, mapping=mapping)


def test_defaults_stand_in_for_columns() -> None:
    """A file of needs alone needs no column that says so."""
    defaults = Defaults(kind=Kind.NEED, category=Category.CARE, language="tr")
    (row,) = read_spreadsheet(b"title\nBabysitter\n", now=NOW, defaults=defaults).rows
    assert (row.draft.kind, row.draft.category, row.draft.language) == (Kind.NEED, Category.CARE, "tr")


def test_notes_may_stand_in_several_columns() -> None:
    """One continues the other, in the order of the file."""
    (row,) = read_spreadsheet(b"kind,title,category,Description,Notes\noffer,a,care,one,two\n", now=NOW).rows
    assert row.draft.note == "one\ntwo"
