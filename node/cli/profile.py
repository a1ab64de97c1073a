"""`qafila profile`: what everyone sees of the collective."""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from node.aid.spreadsheet import values
from node.aid.spreadsheet.folding import one_line, trimmed
from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.screen import details, say
from node.cli.trust import sure
from node.export import LARGEST, read_profile
from schema.errors import InputError
from schema.profile import REACH, Part

HEAVY = 30 * 1024  # bytes of a logo: more than the page around it has on a slow line
LARGEST_LOGO = 1024 * 1024  # bytes that are read; far fewer are taken

WAYS = [(part.value, part.label) for part in REACH]
_yes = click.option("--yes", is_flag=True, help="Do not ask.")
EVERYONE = """
Everyone will see this: it stands on your public page, goes to your allies and followers, and others may copy it. Taking
it away later does not take it away from them. Give ways to reach the collective, never those of a single person.
"""


@group("qafila profile show", "qafila profile words ar --name 'مطبخ الجار' --summary 'وجبات ساخنة كل يوم ثلاثاء'")
def profile() -> None:
    """See and change what everyone sees of the collective.

    Name and summary in your own language are the settings title and summary. Here are your words in other languages,
    how to reach you, and your logo. Allies and followers are told of each change.
    """


@profile.add_command
@command("qafila profile show", "qafila profile show --json")
@pass_desk
def show(desk: Desk, /) -> None:
    """Show what everyone sees of the collective."""
    result = desk.ask("profile_show")
    desk.tell(result, lambda: _say(result))


@profile.add_command
@command(
    "qafila profile words ar --name 'مطبخ الجار'",
    "qafila profile words french --summary 'Des repas chauds, le mardi et le vendredi.'",
)
@click.argument("language", metavar="LANGUAGE")
@click.option("--name", metavar="NAME", help="The name of the collective in this language.")
@click.option("--summary", metavar="TEXT", help="A few words about the collective in this language.")
@pass_desk
def words(desk: Desk, /, language: str, name: str | None, summary: str | None) -> None:
    """Say who you are in another language. Readers of that language see it in place of your own words.

    LANGUAGE is a tag such as ar or pt-BR, or the name of a language.
    """
    result = desk.ask(
        "profile_words",
        language=values.language(language),
        name=None if name is None else one_line(name),
        summary=None if summary is None else trimmed(summary),
    )
    _changed(desk, result)


@profile.add_command
@command(
    "qafila profile reach hours 'Tuesdays and Fridays, 16:00 to 19:00'",
    "qafila profile reach hours 'Salı ve cuma, 16.00-19.00' --language tr",
    "qafila profile reach phone '+90 212 555 01 23' --yes",
    lists={"Ways": WAYS},
)
@click.argument("way", metavar="WAY", type=click.Choice([way for way, _ in WAYS]))
@click.argument("text", metavar="TEXT")
@click.option("--language", metavar="LANGUAGE", help="The language of TEXT. [otherwise the collective's]")
@_yes
@pass_desk
def reach(desk: Desk, /, way: str, text: str, language: str | None, *, yes: bool) -> None:
    """Say how people reach the collective. Everyone will see it.

    WAY is one of the list below. Each can be said once in each language.
    """
    line = one_line(text)
    if not yes:
        say(EVERYONE)
        details([(Part(way).label, line)])
        say()
    sure("Publish this for everyone?", yes=yes)
    tag = None if language is None else values.language(language)
    _changed(desk, desk.ask("profile_reach", way=way, text=line, language=tag))


@profile.add_command
@command("qafila profile logo logo.png")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def logo(desk: Desk, /, file: Path) -> None:
    """Show a logo: a PNG, JPEG or WebP file of up to 100 KiB.

    Only the picture itself is taken. Where and when it was made, with what and by whom, is left out.
    """
    data = _read(file, LARGEST_LOGO)
    result = desk.ask("profile_logo", data=b64encode(data).decode())

    def in_words() -> None:
        shown = result["logo"]
        say(f"Everyone sees the logo now: {shown['width']} by {shown['height']} pixels, {shown['bytes']} bytes.")
        if shown["bytes"] < len(data):
            say(f"{len(data) - shown['bytes']} bytes that were not the picture were left out.")
        if shown["bytes"] > HEAVY:
            say("On a slow phone it takes longer than the page around it: 256 by 256 pixels are enough.")

    desk.tell(result, in_words)


@profile.add_command
@command("qafila profile remove --words ar", "qafila profile remove --reach phone --logo")
@click.option("--words", "languages", multiple=True, metavar="LANGUAGE", help="The words in this language; repeatable.")
@click.option(
    "--reach", "ways", multiple=True, type=click.Choice([way for way, _ in WAYS]), help="This way; repeatable."
)
@click.option("--logo", "with_logo", is_flag=True, help="The logo.")
@pass_desk
def remove(desk: Desk, /, languages: tuple[str, ...], ways: tuple[str, ...], *, with_logo: bool) -> None:
    """Take something away again. Who has seen it may still have it."""
    tags = [values.language(language) for language in languages]
    _changed(desk, desk.ask("profile_remove", words=tags, reach=list(ways), logo=with_logo))


@profile.add_command
@command("qafila profile import everything.zip", name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_yes
@pass_desk
def import_profile(desk: Desk, /, file: Path, *, yes: bool) -> None:
    """Take over words, ways to reach you and logo from an export, made by 'qafila export'. Everyone will see them."""
    found = read_profile(_read(file, LARGEST + 1))
    if not yes:
        say(EVERYONE)
        details([*_texts(found["texts"]), ("Logo", found["logo"] and "a picture")])
        say()
    sure("Publish this for everyone?", yes=yes)
    _changed(desk, desk.ask("profile_import", profile=found))


def _read(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def _changed(desk: Desk, result: Mapping[str, Any]) -> None:
    def in_words() -> None:
        say("Everyone sees this of you now:")
        _say(result)

    desk.tell(result, in_words)


def _say(result: Mapping[str, Any]) -> None:
    shown = result["logo"]
    logo = None if shown is None else f"{shown['url']} ({shown['width']} by {shown['height']} pixels)"
    details([*_texts(result["texts"]), ("Logo", logo), ("Page", result["url"])])


def _texts(texts: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(f"{part.label} ({tag})", text) for part in Part for tag, text in texts.get(part.value, {}).items()]
