"""Which line names the columns, and what each column holds.

Rule 1: the header is the one of the first ten written lines that names the most fields; what stands above is a title.
Rule 2: `--map` comes before our own words; its target is a field, in any language, or "ignore".
Rule 3: two columns for one field are refused, except where one continues the other (notes, facts, languages).
Rule 4: "Quantity (kg)" says the unit of its column.
Rule 5: the language of the file, in which we suggest words, is the one that most headers are words of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from node.aid.spreadsheet.fields import NUMBERS, SEVERAL_COLUMNS, Field
from node.aid.spreadsheet.folding import fold, one_line
from node.aid.spreadsheet.goods_words import UNIT_WORDS
from node.aid.spreadsheet.grid import SEPARATORS, Line, lines, said_separator
from node.aid.spreadsheet.vocabulary import LANGUAGES
from node.aid.spreadsheet.words import HEADERS
from schema.errors import InputError
from schema.quantity import Unit

SEARCHED = 10
MAX_COLUMNS = 200  # what stands further to the right is not read
IGNORE = frozenset({"", "ignore"})
_BRACKETED = re.compile(r"(?P<name>[^(\[]*)[(\[](?P<more>[^)\]]*)[)\]]\s*\*?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where it stands, what the file calls it, what it holds, and the unit its header names."""

    index: int
    header: str
    field: Field | None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is laid out: its separator, its header line and its columns."""

    separator: str
    line: Line
    columns: tuple[Column, ...]
    by_field: Mapping[Field, tuple[Column, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the columns by what they hold."""
        by_field: dict[Field, tuple[Column, ...]] = {}
        for column in self.columns:
            if column.field is not None:
                by_field[column.field] = (*by_field.get(column.field, ()), column)
        object.__setattr__(self, "by_field", by_field)


def targets(mapping: Mapping[str, str]) -> dict[str, Field | None]:
    """`--map` with folded headers; `InputError` for a target that is no field."""
    found: dict[str, Field | None] = {}
    for header, target in mapping.items():
        known = HEADERS.find(target)
        if known is None and fold(target) not in IGNORE:
            raise InputError(f"--map: '{target:.40}' is not a field. The fields are: {', '.join(Field)}, ignore.")
        found[fold(header)] = known
    return found


def find_layout(text: str, mapped: Mapping[str, Field | None]) -> Layout | None:
    """The separator and line under which the most fields are named; None where no line names any."""
    said = said_separator(text)
    best: Layout | None = None
    for separator in SEPARATORS if said is None else (said,):
        for line in islice(lines(text, separator), SEARCHED):
            layout = Layout(separator, line, _columns(line, mapped))
            if layout.by_field and (best is None or len(layout.by_field) > len(best.by_field)):
                best = layout
    return best


def _columns(line: Line, mapped: Mapping[str, Field | None]) -> tuple[Column, ...]:
    cells = enumerate(line.cells[:MAX_COLUMNS])
    return tuple(_column(index, one_line(cell), mapped) for index, cell in cells if cell.strip())


def _column(index: int, header: str, mapped: Mapping[str, Field | None]) -> Column:
    name, unit_word = header, header
    holds = mapped[fold(header)] if fold(header) in mapped else HEADERS.find(header)
    bracketed = _BRACKETED.fullmatch(header)
    if bracketed:
        name, unit_word = bracketed["name"], bracketed["more"]
        if holds is None and fold(header) not in mapped:
            holds = HEADERS.find(name)
    return Column(index, header, holds, UNIT_WORDS.find(unit_word) if holds in NUMBERS else None)


def language_of(layout: Layout) -> str:
    """The language of the file (rule 5); English where no header tells."""

    def named(language: str) -> int:
        return sum(HEADERS.is_word_of(language, column.header) for column in layout.columns)

    return max(LANGUAGES, key=named)


def check_layout(layout: Layout, mapped: Mapping[str, Field | None]) -> None:
    """Refuse a header that cannot be used, and say what would make it usable."""
    names = ", ".join(column.header for column in layout.columns)
    there = {fold(column.header) for column in layout.columns}
    for header in mapped:
        if header not in there:
            raise InputError(f"--map: there is no column '{header:.40}'. The columns are: {names:.400}.")
    for holds, columns in layout.by_field.items():
        if len(columns) > 1 and holds not in SEVERAL_COLUMNS:
            first, second = columns[0].header, columns[1].header
            raise InputError(
                f"The columns '{first:.40}' and '{second:.40}' were both read as {holds}: "
                f"leave one out with --map '{second:.40}=ignore', or rename it."
            )
    if Field.TITLE not in layout.by_field:
        raise InputError(
            f"No column holds a title. The columns are: {names:.400}. Say which with --map 'HEADER=title'."
        )
