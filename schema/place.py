"""Where, coarsely: an area's name or a grid cell of five kilometres or more. An exact place is never a `Place`."""

import math
import re
from dataclasses import dataclass
from typing import Self

from schema.errors import DomainError
from schema.text import plain_line

MAX_LABEL = 60
CELL_KM = 5
STEP = 0.05  # degrees of latitude: 5.5 km
MAX_LATITUDE = 85.0
CIRCLE = 36_000  # hundredths of a degree
TOO_EXACT = re.compile(r"(?:\d[ ().\-/]*){5,}|@|://|\.\w+/|\+\d")  # digits of every script, as phones are written


@dataclass(frozen=True, slots=True)
class Cell:
    """The centre of a grid cell, in degrees with two decimals; use `around` to make one."""

    latitude: float
    longitude: float

    @classmethod
    def around(cls, latitude: float, longitude: float) -> Self:
        """The cell that holds this point. Cells are at least five kilometres wide at every latitude."""
        if not (abs(latitude) <= MAX_LATITUDE and abs(longitude) <= 180):  # noqa: PLR2004 (degrees)
            raise DomainError("A place lies between 85° south and 85° north.", field="place")
        row = round(latitude / STEP) * round(100 * STEP)
        narrowest = math.ceil(100 * STEP / math.cos(math.radians(row / 100)))
        step = next(width for width in range(narrowest, CIRCLE) if CIRCLE % width == 0)  # no odd cell at 180°
        column = round(100 * longitude / step) * step
        return cls(row / 100, (CIRCLE // 2 if column == -CIRCLE // 2 else column) / 100)


@dataclass(frozen=True, slots=True)
class Place:
    """An area people know by name, and its grid cell where one is given."""

    label: str
    cell: Cell | None = None

    def __post_init__(self) -> None:
        """Refuse what looks like a phone number, a postcode, an address on the net or a whole paragraph."""
        plain_line(self.label, "place", MAX_LABEL)
        if TOO_EXACT.search(self.label):
            raise DomainError(
                "An area is a name such as 'north of the river': no numbers of five digits or more, no links.",
                field="place",
            )
