"""From one cell to a value; `InputError` or `DomainError` says why not. Numbers and dates have modules of their own."""

import re
from collections.abc import Callable
from typing import TypeVar

from node.aid.spreadsheet.folding import one_line
from node.aid.spreadsheet.words import ANSWERS, LANGUAGE_NAMES
from schema.errors import DomainError, InputError, LocalError
from schema.text import language_tag, plain_line

Value = TypeVar("Value")
Other = TypeVar("Other")
MAX_REFERENCE = 80
NOTHING = frozenset({"", "-", "\N{EN DASH}", "\N{EM DASH}"})
_ERROR_VALUE = re.compile(r"#(N/[AD]|YOK|[^\W\d_][^\s#]*[!?]|DIV/0!|SAYI/0!|#+)|Err:[0-9]{3}", re.IGNORECASE)
_LISTED = re.compile("[,;/|+&\n،؛]")
_TICKS = {
    "✓": True,
    "✔": True,
    "☑": True,
    "√": True,
    "✗": False,
    "✘": False,
    "☐": False,
    "\N{MULTIPLICATION SIGN}": False,
}


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing to say."""
    return text in NOTHING


def is_error_value(text: str) -> bool:
    """Whether a program wrote this in place of what it could not work out."""
    return _ERROR_VALUE.fullmatch(text) is not None


def refuse_formula(text: str) -> None:
    """A cell holds what was calculated, not how, nor that it failed."""
    if text.startswith("="):
        raise InputError("A formula stands here instead of its result: save the sheet as CSV from the program itself.")
    if is_error_value(text):
        raise InputError(f"The spreadsheet program could not work this cell out ({text:.20}): write what is meant.")


def language(text: str, answer_in: str = "en") -> str:
    """A language by its name in four languages, or by its tag; a fault names the nearest in `answer_in`."""
    known = LANGUAGE_NAMES.find(text)
    if known is not None:
        return known
    first, *more = text.replace("_", "-").split("-")
    try:
        return language_tag("-".join((first.lower(), *more)))
    except DomainError as fault:
        raise InputError(LANGUAGE_NAMES.unknown(text, language=answer_in)) from fault


def yes(text: str, answer_in: str = "en") -> bool:
    """Yes or no, in words or as a tick."""
    return _TICKS[text] if text in _TICKS else ANSWERS.read(text, answer_in)


def reference(text: str) -> str:
    """What the collective itself calls a line."""
    return plain_line(one_line(text), "reference", MAX_REFERENCE)


def each(read: Callable[[str], Value]) -> Callable[[str], frozenset[Value]]:
    """A reader of several values in one cell; it complains of every one that is wrong."""

    def read_all(text: str) -> frozenset[Value]:
        values: set[Value] = set()
        faults: list[str] = []
        for part in filter(None, map(one_line, _LISTED.split(text))):
            try:
                values.add(read(part))
            except LocalError as fault:
                faults.append(fault.shown)
        if faults:
            raise InputError(" ".join(faults))
        return frozenset(values)

    return read_all


def both(first: Callable[[], Value], second: Callable[[], Other]) -> tuple[Value, Other]:
    """Two parts of one cell; where both are wrong, the complaint names both."""
    try:
        value = first()
    except LocalError as fault:
        try:
            second()
        except LocalError as other:
            raise InputError(f"{fault.shown} {other.shown}") from other
        raise
    return value, second()
