"""Numbers as people write them: 1.234,5 and 1,234.5 and 1 234,5 and 1½, in the digits of any script.

Rule 1: a number is read under each decimal mark that fits; where all agree, there is nothing to decide.
Rule 2: a number that fits under one mark alone is evidence for the whole file; so "2,5" says what "1,234" means.
Rule 3: without evidence, or with evidence for both, a number that can be read in two ways is refused, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from node.aid.spreadsheet.folding import ascii_digits, fold, one_line
from schema.errors import InputError

ARABIC_MARK = "\N{ARABIC DECIMAL SEPARATOR}"
MARKS = (".", ",")
LONGEST = 40  # characters
_FRACTION = re.compile("([0-9]*) ?([¼½¾⅕⅖⅗⅘⅛⅜⅝⅞])")
_ALIKE = str.maketrans(
    {
        "\N{ARABIC THOUSANDS SEPARATOR}": "'",
        "\N{ARABIC COMMA}": ",",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
    }
)
_FIGURE = rf"[.,{ARABIC_MARK}]?[0-9](?:[0-9.,{ARABIC_MARK}' ]*[0-9])?"
_BEFORE = re.compile(rf"(?P<figure>{_FIGURE})(?P<rest>.*)", re.DOTALL)
_AFTER = re.compile(rf"(?P<rest>[^0-9]*?)(?P<figure>{_FIGURE})", re.DOTALL)
_GROUPED = r"[1-9][0-9]{{0,2}}(?:(?P<group>(?!{mark})[.,' ])[0-9]{{3}})(?:(?P=group)[0-9]{{3}})*"
_UNDER = {
    mark: re.compile(
        rf"(?P<whole>[0-9]*|{_GROUPED.format(mark=re.escape(mark))})(?:{re.escape(mark)}(?P<part>[0-9]+))?"
    )
    for mark in (*MARKS, ARABIC_MARK)
}


def _mixed(found: re.Match[str]) -> str:
    return f"{Decimal(found[1] or 0) + Decimal(str(unicodedata.numeric(found[2])))}".replace(".", ARABIC_MARK)


def split(cell: str) -> tuple[str, str]:
    """The figure of a cell such as "20 kg" and what stands beside it; `InputError` where there is no figure."""
    text = ascii_digits(one_line(cell)).translate(_ALIKE)
    plain = _FRACTION.sub(_mixed, text) if len(text) <= 2 * LONGEST else ""
    found = _BEFORE.fullmatch(plain) or _AFTER.fullmatch(plain)
    if found is None or len(found["figure"]) > LONGEST:
        raise InputError(f"'{cell:.40}' is not a quantity: write a number and a unit, such as 20 kg.")
    rest = found["rest"].strip()
    if rest.strip(".:") and not fold(rest):
        raise InputError(f"'{cell:.40}' is not a quantity: write one number from 0 and a unit, such as 20 kg.")
    return found["figure"], rest


def _readings(figure: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for mark in (ARABIC_MARK,) if ARABIC_MARK in figure else MARKS:
        number = _UNDER[mark].fullmatch(figure)
        if number:
            whole = re.sub("[^0-9]", "", number["whole"]) or "0"
            found[mark] = Decimal(whole if number["part"] is None else f"{whole}.{number['part']}")
    return found


def decimal_mark(figures: Iterable[str]) -> str | None:
    """The mark that the figures of a file give evidence for (rule 2), or None."""
    evidence: set[str] = set()
    for figure in figures:
        found = _readings(figure)
        if len(found) == 1:
            evidence.update(found)
    evidence.discard(ARABIC_MARK)
    return evidence.pop() if len(evidence) == 1 else None


def number(figure: str, mark: str | None) -> Decimal:
    """What a figure means in a file with this decimal mark; `InputError` says why it means nothing certain."""
    found = _readings(figure)
    if not found:
        raise InputError(f"'{figure}' is not a number: write it with one decimal mark at most, such as 1234,5.")
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    if mark is None:
        low, high = sorted(found.values())
        raise InputError(f"'{figure}' can be read as {high:f} or as {low:f}: write {high:f}, or {low:f}0.")
    return found[mark]
