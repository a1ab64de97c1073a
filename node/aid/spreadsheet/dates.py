"""Dates as people write them: 2026-11-27, 27.11.26, 27 Nov 2026, ٢٧ تشرين الثاني, in 3 days; with or without a time.

Rule 1: the day comes before the month, as all our languages write it, unless a date of the same column is impossible
        that way (11/27/2026): then the month comes first in the whole column. A column that holds both is refused.
        Between dots the day always comes first.
Rule 2: a date without a year is the next one from today; a year of two digits is in this century. A number after a
        month ("Dec 5") is a day unless it could be a year of two digits ("Nov 26"), which is refused.
Rule 3: a time without a zone is one of the collective's own zone. Without a time, an end is the last full hour of its
        day (23:00) and a beginning is its first (00:00).
Rule 4: beside the moment, what was said is kept without the day it was said on ("in 3 days" is P3D), so that the same
        file means the same line tomorrow.
"""

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum

from node.aid.spreadsheet.calendar_words import AFTER, BEFORE, MONTHS, NAMED_DAYS, SPANS
from node.aid.spreadsheet.folding import ascii_digits, fold
from schema.errors import InputError

LONGEST = 60  # characters
CENTURY = 2000
_SPAN_OF_YEARS = range(2000, 2200)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_DAY_MONTH = re.compile(
    r"([0-9]{1,2})(?:(?:st|nd|rd|th|er|e)\b)?(?: (?:of|de)(?= ))? ?([^\W\d]\D*?)(?: ?([0-9]{4}|[0-9]{2}))?"
)
_MONTH_DAY = re.compile(r"([^\W\d]\D*?) ?([0-9]{1,2})(st|nd|rd|th)?(?: ([0-9]{4}))?")
_SPAN = re.compile(
    rf"(?:(?:{'|'.join(map(fold, BEFORE.all))}) )?([0-9]{{1,3}}) ?([^\W\d]+)(?: (?:{'|'.join(map(fold, AFTER.all))}))?"
)
_TIME = re.compile(
    r"(?:(?<=[0-9])T|[\s,]+(?:at |à |saat |الساعة )?)"
    r"(?P<hour>[0-9]{1,2})"
    r"(?:[:h.](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?|h|(?=\s*(?:[ap]m|صباحاً?|مساءً?)))"
    r"\s*(?P<half>am|pm|صباحاً?|مساءً?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)
_AFTERNOON = frozenset({"pm", fold("مساء")})
_NOON = 12
_FURTHEST = timedelta(hours=14)


class Order(Enum):
    """Which comes first in dates such as 03/04/2026."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    MIXED = "both"


class Edge(Enum):
    """What a date without a time means."""

    BEGIN = time(0)
    END = time(23)


@dataclass(frozen=True, slots=True)
class When:
    """A moment in UTC, and how it was said."""

    moment: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What dates are read against: the present, and the collective's zone."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The day that it is where the collective is."""
        return self.now.astimezone(self.zone).date()

    def read(self, cell: str, edge: Edge, order: Order) -> When:
        """The moment that a cell means; `InputError` says how to write it."""
        text, clock, zone = _parted(_plain(cell))
        day, said = self._day(text, order)
        moment = datetime.combine(day, edge.value if clock is None else clock, zone or self.zone)
        if clock is not None:
            said = f"{said}T{clock.isoformat()}{zone or ''}"
        return When(moment.astimezone(UTC), said)

    def _day(self, text: str, order: Order) -> tuple[date, str]:
        numeric = _numeric(text, order)
        folded = fold(text)
        ahead = None if numeric else _days_ahead(folded)
        if ahead is not None:
            return self.today + timedelta(days=ahead), f"P{ahead}D"
        named = numeric or _named(folded, self.today.year)
        year, month, day = named or (None, 0, 0)  # there is no day 0: refused below
        try:
            if year is None:
                return self._next(month, day), f"--{month:02}-{day:02}"
            found = date(year, month, day)
        except ValueError as fault:
            raise _unreadable(text) from fault
        if found.year not in _SPAN_OF_YEARS:
            raise _unreadable(text)
        return found, found.isoformat()

    def _next(self, month: int, day: int) -> date:
        this_year = self.today.year
        leap = (month, day) == (2, 29)
        years = (year for year in range(this_year, this_year + 9) if isleap(year) or not leap)
        return next(found for year in years if (found := date(year, month, day)) >= self.today)


def order_of(cells: Iterable[str]) -> Order:
    """The order that the dates of a column give evidence for (rule 1)."""
    day_first = month_first = False
    for cell in cells:
        found = _YEAR_LAST.match(_plain(cell)) if len(cell) <= LONGEST else None
        if found and found[2] != ".":
            day_first |= int(found[1]) > _NOON
            month_first |= int(found[3]) > _NOON
    if day_first and month_first:
        return Order.MIXED
    return Order.MONTH_FIRST if month_first else Order.DAY_FIRST


def _plain(cell: str) -> str:
    if len(cell) > LONGEST:
        raise _unreadable(cell)
    return ascii_digits(unicodedata.normalize("NFKC", cell)).strip()


def _unreadable(text: str) -> InputError:
    return InputError(f"'{text:.40}' is not a date: write it as 2026-11-27, 27 Nov 2026, or 'in 3 days'.")


def _parted(text: str) -> tuple[str, time | None, tzinfo | None]:
    """The day, the time of day and its zone."""
    found = _TIME.search(text)
    if not found or not found.start():
        return text, None, None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % _NOON + (_NOON if fold(found["half"]) in _AFTERNOON else 0)
    try:
        clock = time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError as fault:
        raise _unreadable(text) from fault
    return text[: found.start()], clock, _zone(found["zone"])


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if offset > _FURTHEST:
        raise _unreadable(text)
    return timezone(-offset if text[0] == "-" else offset)


def _numeric(text: str, order: Order) -> tuple[int, int, int] | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return int(found[1]), int(found[3]), int(found[4])
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += CENTURY if len(found[4]) < len("2026") else 0
    if found[2] == "." or order is Order.DAY_FIRST:
        return year, second, first
    if order is Order.MIXED:
        raise InputError(
            f"'{text}': this column has dates with the day first and others with the month first. "
            "Write them all as 2026-11-27."
        )
    return year, first, second


def _named(folded: str, this_year: int) -> tuple[int | None, int, int] | None:
    found = _DAY_MONTH.fullmatch(folded)
    if found and (month := MONTHS.find(found[2])):
        return _year(found[3]), month, int(found[1])
    found = _MONTH_DAY.fullmatch(folded)
    if found and (month := MONTHS.find(found[1])):
        day, is_day = int(found[2]), found[3] or found[4] or CENTURY + int(found[2]) < this_year - 1
        return (_year(found[4]), month, day) if is_day else None
    return None


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits) + (CENTURY if len(digits) < len("2026") else 0)


def _days_ahead(folded: str) -> int | None:
    found = _SPAN.fullmatch(folded)
    days = SPANS.find(found[2]) if found else None
    return int(found[1]) * days if found and days else NAMED_DAYS.find(folded)
