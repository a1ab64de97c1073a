from decimal import Decimal

import pytest

from node.aid.spreadsheet.numbers import decimal_mark, number, split
from schema.errors import InputError

PLAIN = [
    ("20", "20"),
    ("007", "7"),
    ("2.5", "2.5"),
    ("2,5", "2.5"),
    ("0,125", "0.125"),
    (".5", "0.5"),
    ("1.234,5", "1234.5"),
    ("1,234.5", "1234.5"),
    ("1 234,5", "1234.5"),
    ("1\u00a0234,5", "1234.5"),
    ("1\u202f234", "1234"),
    ("1'234.50", "1234.50"),
    ("1.234.567", "1234567"),
    ("1234,567", "1234.567"),
    ("٢٫٥", "2.5"),
    ("٢٬٣٤٥٫٥", "2345.5"),
    ("۲۰", "20"),
    ("٢،٥", "2.5"),
    ("½", "0.5"),
    ("1½", "1.5"),
    ("2 ¾", "2.75"),
]


def test_a_cell_that_is_too_long_is_refused_unread() -> None:
    """However long it is: nothing is looked for in it."""
    with pytest.raises(InputError):
        split("1" * 2_000_000)


@pytest.mark.parametrize(("cell", "meant"), PLAIN)
def test_a_number_that_can_be_read_in_one_way_is_read(cell: str, meant: str) -> None:
    """Digits, marks and groups of any of our languages."""
    figure, rest = split(cell)
    assert (number(figure, None), rest) == (Decimal(meant), "")


@pytest.mark.parametrize(
    ("cell", "figure", "unit"),
    [
        ("20 kg", "20", "kg"),
        ("20kg", "20", "kg"),
        ("kg 20", "20", "kg"),
        ("2,5 lt", "2,5", "lt"),
        ("٢٠ كغ", "20", "كغ"),
        ("10m³", "10", "m³"),
        ("2 suitcases of 23 kg", "2", "suitcases of 23 kg"),
        ("2 23 kg'lık valiz", "2 23", "kg'lık valiz"),
    ],
)
def test_a_unit_beside_the_number_is_kept_apart(cell: str, figure: str, unit: str) -> None:
    """The unit stands after the number or before it; what belongs to the number stays with it."""
    assert split(cell) == (figure, unit)


@pytest.mark.parametrize("cell", ["", "many", "-5", "+20", "20+", "50 %", "9" * 50, "⅓"])
def test_what_is_no_quantity_is_refused(cell: str) -> None:
    """Signs, percentages and words are not turned into numbers."""
    with pytest.raises(InputError, match="is not a quantity"):
        split(cell)


def test_a_footnote_is_no_digit() -> None:
    """A raised figure beside a number does not become part of it."""
    assert split("20²") == ("20", "²")


@pytest.mark.parametrize("figure", ["1,23,4", "1.2.3", "12 34", "1,234.567,8", "0,123,456"])
def test_what_fits_no_decimal_mark_is_refused(figure: str) -> None:
    """Groups have three digits."""
    with pytest.raises(InputError, match="is not a number"):
        number(figure, ".")


@pytest.mark.parametrize("figure", ["1,234", "1.234", "12.000", "999,999"])
def test_a_number_with_two_readings_is_refused_without_evidence(figure: str) -> None:
    """A thousand kilograms and one are not the same, so nothing is guessed; what to write instead can be read."""
    with pytest.raises(InputError, match="can be read as") as caught:
        number(figure, None)
    written = str(caught.value).rstrip(".").replace(", or", "").split()[-2:]
    assert {number(text, None) for text in written} == {number(figure, "."), number(figure, ",")}


@pytest.mark.parametrize(
    ("figures", "mark"),
    [
        (["1,234", "2,5"], ","),
        (["1,234", "2.5"], "."),
        (["1.234", "1.234.567"], ","),
        (["1,234", "0,125"], ","),
        (["1,234", "20", "1 234"], None),
        (["1,234", "2.5", "2,5"], None),
        (["1,234", "2٫5"], None),
        ([], None),
    ],
)
def test_other_numbers_of_the_file_are_evidence(figures: list[str], mark: str | None) -> None:
    """One number that fits under one mark alone decides; two that contradict each other decide nothing."""
    assert decimal_mark(figures) == mark


def test_evidence_decides_what_two_readings_mean() -> None:
    """The same digits are a thousand in one file and one and a bit in another."""
    assert number("1,234", ".") == Decimal(1234)
    assert number("1,234", ",") == Decimal("1.234")
