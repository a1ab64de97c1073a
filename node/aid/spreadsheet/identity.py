"""Which post a line is, and what it says: so that importing twice is once.

Rule 1: a line with a reference is known by it, whatever else it says.
Rule 2: any other line is known by what it says, and by how often the file has said the same before: two equal lines are
        two posts. Spelling, language, order of columns and forms of dates and numbers make no difference.
Rule 3: "in 3 days" is the same tomorrow: a date counts as it was said.
Rule 4: audience and language count for the key only where the line itself says them, for the fingerprint always. So
        another default changes the posts that are there, and makes no new ones.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping

from node.aid.spreadsheet.fields import Field
from schema.proposal import Draft
from schema.quantity import Quantity

REFERENCE = "ref:"  # how the key of a line with a reference begins
_DEFAULTED = frozenset({Field.AUDIENCE, Field.LANGUAGE})


def _amount(quantity: Quantity | None) -> str:
    return "" if quantity is None else f"{quantity.text} {quantity.unit.code}"


def statement(draft: Draft, dates: Mapping[Field, str]) -> dict[str, str]:
    """What a line says, in one form; `dates` as they were said. This form must never change: old imports rest on it."""
    said = {
        Field.KIND: draft.kind.value,
        Field.TITLE: draft.title,
        Field.CATEGORY: draft.category.value,
        Field.QUANTITY: _amount(draft.quantity),
        Field.AVAILABLE: _amount(draft.available),
        Field.NOTE: draft.note,
        Field.PLACE: "" if draft.place is None else draft.place.label,
        Field.AUDIENCE: draft.audience.value,
        Field.FACTS: " ".join(sorted(draft.facts)),
        Field.LANGUAGE: draft.language or "",
        Field.LANGUAGES: " ".join(sorted(draft.languages)),
        Field.DIVISIBLE: "yes" if draft.divisible else "",
        **dates,
    }
    return {field.value: text for field, text in said.items() if text}


def digest(said: Mapping[str, str]) -> str:
    """The SHA-256 of a statement."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Keys:
    """Gives each line of one file its key."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._times: Counter[str] = Counter()

    def key(self, said: Mapping[str, str], written: frozenset[Field], reference: str) -> str:
        """The key of a line (rules 1, 2 and 4); `written` are the fields that the line itself fills."""
        if reference:
            return REFERENCE + reference
        own = digest({field: text for field, text in said.items() if field not in _DEFAULTED - written})
        self._times[own] += 1
        return f"row:{own}:{self._times[own]}"
