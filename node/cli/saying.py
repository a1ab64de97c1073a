"""Commands that publish, change, close and withdraw the collective's own posts."""

from collections.abc import Callable
from typing import Any, TypeAlias

import click

from node.cli import typed
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit, answered_by
from node.cli.posts import WHO, post_lines
from node.cli.screen import counted, human, say
from schema.category import Category
from schema.fact import Fact
from schema.proposal import Kind

Decorator: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]
LISTS = {
    "Categories": [(category.value, category.label) for category in Category],
    "Facts": [(fact.value, fact.label) for fact in Fact],
}
CATEGORY = "What it is about, from the list below: by its slug, or by its name in your language."

WHAT: list[Decorator] = [
    click.option("--quantity", metavar="AMOUNT", help="How much there is, such as '20 kg'."),
    click.option("--unit", metavar="UNIT", help="The unit, where --quantity is a bare number."),
    click.option("--note", metavar="TEXT", help="More about it. No names, phones or addresses of persons."),
    click.option("--area", "place", metavar="AREA", help="Roughly where, such as 'north of the river'."),
    click.option("--until", metavar="DATE", help="When handing over ends: 2026-11-27, '27 Nov 18:00', 'in 3 days'."),
    click.option("--from", "begin", metavar="DATE", help="When handing over begins."),
    click.option("--use-by", metavar="DATE", help="Until when it can be used."),
    click.option("--collect-by", metavar="DATE", help="Until when it must be collected."),
    click.option(
        "--expires",
        "--lifetime",
        "expires",
        metavar="DATE",
        help="When the post ends: a date, or '14 days'. [otherwise with the first of its other last days, or in 30]",
    ),
    click.option(
        "--audience",
        metavar="WHO",
        help="Who may see it: circle (our members), allies, or public. [new posts: allies]",
    ),
    click.option(
        "--fact", "facts", multiple=True, metavar="FACT", help="What people must know, from the list below; repeatable."
    ),
    click.option(
        "--language", metavar="LANGUAGE", help="The language of title and note. [new posts: the collective's]"
    ),
    click.option(
        "--speaks",
        "languages",
        multiple=True,
        metavar="LANGUAGE",
        help="A language spoken at handing over; repeatable.",
    ),
    click.option(
        "--divisible/--whole",
        default=None,
        help="Whether it may be taken in parts, or only as a whole. [new posts: whole]",
    ),
]


def _options(*more: Decorator) -> Decorator:
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed([*more, *WHAT]):
            function = option(function)
        return function

    return decorate


_new = _options(
    click.argument("title"),
    click.option("--category", required=True, metavar="CATEGORY", help=CATEGORY),
)


def _publish(desk: Desk, kind: Kind, options: dict[str, Any]) -> None:
    draft = typed.new_draft(kind, options, desk.calendar(), desk.settings().language)
    result = desk.ask("publish", draft=draft)
    desk.tell(result, lambda: _published(desk, result["post"], "Published"))


def _published(desk: Desk, post: dict[str, Any], what: str) -> None:
    say(f"{what}. {WHO[post['audience']]}")
    if what == "Published" and post["audience"] != "circle" and not any(post["deliveries"].values()):
        say("You have no allies yet: they get it once you add them, with: qafila ally add")
    post_lines(post, desk.settings().timezone)


@command(
    "qafila offer 'Rice' --category food-dry --quantity '20 kg' --area 'North side' --until 'in 5 days'", lists=LISTS
)
@_new
@pass_desk
def offer(desk: Desk, /, **options: Any) -> None:
    """Offer something that others can have."""
    _publish(desk, Kind.OFFER, options)


@command("qafila need 'Winter coats for children' --category clothing-bedding --quantity '15 pieces'", lists=LISTS)
@_new
@pass_desk
def need(desk: Desk, /, **options: Any) -> None:
    """Ask for something in the collective's name. Never write whose need it is."""
    _publish(desk, Kind.NEED, options)


@command(
    "qafila surplus 'Lentil soup' --category food-meals --quantity '40 meals' --use-by tomorrow --divisible",
    lists=LISTS,
)
@_new
@pass_desk
def surplus(desk: Desk, /, **options: Any) -> None:
    """Share out what would go to waste. Say how much (--quantity) and until when (--use-by or --collect-by)."""
    _publish(desk, Kind.SURPLUS, options)


@command(
    "qafila update 3f9a --available '12 kg'",
    "qafila update 3f9a --until 'in 2 days' --clear note",
    lists=LISTS,
)
@click.argument("post", metavar="ID")
@_options(
    click.option("--title", metavar="TITLE", help="What it is."),
    click.option("--category", metavar="CATEGORY", help=CATEGORY),
    click.option("--available", metavar="AMOUNT", help="How much is left of it."),
)
@click.option(
    "--clear",
    multiple=True,
    metavar="FIELD",
    type=click.Choice([*typed.CLEARED, "window"]),
    help=f"Take a value away; repeatable: {', '.join(typed.CLEARED)}, window (--from and --until).",
)
@pass_desk
def update(desk: Desk, /, post: str, clear: tuple[str, ...], **options: Any) -> None:
    """Change one of the collective's posts. Only what you name changes; a closed one is open again.

    ID is its address, or the first four or more characters of its id.
    """
    before = desk.ask("show", id=post)["post"]
    changes = typed.changes(options, clear, desk.calendar(), before)
    result = desk.ask("change", id=before["id"], changes=changes)
    desk.tell(result, lambda: _published(desk, result["post"], "Changed"))


@command("qafila close 3f9a")
@click.argument("post", metavar="ID")
@pass_desk
def close(desk: Desk, /, post: str) -> None:
    """Close a post: it is done, or no longer wanted. It stays readable."""
    result = desk.ask("close", id=post)
    desk.tell(result, lambda: say(f"Closed: {human(result['post']['title'])}"))


@command("qafila withdraw 3f9a")
@click.argument("post", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_desk
def withdraw(desk: Desk, /, post: str, *, yes: bool) -> None:
    """Delete a post, here and at every node it was sent to. There is no way back."""
    if not yes:
        found = desk.ask("show", id=post)["post"]
        sent = found["deliveries"] or {}
        nodes = sent.get("delivered", 0) + sent.get("waiting", 0)
        who = (
            f"It was sent to {counted(nodes, 'node', 'nodes')}, which will be told." if nodes else "No one else has it."
        )
        with answered_by("--yes"):
            sure = click.confirm(f"Delete '{human(found['title'])}' for good? {who}")
        if not sure:
            say("Nothing was deleted.")
            click.get_current_context().exit(Exit.REFUSED)
        post = found["id"]
    result = desk.ask("withdraw", id=post)
    told = f" Telling {counted(result['peers'], 'node', 'nodes')}." if result["peers"] else ""
    desk.tell(result, lambda: say(f"Deleted: {human(result['title'])}.{told}"))
