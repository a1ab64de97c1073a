"""A collective's own spreadsheet, as bytes, becomes drafts and named problems. Nothing is written anywhere.

Rule 1: a fault of the whole file raises `InputError`; a fault of a line is a `Problem` and leaves other lines alone.
Rule 2: whether lines without a fault are published when others have one is the caller's to say.
Rule 3: how numbers and dates are written is decided once for the file, by the evidence of all its cells.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from node.aid.spreadsheet import numbers
from node.aid.spreadsheet.dates import Calendar, order_of
from node.aid.spreadsheet.decode import Reading, readings
from node.aid.spreadsheet.fields import DATES, NUMBERS, Field
from node.aid.spreadsheet.folding import fold
from node.aid.spreadsheet.goods_words import UNIT_WORDS
from node.aid.spreadsheet.grid import Line, check_length, lines
from node.aid.spreadsheet.headers import Layout, check_layout, find_layout, language_of, targets
from node.aid.spreadsheet.identity import Keys, digest, statement
from node.aid.spreadsheet.rows import Book, Said, cell, read_line
from node.aid.spreadsheet.sheet import Defaults, Problem, Row, Sheet
from node.aid.spreadsheet.words import TOTALS
from schema.errors import InputError
from schema.quantity import Unit

_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
_NO_DEFAULTS = Defaults()


def read_spreadsheet(
    data: bytes, *, now: datetime, mapping: Mapping[str, str] = _NO_MAPPING, defaults: Defaults = _NO_DEFAULTS
) -> Sheet:
    """Read a whole file; `now` is aware, `mapping` says which field a header of the file holds.

    Raises:
        InputError: the file as a whole cannot be used; its text says what to do.
    """
    reading, layout = _understood(data, mapping)
    _check_answered(layout, defaults)
    written = [line for line in lines(reading.text, layout.separator) if line.number > layout.line.number]
    left_out = [line.number for line in written if _is_total(line) or _is_header(line, layout)]
    body = [line for line in written if line.number not in set(left_out)]
    rows, problems = _read_all(body, _book(body, layout, now, defaults))
    return Sheet(
        rows=tuple(rows),
        problems=tuple(problems),
        encoding=reading.encoding,
        separator=layout.separator,
        header_line=layout.line.number,
        columns={column.header: column.field for column in layout.columns},
        left_out=tuple(left_out),
    )


def _understood(data: bytes, mapping: Mapping[str, str]) -> tuple[Reading, Layout]:
    mapped = targets(mapping)
    best: tuple[Reading, Layout] | None = None
    for reading in readings(data):
        check_length(reading.text)
        if not reading.text.strip():
            raise InputError("The file is empty.")
        layout = find_layout(reading.text, mapped)
        if layout and (best is None or _rank(reading, layout) > _rank(*best)):
            best = (reading, layout)
    if best is None:
        raise InputError(
            "No line names the columns. Write a first line such as: kind, title, category, quantity, unit; "
            "or say what your own headers mean with --map 'HEADER=title'."
        )
    check_layout(best[1], mapped)
    return best


def _rank(reading: Reading, layout: Layout) -> tuple[int, int]:
    return len(layout.by_field), reading.plausible


def _check_answered(layout: Layout, defaults: Defaults) -> None:
    for field, default, example in (
        (Field.KIND, defaults.kind, "offer, need or surplus"),
        (Field.CATEGORY, defaults.category, "Cooked meals or Clothing and bedding"),
    ):
        if default is None and field not in layout.by_field:
            names = ", ".join(column.header for column in layout.columns)
            raise InputError(
                f"No column says the {field.value} ({example}). The columns are: {names:.400}. "
                f"Add one, or say which it is with --map 'HEADER={field.value}'."
            )


def _book(body: list[Line], layout: Layout, now: datetime, defaults: Defaults) -> Book:
    """Decide what holds for every line (rule 3)."""
    own_units: dict[str, Unit] = {}
    for word, unit in defaults.community_units.items():
        own_units |= {fold(name): unit for name in (word, unit.code, unit.name)}
    return Book(
        layout=layout,
        mark=numbers.decimal_mark(_figures(body, layout)),
        orders={field: order_of(_cells(body, layout, field)) for field in DATES},
        calendar=Calendar(now, defaults.zone),
        defaults=defaults,
        own_units=own_units,
        language=language_of(layout),
    )


def _cells(body: list[Line], layout: Layout, field: Field) -> Iterator[str]:
    for column in layout.by_field.get(field, ()):
        yield from filter(None, (cell(line, column) for line in body))


def _figures(body: list[Line], layout: Layout) -> Iterator[str]:
    for field in NUMBERS:
        for text in _cells(body, layout, field):
            try:
                yield numbers.split(text)[0]
            except InputError:
                continue  # named when its line is read


def _is_total(line: Line) -> bool:
    """Whether a line sums up others: the word for it, then numbers and units alone."""
    first, *others = [text for text in line.cells if text.strip()] or [""]
    return TOTALS.find(first) is not None and all(map(_is_amount, others))


def _is_amount(text: str) -> bool:
    try:
        word = numbers.split(text)[1]
    except InputError:
        word = text
    return not word or UNIT_WORDS.find(word) is not None


def _is_header(line: Line, layout: Layout) -> bool:
    return [fold(text) for text in line.cells] == [fold(text) for text in layout.line.cells]


def _read_all(body: list[Line], book: Book) -> tuple[list[Row], list[Problem]]:
    keys = Keys()
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line in body:
        said, faults = read_line(line, book)
        problems.extend(faults)
        if said is None:
            continue
        before = seen.setdefault(said.reference, line.number) if said.reference else line.number
        if before != line.number:
            header = book.layout.by_field[Field.REFERENCE][0].header
            reason = f"The reference '{said.reference:.40}' is that of line {before} already: each line has its own."
            problems.append(Problem(line.number, header, reason))
        else:
            rows.append(_row(line, said, keys))
    return rows, problems


def _row(line: Line, said: Said, keys: Keys) -> Row:
    statements = statement(said.draft, said.dates)
    return Row(line.number, keys.key(statements, said.written, said.reference), digest(statements), said.draft)
