"""The manual of all commands, written from the commands themselves.

`python -m node.cli.docs > docs/commands.md` writes it.
"""

import sys
from collections.abc import Iterator

import click

from node.cli import SECTIONS, main
from node.cli.command import Command, Group, Words

HEAD = """# Commands

<!-- Made by: python -m node.cli.docs > docs/commands.md -->

Every command explains itself: `qafila offer --help`. All of them take `--data FOLDER` (the data folder; otherwise
`$QAFILA_DATA`, or `~/.local/share/qafila`) and `--json` (print the result as JSON, for other programs). While
`qafila run` is up, commands reach it through a socket in the data folder; when it is not, they work on the folder
themselves.

A post is named by its address, or by the first four or more characters of its id. Dates, quantities, units,
categories and languages are understood as in spreadsheets: `2026-11-27`, `27 Nov 18:00`, `in 3 days`; `20 kg`,
`15 pieces`; in English, Arabic, French and Turkish.

| exit code | what it means |
| --- | --- |
| 0 | done |
| 1 | refused, not found, or not possible as things are |
| 2 | the command or something typed cannot be used |
| 3 | settings or files of this node are wrong |
| 4 | trouble of the node or the network |
| 130 | interrupted |

An error is one line on standard error that begins with `Error:`, and where there is something to do, a line that says
what. `QAFILA_DEBUG=1` in front of a command shows where in the code it came up.
"""
COMMON = frozenset({"--data", "--json"})


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    context = click.Context(main, info_name="qafila")
    for name in main.list_commands(context):
        found = main.get_command(context, name)
        if found is not None:
            yield from _walk(f"qafila {name}", found)


def _walk(name: str, found: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, found
    if isinstance(found, click.Group):
        for inner, command in found.commands.items():
            yield from _walk(f"{name} {inner}", command)


def _options(found: click.Command) -> Iterator[str]:
    for option in found.params:
        if isinstance(option, click.Option) and not COMMON & set(option.opts):
            names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
            value = "" if option.is_flag else f" {option.make_metavar(click.Context(found))}"
            yield f"| {names}{value.replace('|', ' or ')} | {option.help} |"


def _part(name: str, found: click.Command) -> str:
    context = click.Context(found)
    arguments = [f" {param.make_metavar(context)}" for param in found.params if isinstance(param, click.Argument)]
    lines = [f"### {name}", "", f"`{name}{''.join(arguments)}`", ""] if arguments else [f"### {name}", ""]
    lines += [" ".join(paragraph.split()) + "\n" for paragraph in (found.help or "").split("\n\n")]
    if isinstance(found, Command | Group):
        lines += ["```sh", *found.examples, "```", ""]
    options = list(_options(found))
    if options:
        lines += ["| option | what it says |", "| --- | --- |", *options, ""]
    if isinstance(found, Command) and found.lists:
        lines += [f"{' and '.join(found.lists)}: see [below](#words).".capitalize(), ""]
    return "\n".join(lines)


def manual() -> str:
    """The text of docs/commands.md."""
    parts = [HEAD]
    lists: dict[str, Words] = {}
    for name, found in commands():
        word = name.split()[1]
        for title, entries in SECTIONS.items():
            if next(iter(entries)) == word and len(name.split()) == 2:  # noqa: PLR2004 (`qafila` and one word)
                parts.append(f"## {title}\n")
        parts.append(_part(name, found))
        if isinstance(found, Command):
            lists |= found.lists
    parts.append("## Words\n")
    for title, words in lists.items():
        parts.append(
            "\n".join([f"| {title} | |", "| --- | --- |", *(f"| `{slug}` | {label} |" for slug, label in words), ""])
        )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(manual())
