"""How a command ends: what it says on standard error, and its exit code.

0  done
1  refused, not found, or not possible as things are
2  the command or something typed cannot be used
3  settings or files of this node are wrong
4  trouble of the node or the network
130  interrupted
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

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


def _tell(text: str, hint: str = "") -> None:
    click.echo(f"Error: {clean(text)}", err=True)
    if hint:
        click.echo(clean(hint), err=True)


def _tell_ours(error: QafilaError) -> Exit:
    code, hint = next(((code, hint) for kind, code, hint in CODES if isinstance(error, kind)), (Exit.REFUSED, ""))
    text = str(error)
    field = getattr(error, "field", "")
    if field and not text.startswith(f"{field}:"):
        text = f"{field}: {text}"
    _tell(text, hint)
    return code


def end(error: BaseException, *, debug: bool) -> Exit:
    """Say what went wrong in one line, and what to do; never a traceback unless `debug`."""
    if debug and not isinstance(error, click.ClickException | click.Abort):
        traceback.print_exception(error, file=sys.stderr)
    match error:
        case QafilaError():
            return _tell_ours(error)
        case click.exceptions.NoArgsIsHelpError():  # a word that needs another one after it: the help is the answer
            click.echo(error.ctx.get_help(), err=True)
            return Exit.USAGE
        case click.UsageError():
            path = error.ctx.command_path if error.ctx is not None else "qafila"
            _tell(error.format_message(), f"See: {path} --help")
            return Exit.USAGE
        case click.Abort() if isinstance(error.__context__, EOFError):
            click.echo()
            _tell(NOBODY, "Answer with options instead; see --help.")
            return Exit.USAGE
        case click.Abort() | KeyboardInterrupt():
            click.echo("Interrupted.", err=True)
            return Exit.INTERRUPTED
        case OSError():
            _tell(f"{error.filename or 'The system'}: {error.strerror or type(error).__name__}.")
        case _:
            _tell(
                f"Qafila stumbled over something nobody foresaw ({type(error).__name__}).",
                f"To see where, run it again with {DEBUG}=1 in front.",
            )
    return Exit.TROUBLE
