"""What all commands share: an example in the help, `--data`, `--json`, and the one way they end.

This module is loaded by `qafila --help`, so it needs click alone.
"""

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import click

Words: TypeAlias = Sequence[tuple[str, str]]
DATA, AS_JSON = "qafila.data", "qafila.json"
WIDTH = 100


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(context: click.Context, _option: click.Parameter, value: Any) -> None:
        if value:
            context.meta[name] = value

    return callback


def _common() -> list[click.Option]:
    return [
        click.Option(
            ["--data"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="FOLDER",
            expose_value=False,
            callback=_remember(DATA),
            help="The data folder of the collective. [otherwise $QAFILA_DATA, or ~/.local/share/qafila]",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_remember(AS_JSON),
            help="Print the result as JSON, for other programs.",
        ),
    ]


def _write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    with formatter.section("Example" if len(examples) == 1 else "Examples"):
        for example in examples:
            formatter.write(f"{' ' * formatter.current_indent}{example}\n")


class Command(click.Command):
    """A command with at least one example, with the options that all have, and with lists of words it knows."""

    def __init__(
        self, name: str | None, *, examples: Sequence[str], lists: Mapping[str, Words] | None = None, **details: Any
    ) -> None:
        super().__init__(name, **details)
        self.examples = tuple(examples)
        self.lists = lists or {}
        self.params += _common()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists of words and examples stand at the end of the help."""
        del ctx
        for title, words in self.lists.items():
            with formatter.section(title):
                formatter.write_dl(words)
        _write_examples(formatter, self.examples)


class Group(click.Group):
    """Commands under one word, with an example of their use."""

    def __init__(self, name: str | None, *, examples: Sequence[str], **details: Any) -> None:
        super().__init__(name, **details)
        self.examples = tuple(examples)
        self.params += _common()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples stand at the end of the help."""
        del ctx
        _write_examples(formatter, self.examples)


def command(*examples: str, **details: Any) -> Callable[[Callable[..., None]], click.Command]:
    """Make a `Command` of a function; its docstring is the help."""
    return click.command(cls=Command, examples=examples, **details)


def group(*examples: str, **details: Any) -> Callable[[Callable[..., None]], click.Group]:
    """Make a `Group` of a function; its docstring is the help."""
    return click.group(cls=Group, examples=examples, **details)


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not loaded yet: where it is, and its one line in the list."""

    module: str
    attribute: str
    line: str


class Root(click.Group):
    """`qafila` itself: knows its commands by name and loads one when it is asked for."""

    def __init__(self, *, sections: Mapping[str, Mapping[str, Entry]], **details: Any) -> None:
        super().__init__(**details)
        self.sections = sections
        self.entries = {name: entry for section in sections.values() for name, entry in section.items()}
        self.params += _common()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        del ctx
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        found: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list, by what one wants to do; nothing is loaded for it."""
        del ctx
        for title, entries in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.line) for name, entry in entries.items()], col_max=14)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 (click's own signature)
        **extra: Any,
    ) -> NoReturn:
        """Run, and end the process with one of the documented codes, whoever calls."""
        del standalone_mode
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 shows escapes
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except BrokenPipeError:  # whoever read our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (a person sees a sentence, not a traceback)
            faults = importlib.import_module("node.cli.faults")
            as_json = "--json" in (sys.argv[1:] if args is None else args)
            sys.exit(int(faults.end(error, debug=bool(os.environ.get(faults.DEBUG)), as_json=as_json)))
        sys.exit(code if isinstance(code, int) else 0)
