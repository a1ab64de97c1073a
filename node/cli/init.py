"""`qafila init`: a new collective's node, in one step that is done wholly or not at all."""

import asyncio
import importlib
import re
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import click

from node import allowed
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.options import setting_options
from node.cli.screen import human, say
from node.settings import SETTINGS, Setting
from schema.errors import ConfigError, InputError

BY_NAME = {setting.name: setting for setting in SETTINGS}
QUESTIONS = {  # in this order; each answer can be given as a flag as well
    "title": "What is your collective called?",
    "url": "Under which address will others reach it? It can never change (such as https://birch.example)",
    "name": "A short name for its handle, @name@host. It can never change (a-z, 0-9 and _)",
    "language": "Which language do you write in? (en, ar, fr, tr ...)",
    "mode": "Who may write to it: allies (only collectives you choose to trust) or open?",
}
FIRST_LINK = 24 * 60  # minutes
DONE = """
The node of {title} is ready in {folder}
  its address    {url}
  its handle     @{name}@{host}
  its settings   {settings}
  its keys       {keys}
Whoever has the keys can speak in your name, and without them the collective loses its name.

What comes next:
  1. Let a web server hand requests for {host} on to {listen}
  2. qafila run      starts the node
  3. {link}
     signs you in to its pages. It works once, until this time tomorrow; keep it to yourself.
     Later, qafila open gives you another one
  4. qafila backup key FILE   makes a key for backups. Take FILE away from this machine, then: qafila backup
  5. qafila doctor   looks whether all is well
  6. qafila whoami   shows your eight words, for allies to compare by phone
  7. qafila profile  says who you are in other languages and how to reach you, and shows your logo
"""


def _reading(setting: Setting) -> Any:
    def read(text: str) -> Any:
        meant = setting.rule.read(text)
        if meant is None or (setting.name == "url" and not allowed.is_public(meant)):
            raise click.BadParameter(f"Allowed: {setting.rule.allowed}.")
        return meant

    return read


def _suggested(name: str, answers: Mapping[str, Any]) -> str | None:
    if name == "name":
        return re.sub(r"[^a-z0-9_]", "_", (urlsplit(answers["url"]).hostname or "").split(".")[0])[:30] or None
    default = BY_NAME[name].default
    return None if default is None else str(default)


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, and answers to the questions that were not."""
    answers = {name: value for name, value in given.items() if value is not None}
    if not sys.stdin.isatty():
        missing = [BY_NAME[name].flag for name in QUESTIONS if BY_NAME[name].default is None and name not in answers]
        if missing:
            raise click.UsageError(f"Say also: {', '.join(missing)}. (On a terminal, they are asked for.)")
        return answers
    for name, question in QUESTIONS.items():
        if name not in answers:
            answers[name] = click.prompt(
                question, default=_suggested(name, answers), value_proc=_reading(BY_NAME[name])
            )
    return answers


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they mean; `InputError`, for here they were typed."""
    try:
        checked = {name: BY_NAME[name].read(value, BY_NAME[name].flag) for name, value in values.items()}
        if not allowed.is_public(checked["url"]):
            raise InputError(f"--url: {checked['url']!r:.80} is not allowed. Allowed: {allowed.PUBLIC}.")
    except ConfigError as error:
        raise InputError(str(error)) from None
    return checked


@command(
    "qafila init",
    "qafila init --data ./birch --name birch --title 'Birch Kitchen' --url https://birch.example",
)
@setting_options()
@pass_desk
def init(desk: Desk, /, **given: str | None) -> None:
    """Make a collective's node: a data folder with settings, new keys and an empty database.

    On a terminal it asks for what neither flags nor QAFILA_ variables say. Nothing is ever written over.
    """
    folder = desk.folder
    folder.check_free()
    for name in QUESTIONS:
        given[name] = given[name] or desk.environment.get(BY_NAME[name].variable)
    values = _checked(_asked(given))
    founding = importlib.import_module("node.founding")  # half a second: loaded when everything else is right
    settings = asyncio.run(founding.found(folder, "init", values, desk.environment))
    host = urlsplit(values["url"]).netloc
    shown = {"folder": folder.path, "settings": folder.settings_file, "keys": folder.keys_file, "host": host}
    words = {"title": human(settings.title), "url": settings.url, "name": settings.name, "listen": settings.listen}
    link = desk.ask("open_link", minutes=FIRST_LINK)["url"]
    result = {"link": link, "folder": str(folder.path), "handle": f"@{settings.name}@{host}", "url": settings.url}
    desk.tell(result, lambda: say(DONE.format(**shown, **words, link=link).strip()))
