"""`qafila verify`: who signed a document, when, with which key, and whether that holds."""

import importlib
import sys
from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import click

from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit
from node.cli.screen import details, moment, say
from schema.errors import InputError

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


def _say(finding: Mapping[str, Any], zone: tzinfo) -> None:
    title = finding["title"] or finding["id"] or ""
    details(
        (
            (finding["what"], f"{finding['type']} {title}"),
            ("signed by", " ".join(filter(None, (finding["name"], finding["signed_by"]))) or "nobody"),
            ("when", f"{moment(finding['created'], zone)} {zone}" if finding["created"] else "not said"),
            ("key", finding["key"]),
            ("the key is", FROM.get(finding["key_from"], finding["key_from"])),
            ("holds", "yes" if finding["holds"] else f"NO: {finding['reason']}"),
        )
    )


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
        result = desk.ask(
            "verify",
            document=None if is_address else _text(source),
            address=source if is_address else None,
            actor_document=None if actor is None else _text(actor),
        )
        zone = desk.settings().timezone
    holds = bool(result["findings"]) and result["holds"]  # where nothing is signed, nothing holds

    def in_words() -> None:
        for finding in result["findings"]:
            _say(finding, zone)
        say("It holds." if holds else "It does NOT hold. Do not rely on it.")

    desk.tell(result, in_words)
    if not holds:
        click.get_current_context().exit(Exit.REFUSED)
