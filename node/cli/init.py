"""`qafila init`: a new collective's node, in one step that is done wholly or not at all."""

import asyncio
import importlib
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import click

from activitypub.onion import TOP
from node import allowed
from node.cli.addresses import ELSEWHERE, read_address
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.options import setting_options
from node.cli.questions import BY_NAME, QUESTIONS, ask, unasked
from node.cli.screen import human, say
from schema.errors import ConfigError, InputError

FIRST_LINK = 24 * 60  # minutes
DONE = """
The node of {title} is ready in {folder}
  its address    {url}
  its handle     @{name}@{host}
  its settings   {settings}
  its keys       {keys}
Whoever has the keys can speak in your name, and without them the collective loses its name.
Nobody knows of it yet: if the address or the handle is wrong, remove that folder and begin anew.

What comes next:
  1. {front}
  2. qafila run      starts the node; installed as a service: systemctl enable --now qafila
  3. {link}
     signs you in to its pages. It works once, until this time tomorrow; keep it to yourself.
     Later, qafila open gives you another one
  4. qafila backup key FILE   makes a key for backups. Take FILE away from this machine, then: qafila backup
  5. qafila doctor   looks whether all is well
  6. qafila whoami   shows your eight words, for allies to compare by phone
  7. qafila profile  says who you are in other languages and how to reach you, and shows your logo
"""
WEB_SERVER = "Let a web server hand requests for {host} on to {listen} (deploy/Caddyfile does)"
ONION_SERVICE = "In Tor's torrc: HiddenServicePort 80 {listen}, for the service {host}"


def _known(given: Mapping[str, str | None], environment: Mapping[str, str]) -> dict[str, str]:
    """What flags say, and what the environment says of that which is asked for."""
    said = dict(given)
    for name in QUESTIONS:
        said[name] = said[name] or environment.get(BY_NAME[name].variable)
    return {name: value for name, value in said.items() if value is not None}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they mean; `InputError`, for here they were typed."""
    try:
        checked = {name: BY_NAME[name].read(value, BY_NAME[name].flag) for name, value in values.items()}
        if "url" in checked and not allowed.is_public(checked["url"]):
            raise InputError(f"--url: {checked['url']!r:.80} is not allowed. Allowed: {allowed.PUBLIC}.")
    except ConfigError as error:
        raise InputError(str(error)) from None
    return checked


@command(
    "qafila init",
    "qafila init --data ./birch --name birch --title 'Birch Kitchen' --url https://birch.example",
    "qafila init --database -",
)
@setting_options()
@pass_desk
def init(desk: Desk, /, **given: str | None) -> None:
    """Make a collective's node: a data folder with settings, new keys and an empty database.

    On a terminal it asks for what neither flags nor QAFILA_ variables say. Nothing is ever written over.

    Others on the machine can see what you type here, and in the address of a database there may be a password: say
    --database - to be asked for it, or to have it read from standard input.
    """
    folder = desk.folder
    folder.check_free()
    if given["database"] == ELSEWHERE:
        given["database"] = read_address(ELSEWHERE)
    known = _known(given, desk.environment)
    if sys.stdin.isatty():
        known = ask(_checked(known), desk.environment)
    elif missing := unasked(known):
        raise click.UsageError(f"Nobody is there to ask, so say also: {missing}")
    values = _checked(known)
    founding = importlib.import_module("node.founding")  # half a second: loaded when everything else is right
    settings = asyncio.run(founding.found(folder, "init", values, desk.environment))
    host = urlsplit(values["url"]).netloc
    shown = {"folder": folder.path, "settings": folder.settings_file, "keys": folder.keys_file, "host": host}
    words = {"title": human(settings.title), "url": settings.url, "name": settings.name}
    front = (ONION_SERVICE if settings.url.endswith(TOP) else WEB_SERVER).format(host=host, listen=settings.listen)
    link = desk.ask("open_link", minutes=FIRST_LINK)["url"]
    result = {"link": link, "folder": str(folder.path), "handle": f"@{settings.name}@{host}", "url": settings.url}
    desk.tell(result, lambda: say(DONE.format(**shown, **words, front=front, link=link).strip()))
