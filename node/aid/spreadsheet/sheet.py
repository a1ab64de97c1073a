"""What goes into reading a spreadsheet, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from node.aid.spreadsheet.fields import Field
from schema.category import Category
from schema.proposal import Draft, Kind
from schema.quantity import Unit
from schema.visibility import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where a line says nothing.

    Without `unit`, a bare number is a problem of its line: units are never guessed. `community_units` are the
    collective's own, by the word that a cell may use; their codes and names are understood too.
    `zone` is that of the dates.
    """

    language: str | None = None
    audience: Audience = Audience.ALLIES
    kind: Kind | None = None
    category: Category | None = None
    unit: Unit | None = None
    community_units: Mapping[str, Unit] = field(default_factory=dict)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can be published. `key` says which post it is, `fingerprint` what it says (see `identity`)."""

    line: int
    key: str
    fingerprint: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why a line cannot be published; `column` is its header in the file, empty where the whole line is meant.

    The reason may quote the cell: it is for the person at the keyboard, never for a log.
    """

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file as it was understood. A line is a row, has problems, is left out, or lies above the header."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    encoding: str
    separator: str
    header_line: int
    columns: Mapping[str, Field | None]  # header in the file -> what it holds; None is not read at all
    left_out: tuple[int, ...] = ()  # lines of totals, and headers that come again
