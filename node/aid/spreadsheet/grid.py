"""Text to cells (RFC 4180, and what programs make of it).

Rule 1: a line is known by the number of the physical line in the file where it starts, as an editor counts them.
Rule 2: quotation marks that do not pair are a fault of that line, never guessed around.
Rule 3: a first line `sep=;`, as one spreadsheet program writes it, says the separator and is not part of the table.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from schema.errors import InputError

SEPARATORS = (",", ";", "\t")
MAX_LINES = 20_000
_SAID = re.compile(r"sep=([,;\t])\"?(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of a line, or why they could not be told apart."""

    number: int
    cells: tuple[str, ...] = ()
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.fault and not any(cell.strip() for cell in self.cells)


def said_separator(text: str) -> str | None:
    """The separator that the file names itself (rule 3)."""
    said = _SAID.match(text)
    return said[1] if said else None


def lines(text: str, separator: str) -> Iterator[Line]:
    """The lines that are not blank."""
    source = io.StringIO(text, newline="")
    before = 0
    if _SAID.match(text):
        source.readline()
        before = 1
    reader = csv.reader(source, delimiter=separator, strict=True, skipinitialspace=separator != "\t")
    while True:
        start = before + reader.line_num + 1
        try:
            line = Line(start, tuple(next(reader)))
        except StopIteration:
            return
        except csv.Error:
            line = Line(start, fault=_fault(start, before + reader.line_num))
        if not line.blank:
            yield line


def _fault(start: int, end: int) -> str:
    upto = f" Nothing up to line {end} could be read." if end > start else ""
    return (
        "The quotation marks do not pair: write one that belongs to the text twice, and put text that has one "
        f"between two of them.{upto}"
    )


def check_length(text: str) -> None:
    """Refuse a file of too many lines."""
    if text.count("\n") + text.count("\r") - text.count("\r\n") > MAX_LINES:
        raise InputError(f"The file has more than {MAX_LINES} lines: split it into smaller ones.")
