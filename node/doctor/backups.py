"""Backups: is there one that is new enough, looks whole, and would survive this disk?"""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from node.backup.shelf import Kept, kept, looks_whole
from node.doctor.finding import Finding, Health
from node.folder import DataFolder
from node.settings import Settings

OLD: Final = timedelta(days=2)
LOST: Final = timedelta(days=14)
LET_ONE_BE_MADE: Final = "Let one be made each night: systemctl enable --now qafila-backup.timer"


def backups(settings: Settings, shelf: Path, folder: DataFolder, now: datetime) -> Finding:
    """How the newest backup is that lies in the folder `shelf`."""
    if not settings.backup_recipient:
        return Finding("backups", Health.BAD, "There are no backups.", "Make a key for them with: qafila backup key")
    try:
        found = kept(shelf, settings.name)
    except OSError as error:
        text = f"The backups in {shelf} cannot be seen: {error.strerror}."
        return Finding("backups", Health.BAD, text, f"Give that folder to the account of the node: chown USER {shelf}")
    if not found:
        return Finding("backups", Health.BAD, f"There is no backup in {shelf} yet.", "Make one with: qafila backup")
    return _newest(shelf, found, folder, now)


def _newest(shelf: Path, found: Sequence[Kept], folder: DataFolder, now: datetime) -> Finding:
    newest = found[0]
    if not looks_whole(newest):
        return Finding(
            "backups", Health.BAD, f"The newest backup, {newest.path}, is not whole.", "Make one with: qafila backup"
        )
    text = f"The newest backup is of {newest.made_at:%Y-%m-%d %H:%M} UTC."
    if now - newest.made_at > OLD:
        health = Health.BAD if now - newest.made_at > LOST else Health.LOOK
        return Finding("backups", health, text, LET_ONE_BE_MADE)
    if len(found) > 1 and newest.size < found[1].size / 2:
        return Finding(
            "backups",
            Health.LOOK,
            f"{text} It is less than half as large as the one before.",
            f"If that is news to you, try it where its key is: qafila restore {newest.path.name} --key FILE --check",
        )
    if shutil.disk_usage(shelf).free < 2 * newest.size:
        return Finding("backups", Health.LOOK, f"{text} There is little room for more.", f"Free some space in {shelf}.")
    return Finding("backups", Health.GOOD, f"{text} {_where(shelf, folder)}")


def _where(shelf: Path, folder: DataFolder) -> str:
    same = shelf.stat().st_dev == folder.path.stat().st_dev
    on = "the same disk as the node, and would be lost with it: copy" if same else "another disk of this machine. Copy"
    return f"Backups lie on {on} them to another machine, and try one now and then (qafila restore --check)."
