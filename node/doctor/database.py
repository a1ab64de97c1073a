"""The database: is it sound, and does it keep what it took through a power cut?"""

from collections.abc import Mapping
from typing import Any, Final

from node.doctor.finding import Finding, Health

EMBEDDED: Final = {"journal_mode": "wal", "locking_mode": "exclusive", "synchronous": "2", "foreign_keys": "1"}
OFF: Final = "off"
SERVER: Final = {  # what must not be off, and what a power cut does where it is
    "fsync": "may leave the whole database damaged",
    "full_page_writes": "may leave pages that are half old, half new",
    "synchronous_commit": "may take back what others were told is kept",
}


def database(said: Mapping[str, Any]) -> Finding:
    """Whether `database_health` found damage."""
    if said["problems"]:
        return Finding(
            "database",
            Health.BAD,
            f"The database is damaged: {said['problems'][0]}",
            "Stop the node, keep the data folder as it is, and restore the newest backup into another one.",
        )
    looked = "every page was looked at" if said["embedded"] else "it answers, and looks after its pages itself"
    return Finding("database", Health.GOOD, f"{said['product']}; {looked}.")


def journal(said: Mapping[str, Any]) -> Finding:
    """How what was taken is kept through a power cut, by the settings that `database_health` saw, and why so."""
    return _embedded(said) if said["embedded"] else _server(said)


def _embedded(said: Mapping[str, Any]) -> Finding:
    settings = said["settings"]
    wrong = sorted(name for name, wanted in EMBEDDED.items() if settings[name] != wanted)
    if wrong:
        text = ", ".join(f"{name} is {settings[name]} and not {EMBEDDED[name]}" for name in wrong)
        return Finding("journal", Health.BAD, f"The database is not open as it should be: {text}.", "Restart the node.")
    why = (
        "This version can lose writes when several connections write (the WAL-reset bug, mended in 3.51.3), so the "
        "node holds a single one: that is safe."
        if said["loses_writes"]
        else "This version is free of the WAL-reset bug. The node holds a single connection all the same."
    )
    return Finding("journal", Health.GOOD, f"Journal in WAL mode, written through at each commit. {why}")


def _server(said: Mapping[str, Any]) -> Finding:
    settings = said["settings"]
    for name, harm in SERVER.items():
        if settings[name] == OFF:
            return Finding(
                "journal",
                Health.BAD,
                f"PostgreSQL runs with {name} off: a power cut {harm}.",
                f"As the administrator of PostgreSQL: ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf();",
            )
    if settings["data_checksums"] == OFF:
        return Finding(
            "journal",
            Health.LOOK,
            "PostgreSQL keeps no checksums, so it does not notice when a disk gives back something else.",
            "Stop PostgreSQL, then: pg_checksums --enable -D DATA-FOLDER-OF-POSTGRESQL",
        )
    return Finding("journal", Health.GOOD, "fsync, synchronous_commit, full_page_writes and checksums are on.")
