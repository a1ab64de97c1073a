"""The node at work: its versions, and what waits for a person."""

from collections.abc import Mapping
from typing import Any

from node.doctor.finding import Finding, Health


def trouble(text: str, *, embedded: bool) -> Finding:
    """That the node or its database did not answer, as `text` says, and which database it has."""
    do = (
        "If the database cannot be read although the disk is not full, keep the data folder as it is, and bring the "
        "newest backup back in another one: qafila restore FILE --key KEYFILE --data FOLDER"
        if embedded
        else "See whether PostgreSQL runs, and whether its address in qafila.toml is right."
    )
    return Finding("node", Health.BAD, text, f"Look at the log (journalctl -u qafila). {do}")


def versions(said: Mapping[str, Any], installed: str, parts: Mapping[str, str]) -> Finding:
    """Whether the program that runs is the one that is `installed`; `parts` are what it stands on."""
    text = f"Qafila {said['version']}, schema {said['schema']}, " + ", ".join(map(" ".join, parts.items()))
    if said["version"] != installed:
        return Finding(
            "versions",
            Health.LOOK,
            f"{text}. Installed is Qafila {installed}, and an older one still runs.",
            "Restart it: systemctl restart qafila",
        )
    return Finding("versions", Health.GOOD, text)


def alarms(said: Mapping[str, Any]) -> Finding:
    """Whether keys of allies changed that nobody has looked at."""
    if number := said["key_alarms"]:
        text = f"The keys of allies are not those that you trust ({number}). Nothing that they sign is taken."
        return Finding("alarms", Health.LOOK, text, "See whose, and what to do, with: qafila ally list")
    return Finding("alarms", Health.GOOD, "The keys of all allies are those that you trust.")


def deliveries(said: Mapping[str, Any]) -> Finding:
    """Whether something was refused, and how much is on its way."""
    on_their_way = f"{said['waiting']} are on their way." if said["waiting"] else "Nothing is on its way."
    if number := said["refused"]:
        return Finding(
            "deliveries",
            Health.LOOK,
            f"Other nodes refused {number}, which wait for you. {on_their_way}",
            "See which, and why, with: qafila deliveries --refused",
        )
    return Finding("deliveries", Health.GOOD, f"Nothing was refused. {on_their_way}")
