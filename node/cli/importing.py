"""`qafila import`: a spreadsheet of offers, needs and surplus becomes posts, once none of its lines is bad."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path
from typing import Any, NoReturn

import click

from node.aid.spreadsheet import values
from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.folding import one_line
from node.aid.spreadsheet.goods_words import CATEGORIES, UNIT_WORDS
from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.sheet import Defaults, Problem, Row, Sheet
from node.aid.spreadsheet.words import AUDIENCES, KINDS
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Detailed, Exit
from node.cli.screen import clean, counted, human, say, shortened, table
from node.export import LARGEST, read_export
from schema.errors import InputError
from schema.plain import dump_draft
from schema.proposal import Draft
from schema.visibility import Audience

LEFT_ALONE = "was withdrawn here and is left alone"
SHOWN_OF_NOTE = 40  # columns of a terminal
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


def _data(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST + 1)  # what is longer is refused by whoever reads it
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        header, equals, field = pair.rpartition("=")
        if not equals or not header.strip():
            raise InputError(f"--map: write HEADER=FIELD, such as 'What we have=title', not '{pair:.60}'.")
        mapping[header] = field
    return mapping


def _understood(sheet: Sheet) -> None:
    if not sheet.columns:
        say(f"Read as an export with {counted(len(sheet.rows), 'open post', 'open posts')}.")
        return
    separator = SEPARATORS.get(sheet.separator, f"'{sheet.separator}'")
    say(f"Read as {sheet.encoding}, cells parted by {separator}, headers in line {sheet.header_line}:")
    table(
        ("column", "is read as"),
        [(header, field.value if field else "(not read)") for header, field in sheet.columns.items()],
    )
    if sheet.left_out:
        say(f"Left out (totals, repeated headers): line {', '.join(map(str, sheet.left_out))}")


def _name(problems: Iterable[Problem]) -> None:
    for problem in problems:
        column = f", {clean(problem.column)}" if problem.column else ""
        click.echo(f"Line {problem.line}{column}: {clean(problem.reason)}", err=True)


def _refused(sheet: Sheet, plan: dict[str, Any]) -> tuple[Problem, ...]:
    """The lines that can be read and that the node would refuse, with the column that is to blame."""
    columns = {field.value: header for header, field in sheet.columns.items() if field}
    columns.setdefault(Field.UNIT.value, columns.get(Field.QUANTITY.value, ""))  # where the unit stands beside numbers
    return tuple(Problem(bad["line"], columns.get(bad["field"], ""), bad["reason"]) for bad in plan["problems"])


def _plain(row: Row) -> dict[str, Any]:
    return {"line": row.line, "key": row.key, "fingerprint": row.fingerprint, "draft": dump_draft(row.draft)}


@command(
    "qafila import stock.csv --dry-run",
    "qafila import stock.csv --kind surplus --map 'What we have=title' --skip-bad",
)
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--skip-bad", is_flag=True, help="Import the good lines even if others are bad.")
@click.option(
    "--map", "pairs", multiple=True, metavar="HEADER=FIELD", help="What a column holds, or HEADER=ignore; repeatable."
)
@click.option("--kind", metavar="KIND", help="offer, need or surplus, where a line does not say it.")
@click.option("--category", metavar="CATEGORY", help="The category, where a line does not say it.")
@click.option("--unit", metavar="UNIT", help="The unit of bare numbers.")
@click.option(
    "--audience", metavar="WHO", help="circle, allies or public, where a line does not say it. [otherwise allies]"
)
@click.option("--language", metavar="LANGUAGE", help="The language of the text, where a line does not say it.")
@pass_desk
def import_file(
    desk: Desk, /, file: str, *, dry_run: bool, skip_bad: bool, pairs: tuple[str, ...], **defaults: str | None
) -> None:
    """Take over offers, needs and surplus from a spreadsheet saved as CSV, or from an export; '-' reads standard input.

    It first shows how the file is understood and which lines are bad, and why. If any line is bad, nothing is
    imported, unless you say --skip-bad. Importing the same file again publishes nothing, and a post that you withdrew
    stays withdrawn. With a reference column, a changed line changes its post; without one, a changed line becomes a
    new post. Kind, unit and audience of a post stay: a line that changes one of them is bad.
    """
    settings = desk.settings()
    meant = {name: text for name, text in defaults.items() if text}
    data = _data(file)
    sheet = read_export(data) or read_spreadsheet(
        data,
        now=desk.now(),
        mapping=_mapping(pairs),
        defaults=Defaults(
            language=values.language(meant["language"]) if "language" in meant else settings.language,
            audience=AUDIENCES.read(meant["audience"]) if "audience" in meant else Audience.ALLIES,
            kind=KINDS.read(meant["kind"]) if "kind" in meant else None,
            category=CATEGORIES.read(meant["category"]) if "category" in meant else None,
            unit=UNIT_WORDS.read(meant["unit"]) if "unit" in meant else None,
            zone=settings.timezone,
        ),
    )
    if not desk.as_json:
        _understood(sheet)
    rows = [_plain(row) for row in sheet.rows]
    plan = desk.ask("plan_rows", rows=rows) if rows else {"rows": [], "problems": []}
    problems = sorted((*sheet.problems, *_refused(sheet, plan)), key=lambda problem: problem.line)
    _name(problems)
    bad = {problem.line for problem in problems}
    if bad and not skip_bad and not dry_run:
        _refuse(problems, len(rows) - len(bad & {row["line"] for row in rows}))
    if not dry_run:
        result = _import(desk, [row for row in rows if row["line"] not in bad])
    elif not rows:
        raise InputError("There is no line to import.")
    else:
        result = {"rows": plan["rows"]}
    desk.tell(
        {**result, "problems": [asdict(problem) for problem in problems]},
        lambda: _planned(sheet, result, settings.timezone) if dry_run else _imported(result, len(bad)),
    )
    if bad and not skip_bad:
        click.get_current_context().exit(Exit.USAGE)


def _refuse(problems: Sequence[Problem], good: int) -> NoReturn:
    bad = counted(len({problem.line for problem in problems}), "line is", "lines are")
    raise Detailed(
        f"{bad} bad, so nothing was imported. Mend the file, or import the good ones ({good}) with --skip-bad.",
        {"problems": [asdict(problem) for problem in problems]},
    )


def _import(desk: Desk, rows: list[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise InputError("There is no line to import.")
    if not desk.as_json:
        say(f"Importing {counted(len(rows), 'line', 'lines')} ...")
    return desk.ask("import_rows", rows=rows)


def _in_words(draft: Draft, zone: tzinfo) -> str:
    """What a line says beside its title: kind, category, how much, where, until which day, for whom, and its note."""
    ends = (
        ("use by", draft.use_by),
        ("collect by", draft.collect_by),
        ("until", draft.window.end if draft.window else None),
    )
    days = [(name, end.astimezone(zone)) for name, end in ends if end]
    return ", ".join(
        (
            draft.kind.value,
            draft.category.label,
            *([human(str(draft.quantity))] if draft.quantity else []),
            *([f"area {human(draft.place.label)}"] if draft.place else []),
            *(f"{name} {day.day} {day:%B %Y}" for name, day in days),
            f"seen by {draft.audience.value}",
            *([f"note: {human(shortened(one_line(draft.note), SHOWN_OF_NOTE))}"] if draft.note else []),
        )
    )


def _planned(sheet: Sheet, result: dict[str, Any], zone: tzinfo) -> None:
    drafts = {row.line: row.draft for row in sheet.rows}
    for row in result["rows"]:
        words = _in_words(drafts[row["line"]], zone)
        done = LEFT_ALONE if row["what"] == "withdrawn" else f"would be {row['what']}"
        say(f"Line {row['line']}: {human(row['title'])} {done} ({words})")
    if sheet.columns and Field.REFERENCE not in sheet.columns.values():
        say("There is no reference column: a line that you change later becomes a new post.")
    say("Nothing was imported: this was a dry run.")


def _imported(result: dict[str, Any], bad: int) -> None:
    parts = [f"{result[what]} {what}" for what in ("published", "changed", "unchanged") if result[what]]
    if result["withdrawn"]:
        verb = "was" if result["withdrawn"] == 1 else "were"
        parts.append(f"{result['withdrawn']} {verb} withdrawn here and left alone")
    skipped = f" {counted(bad, 'bad line', 'bad lines')} left out." if bad else ""
    say(f"{', '.join(parts).capitalize()}.{skipped}")
