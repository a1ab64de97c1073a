r"""What commands print: short aligned lines, safe for the terminal whoever wrote the text.

Rule 1: what a terminal would obey, or what changes the direction of a line, is shown as an escape.
Rule 2: on a terminal, text of a right-to-left script stands between isolates, so that it cannot disorder its line.
Rule 3: JSON holds the same characters as `\u` escapes, so it is the same JSON.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

import click

from schema.text import DIRECTION

ISOLATE, POP = "\u2068", "\u2069"
RIGHT_TO_LEFT = frozenset({"R", "AL"})
UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
WIDE = frozenset({"W", "F"})
_FOR_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff" + "".join(DIRECTION) + "]")


def clean(text: str) -> str:
    """`text` as one line without anything that a terminal would obey (Rule 1)."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in UNSHOWN or character in DIRECTION
        else character
        for character in text
    )


def _isolated(text: str) -> str:
    if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text):
        return f"{ISOLATE}{text}{POP}"
    return text


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def human(text: str) -> str:
    """Text that people wrote, ready to stand in a line of ours (Rules 1 and 2)."""
    return _isolated(clean(text)) if _on_terminal() else clean(text)


def width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(
        0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(character) in WIDE
        else 1
        for character in text
    )


def shortened(text: str, longest: int) -> str:
    """The beginning of `text` that fits in `longest` columns."""
    if width(text) <= longest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= longest:
            break
        kept += character
    return kept.rstrip() + "…"


def say(text: str = "") -> None:
    """Print lines of ours; what others wrote has gone through `human`."""
    click.echo(text)


def _escaped_json(text: str) -> str:
    return _FOR_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say_json(value: Any) -> None:
    """Print a result as JSON (Rule 3)."""
    click.echo(_escaped_json(json.dumps(value, ensure_ascii=False, indent=2)))


def say_document(text: str) -> None:
    """Print a JSON document as it is; on a terminal with Rule 3, which keeps its meaning and so its proof."""
    click.echo(_escaped_json(text) if _on_terminal() else text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int = 48) -> None:
    """Print rows in columns, each as wide as its widest cell, at most `widest`."""
    cells = [tuple(head), *(tuple(shortened(clean(cell), widest) for cell in row) for row in rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            (_isolated(cell) if _on_terminal() else cell) + " " * (wide - width(cell))
            for cell, wide in zip(row, widths, strict=True)
        )
        say("  ".join(padded).rstrip())


def details(rows: Iterable[tuple[str, str | None]]) -> None:
    """Print what is there of `name  value` rows, one or more lines each."""
    there = [(name, value) for name, value in rows if value]
    wide = max((width(name) for name, _ in there), default=0)
    for name, value in there:
        first, *more = value.splitlines() or [""]
        say(f"  {name}{' ' * (wide - width(name))}  {human(first)}")
        for line in more:
            say(f"  {' ' * wide}  {human(line)}".rstrip())


def moment(text: str | None, zone: tzinfo) -> str:
    """A moment of a result in the collective's own zone, to the minute."""
    return "" if text is None else datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def words_by_four(words: Sequence[str]) -> str:
    """Eight words in two lines of four, to be read out by phone."""
    shown = [clean(word) for word in words]
    wide = max(map(width, shown), default=0)
    lines = (shown[at : at + 4] for at in range(0, len(shown), 4))
    return "\n".join("    " + "  ".join(word + " " * (wide - width(word)) for word in line).rstrip() for line in lines)


def counted(number: int, one: str, many: str) -> str:
    """`1 post`, `3 posts`."""
    return f"{number} {one if number == 1 else many}"


def progress(label: str, total: int) -> Callable[[int], None]:
    """Show a bar on a terminal, and nothing elsewhere; what is told of each further piece of `total`."""
    if not total or not sys.stderr.isatty():
        return lambda _: None
    bar = click.progressbar(length=total, label=label, file=sys.stderr)
    bar.render_progress()

    def advance(done: int) -> None:
        bar.update(done)
        if bar.pos >= total:
            bar.render_finish()

    return advance
