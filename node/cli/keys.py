"""`qafila keys`: the keys that the collective signs with, new ones in their place, and what was stolen or lost."""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any

import click

from node.aid.spreadsheet.dates import Edge, Order
from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.screen import counted, details, human, moment, say, words_by_four
from node.cli.trust import login, sure

_yes = click.option("--yes", is_flag=True, help="Do not ask.")
_by = click.option("--by", metavar="NAME", help="Who decides this, to be remembered. [otherwise your login name]")
ROTATE = """
The collective gets new keys at once. The old ones sign for them, so your allies follow by themselves, and what is
on its way is still taken for some days. Your eight words change: tell those who have them on paper.
This does not help against someone who has the old keys: for that there is 'qafila keys revoke'.
"""
REVOKE = """
Do this when a key may be in wrong hands. It cannot be taken back. What the key signs is refused from now on, whatever
time it claims; what allies have from before is shown to them as "check by hand". Open posts that it signed are signed
anew. If it is the key in use, the collective gets new keys first, and your eight words change.
"""
USE_FILE = """
Do this only where newer keys are lost. Where another machine of the node still has them, copy its keys.json here
instead, and start the node. The keys in the file here are taken as they are, and whoever knows the collective is told
when the node starts. Allies that know your newer keys raise an alarm, unless these sign for them, and must compare your
eight words again: call them.
"""


@group("qafila keys show", "qafila keys rotate", "qafila keys revoke ed25519-key --since 2026-11-20")
def keys() -> None:
    """See the keys that the collective signs with; change them.

    The private keys are in keys.json in the data folder, for its owner alone. Keep a copy where nobody else gets it:
    without them the collective must be trusted anew by each ally.
    """


@keys.add_command
@command("qafila keys show", "qafila keys show --json")
@pass_desk
def show(desk: Desk, /) -> None:
    """Show the keys in use, those that are still taken beside them, and those that were revoked."""
    result = desk.ask("keys_show")
    desk.tell(result, lambda: _say(desk, result))


@keys.add_command
@command("qafila keys rotate", "qafila keys rotate --yes --by Amal")
@_yes
@_by
@pass_desk
def rotate(desk: Desk, /, *, yes: bool, by: str | None) -> None:
    """Make new keys, signed for by the old ones."""
    if not yes:
        say(ROTATE)
    sure("Make new keys now?", yes=yes)
    result = desk.ask("keys_rotate", by=by or login())

    def in_words() -> None:
        say("The collective has new keys.")
        _say(desk, result)
        _told(result)

    desk.tell(result, in_words)


@keys.add_command
@command(
    "qafila keys revoke ed25519-key --since 2026-11-20", "qafila keys revoke ed25519-2 --since '24 Nov 18:00' --yes"
)
@click.argument("key", metavar="KEY")
@click.option(
    "--since", required=True, metavar="TIME", help="Since when it may have been in wrong hands; rather too early."
)
@_yes
@_by
@pass_desk
def revoke(desk: Desk, /, key: str, since: str, *, yes: bool, by: str | None) -> None:
    """Say that a key was stolen, and since when.

    KEY is the last part of its address as 'qafila keys show' prints it, such as ed25519-key or ed25519-2. The two keys
    of a pair (ed25519-2 and main-key-2) are revoked together, whichever you name.
    """
    at = desk.calendar().read(since, Edge.BEGIN, Order.DAY_FIRST).moment
    if not yes:
        say(REVOKE)
    sure(f"Revoke {human(key)} from {moment(at.isoformat(), desk.settings().timezone)} on?", yes=yes)
    result = desk.ask("keys_revoke", key=key, since=at.isoformat(), by=by or login())

    def in_words() -> None:
        pair = " and ".join(human(one.partition("#")[2]) for one in result["pair"])
        say(f"Revoked: {pair}." + (" The collective has new keys." if result["replaced"] else ""))
        _say(desk, result)
        _told(result)

    desk.tell(result, in_words)


@keys.add_command
@command("qafila keys use-file", "qafila keys use-file --yes")
@_yes
@pass_desk
def use_file(desk: Desk, /, *, yes: bool) -> None:
    """Put an older keys.json in force, where newer keys are lost. Stop the node first, on all machines.

    Needed only with PostgreSQL, which remembers the newer ones: a node that will not start for them says so.
    """
    if not yes:
        say(USE_FILE)
    sure(f"Use the keys in {human(str(desk.folder.keys_file))}?", yes=yes)
    keyfile = importlib.import_module("node.keyfile")
    with desk.folder.lock() as held:
        done = asyncio.run(keyfile.use_file(held, desk.settings()))
    result = desk.ask("keys_show") | {"changed": done}

    def in_words() -> None:
        say("The keys in the file are in force." if done else "The keys in the file were in force already.")
        _say(desk, result)
        if done:
            say("Copy the file to the other machines of the node, if there are any, and start it: qafila run")

    desk.tell(result, in_words)


def _told(result: Mapping[str, Any]) -> None:
    say(f"{counted(result['told'], 'node is', 'nodes are')} told. See how far that is with: qafila deliveries")
    say("Make a backup now, with: qafila backup. The keys of an older one, put back, would alarm every ally.")


def _say(desk: Desk, result: Mapping[str, Any]) -> None:
    zone = desk.settings().timezone
    details(
        (
            ("in use", "\n".join(key["id"] for key in result["keys"])),
            ("since", moment(result["since"], zone) or "the collective was made"),
            ("decided by", result["by"]),
            ("also taken", "\n".join(f"{old['id']} until {moment(old['until'], zone)}" for old in result["overlap"])),
            (
                "revoked",
                "\n".join(
                    f"{old['id'] or old['multikey']} from {moment(old['since'], zone)} on" for old in result["revoked"]
                ),
            ),
            ("history", result["history"]),
        )
    )
    say("  its eight words:")
    say(words_by_four(result["words"]))
