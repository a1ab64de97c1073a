"""The machine: who can read the files, and how much room there is."""

import os
import stat
from typing import Final

from node.doctor.finding import Finding, Health
from node.folder import DataFolder
from node.settings import Settings
from schema.errors import ConfigError

MIB: Final = 1024 * 1024
LITTLE_SPACE: Final = 500 * MIB
NO_SPACE: Final = 50 * MIB
FEW_FILES: Final = 5_000
NO_FILES: Final = 100
REMOVE: Final = "Remove what is not needed, such as old backups: a full disk stops the node."


def files(folder: DataFolder, settings: Settings) -> Finding:
    """Who can read what lies in the data folder, and whether we can write there."""
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
    there = [path for path in (folder.path, folder.settings_file, folder.keys_file, folder.database) if path.exists()]
    for path in there:
        if not os.access(path, os.W_OK):
            return Finding("files", Health.BAD, f"The node cannot write {path}.", f"chmod u+w {path}")
    if len({path.stat().st_uid for path in there}) > 1:
        return Finding(
            "files",
            Health.LOOK,
            "Not all files in the data folder belong to the same account.",
            f"chown -R --reference={folder.path} {folder.path}",
        )
    return Finding("files", Health.GOOD, "The keys can be read by their owner alone.")


def disk(room: os.statvfs_result) -> Finding:
    """How much more the file system of the data folder takes: bytes, and files (inodes)."""
    free, more = room.f_bavail * room.f_frsize, room.f_favail if room.f_files else None
    text = f"{free // MIB} MiB are free for the data folder."
    if more is not None and more < FEW_FILES:  # some file systems set no number of files
        text = f"No more than {more} new files fit beside the data folder, however small: the inodes are used up."
        return Finding("disk", Health.BAD if more < NO_FILES else Health.LOOK, text, f"{REMOVE} See: df -i")
    if free < LITTLE_SPACE:
        return Finding("disk", Health.BAD if free < NO_SPACE else Health.LOOK, text, f"{REMOVE} See: df -h")
    return Finding("disk", Health.GOOD, text)
