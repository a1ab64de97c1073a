"""From one line to a draft, or to every reason why it is none.

Rule 1: each cell is read by itself, and each fault is named with its column.
Rule 2: where a cell has a fault, something harmless stands in for it, so that the rules of the domain can still speak
        about the other cells. A line with a fault never becomes a draft.
Rule 3: the unit is the one beside the number or in the line's unit cell, which must agree; else that of the header,
        else (for what is left) that of the whole, else the default. There is no other guess.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from node.aid.spreadsheet import numbers, values
from node.aid.spreadsheet.dates import Calendar, Edge, Order
from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.folding import fold, one_line, trimmed
from node.aid.spreadsheet.goods_words import CATEGORIES, FACTS, UNIT_WORDS
from node.aid.spreadsheet.grid import Line
from node.aid.spreadsheet.guard import HEAD, unguarded
from node.aid.spreadsheet.headers import Column, Layout
from node.aid.spreadsheet.sheet import Defaults, Problem
from node.aid.spreadsheet.words import AUDIENCES, KINDS
from schema.category import Category
from schema.errors import DomainError, InputError, LocalError
from schema.place import Place
from schema.proposal import Draft, Kind
from schema.quantity import UNITS, Quantity, Unit
from schema.visibility import Audience
from schema.window import TimeWindow, up_to_hour

Value = TypeVar("Value")
_ENDS = ("use_by", "collect_by", "expires")

# Rule 2: what stands in for a field of a draft that has a fault.
_STAND_INS: dict[str, dict[str, Any]] = {
    "kind": {"kind": Kind.OFFER},
    "title": {"title": "-"},
    "category": {"category": Category.HOUSEHOLD},
    "quantity": {"quantity": Quantity.parse("1", UNITS["C62"]), "available": None},
    "available": {"available": None},
    "note": {"note": ""},
    "place": {"place": None},
    "use_by": {"kind": Kind.OFFER, "use_by": None},
    "collect_by": {"kind": Kind.OFFER, "collect_by": None},
    "expires": {"kind": Kind.OFFER, **dict.fromkeys(_ENDS)},
    "window": {"window": None},
    "audience": {"audience": Audience.ALLIES},
    "facts": {"facts": frozenset()},
    "language": {"language": None},
    "languages": {"languages": frozenset()},
    "divisible": {"divisible": False},
}
_IN_DRAFT = {Field.UNIT: "quantity", Field.BEGIN: "window", Field.UNTIL: "window"}
_IN_FILE = {"window": Field.UNTIL, "unit": Field.AVAILABLE}  # where the domain has another word for a field
_NEEDED = {
    Field.KIND: "Say whether this is an offer, a need or a surplus.",
    Field.TITLE: "Say in a few words what this is.",
    Field.CATEGORY: "Say which category this belongs to, such as Cooked meals or Clothing and bedding.",
}


@dataclass(frozen=True, slots=True)
class Book:
    """What holds for every line of a file: its layout, its language, its decimal mark, its dates and the defaults."""

    layout: Layout
    mark: str | None
    orders: Mapping[Field, Order]
    calendar: Calendar
    defaults: Defaults
    own_units: Mapping[str, Unit]  # by folded word
    language: str  # in which words are suggested


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says: its draft, its dates as they were said, its reference and the fields that it fills."""

    draft: Draft
    dates: Mapping[Field, str]
    reference: str
    written: frozenset[Field]


def cell(line: Line, column: Column) -> str:
    """What stands in a column, empty where the line is shorter than the header or only has a dash there."""
    text = trimmed(line.cells[column.index]) if column.index < len(line.cells) else ""
    return "" if text in values.NOTHING else text


def read_line(line: Line, book: Book) -> tuple[Said | None, list[Problem]]:
    """What a line says, or all that is wrong with it."""
    if line.fault:
        return None, [Problem(line.number, "", line.fault)]
    attempt = _Attempt(line, book)
    said = attempt.read()
    places = {column.header: column.index for column in book.layout.columns}
    problems = sorted(attempt.problems, key=lambda problem: places.get(problem.column, -1))
    return (None if problems else said), problems


class _Attempt:
    """One line being read: faults are collected, not raised."""

    def __init__(self, line: Line, book: Book) -> None:
        self.line = line
        self.book = book
        self.problems: list[Problem] = []
        self.faulty: set[str] = set()
        self.written: set[Field] = set()
        self.dates: dict[Field, str] = {}

    def read(self) -> Said | None:
        width = len(self.book.layout.line.cells)
        if any(text.strip() for text in self.line.cells[width:]):
            reason = (
                "This line has more cells than the header: text with a separator in it stands between quotation marks."
            )
            self.problems.append(Problem(self.line.number, "", reason))
        reference = self.one(Field.REFERENCE, values.reference, "")
        draft = self.draft(self.parts())
        return None if draft is None else Said(draft, self.dates, reference, frozenset(self.written))

    def meant(self, text: str) -> str:
        """What a cell says that is not empty, without the guard that we ourselves put before it."""
        if self.book.layout.line.cells == HEAD and (meant := unguarded(text)) != text:
            return meant
        values.refuse_formula(text)
        return text

    def parts(self) -> dict[str, Any]:
        """The fields of the draft, each by itself."""
        defaults, spoken = self.book.defaults, self.book.language
        language = partial(values.language, answer_in=spoken)
        facts = values.each(partial(FACTS.read, language=spoken))
        whole, left = self.quantities()
        return {
            "kind": self.needed(Field.KIND, partial(KINDS.read, language=spoken), defaults.kind),
            "title": self.needed(Field.TITLE, one_line, None),
            "category": self.needed(Field.CATEGORY, partial(CATEGORIES.read, language=spoken), defaults.category),
            "quantity": whole,
            "available": left,
            "divisible": self.one(Field.DIVISIBLE, partial(values.yes, answer_in=spoken), otherwise=False),
            "note": "\n".join(self.every(Field.NOTE, trimmed)),
            "language": self.one(Field.LANGUAGE, language, defaults.language),
            "languages": frozenset().union(*self.every(Field.LANGUAGES, values.each(language))),
            "place": self.one(Field.PLACE, lambda text: Place(one_line(text)), None),
            "window": self.window(),
            "use_by": self.date(Field.USE_BY, Edge.END),
            "collect_by": self.date(Field.COLLECT_BY, Edge.END),
            "expires": self.date(Field.EXPIRES, Edge.END),
            "audience": self.one(Field.AUDIENCE, partial(AUDIENCES.read, language=spoken), defaults.audience),
            "facts": frozenset().union(*self.every(Field.FACTS, facts)),
        }

    def draft(self, parts: dict[str, Any]) -> Draft | None:
        """Hold the rules that join the fields, each of them (rule 2)."""
        for faulty in sorted(self.faulty):
            parts |= _STAND_INS.get(faulty, {})
        for _ in _STAND_INS:
            try:
                draft = Draft(**parts)
                draft.end(self.book.calendar.now)
            except DomainError as fault:
                field = self.blamed(fault, parts)
                self.fault(field, fault.shown)
                parts |= _STAND_INS[_IN_DRAFT.get(field, field.value)]
            else:
                return draft
        return None

    def blamed(self, fault: DomainError, parts: Mapping[str, Any]) -> Field:
        """The field of the file that a rule of the domain complains of; of an end, the date that makes it."""
        dates = [(parts[end], end) for end in _ENDS if parts[end] is not None]
        if fault.field == Field.EXPIRES and dates:
            return Field(min(dates)[1])
        return _IN_FILE.get(fault.field) or Field(fault.field)

    def quantities(self) -> tuple[Quantity | None, Quantity | None]:
        """The whole and what is left of it (rule 3)."""
        in_cell = self.one(Field.UNIT, self.unit, None)
        stand_in = UNITS["C62"] if _IN_DRAFT[Field.UNIT] in self.faulty else None
        whole = self.amount(Field.QUANTITY, in_cell, stand_in)
        if whole is None and Field.QUANTITY in self.faulty:
            stand_in = in_cell or UNITS["C62"]
        return whole, self.amount(Field.AVAILABLE, in_cell, whole.unit if whole else stand_in)

    def amount(self, field: Field, in_cell: Unit | None, fallback: Unit | None) -> Quantity | None:
        """A number and its unit."""
        in_header = next((column.unit for column in self.book.layout.by_field.get(field, ())), None)

        def read(text: str) -> Quantity:
            figure, word = numbers.split(text)
            number, unit = values.both(
                lambda: numbers.number(figure, self.book.mark),
                lambda: self.unit_of(word, in_cell, in_header or fallback or self.book.defaults.unit),
            )
            return Quantity(number, unit)

        return self.one(field, read, None)

    def unit_of(self, word: str, in_cell: Unit | None, fallback: Unit | None) -> Unit:
        """The unit of a number that `word` stands beside (rule 3)."""
        beside = self.unit(word) if fold(word) else None
        if beside and in_cell and beside.code != in_cell.code:
            raise InputError(f"Two units: {beside.name} beside the number, {in_cell.name} in the unit's own cell.")
        unit = beside or in_cell or fallback
        if unit is None:
            raise InputError("Say the unit: write for example 20 kg or 20 pieces, or add a column for the unit.")
        return unit

    def unit(self, text: str) -> Unit:
        """A unit that ships, or one of the collective's own, by its word; never one that is only like it."""
        own = self.book.own_units.get(fold(text)) or UNIT_WORDS.find(text)
        if own is None:
            names = sorted({unit.name for unit in self.book.own_units.values()})
            raise InputError(UNIT_WORDS.unknown(text, names[:3], self.book.language))
        return own

    def window(self) -> TimeWindow | None:
        """From and until."""
        begin, end = self.date(Field.BEGIN, Edge.BEGIN), self.date(Field.UNTIL, Edge.END)
        try:
            return TimeWindow(begin, end) if begin or end else None
        except DomainError as fault:
            self.fault(Field.UNTIL, fault.shown)
            return None

    def date(self, field: Field, edge: Edge) -> datetime | None:
        """A moment; an end that is over already is a fault."""

        def read(text: str) -> datetime:
            when = self.book.calendar.read(text, edge, self.book.orders[field])
            if edge is Edge.END and up_to_hour(when.moment) <= self.book.calendar.now:
                raise InputError(f"'{text:.40}' is over already: write a day to come, or take the line out.")
            self.dates[field] = when.said
            return when.moment

        return self.one(field, read, None)

    def needed(self, field: Field, read: Callable[[str], Value], otherwise: Value | None) -> Value | None:
        """The value of a cell that must not stay empty, unless there is a default."""
        value = self.one(field, read, otherwise)
        if value is None and field.value not in self.faulty:
            self.fault(field, _NEEDED[field])
        return value

    def one(self, field: Field, read: Callable[[str], Value], otherwise: Value) -> Value:
        """The value of the one column that holds `field`."""
        return next(iter(self.every(field, read)), otherwise)

    def every(self, field: Field, read: Callable[[str], Value]) -> list[Value]:
        """The values of all columns that hold `field` (rule 1)."""
        found: list[Value] = []
        for column in self.book.layout.by_field.get(field, ()):
            text = cell(self.line, column)
            if not text:
                continue
            self.written.add(field)
            try:
                found.append(read(self.meant(text)))
            except LocalError as fault:
                self.fault(field, fault.shown, column)
        return found

    def fault(self, field: Field, reason: str, column: Column | None = None) -> None:
        """Name what is wrong, and where."""
        columns = self.book.layout.by_field.get(field, ())
        header = column.header if column else columns[0].header if columns else ""
        self.problems.append(Problem(self.line.number, header, reason))
        self.faulty.add(_IN_DRAFT.get(field, field.value))
