"""Commands that make backups and bring a collective back from one."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from node.backup import shelf as shelves
from node.cli.addresses import read_address
from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.screen import counted, details, human, moment, progress, say, table, words_by_four
from node.newfile import write_new
from node.settings import Settings
from node.toml import with_setting
from schema.errors import InputError, StateError

FILE = click.Path(path_type=Path, dir_okay=False, readable=False)  # read or refused by us, with a reason
FOLDER = click.Path(path_type=Path, file_okay=False)
SCREEN = Path("-")
KIB, MIB = 1024, 1024 * 1024
ON_DISK = "/var/tmp"  # noqa: S108 (no file there gets a name; SQLite would take this folder too)
CHECKED = """The backup is whole, and opens with this key. Nothing was kept.
Compare the eight words with those that you know: whoever has seen the public key could have made such a file."""
BACK = """It is back in {folder}. Compare the eight words with those that you know. Everyone signs in anew.
Posts and followers are as they were when the backup was made: look through them with `qafila list` and
`qafila followers`, and close, change, withdraw or remove again what was since."""
TRUSTED = """These are allies again, as they were on {made}. Was one of them removed since, or its server
taken away? Then remove it again before you start the node: qafila ally remove ADDRESS"""
ON_HOLD = """These are allies, all on hold: nothing is sent to them, and what they send is refused. Remove whom you do
not trust any more, and go on with each of the others before you start the node: qafila ally resume ADDRESS"""
KEY_TEXT = """# The secret key to the backups of {name}. Whoever has it can read all of them; without it nobody can.
# Keep it away from the server: on paper, or on a stick that lies elsewhere.
# public key: {recipient}
{secret}
"""


def shelf_of(desk: Desk, settings: Settings) -> Path:
    """Where this collective's backups are kept."""
    return desk.folder.path / (settings.backup_folder or "backups")


@group("qafila backup", "qafila backup key /media/stick/birch.key", "qafila backup list", invoke_without_command=True)
@click.option("--to", "shelf", type=FOLDER, help="Where to put it, in place of the setting backup_folder.")
@click.pass_context
def backup(context: click.Context, *, shelf: Path | None) -> None:
    """Make an encrypted copy of everything: settings, keys and database. The node may run on.

    First make a key, once, with: qafila backup key. Copy the backups to another machine; they can be read with that key
    alone.
    """
    if context.invoked_subcommand is None:
        _make(shelf)


@pass_desk
def _make(desk: Desk, /, shelf: Path | None) -> None:
    settings = desk.settings()
    making = importlib.import_module("node.backup.making")
    chosen = shelf or shelf_of(desk, settings)

    async def snapshot(into: str) -> dict[str, Any]:
        return await desk.reach(desk.folder, settings, "snapshot", {"into": into})

    shelves.make_shelf(chosen)
    shelves.sweep(chosen, settings.name)
    now, begin = desk.now(), partial(progress, "Backing up")
    path, rows = asyncio.run(making.make(desk.folder, settings, chosen, snapshot=snapshot, now=now, begin=begin))
    removed = shelves.prune(chosen, settings.name, settings.backup_keep, now)
    size = path.stat().st_size
    result = {"backup": str(path), "rows": rows, "bytes": size, "removed": [str(one) for one in removed]}

    def in_words() -> None:
        say(f"The backup is {human(str(path))} ({counted(rows, 'row', 'rows')}, {_size(size)}).")
        if removed:
            say(f"{counted(len(removed), 'older one was', 'older ones were')} removed.")
        say("It lies on this machine still. Copy it to another one.")

    desk.tell(result, in_words)


def _size(number: int) -> str:
    return f"{number / MIB:.1f} MiB" if number >= MIB else f"{max(1, number // KIB)} KiB"


@backup.add_command
@command("qafila backup key /media/stick/birch.key", "qafila backup key -", name="key")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Make a new one although there is one: older backups still need the old key.")
@pass_desk
def make_key(desk: Desk, /, file: Path, *, yes: bool) -> None:
    """Make the key that backups are encrypted for. FILE gets the secret half: keep it away from this machine.

    With - in place of FILE it comes on the screen alone, and touches no disk here.
    """
    settings = desk.settings()
    if settings.backup_recipient and not yes:
        raise StateError(
            "There is a key already. A new one opens new backups only, and the old ones still need the old key. "
            "To make a new one all the same, say --yes."
        )
    seal = importlib.import_module("node.backup.seal")
    secret, recipient = seal.make_key()
    text = with_setting(desk.folder.settings_file.read_text(encoding="utf-8"), "backup_recipient", recipient)
    key = KEY_TEXT.format(name=settings.name, recipient=recipient, secret=secret)
    if file != SCREEN:
        write_new(file, key.encode())
    elif not desk.as_json:
        click.echo(key, nl=False)  # before anything is encrypted for it
    desk.folder.write(desk.folder.settings_file, text.encode())

    def in_words() -> None:
        if file == SCREEN:
            return
        say(
            f"The secret key is in {human(str(file))}. Take it away from this machine: whoever has it can read\n"
            "all backups, and without it nobody can. From now on, make backups with: qafila backup"
        )

    desk.tell({"file": str(file), "recipient": recipient} | ({"key": secret} if file == SCREEN else {}), in_words)


@backup.add_command
@command("qafila backup list", name="list")
@click.option("--to", "shelf", type=FOLDER, help="Where they are, in place of the setting backup_folder.")
@pass_desk
def list_backups(desk: Desk, /, shelf: Path | None) -> None:
    """List the backups there are, newest first."""
    settings = desk.settings()
    chosen = shelf or shelf_of(desk, settings)
    found = shelves.kept(chosen, settings.name)
    result = [{"path": str(one.path), "made_at": one.made_at.isoformat(), "bytes": one.size} for one in found]

    def in_words() -> None:
        if not found:
            say(f"There is none in {human(str(chosen))} yet. Make one with: qafila backup")
            return
        rows = [(moment(one.made_at.isoformat(), settings.timezone), _size(one.size), one.path.name) for one in found]
        table(("made", "size", "file"), rows, widest=80)

    desk.tell({"folder": str(chosen), "backups": result}, in_words)


@command(
    "qafila restore birch-20261125T090000Z.qafila.age --key birch.key",
    "qafila restore birch-20261125T090000Z.qafila.age --key birch.key --check",
)
@click.argument("file", type=FILE)
@click.option(
    "--key",
    type=FILE,
    required=True,
    help="The file with the secret key, as `qafila backup key` made it. With - it is asked for, or read from a pipe.",
)
@click.option(
    "--database", metavar="URL", help="Put the database elsewhere: sqlite, or postgresql://… With - it is asked for."
)
@click.option(
    "--hold-allies",
    is_flag=True,
    help="Put all allies on hold, until you said of each: qafila ally resume. For when an ally was removed, or its "
    "server taken away, since the backup was made: it would be trusted again.",
)
@click.option("--check", is_flag=True, help="Only try it: nothing is kept, nor left behind where it is cut off.")
@pass_desk
def restore(desk: Desk, /, file: Path, key: Path, database: str | None, *, hold_allies: bool, check: bool) -> None:
    """Bring a collective back from a backup, into a data folder that is new or empty.

    Never let two nodes of one collective run: stop the old one for good first.
    """
    restoring = importlib.import_module("node.backup.restoring")
    if check:
        if database or hold_allies:
            raise InputError("--check tries it with a database of its own: leave out --database and --hold-allies.")
        place = Path(desk.environment.get("TMPDIR") or ON_DISK)
        _tell(desk, asyncio.run(restoring.check(file, _secret(key), place)), {"checked": True}, lambda: say(CHECKED))
        return
    folder = desk.folder
    folder.check_free()
    database = database and read_address(database)
    secret, environment = _secret(key), desk.environment
    done = asyncio.run(
        restoring.restore(folder, file, secret, database=database, environment=environment, hold_allies=hold_allies)
    )
    allies = desk.ask("ally_list")["allies"]  # the node opens what came back

    def what_next() -> None:
        say(BACK.format(folder=human(str(folder.path))))
        if allies:
            say(ON_HOLD if hold_allies else TRUSTED.format(made=_made(done)))
            for ally in allies:
                say(f"  {human(ally['name'])}  {human(ally['handle'])}{'  (on hold)' * (ally['state'] == 'suspended')}")
        say("Then start it: qafila run, or where it is a service: systemctl enable --now qafila")

    kept = [{name: ally[name] for name in ("actor", "name", "handle", "state")} for ally in allies]
    _tell(desk, done, {"checked": False, "allies": kept}, what_next)


def _secret(key: Path) -> Any:
    """The secret key, of type `pyrage.x25519.Identity`."""
    seal = importlib.import_module("node.backup.seal")
    if key != SCREEN:
        return seal.read_secret(key)
    if sys.stdin.isatty():
        return seal.find_secret(click.prompt("The line of the key, AGE-SECRET-KEY-1…", hide_input=True), "This")
    return seal.find_secret(sys.stdin.read(), "What came")


def _made(done: Any) -> str:
    made: str = done.header.made_at.strftime("%Y-%m-%d %H:%M UTC")
    return made


def _tell(desk: Desk, done: Any, more: Mapping[str, Any], what_next: Callable[[], None]) -> None:
    """Say whose backup it is, and what to do."""
    result = done.header.dump() | {"rows": done.rows, "words": list(done.words), **more}

    def in_words() -> None:
        details((("collective", done.handle), ("backup made", _made(done)), ("rows", str(done.rows))))
        say("  its eight words, which its allies know:")
        say(words_by_four(done.words))
        what_next()

    desk.tell(result, in_words)
