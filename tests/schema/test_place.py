"""Published places are coarse."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schema.errors import DomainError
from schema.place import CELL_KM, MAX_LATITUDE, Cell, Place
from tests.schema.strategies import cells, lines

EARTH_KM = 6371.0
latitudes = st.floats(-MAX_LATITUDE, MAX_LATITUDE)
longitudes = st.floats(-180, 180)


def distance_km(one: Cell, other: Cell) -> float:
    """Along the great circle."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    cosines = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    half_chord = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half_chord))


@given(latitudes, longitudes, st.floats(-0.2, 0.2), st.floats(-8, 8))
def test_cells_are_far_apart(latitude: float, longitude: float, north: float, east: float) -> None:
    """Two cells are one and the same, or five kilometres or more apart, at every latitude and across 180°."""
    near = (latitude + north, (longitude + east + 180) % 360 - 180)
    assume(abs(near[0]) <= MAX_LATITUDE)
    one, other = Cell.around(latitude, longitude), Cell.around(*near)
    assert one == other or distance_km(one, other) >= CELL_KM


@given(latitudes, longitudes)
def test_a_cell_is_its_own_centre(latitude: float, longitude: float) -> None:
    """A cell tells nothing about where in it the point was, and lies on the globe, in hundredths of a degree."""
    cell = Cell.around(latitude, longitude)
    assert Cell.around(cell.latitude, cell.longitude) == cell
    assert abs(cell.latitude) <= MAX_LATITUDE
    assert -180 < cell.longitude <= 180
    assert (round(cell.latitude, 2), round(cell.longitude, 2)) == (cell.latitude, cell.longitude)


@pytest.mark.parametrize("point", [(86.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.nan), (0.0, math.inf)])
def test_nowhere(point: tuple[float, float]) -> None:
    """A point off the globe, or too near to a pole for a grid, is refused."""
    with pytest.raises(DomainError):
        Cell.around(*point)


@pytest.mark.parametrize(
    "label",
    [
        *("10115", "+49 151", "0151 23 45 67", "call 0151-234-567", "(030) 12345", "٠٩٨٧٦٥٤", "۰۹۱۲ ۳۴۵"),
        *("a@b.example", "https://x.example", "t.me/someone"),
        *("", "   ", "\u200b", "a\nb", "x" * 61, "a\u202eb"),
    ],
)
def test_too_exact(label: str) -> None:
    """What reads like a phone number, a postcode, a link or nothing at all is no area, in the digits of any script."""
    with pytest.raises(DomainError):
        Place(label)


@given(lines(20), st.integers(10_000, 10**14), st.sampled_from(["", " ", "-", ".", " - "]), st.none() | cells())
def test_no_number_as_long_as_a_phones(label: str, number: int, joint: str, cell: Cell | None) -> None:
    """A number of five digits or more is found wherever it stands and however it is grouped."""
    with pytest.raises(DomainError):
        Place(f"{label} {joint.join(str(number))}", cell)


@pytest.mark.parametrize(
    "label", ["Kreuzberg / Neukölln", "10th, 11th and 12th district", "شمال النهر", "St. Pauli", "Mersin, Kuzey 3"]
)
def test_areas(label: str) -> None:
    """Names people use for an area are taken."""
    assert Place(label).label == label
