"""Commands about other collectives: trusting them, following them, being followed."""

import getpass
from collections.abc import Mapping, Sequence
from typing import Any

import click

from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit, answered_by
from node.cli.screen import details, human, moment, say, table, words_by_four

_address = click.argument("address", metavar="ADDRESS")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")
COMPARE = """
These eight words stand for its keys. Call someone there on a number you already know, and let them read out
the words of 'qafila whoami'. If one word differs, someone is in between: answer no.
"""


def _login() -> str:
    """Who sits here, to be recorded; accounts without a name exist in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _face(found: Mapping[str, Any]) -> None:
    say(human(found["name"]))
    handle = found["handle"] if found["handle_verified"] else f"{found['handle']} (cannot verify)"
    details((("handle", handle), ("address", found["actor"])))
    say("  its eight words:")
    say(words_by_four(found["words"]))


@group("qafila ally add @birch@birch.example")
def ally() -> None:
    """Choose which collectives to trust.

    Allies see what you share with allies, and their posts come to you. Each side decides for itself.
    ADDRESS is a handle such as @birch@birch.example, or the full address.
    """


@ally.add_command
@command("qafila ally look @birch@birch.example")
@_address
@pass_desk
def look(desk: Desk, /, address: str) -> None:
    """Show who is at an address, and decide nothing.

    A handle marked "cannot verify" is only what the collective says of itself: asking for it leads elsewhere.
    """
    result = desk.ask("ally_look", address=address)

    def in_words() -> None:
        _face(result)
        if result["known"] != "no":
            say({"ally": "This is an ally.", "suspended": "This is an ally on hold."}[result["known"]])

    desk.tell(result, in_words)


@ally.add_command
@command(
    "qafila ally add @birch@birch.example",
    "qafila ally add @birch@birch.example --words 'eight words that birch read out to you by phone'",
)
@_address
@click.option("--words", metavar="WORDS", help="The eight words as you heard them; nothing is asked then.")
@click.option("--by", metavar="NAME", help="Who decides this, to be remembered. [otherwise your login name]")
@pass_desk
def add(desk: Desk, /, address: str, words: str | None, by: str | None) -> None:
    """Trust a collective, after comparing eight words by phone."""
    if words is None:
        found = desk.ask("ally_look", address=address)
        _face(found)
        say(COMPARE)
        with answered_by("--words"):
            answer = click.prompt("Are the words the same? Type yes or no", default="no", show_default=False)
        if answer.strip().casefold() != "yes":
            say("Nothing was changed.")
            click.get_current_context().exit(Exit.REFUSED)
        words = " ".join(found["words"])
    result = desk.ask("ally_add", address=address, words=words, by=by or _login())
    desk.tell(result, lambda: say(f"{human(result['name'])} is an ally now. Ask them to add you as well."))


@ally.add_command
@command("qafila ally list", name="list")
@pass_desk
def list_allies(desk: Desk, /) -> None:
    """List the allies, and who decided it when."""
    result = desk.ask("ally_list")

    def in_words() -> None:
        if not result["allies"]:
            say("There are no allies yet. Trust a collective with: qafila ally add ADDRESS")
            return
        zone = desk.settings().timezone
        table(
            ("name", "handle", "state", "posts", "since", "by"),
            [
                (
                    one["name"],
                    one["handle"],
                    "ally" if one["state"] == "ally" else "on hold",
                    str(one["posts"]),
                    moment(one["added_at"], zone),
                    one["added_by"],
                )
                for one in result["allies"]
            ],
        )

    desk.tell(result, in_words)


@ally.add_command
@command("qafila ally suspend @birch@birch.example")
@_address
@pass_desk
def suspend(desk: Desk, /, address: str) -> None:
    """Put an ally on hold: nothing is sent or taken, everything is kept."""
    result = desk.ask("ally_suspend", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} is on hold. Go on with: qafila ally resume ADDRESS"))


@ally.add_command
@command("qafila ally resume @birch@birch.example")
@_address
@pass_desk
def resume(desk: Desk, /, address: str) -> None:
    """Go on with an ally that was on hold."""
    result = desk.ask("ally_resume", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} is an ally again."))


@ally.add_command
@command("qafila ally remove @birch@birch.example")
@_address
@_yes
@pass_desk
def remove(desk: Desk, /, address: str, *, yes: bool) -> None:
    """Forget an ally and its keys. To trust it again, compare the words again."""
    _sure(f"Stop trusting {human(address)}?", yes=yes)
    result = desk.ask("ally_remove", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} is no longer an ally."))


def _sure(question: str, *, yes: bool) -> None:
    if yes:
        return
    with answered_by("--yes"):
        sure = click.confirm(question)
    if not sure:
        say("Nothing was changed.")
        click.get_current_context().exit(Exit.REFUSED)


@command("qafila follow @news@social.example")
@_address
@pass_desk
def follow(desk: Desk, /, address: str) -> None:
    """Follow the public posts of another server. It may have to say yes first."""
    result = desk.ask("follow", address=address)
    desk.tell(result, lambda: say(f"Asked to follow {human(result['name'])}. See the answer with: qafila following"))


@command("qafila unfollow @news@social.example")
@_address
@pass_desk
def unfollow(desk: Desk, /, address: str) -> None:
    """Stop following."""
    result = desk.ask("unfollow", address=address)
    desk.tell(result, lambda: say(f"No longer following {human(result['name'])}."))


def _people(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> None:
    zone = desk.settings().timezone
    table(
        ("name", "handle", "state", "since"),
        [(one["name"], one["handle"], one["state"], moment(one["at"], zone)) for one in rows],
    )


@command("qafila following")
@pass_desk
def following(desk: Desk, /) -> None:
    """List whom you follow."""
    result = desk.ask("following")
    rows = result["following"]
    desk.tell(result, lambda: _people(desk, rows) if rows else say("You follow nobody."))


@group("qafila followers", "qafila followers accept @dana@social.example", invoke_without_command=True)
@click.pass_context
def followers(context: click.Context) -> None:
    """See who follows the collective, or asks to. Followers get public posts only."""
    if context.invoked_subcommand is None:
        _list_followers()


@followers.add_command
@command("qafila followers list", name="list")
def list_followers() -> None:
    """List followers, and who waits for an answer."""
    _list_followers()


@pass_desk
def _list_followers(desk: Desk, /) -> None:
    result = desk.ask("followers")
    rows = result["followers"]
    desk.tell(result, lambda: _people(desk, rows) if rows else say("Nobody follows the collective, or asks to."))


@followers.add_command
@command("qafila followers accept @dana@social.example")
@_address
@pass_desk
def accept(desk: Desk, /, address: str) -> None:
    """Let someone who asked follow the collective."""
    result = desk.ask("follower_accept", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} follows the collective now."))


@followers.add_command
@command("qafila followers remove @dana@social.example", name="remove")
@_address
@pass_desk
def remove_follower(desk: Desk, /, address: str) -> None:
    """Say no to someone who asked, or let a follower go."""
    result = desk.ask("follower_remove", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} does not follow the collective."))
