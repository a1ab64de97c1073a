"""A guard before what a spreadsheet program would calculate, or our own reader take for nothing, and off again.

Rule 1  An apostrophe is put before such a cell, also where there is one already: so it is known which one is ours.
Rule 2  It is taken off in a sheet with exactly our own head alone. In others an apostrophe is what somebody wrote.
"""

from typing import Final

from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.values import is_error_value, is_nothing
from node.aid.spreadsheet.words import HEADERS

GUARD: Final = "'"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a program would calculate
COLUMNS: Final = (Field.REFERENCE, *(field for field in Field if field is not Field.REFERENCE))
HEAD: Final = tuple(HEADERS.table[field].name("en") for field in COLUMNS)


def guarded(text: str) -> str:
    """A cell that no program calculates, whatever somebody wrote into a post."""
    return GUARD + text if _needs_one(text) else text


def unguarded(text: str) -> str:
    """The reverse of `guarded`."""
    return text[1:] if text.startswith(GUARD) and _needs_one(text[1:]) else text


def _needs_one(text: str) -> bool:
    bare = text.lstrip(GUARD)
    return bare.startswith(FORMULA) or is_error_value(bare) or (bare != "" and is_nothing(bare))
