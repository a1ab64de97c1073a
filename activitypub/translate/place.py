"""Places as AS2 `Place`: a name, and the centre of a grid cell with its radius.

A place that would be more exact than an area is left out, and a point becomes the cell it lies in: what others publish
too exactly is not passed on by us.
"""

from collections.abc import Mapping
from typing import Any

from schema.errors import DomainError
from schema.place import CELL_KM, Cell, Place


def build_place(place: Place) -> dict[str, Any]:
    """The place, with a radius that hides where in its cell anything is."""
    named = {"type": "Place", "name": place.label}
    if place.cell is None:
        return named
    return named | {
        "latitude": place.cell.latitude,
        "longitude": place.cell.longitude,
        "radius": CELL_KM,
        "units": "km",
    }


def read_place(location: Any) -> Place | None:
    """The area that a `location` names, or nothing where it names none or a too exact one."""
    if not isinstance(location, Mapping) or not isinstance(name := location.get("name"), str):
        return None
    latitude, longitude = _degrees(location, "latitude"), _degrees(location, "longitude")
    try:
        return Place(name, None if latitude is None or longitude is None else Cell.around(latitude, longitude))
    except DomainError:
        return None


def _degrees(location: Mapping[str, Any], key: str) -> float | None:
    value = location.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
