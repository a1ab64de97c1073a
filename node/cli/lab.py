"""`qafila lab`: three collectives on this machine, to try Qafila out."""

import asyncio
import importlib
from pathlib import Path

import click

from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.screen import details, human, say, table
from node.lab.cast import NAMES, LabFolder

FOLDER = Path("lab-data")


def _lab(desk: Desk) -> LabFolder:
    return LabFolder((desk.data or FOLDER).absolute())


@group(
    "qafila lab",
    "qafila lab --fresh --port 9401",
    "qafila lab stop birch",
    name="lab",
    invoke_without_command=True,
)
@click.option("--fresh", is_flag=True, help="Begin anew: remove everything that the lab made before.")
@click.option("--port", type=click.IntRange(1, 65_533), metavar="PORT", help="The first of three ports. [8401]")
@pass_desk
def lab(desk: Desk, /, *, fresh: bool, port: int | None) -> None:
    """Try Qafila out: three collectives on this machine, allied with each other.

    Each publishes a spreadsheet of offers, needs and surplus, and this terminal tells how they travel. Everything is
    kept in the folder lab-data (or --data FOLDER); the next time it goes on where it stopped. Ctrl-C stops it.
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    folder = _lab(desk)
    if fresh:
        importlib.import_module("node.lab.making").clear(folder)
    importlib.import_module("node.lab.stage").run(folder, port, say, human)


def _one(desk: Desk, verb: str, name: str) -> None:
    stage = importlib.import_module("node.lab.stage")
    line = asyncio.run(stage.ask(_lab(desk), verb, name=name))

    def in_words() -> None:
        state = (
            f"runs as process {line['pid']}" if line["pid"] else "is stopped; what is meant for it waits at the others"
        )
        say(f"{name} {state}.")
        details((("address", line["url"]), ("data", line["data"])))

    desk.tell(line, in_words)


@command("qafila lab stop birch", name="stop")
@click.argument("name", type=click.Choice(NAMES))
@pass_desk
def stop(desk: Desk, /, *, name: str) -> None:
    """Stop one collective of the running lab. The two others go on, and keep what is meant for it."""
    _one(desk, "stop", name)


@command("qafila lab start birch", name="start")
@click.argument("name", type=click.Choice(NAMES))
@pass_desk
def start(desk: Desk, /, *, name: str) -> None:
    """Start one collective of the running lab again. It gets what it missed."""
    _one(desk, "start", name)


@command("qafila lab status", name="status")
@pass_desk
def status(desk: Desk, /) -> None:
    """See which collectives of the lab run, where, and as which process."""
    stage = importlib.import_module("node.lab.stage")
    result = asyncio.run(stage.ask(_lab(desk), "status"))

    def in_words() -> None:
        rows = [(node["name"], node["url"], str(node["pid"] or "stopped"), node["data"]) for node in result["nodes"]]
        table(("name", "address", "process", "data"), rows, widest=80)

    desk.tell(result, in_words)


for one in (stop, start, status):
    lab.add_command(one)
