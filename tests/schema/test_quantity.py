"""Quantities are decimal strings with a unit, and units never mix."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schema.errors import DomainError
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity, Unit, unit, unit_from_wire
from tests.schema.strategies import quantities

KILOGRAM = UNITS["KGM"]


@given(quantities())
def test_text_round_trip(quantity: Quantity) -> None:
    """What is written is read back as the same quantity."""
    assert Quantity.parse(quantity.text, quantity.unit) == quantity


@given(quantities())
def test_one_text_for_each_number(quantity: Quantity) -> None:
    """Equal numbers have one text, however many zeros they were written with."""
    padded = Quantity(quantity.number.quantize(Decimal("0.000001")), quantity.unit)
    assert padded == quantity
    assert padded.text == quantity.text


@pytest.mark.parametrize(
    "text",
    [
        *("", "-1", "-0", "+1", "1e3", "1E3", "01", "1.", ".5", "1,5", " 1", "1\n", "١٢", "NaN", "Infinity", "1_000"),
        *("0.30000000000000004", "10000000000000000000", "0.1234567", "1" + "0" * 5_000),
    ],
)
def test_refused_text(text: str) -> None:
    """Signs, exponents, spaces, other digits and too many digits are refused."""
    with pytest.raises(DomainError):
        Quantity.parse(text, KILOGRAM)


@pytest.mark.parametrize("number", ["-1", "-0", "NaN", "sNaN", "Infinity", "1e12", "1e-7"])
def test_refused_number(number: str) -> None:
    """A number that the wire form could not carry is refused."""
    with pytest.raises(DomainError):
        Quantity(Decimal(number), KILOGRAM)


@given(quantities(), quantities())
def test_units_never_mix(one: Quantity, other: Quantity) -> None:
    """Adding, taking away and comparing across units is refused."""
    assume(one.unit.code != other.unit.code)
    for mix in (one.__add__, one.__sub__, one.__le__):
        with pytest.raises(DomainError, match="do not mix"):
            mix(other)


@given(quantities(st.just(KILOGRAM)), quantities())
def test_never_below_zero(one: Quantity, other: Quantity) -> None:
    """Taking away more than there is is refused; taking away less leaves exactly the rest."""
    taken = Quantity(other.number, one.unit)
    if taken <= one:
        rest = one - taken
        assert rest.number == one.number - taken.number
        assert rest.is_zero == (one.number == taken.number)
        assert rest + taken == one
    else:
        with pytest.raises(DomainError):
            _ = one - taken


def test_the_same_code_is_the_same_unit() -> None:
    """The code alone decides: another name for a unit still mixes with it."""
    baskets = [Quantity(Decimal(2), Unit.community("basket", name)) for name in ("basket", "panier")]
    assert (baskets[0] + baskets[1]).text == "4"


def test_every_shipped_unit_has_a_wire_name() -> None:
    """A measure's OM2 name names it alone; what is counted is "one" of something."""
    measures = {found for found in UNITS.values() if found.om2 != "one"}
    assert {unit_from_wire(found.om2) for found in measures} == measures
    assert unit_from_wire("one") is UNITS["C62"]
    assert all(found.om2 == "one" and found.is_community for found in COMMUNITY_UNITS.values())
    assert all(unit(code).code == code for code in [*UNITS, *COMMUNITY_UNITS])


@pytest.mark.parametrize("code", ["kg", "кг", "KG\N{CYRILLIC CAPITAL LETTER EM}", "", "kgm"])
def test_unknown_unit(code: str) -> None:
    """Codes that we do not know, or that only look like ours, are no unit."""
    with pytest.raises(DomainError):
        unit(code)
    with pytest.raises(DomainError):
        unit_from_wire(code)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        *(("КГ", "kg"), ("Basket", "basket"), ("-a", "a"), ("a--b", "a"), ("a" * 41, "a"), ("KGM", "kg")),
        *(("basket", ""), ("basket", "  "), ("basket", "a\u202eb"), ("basket", "a\nb"), ("basket", "a" * 41)),
    ],
)
def test_refused_community_unit(code: str, name: str) -> None:
    """A community unit has a lower-case code of its own and a name that can be shown."""
    with pytest.raises(DomainError):
        Unit.community(code, name)


def test_any_unit_has_a_code_that_can_travel() -> None:
    """No unit at all can be made with letters that only look like a code's."""
    with pytest.raises(DomainError):
        Unit("кг", "kilogram", "kg")
