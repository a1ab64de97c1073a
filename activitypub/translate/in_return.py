"""What a proposal asks in return: the `reciprocal` intent of FEP-0837, which ours never have.

Qafila shares, and moves no money. But an offer that has its price must not be shown as a gift, so what is asked is
kept, as one line of text for people, and nothing is reckoned with it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from activitypub.document import written
from activitypub.members import optional_text
from activitypub.translate.html_text import plain_from_html
from schema.errors import Malformed
from schema.quantity import ONE
from schema.text import fitted

MAX_ASKED: Final = 120  # characters
_NOTHING: Final = re.compile(r"0*(?:[.,]0*)?")


def read_asked(document: Mapping[str, Any]) -> str | None:
    """What is asked in return, as text, or None for a gift; `Malformed` where something is asked and cannot be told."""
    reciprocal = document.get("reciprocal")
    if reciprocal is None:
        return None
    if not isinstance(reciprocal, Mapping):
        raise Malformed("reciprocal: not an object")
    measure = reciprocal.get("resourceQuantity")
    words = [] if measure is None else _measured(measure)
    if words and _NOTHING.fullmatch(words[0]):
        return None
    name = optional_text(reciprocal, "name")
    what = name or (None if len(words) > 1 else optional_text(reciprocal, "resourceConformsTo"))
    asked = fitted(" ".join(plain_from_html(" ".join([*words, what or ""])).split()), MAX_ASKED)
    if not asked:
        raise Malformed("reciprocal: nothing that could be told")
    return asked


def _measured(measure: Any) -> list[str]:
    """A number and the name of its unit, each where it says something."""
    if not isinstance(measure, Mapping):
        raise Malformed("reciprocal: its quantity is not an object")
    number, unit = measure.get("hasNumericalValue"), measure.get("hasUnit")
    if isinstance(number, int | float) and not isinstance(number, bool):
        number = written(number)
    if not isinstance(number, str | None) or not isinstance(unit, str | None):
        raise Malformed("reciprocal: its quantity has no number and unit")
    return [word for word in (number, None if unit == ONE else unit) if word]
