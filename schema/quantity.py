"""Quantities: a decimal number and a unit, never mixed silently.

Units have their UN/CEFACT Recommendation 20 or 21 code inside and an OM2 name on the wire, as FEP-0837 asks ("one" for
what is counted). A collective may add units of its own: their code is a lower-case slug, their wire name is "one".
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from schema.errors import DomainError
from schema.text import plain_line

NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
COMMON_CODE = re.compile(r"[A-Z][A-Z0-9]{1,2}")
COMMUNITY_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,5}")
MAX_CODE = 40
MAX_NAME = 40
ONE = "one"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. `code` alone decides whether two units are the same; `om2` is its name on the wire."""

    code: str
    om2: str
    name: str

    def __post_init__(self) -> None:
        """Refuse codes and names that could not travel."""
        plain_line(self.name, "unit", MAX_NAME)
        if not (COMMON_CODE.fullmatch(self.code) or COMMUNITY_CODE.fullmatch(self.code)):
            raise DomainError("A unit's code is made of plain letters, digits and hyphens.", field="unit")

    @property
    def is_community(self) -> bool:
        """Whether a collective made this unit itself."""
        return self.code not in UNITS

    @classmethod
    def community(cls, code: str, name: str) -> Self:
        """A unit of a collective's own, such as a family basket."""
        if len(code) > MAX_CODE or not COMMUNITY_CODE.fullmatch(code):
            raise DomainError(
                "A community unit's code is made of lower-case letters, digits and hyphens.", field="unit"
            )
        return cls(code, ONE, name)


def _table(*rows: tuple[str, str, str]) -> dict[str, Unit]:
    return {code: Unit(code, om2, name) for code, om2, name in rows}


# Recommendation 20 codes; packages of Recommendation 21 carry an X before their two letters.
UNITS: dict[str, Unit] = _table(
    ("C62", ONE, "unit"),
    ("H87", ONE, "piece"),
    ("PR", ONE, "pair"),
    ("DZN", ONE, "dozen"),
    ("SET", ONE, "set"),
    ("KGM", "kilogram", "kg"),
    ("GRM", "gram", "g"),
    ("TNE", "tonne", "tonne"),
    ("LTR", "litre", "litre"),
    ("MLT", "millilitre", "ml"),
    ("MTQ", "cubicMetre", "m³"),
    ("MTR", "metre", "m"),
    ("CMT", "centimetre", "cm"),
    ("KMT", "kilometre", "km"),
    ("MTK", "squareMetre", "m²"),
    ("MIN", "minute-Time", "minute"),
    ("HUR", "hour", "hour"),
    ("DAY", "day", "day"),
    ("WEE", "week", "week"),
    ("MON", "month", "month"),
    ("KWH", "kilowattHour", "kWh"),
    ("E27", ONE, "dose"),
    ("XBX", ONE, "box"),
    ("XSA", ONE, "sack"),
    ("XBG", ONE, "bag"),
    ("XCT", ONE, "carton"),
    ("XCS", ONE, "case"),
    ("XPX", ONE, "pallet"),
    ("XBO", ONE, "bottle"),
    ("XCX", ONE, "can"),
    ("XPK", ONE, "packet"),
    ("XRO", ONE, "roll"),
)

# Four that many collectives share; each may add its own.
COMMUNITY_UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("meal", ONE, "meal"),
        Unit("family-basket", ONE, "family basket"),
        Unit("suitcase-23kg", ONE, "suitcase of 23 kg"),
        Unit("course-of-treatment", ONE, "course of treatment"),
    )
}


def unit(code: str) -> Unit:
    """The shipped unit with this code; `DomainError` if there is none."""
    found = UNITS.get(code) or COMMUNITY_UNITS.get(code)
    if found is None:
        raise DomainError(f"There is no unit with the code {code!r:.60}.", field="unit")
    return found


def unit_from_wire(om2: str) -> Unit:
    """The unit that an OM2 name stands for: a measure of its own, or "one"."""
    if om2 == ONE:
        return UNITS["C62"]
    for known in UNITS.values():
        if known.om2 == om2:
            return known
    raise DomainError(f"There is no unit with the name {om2!r:.60}.", field="unit")


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much: `number` is zero or more, with at most twelve digits before and six after the point."""

    number: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what the wire form could not carry."""
        if not self.number.is_finite() or not NUMBER.fullmatch(f"{self.number:f}"):
            raise DomainError("A quantity is a number from 0, with up to six decimals.", field="quantity")

    @classmethod
    def parse(cls, text: str, of: Unit) -> Self:
        """Read the wire form, a plain decimal string: no sign, no exponent, no spaces."""
        if not NUMBER.fullmatch(text):
            raise DomainError("A quantity is a plain decimal number such as 12 or 2.5.", field="quantity")
        return cls(Decimal(text), of)

    @property
    def text(self) -> str:
        """The one wire form of this number: no trailing zeros."""
        text = f"{self.number:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing of it."""
        return self.number == 0

    def _with(self, other: "Quantity") -> Decimal:
        if other.unit.code != self.unit.code:
            raise DomainError(f"{self.unit.name} and {other.unit.name} do not mix.", field="unit")
        return other.number

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.number + self._with(other), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.number - self._with(other), self.unit)

    def __le__(self, other: "Quantity") -> bool:
        return self.number <= self._with(other)

    def __str__(self) -> str:
        return f"{self.text} {self.unit.name}"
