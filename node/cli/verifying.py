"""`qafila verify`: who signed a document, when, with which key, and whether that holds."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import click

from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit
from node.cli.screen import details, moment, say
from schema.errors import ConfigError, InputError

MAX_BYTES = 4 * 1024 * 1024
FROM = {
    "file": "from the file you gave",
    "store": "as this node knows it",
    "network": "as its node serves it now",
    "none": "not found",
}


def _text(source: str) -> str:
    """A document from a file or, for `-`, from standard input; `InputError` where that fails."""
    try:
        if source == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{source} is too large for a post.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InputError(f"{source} is not a post: it is no UTF-8 text.") from None


def _lacks_keys(finding: Mapping[str, Any]) -> bool:
    """Whether all is well formed, and only the signer's keys are missing to check it."""
    return not finding["holds"] and finding["created"] is not None and finding["key_from"] == "none"


def _holds(finding: Mapping[str, Any]) -> str:
    if finding["holds"]:
        return "yes"
    word = "check by hand" if finding.get("by_hand") else "not known" if _lacks_keys(finding) else "NO"
    return f"{word}: {finding['reason']}"


def _verdict(findings: Sequence[Mapping[str, Any]], *, holds: bool) -> str:
    if holds:
        return "It holds."
    failed = [finding for finding in findings if not finding["holds"]]
    if failed and all(map(_lacks_keys, failed)):
        return (
            "Cannot be checked here: nobody here knows the keys of its signer. "
            "Give their actor's document with --actor FILE."
        )
    if failed and all(finding.get("by_hand") for finding in failed):
        return (
            "Check by hand: it was signed with a key that was stolen, and says that this was before. "
            "Ask its signer whether it is theirs."
        )
    return "It does NOT hold. Do not rely on it."


def _say(finding: Mapping[str, Any], zone: tzinfo) -> None:
    title = finding["title"] or finding["id"] or ""
    signer = " ".join(filter(None, (finding["name"], finding["signed_by"]))) or "nobody"
    details(
        (
            (finding["what"], f"{finding['type']} {title}"),
            ("signed by" if finding["holds"] else "says it is by", signer),
            ("when", f"{moment(finding['created'], zone)} {zone}" if finding["created"] else "not said"),
            ("key", finding["key"]),
            ("the key is", FROM.get(finding["key_from"], finding["key_from"])),
            ("holds", _holds(finding)),
        )
    )


def _zone(desk: Desk, *, is_address: bool) -> tzinfo:
    """The collective's zone; `ConfigError` where there is no collective, which a file can do without."""
    try:
        return desk.settings().timezone
    except ConfigError as error:
        if is_address:
            raise
        raise ConfigError(
            f"{error} A file is checked without a collective if you give its signer's document with --actor FILE."
        ) from None


@command(
    "qafila verify post.json",
    "qafila verify https://birch.example/posts/3f9a",
    "qafila verify post.json --actor birch.json",
)
@click.argument("source", metavar="FILE|ADDRESS|-")
@click.option(
    "--actor", metavar="FILE", help="The signer's own document. With it, no data folder and no network are used."
)
@pass_desk
def verify(desk: Desk, /, source: str, actor: str | None) -> None:
    """Check who signed a post, when and with which key, and whether that holds.

    A file is checked without the network; '-' reads standard input. Exit code 0 only if every signature holds.
    """
    is_address = "://" in source
    if actor is not None and not is_address:
        proving = importlib.import_module("node.aid.proving")
        zone: tzinfo = UTC
        result = proving.verify_files(_text(source), _text(actor), desk.now())
    else:
        document = None if is_address else _text(source)
        zone = _zone(desk, is_address=is_address)
        result = desk.ask(
            "verify",
            document=document,
            address=source if is_address else None,
            actor_document=None if actor is None else _text(actor),
        )
    holds = bool(result["findings"]) and result["holds"]  # where nothing is signed, nothing holds

    def in_words() -> None:
        for finding in result["findings"]:
            _say(finding, zone)
        say(_verdict(result["findings"], holds=holds))

    desk.tell(result, in_words)
    if not holds:
        click.get_current_context().exit(Exit.REFUSED)
