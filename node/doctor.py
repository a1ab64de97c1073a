"""What a steward should know about the machine a node lives on: each check looks at one thing and says what to do.

The checks here need no node. What only the node can see (its database, its own address) it says itself
(`node.aid.keeping`), and `of_the_database` and `of_the_address` put that into words.
"""

import ctypes
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from node.backup.shelf import Kept
from node.folder import DataFolder
from node.settings import Settings
from schema.errors import ConfigError

LITTLE_SPACE: Final = 500 * 1024 * 1024
NO_SPACE: Final = 50 * 1024 * 1024
OLD_BACKUP: Final = timedelta(days=2)
LOST_BACKUP: Final = timedelta(days=14)
UNSYNCHRONISED: Final = 5  # adjtimex(2): TIME_ERROR


class Health(StrEnum):
    """How a thing is."""

    GOOD = "good"
    LOOK = "look"  # it works, and somebody should look at it
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: how it is, and what to do where it is not good."""

    what: str
    health: Health
    text: str
    do: str = ""


def on_the_machine(folder: DataFolder, settings: Settings, kept: Sequence[Kept], now: datetime) -> Iterator[Finding]:
    """All that can be seen without the node."""
    yield files(folder, settings)
    yield space(shutil.disk_usage(folder.path).free)
    yield clock(_adjtimex())
    yield backups(settings, kept, now)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("versions", Health.GOOD, f"Python {python}, SQLite {sqlite3.sqlite_version}")


def files(folder: DataFolder, settings: Settings) -> Finding:
    """Who can read what lies in the data folder."""
    try:
        folder.read_keys()
    except ConfigError as error:
        return Finding("files", Health.BAD, str(error), "Put the keys right, then look again.")
    secret = [folder.path, folder.keys_file]
    if "@" in settings.database:
        secret.append(folder.settings_file)  # it holds the password of the database
    for path in secret:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            return Finding("files", Health.BAD, f"Others on this machine can read {path}.", f"chmod go= {path}")
    owners = {path.stat().st_uid for path in (folder.path, folder.keys_file, folder.settings_file)}
    if len(owners) > 1:
        return Finding(
            "files",
            Health.LOOK,
            "Not all files in the data folder belong to the same account.",
            f"chown -R --reference={folder.path} {folder.path}",
        )
    return Finding("files", Health.GOOD, "The keys can be read by their owner alone.")


def space(free: int) -> Finding:
    """How much room there is, of `free` bytes."""
    text = f"{free // (1024 * 1024)} MiB are free for the data folder."
    if free < NO_SPACE:
        return Finding("disk", Health.BAD, text, "Free some space now: a full disk stops the node.")
    if free < LITTLE_SPACE:
        return Finding("disk", Health.LOOK, text, "Free some space, or remove old backups.")
    return Finding("disk", Health.GOOD, text)


def _adjtimex() -> int:
    """What the kernel says of its clock (adjtimex(2)): asked for, not changed."""
    state = ctypes.create_string_buffer(512)  # struct timex, with mode 0
    return int(ctypes.CDLL(None).adjtimex(state))


def clock(state: int) -> Finding:
    """Whether somebody keeps the clock right; `state` is what adjtimex(2) gives."""
    if state in {-1, UNSYNCHRONISED}:
        return Finding(
            "clock",
            Health.LOOK,
            "Nobody keeps this machine's clock right. An hour off, and other nodes refuse what it sends.",
            "Compare it with a phone. On Debian: apt install systemd-timesyncd",
        )
    return Finding("clock", Health.GOOD, "The clock is kept right.")


def backups(settings: Settings, kept: Sequence[Kept], now: datetime) -> Finding:
    """How old the newest backup is."""
    if not settings.backup_recipient:
        return Finding("backups", Health.BAD, "There are no backups.", "Make a key for them with: qafila backup key")
    if not kept:
        return Finding("backups", Health.BAD, "There is no backup yet.", "Make one with: qafila backup")
    age = now - kept[0].made_at
    text = f"The newest backup is of {kept[0].made_at:%Y-%m-%d %H:%M} UTC."
    if age > OLD_BACKUP:
        health = Health.BAD if age > LOST_BACKUP else Health.LOOK
        return Finding("backups", health, text, "Let one be made each night: deploy/README.md says how.")
    return Finding("backups", Health.GOOD, text, "Copy it to another machine, and try it now and then.")


def of_the_database(said: Mapping[str, Any]) -> Finding:
    """What `database_health` said, in words."""
    if said["problems"]:
        return Finding(
            "database",
            Health.BAD,
            f"The database is damaged: {said['problems'][0]}",
            "Stop the node, keep the data folder as it is, and restore the newest backup into another one.",
        )
    return Finding("database", Health.GOOD, f"{said['product']}, {said['journal']}; every page was looked at.")


def of_the_address(said: Mapping[str, Any]) -> Finding:
    """What `own_address` said, in words."""
    if said["reached"]:
        return Finding("address", Health.GOOD, f"{said['handle']} leads to this node, over {said['url']}")
    do = _ADDRESS.get(said["reason"], "Look at the web server in front of the node, and at its log.")
    return Finding("address", Health.BAD, f"{said['url']} does not lead to this node: {said['text']}", do)


_ADDRESS: Final = {
    "dns": "Let the domain point at this machine's address, and wait until that is known.",
    "unsafe": "The domain points at an address that is not public. Let it point at the one that others see.",
    "connect": "Open port 443 to this machine, and start the web server. (From inside a home network this can fail "
    "while others reach you: ask an ally to try `qafila ally look`.)",
    "tls": "The web server has no certificate for the domain yet: look at its log.",
    "timeout": "Open port 443 to this machine, and start the web server.",
    "stranger": "Another node answers under this address. Was it moved, or copied? Two must never run.",
}
