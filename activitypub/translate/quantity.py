"""Quantities as FEP-0837 measures: `{hasUnit, hasNumericalValue}` with an OM2 unit name and a decimal string.

`unitCode` says exactly which unit is meant where OM2 has only "one"; a community's own unit brings its name with
it, which is read only where we ship no unit of that code.
"""

from collections.abc import Mapping
from typing import Any, Final

from activitypub.document import written
from activitypub.members import optional_text
from schema.errors import DomainError, Malformed
from schema.quantity import COMMUNITY_UNITS, ONE, UNITS, Quantity, Unit, unit_from_wire
from schema.text import is_shown

_OM2: Final = ("om2:", "http://www.ontology-of-units-of-measure.org/resource/om-2/")


def build_measure(quantity: Quantity | None) -> dict[str, str]:
    """The measure of a quantity. A measure without a value means any amount (FEP-0837, Intent)."""
    if quantity is None:
        return {"hasUnit": ONE}
    unit = quantity.unit
    measure = {"hasUnit": unit.om2, "hasNumericalValue": quantity.text, "unitCode": unit.code}
    return measure | {"unitName": unit.name} if unit.is_community else measure


def read_measure(intent: Mapping[str, Any], key: str) -> Quantity | None:
    """The quantity in this member, or None for any amount.

    `Malformed` where it is no object; `DomainError` where it is no quantity: no unit or one that we do not know, a
    number that is no plain decimal from 0. A JSON number is read from its digits as they were written.
    """
    measure = intent.get(key)
    if measure is None:
        return None
    if not isinstance(measure, Mapping):
        raise Malformed(f"{key}: not an object")
    unit = _read_unit(measure)
    match measure.get("hasNumericalValue"):
        case None:
            return None
        case bool():
            raise DomainError("A quantity is a number.", field="quantity")
        case str() | int() | float() as number:
            return Quantity.parse(number if isinstance(number, str) else written(number), unit)
        case _:
            raise DomainError("A quantity is a number.", field="quantity")


def _read_unit(measure: Mapping[str, Any]) -> Unit:
    om2 = measure.get("hasUnit")
    if isinstance(om2, Mapping):
        om2 = om2.get("id")
    if not isinstance(om2, str):
        raise DomainError("A quantity has a unit.", field="unit")
    for prefix in _OM2:
        om2 = om2.removeprefix(prefix)
    code = optional_text(measure, "unitCode")
    if code is None:
        return unit_from_wire(om2)
    unit = UNITS.get(code) or COMMUNITY_UNITS.get(code)
    if unit is None:
        name = optional_text(measure, "unitName") or code
        if not is_shown(name):
            raise Malformed("unitName: a character that cannot be shown")
        unit = Unit.community(code, name)
    if unit.om2 != om2:
        raise DomainError("A unit's code and its name are of two different units.", field="unit")
    return unit
