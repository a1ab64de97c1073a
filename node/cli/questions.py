"""What `qafila init` asks on a terminal: few questions, each explained in a sentence with an example.

Rule 1  An answer that cannot be is explained and asked for again; what is offered in brackets is taken with Enter.
Rule 2  Nothing is made while questions are open, so whoever leaves here leaves nothing behind.
"""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import click

from activitypub.onion import TOP
from node import allowed
from node.cli.screen import counted, human
from node.settings import SETTINGS

BY_NAME = {setting.name: setting for setting in SETTINGS}
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set says which language a person reads (POSIX, 8.2)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `example` is also what is said where nobody can be asked; `wrong` what an answer must be."""

    label: str
    explained: str
    example: str
    wrong: str


QUESTIONS = {  # in this order; each answer can be given as a flag as well
    "title": Question(
        "Name",
        "What is your collective called? People see this name, and it can be changed later. For example: {example}",
        "Birch Kitchen",
        "Some words on one line, up to 100 characters.",
    ),
    "url": Question(
        "Domain",
        "Under which domain will others reach it? It can NEVER change: every post carries it. For example: "
        "birch.example",
        "https://birch.example",
        "That is no domain that others can reach. It has a dot, no port and no path, and only https leads to it. For "
        "example: birch.example",
    ),
    "socks": Question(  # asked for an onion service alone
        "Tor",
        "One more, for an onion service: where does Tor take connections? What the node dials goes there, and nowhere "
        "else. For example: {example}",
        "127.0.0.1:9050",
        "An address in numbers and a port, as Tor's SocksPort has it. For example: 127.0.0.1:9050",
    ),
    "name": Question(
        "Short name",
        "A short name for its handle, as in @{example}@domain. It can NEVER change: others know it by that.",
        "birch",
        "1 to 30 of the letters a-z, digits and _, without spaces. For example: birch_kitchen",
    ),
    "language": Question(
        "Language",
        "Which language do you mostly write in? Each post can say another. The pages speak {languages}; posts may be "
        "in any language, by its short code, such as fa or es.",
        "en",
        "The short code of a language, such as en, ar, fr, tr, ur, fa or pt-BR.",
    ),
    "mode": Question(
        "Mode",
        "Who may write to it? It can be changed later.\n"
        "     allies  only collectives that you choose to trust; all others may ask, and you decide. This is the safe "
        "one.\n"
        "     open    public posts also go to anyone who follows, from Mastodon for example.",
        "allies",
        "allies or open.",
    ),
}
HELLO = "Enter takes what stands in [brackets]. Ctrl-C ends this, and nothing is kept."


def ask(known: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """What is `known`, and answers to the questions that it does not answer."""
    answers = dict(known)
    if missing := _missing(answers):
        _say(f"{counted(len(missing), 'short question', 'short questions')}. {HELLO}\n")
    number = 0
    while missing := _missing(answers):
        number, name = number + 1, missing[0]
        question, suggested = QUESTIONS[name], _suggested(name, answers, environment)
        _say(f"{number}. {question.explained.format(example=question.example, languages=_languages())}")
        answers[name] = click.prompt(
            f"   {question.label}",
            default=suggested,
            show_default=suggested != "",
            value_proc=partial(_read, name),
            err=True,
        )
        _say()
    return answers


def _missing(answers: Mapping[str, Any]) -> list[str]:
    """What is still to be asked. Where Tor is matters to an onion service, which dials through Tor alone."""
    return [name for name in QUESTIONS if name not in answers and (name != "socks" or _is_onion(answers))]


def _is_onion(answers: Mapping[str, Any]) -> bool:
    return str(answers.get("url", "")).rstrip("/").endswith(TOP)


def _say(text: str = "") -> None:
    click.echo(text, err=True)  # as the questions: what is printed is the result


def unasked(known: Mapping[str, Any]) -> str:
    """The flags that must be there where nobody can be asked, as they would be typed; empty where none is missing."""
    missing = [name for name in _missing(known) if BY_NAME[name].default is None or name == "socks"]
    return " ".join(f"{BY_NAME[name].flag} {_quoted(QUESTIONS[name].example)}" for name in missing)


def _quoted(text: str) -> str:
    return f"'{text}'" if " " in text else text


def _languages() -> str:
    names = importlib.import_module("node.web.i18n").NAMES  # the pages' own list, loaded where it is shown
    return ", ".join(f"{tag} ({human(name)})" for tag, name in names.items())


def _suggested(name: str, answers: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    match name:
        case "socks":
            return QUESTIONS[name].example
        case "name" if _is_onion(answers):
            return ""
        case "name":
            return re.sub(r"[^a-z0-9_]", "_", (urlsplit(answers["url"]).hostname or "").split(".")[0])[:30]
        case "language":
            return _language_of(environment) or str(BY_NAME[name].default)
        case _:
            return str(BY_NAME[name].default or "")


def _language_of(environment: Mapping[str, str]) -> str | None:
    """The language of a locale such as tr_TR.UTF-8; None for C and POSIX, which are none."""
    locale = next((environment[name] for name in LOCALE if environment.get(name)), "")
    tag = re.split(r"[_.@]", locale)[0]
    return allowed.LANGUAGE.read(tag) if tag.islower() else None


def _read(name: str, text: str) -> Any:
    answer = text.strip()
    if name == "url":
        answer = _address(answer)
    meant = BY_NAME[name].rule.read(answer)
    if not meant or (name == "url" and not allowed.is_public(meant)):
        raise click.BadParameter(QUESTIONS[name].wrong)
    return meant


def _address(domain: str) -> str:
    """A domain as an address: only what is an address already stays as it was typed."""
    if "://" in domain:
        return domain
    scheme = "http" if domain.lower().endswith(TOP) else "https"
    return f"{scheme}://{domain.lower()}"
