"""`qafila export`: everything that is the collective's own, in a file."""

import importlib
from pathlib import Path

import click

from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.screen import counted, human, say
from node.newfile import write_new
from schema.errors import InputError


@command("qafila export posts.csv", "qafila export everything.json", "qafila export everything.zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def export(desk: Desk, /, file: Path) -> None:
    """Write everything that is the collective's own into FILE, to be read elsewhere or imported on another node.

    A name that ends in .csv gives a spreadsheet of the open posts; .json gives everything as one document; .zip gives
    everything as ActivityPub documents, with both of the others in it. Private keys are in a backup only. The file
    holds what is for your circle and who your allies are: keep it to yourself.
    """
    forms = importlib.import_module("node.export").FORMS
    if file.suffix not in forms:
        raise InputError(f"The name must end in one of {', '.join(forms)}.")
    found = desk.ask("export")
    data = forms[file.suffix](found)
    write_new(file, data)
    result = {"file": str(file), "posts": len(found["posts"]), "bytes": len(data)}
    number = counted(len(found["posts"]), "post", "posts")
    desk.tell(result, lambda: say(f"{human(str(file))} holds {number}. Others must not read it: keep it to yourself."))
