"""Commands that run a node and look after it."""

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import nullcontext

import click

from activitypub.ids import Ids
from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.options import setting_options
from node.cli.screen import counted, details, human, moment, say, table, words_by_four

LOSES = "All that the node did since that upgrade is lost here. Put the database of before in place again?"
NOTHING_KEPT = "None was kept, so nothing was changed."


@command("qafila run", "qafila run --data /var/lib/qafila --listen 127.0.0.1:8400")
@setting_options()
@pass_desk
def run(desk: Desk, /, **flags: str | None) -> None:
    """Run the node until it is stopped (Ctrl-C, or SIGTERM). Settings given here win over all others."""
    settings = desk.settings(flags)
    app = importlib.import_module("node.app")  # most of the program
    app.run(desk.folder, settings)


@command("qafila work", "qafila work --data /var/lib/qafila --log-file work.log")
@setting_options()
@pass_desk
def work(desk: Desk, /, **flags: str | None) -> None:
    """Deliver what waits, until stopped: beside `qafila run`, which does that too, on this machine or another.

    For a node with PostgreSQL alone. Nothing is served: it needs no web server before it.
    """
    settings = desk.settings(flags)
    app = importlib.import_module("node.app")
    app.work(desk.folder, settings)


@command("qafila open", name="open")
@pass_desk
def open_pages(desk: Desk, /) -> None:
    """Get a link that signs you in to the node's pages. It works once and for a few minutes; keep it to yourself."""
    result = desk.ask("open_link")

    def in_words() -> None:
        say(human(result["url"]))
        say(f"Open it in your browser within {counted(result['minutes'], 'minute', 'minutes')}. It works once.")

    desk.tell(result, in_words)


@command("qafila status")
@pass_desk
def status(desk: Desk, /) -> None:
    """See how the node is doing."""
    result = desk.ask("status")
    alarms = result.get("key_alarms")

    def in_words() -> None:
        details(
            (
                ("own posts", str(result["proposals"]["own"])),
                ("posts of others", str(result["proposals"]["others"])),
                ("allies", str(result["allies"])),
                ("still on their way", str(result["waiting"])),
                ("refused", str(result["refused"])),
                ("key alarms", str(alarms) if alarms else None),
                ("database", result["database"]),
                ("processes", _processes(result.get("processes"))),
                ("version", result["version"]),
            )
        )
        if alarms:
            say("ALARM: the keys of an ally changed. See what to do with: qafila ally list")
        if result["refused"]:
            say("See what was refused, and why, with: qafila deliveries --refused")

    desk.tell(result, in_words)


def _processes(number: Mapping[str, int] | None) -> str | None:
    if number is None:
        return None
    deliver = f", and {number['work']} more that only {'delivers' if number['work'] == 1 else 'deliver'}"
    return counted(number["run"], "serves", "serve") + (deliver if number["work"] else "")


@command("qafila whoami")
@pass_desk
def whoami(desk: Desk, /) -> None:
    """Show the collective's address and its eight words, to be read out by phone."""
    result = desk.ask("whoami")

    def in_words() -> None:
        say(human(result["name"]))
        details(
            (
                ("handle", result["handle"]),
                ("address", result["actor"]),
                ("pages", result["url"]),
                ("mode", result["mode"]),
                ("lab", "yes, on this machine alone" if result["lab"] else None),
            )
        )
        say("  its eight words:")
        say(words_by_four(result["words"]))

    desk.tell(result, in_words)


@command("qafila migrate --keep", "qafila migrate --back", "qafila migrate --forget")
@click.option("--keep", "way", flag_value="keep", help="Keep the database as it was, beside the new one.")
@click.option("--back", "way", flag_value="back", help="Put the one that was kept in place again.")
@click.option("--yes", is_flag=True, help="Go back without being asked.")
@click.option("--forget", "way", flag_value="forget", help="Remove the one that was kept.")
@pass_desk
def migrate(desk: Desk, /, way: str | None, *, yes: bool) -> None:
    """Bring the database up to date after an upgrade. Stop the node first, and say --keep for a way back.

    What the node took since then is not in the one that was kept. Go back with the version that brought the database up
    to date, and then start the older one. When all is well, let it be forgotten: it takes as much room again.
    """
    settings = desk.settings()
    folder = desk.folder
    url = settings.database_url(folder.database)
    with nullcontext() if way == "forget" else folder.lock():  # the node may run while that is removed
        versions = importlib.import_module("node.store.versions")
        before = importlib.import_module("node.store.before")
        match way:
            case "back":
                if not yes and asyncio.run(before.is_kept(url)):
                    click.confirm(LOSES, abort=True)
                done = asyncio.run(before.go_back(url, Ids(settings.url, settings.name).actor))
                said = "The database of before is in place again. Start the older version." if done else NOTHING_KEPT
            case "forget":
                done = asyncio.run(before.let_go(url))
                said = "The database of before is removed." if done else NOTHING_KEPT
            case _:
                asyncio.run(versions.migrate(url, keep=way == "keep"))
                done, said = True, f"The database is up to date (schema {versions.SCHEMA_VERSION})."
    desk.tell({"schema": versions.SCHEMA_VERSION} if way in {None, "keep"} else {way: done}, lambda: say(said))


@group("qafila deliveries --refused", "qafila deliveries retry", invoke_without_command=True)
@click.option("--refused", is_flag=True, help="Only what other nodes refused, with their reasons.")
@click.pass_context
def deliveries(context: click.Context, *, refused: bool) -> None:
    """See what is still on its way, or was refused.

    What another node refuses waits here until you let it be tried again.
    """
    if context.invoked_subcommand is None:
        _list_deliveries(refused=refused)


@pass_desk
def _list_deliveries(desk: Desk, /, *, refused: bool) -> None:
    result = desk.ask("deliveries", state="refused" if refused else None)

    def in_words() -> None:
        zone = desk.settings().timezone
        if not result["deliveries"]:
            say("Nothing." if refused else "Nothing was sent yet.")
            return
        table(
            ("post", "what", "to", "state", "tries", "why"),
            [
                (
                    one["title"] or one["object"],
                    one["activity"],
                    one["peer"],
                    one["state"],
                    str(one["attempts"]),
                    " ".join(str(part) for part in (one["status"], one["reason"]) if part),
                )
                for one in result["deliveries"]
            ],
        )
        for reason, sentence in result["reasons"].items():
            say(f"{reason}: {sentence}.")
        for peer in result["peers"]:
            if peer["failures"]:
                say(f"{human(peer['peer'])} does not answer. Next try: {moment(peer['next_try'], zone)}")

    desk.tell(result, in_words)


@deliveries.add_command
@command("qafila deliveries retry", "qafila deliveries retry --peer https://birch.example")
@click.option("--peer", metavar="URL", help="Only to one node.")
@pass_desk
def retry(desk: Desk, /, peer: str | None) -> None:
    """Try again at once, also what was refused."""
    result = desk.ask("retry_deliveries", peer=peer)
    desk.tell(result, lambda: say(f"{counted(result['queued'], 'delivery is', 'deliveries are')} tried again now."))
