"""Commands that show posts."""

from typing import Any

import click

from node.cli import typed
from node.cli.command import command
from node.cli.desk import Desk, pass_desk
from node.cli.posts import feed_lines, own_table, post_lines
from node.cli.screen import say, say_document
from schema.proposal import Kind, State

STATES = [*(state.value for state in State if state is not State.WITHDRAWN), "all"]
_kind = click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only offers, needs or surplus.")
_state = click.option("--state", type=click.Choice(STATES), help="Open ones, or others. [otherwise open]")
_limit = click.option(
    "--limit", type=click.IntRange(1, 500), default=100, show_default=True, metavar="N", help="At most so many."
)


@command("qafila list --kind offer", name="list")
@_kind
@_state
@_limit
@pass_desk
def list_own(desk: Desk, /, kind: str | None, state: str | None, limit: int) -> None:
    """List the collective's own posts, the newest first."""
    result = desk.ask("list_own", kind=kind, state=state, limit=limit)

    def in_words() -> None:
        if result["posts"]:
            own_table(result["posts"], desk.settings().timezone)
        else:
            say("There is nothing yet. Offer something with: qafila offer TITLE --category CATEGORY")

    desk.tell(result, in_words)


@command("qafila feed --kind need --category food-dry")
@_kind
@click.option("--category", metavar="CATEGORY", help="Only one category, by its slug or name.")
@click.option("--owner", metavar="ADDRESS", help="Only of one collective, by its full address.")
@_state
@_limit
@click.option("--before", type=int, metavar="N", help="The next page, by the number that the last one ended with.")
@pass_desk
def feed(desk: Desk, /, category: str | None, **which: Any) -> None:
    """List everything that you can see, yours and that of others, the newest first."""
    result = desk.ask("feed", category=None if category is None else typed.category(category), **which)

    def in_words() -> None:
        feed_lines(result["posts"], desk.settings().timezone)
        if not result["posts"]:
            say("There is nothing yet. Posts of others come from allies: qafila ally add ADDRESS")
        if result["next"] is not None:
            say(f"There is more: qafila feed --before {result['next']}")

    desk.tell(result, in_words)


@command("qafila show 3f9a", "qafila show 3f9a --document > post.json")
@click.argument("post", metavar="ID")
@click.option("--document", is_flag=True, help="Print the signed document itself, to hand it on or to verify it.")
@pass_desk
def show(desk: Desk, /, post: str, *, document: bool) -> None:
    """Show one post. ID is its address, or the first four or more characters of its id."""
    if document:
        found = desk.ask("document", id=post)
        desk.tell(found, lambda: say_document(found["document"]))
        return
    result = desk.ask("show", id=post)
    desk.tell(result, lambda: post_lines(result["post"], desk.settings().timezone))
