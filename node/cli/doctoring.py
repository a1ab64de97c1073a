"""`qafila doctor`: is all well, and what is to be done?"""

import os
import sqlite3
import ssl
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from node.cli.backing import shelf_of
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit
from node.cli.screen import details, say
from node.doctor.backups import backups
from node.doctor.clocks import adjtimex, clock, clocks
from node.doctor.database import database, journal
from node.doctor.finding import Finding, Health
from node.doctor.machine import disk, files
from node.doctor.onion import onion, tor
from node.doctor.outside import address, certificate, dns
from node.doctor.service import alarms, deliveries, trouble, versions
from node.folder import Busy
from node.settings import SQLITE, Settings
from node.version import program_version
from schema.errors import QafilaError, Unavailable

TEXT_WIDTH = 90
MARKS = {Health.GOOD: "well", Health.LOOK: "look", Health.BAD: "BAD"}
CHECKS = {
    "files": "who can read the keys and settings",
    "disk": "how much room there is, for bytes and for files",
    "clock": "whether somebody keeps the clock right",
    "backups": "how old the newest is, whether it looks whole, and where it lies",
    "database": "whether it is sound",
    "journal": "whether it keeps what it took through a power cut, and how",
    "versions": "of Qafila and of what it stands on",
    "alarms": "whether keys of allies are not what they were",
    "deliveries": "what other nodes refused",
    "tor": "whether it answers, where the settings say where it is",
    "dns": "which addresses the domain has",
    "certificate": "how long it is good",
    "clocks": "whether this clock and those of allies agree",
    "address": "whether the handle leads to this node, as others look it up",
    "onion": "whether the second name, an onion service, leads to this node",
    "node": "whether it runs",
}


@command("qafila doctor", "qafila doctor --json", lists={"What it looks at": tuple(CHECKS.items())})
@pass_desk
def doctor(desk: Desk, /) -> None:
    """Look whether all is well, on this machine and as others see the node, which may run or not.

    Each finding says what to do. Ends with 1 where something is bad. With --json each finding has `what` (a word of the
    list below), `health` (good, look or bad), `text` and `do`.
    """
    findings = list(_findings(desk, desk.settings()))
    worst = Exit.REFUSED if any(one.health is Health.BAD for one in findings) else Exit.DONE

    def in_words() -> None:
        details([(f"{MARKS[one.health]}  {one.what}", _paragraph(one)) for one in findings])
        bad = sum(one.health is not Health.GOOD for one in findings)
        say("All is well." if not bad else f"Of {len(findings)} things, {bad} need somebody to look.")

    desk.tell({"findings": [asdict(one) for one in findings], "well": not worst}, in_words)
    if worst:
        click.get_current_context().exit(worst)


def _paragraph(one: Finding) -> str:
    lines = textwrap.wrap(one.text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    if one.do and one.health is not Health.GOOD:
        lines += textwrap.wrap(f"> {one.do}", TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _findings(desk: Desk, settings: Settings) -> Iterator[Finding]:
    runs = _runs(desk)
    yield from _on_the_machine(desk, settings)
    try:
        status = desk.ask("status")
        if (processes := status.get("processes")) is not None:  # on whatever machine
            runs = processes["run"] > 0
        yield from _in_the_node(desk, status)
        yield from _from_outside(desk, settings, runs=runs)
    except Unavailable as error:
        yield trouble(str(error), embedded=settings.database == SQLITE)
        return
    except QafilaError as error:
        yield Finding("node", Health.BAD, str(error), "Put this right, then look again.")
        return
    if runs:
        yield Finding("node", Health.GOOD, "The node runs.")
    else:
        text = "The node is not running, so nobody can reach it."
        yield Finding("node", Health.LOOK, text, "Start it: systemctl start qafila (or in this window: qafila run)")


def _on_the_machine(desk: Desk, settings: Settings) -> Iterator[Finding]:
    yield files(desk.folder, settings)
    yield disk(os.statvfs(desk.folder.path))
    yield clock(adjtimex())
    yield backups(settings, shelf_of(desk, settings), desk.folder, desk.now())


def _in_the_node(desk: Desk, status: Mapping[str, Any]) -> Iterator[Finding]:
    health = desk.ask("database_health")
    yield database(health)
    yield journal(health)
    yield versions(status, program_version(), _parts())
    yield alarms(status)
    yield deliveries(status)


def _from_outside(desk: Desk, settings: Settings, *, runs: bool) -> Iterator[Finding]:
    if settings.socks:
        yield tor(desk.ask("tor_health"))
    name = desk.ask("own_name")
    if name["reason"] != "onion":
        yield dns(name)
    if name["encrypted"] and name["addresses"]:
        yield certificate(name, desk.now())
    yield clocks(desk.ask("others_clocks"))
    if runs:
        yield address(desk.ask("own_address"))
        if settings.onion:
            yield onion(desk.ask("own_onion"))


def _parts() -> dict[str, str]:
    """What Qafila stands on, and of which version it is."""
    python = ".".join(map(str, sys.version_info[:3]))
    return {"Python": python, "SQLite": sqlite3.sqlite_version, "OpenSSL": ssl.OPENSSL_VERSION.split()[1]}


def _runs(desk: Desk) -> bool:
    try:
        with desk.folder.lock():
            return False
    except Busy:
        return True
