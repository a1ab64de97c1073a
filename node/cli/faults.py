"""How a command ends: what it says on standard error, and its exit code.

0  done
1  refused, not found, or not possible as things are
2  the command or something typed cannot be used
3  settings or files of this node are wrong
4  trouble of the node or the network
130  interrupted
"""

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NamedTuple

import click

from node.cli.screen import clean
from schema.errors import (
    ConfigError,
    DomainError,
    InputError,
    PeerUnreachable,
    QafilaError,
    Timeout,
    TooMany,
    Unavailable,
)


class Exit(IntEnum):
    """The codes above."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONFIGURATION = 3
    TROUBLE = 4
    INTERRUPTED = 130


# The first class that fits decides; what no row names is a refusal. The hint is what to do next.
CODES: tuple[tuple[type[QafilaError], Exit, str], ...] = (
    (InputError, Exit.USAGE, ""),
    (DomainError, Exit.USAGE, ""),
    (ConfigError, Exit.CONFIGURATION, ""),
    (PeerUnreachable, Exit.TROUBLE, "Check the address and this machine's connection, then try again."),
    (Timeout, Exit.TROUBLE, "Try again later."),
    (TooMany, Exit.TROUBLE, "Try again later."),
    (Unavailable, Exit.TROUBLE, "Look at the node with: qafila status"),
)
DEBUG = "QAFILA_DEBUG"
NOBODY = "This asks something, and nobody is there to answer."


@contextmanager
def answered_by(option: str) -> Iterator[None]:
    """Ask in the block; where nobody is there to answer, `InputError` names the `option` that answers it too."""
    try:
        yield
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        click.echo()  # the question still waits on its line
        raise InputError(f"{NOBODY} Answer with {option} instead.") from None


class Detailed(InputError):
    """What was typed cannot be used, and programs are told more about it: `details` stand beside the error."""

    def __init__(self, text: str, details: dict[str, Any]) -> None:
        super().__init__(text)
        self.details = details


class Ending(NamedTuple):
    """What a command says last: its exit code, one line, and what to do next."""

    code: Exit
    text: str
    hint: str = ""


def _ours(error: QafilaError) -> Ending:
    code, hint = next(((code, hint) for kind, code, hint in CODES if isinstance(error, kind)), (Exit.REFUSED, ""))
    text = str(error)
    field = getattr(error, "field", "")
    return Ending(code, f"{field}: {text}" if field and not text.startswith(f"{field}:") else text, hint)


def _ending(error: BaseException) -> Ending:
    match error:
        case QafilaError():
            return _ours(error)
        case click.UsageError():
            path = error.ctx.command_path if error.ctx is not None else "qafila"
            return Ending(Exit.USAGE, error.format_message(), f"See: {path} --help")
        case click.Abort() if isinstance(error.__context__, EOFError):
            click.echo()  # the question still waits on its line
            return Ending(Exit.USAGE, NOBODY, "Answer with options instead; see --help.")
        case OSError():
            return Ending(Exit.TROUBLE, f"{error.filename or 'The system'}: {error.strerror or type(error).__name__}.")
        case _:
            return Ending(
                Exit.TROUBLE,
                f"Qafila stumbled over something nobody foresaw ({type(error).__name__}).",
                f"To see where, run it again with {DEBUG}=1 in front.",
            )


def end(error: BaseException, *, debug: bool, as_json: bool = False) -> Exit:
    """Say what went wrong in one line, and what to do; never a traceback unless `debug`.

    People read it on standard error; with `as_json` programs find it on standard output too, as `{"error": ...}`.
    """
    if debug and not isinstance(error, click.ClickException | click.Abort):
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):  # a word that needs another one: the help is the answer
        click.echo(error.ctx.get_help(), err=True)
        return Exit.USAGE
    if isinstance(error, KeyboardInterrupt) or (
        isinstance(error, click.Abort) and not isinstance(error.__context__, EOFError)
    ):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    ending = _ending(error)
    click.echo(f"Error: {clean(ending.text)}", err=True)
    if ending.hint:
        click.echo(clean(ending.hint), err=True)
    if as_json:
        details = error.details if isinstance(error, Detailed) else {}
        click.echo(json.dumps({"error": ending._asdict(), **details}))
    return ending.code
