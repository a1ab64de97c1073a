"""`qafila doctor`: is all well, and what is to be done?"""

from collections.abc import Iterator
from dataclasses import asdict

import click

from node.backup.shelf import kept
from node.cli.backing import shelf_of
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit
from node.cli.screen import details, say
from node.doctor import Finding, Health, of_the_address, of_the_database, on_the_machine
from node.folder import Busy
from node.settings import Settings
from schema.errors import QafilaError

MARKS = {Health.GOOD: "well", Health.LOOK: "look", Health.BAD: "BAD"}


@command("qafila doctor", "qafila doctor --json")
@pass_desk
def doctor(desk: Desk, /) -> None:
    """Look whether all is well: files, disk, clock, backups, database, and whether others can find the node.

    Each finding says what to do. Ends with 1 where something is bad.
    """
    findings = list(_findings(desk, desk.settings()))
    worst = Exit.REFUSED if any(one.health is Health.BAD for one in findings) else Exit.DONE

    def in_words() -> None:
        rows = [
            (one, f"{one.text}\n{one.do}" if one.do and one.health is not Health.GOOD else one.text) for one in findings
        ]
        details([(f"{MARKS[one.health]}  {one.what}", text) for one, text in rows])
        bad = sum(one.health is not Health.GOOD for one in findings)
        say("All is well." if not bad else f"Of {len(findings)} things, {bad} need somebody to look.")

    desk.tell({"findings": [asdict(one) for one in findings], "well": not worst}, in_words)
    if worst:
        click.get_current_context().exit(worst)


def _findings(desk: Desk, settings: Settings) -> Iterator[Finding]:
    yield from on_the_machine(desk.folder, settings, kept(shelf_of(desk, settings), settings.name), desk.now())
    runs = _runs(desk)
    try:
        yield of_the_database(desk.ask("database_health"))
        if runs:
            yield of_the_address(desk.ask("own_address"))
    except QafilaError as error:
        yield Finding("node", Health.BAD, str(error), "Put this right, then look again.")
        return
    if not runs:
        yield Finding("node", Health.LOOK, "The node is not running, so nobody can reach it.", "Start it: qafila run")


def _runs(desk: Desk) -> bool:
    try:
        with desk.folder.lock():
            return False
    except Busy:
        return True
