"""`qafila move-database`: the node goes on in PostgreSQL, or in SQLite again."""

import asyncio
import importlib
import sys
from dataclasses import asdict
from typing import Any

import click

from node.cli.addresses import DATABASE, ELSEWHERE, read_address
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.screen import counted, human, progress, say, table
from node.settings import SQLITE
from schema.errors import ConfigError, InputError

OLD_FILE = """
The old database is kept as {kept}
No node opens it any more. Delete it once the node has run well for some days and a backup was made: whoever reads
that file reads everything.
If you want SQLite again, with everything since: stop the node, then qafila move-database sqlite"""
OLD_SERVER = """
The old database is still on its server, and no node opens it any more. Delete it there once the node has run well for
some days and a backup was made: whoever reads it reads everything."""
BACK = """The node goes on from the database that it had left. If it ran on another one since, what it did there is not
here. Start it: qafila run"""


def _kind_of(database: str) -> str:
    """What is said of a database: its address is nobody's business."""
    return "sqlite" if database == SQLITE else "postgresql"


@command(
    "qafila move-database",
    "qafila move-database postgresql://qafila@/qafila?host=/run/postgresql",
    "qafila move-database - < address.txt",
    "qafila move-database sqlite",
)
@click.argument("address", required=False)
@click.option("--check", is_flag=True, help="Only look whether it can be done, and how much there is.")
@pass_desk
def move_database(desk: Desk, /, address: str | None, *, check: bool) -> None:
    """Carry the node over to another database: SQLite to PostgreSQL, or back. Stop the node first.

    ADDRESS is postgresql://user:password@host/name, of an empty database, or the word sqlite. Others on the machine can
    see what you type here, and there may be a password in it: leave it out to be asked, or say - to have it read from
    standard input.

    Every row is counted and hashed on both sides, and only then do the settings name the new database. The old one is
    kept. If it is cut off, say the same again: it goes on where it was.
    """
    settings = desk.settings()
    if desk.environment.get(DATABASE.variable):
        raise ConfigError(
            f"The variable {DATABASE.variable} in the environment names the database, and wins over qafila.toml. "
            "A move writes that file: put the value there, and take the variable away, also from the node's service."
        )
    if address is None and not sys.stdin.isatty():
        raise InputError("Say where to: sqlite, or - with the address on standard input. (A terminal is asked for it.)")
    database = read_address(address or ELSEWHERE)
    moving = importlib.import_module("node.moving")
    with desk.folder.lock() as held:
        if check:
            found = asyncio.run(moving.look(held, settings, database, begin=progress))
            desk.tell(
                _result(settings.database, database, found),
                lambda: say(f"It can be done: {_number(found)} would be carried over. Nothing was changed."),
            )
        elif database == settings.database:
            kept = asyncio.run(moving.stay(held, settings, now=desk.now()))
            said = OLD_FILE.format(kept=human(str(kept))).strip() if kept else BACK
            desk.tell({"database": _kind_of(database), "kept": kept and str(kept)}, lambda: say(said))
        else:
            moved = asyncio.run(moving.move(held, settings, database, now=desk.now(), begin=progress))
            desk.tell(_result(settings.database, database, moved), lambda: _say(database, moved))


def _number(moved: Any) -> str:
    return counted(sum(tally.rows for tally in moved.tables.values()), "row", "rows")


def _result(before: str, database: str, moved: Any) -> dict[str, Any]:
    return {
        "from": _kind_of(before),
        "database": _kind_of(database),
        "tables": {name: asdict(tally) for name, tally in moved.tables.items()},
        "rows_of_an_earlier_try": moved.before,
        "kept": moved.kept and str(moved.kept),
    }


def _say(database: str, moved: Any) -> None:
    table(
        ("table", "rows", "SHA-256, the same on both sides"),
        [(name, str(tally.rows), tally.sha256) for name, tally in moved.tables.items() if tally.rows],
        widest=64,
    )
    if moved.before:
        say(f"{moved.before} of these were there from an earlier try.")
    name = "SQLite" if database == SQLITE else "PostgreSQL"
    say(f"The node is in {name} now, with {_number(moved)}. Start it: qafila run")
    say(OLD_FILE.format(kept=human(str(moved.kept))) if moved.kept else OLD_SERVER)
