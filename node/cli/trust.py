"""Commands about other collectives: trusting them, following them, being followed."""

import getpass
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

import click

from node.cli.command import command, group
from node.cli.desk import Desk, pass_desk
from node.cli.faults import Exit, answered_by
from node.cli.screen import details, human, moment, say, table, words_by_four

_address = click.argument("address", metavar="ADDRESS")
_by = click.option("--by", metavar="NAME", help="Who decides this, to be remembered. [otherwise your login name]")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")
COMPARE = """
These eight words stand for its keys. Call someone there on a number you already know, and let them read out
the words of 'qafila whoami'. If one word differs, someone is in between: answer no.
"""

WHY = {
    "unstated": "Their old keys did not sign for the new ones.",
    "elsewhere": "Their old keys did not sign for the new ones.",
    "fork": "There are two different histories of their keys: a key was stolen, or an old backup was put back.",
    "gap": "Something is missing in the history of their keys.",
}
DOES_NOT_HOLD = "What their node says about its keys does not hold."
DO = """
What to do: call someone there on a number you already know, and let them read out the words of 'qafila whoami'.
If they are the new ones: qafila ally repin {handle}
If they know of no change: qafila ally suspend {handle}
If all is well and the old ones are right: qafila ally dismiss {handle}"""


def login() -> str:
    """Who sits here, to be recorded; accounts without a name exist in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _compare(desk: Desk, address: str) -> str:
    """Show the words of an address and let a person compare them; ends the command where they differ."""
    found = desk.ask("ally_look", address=address)
    _face(found)
    say(COMPARE)
    with answered_by("--words"):
        answer = click.prompt("Are the words the same? Type yes or no", default="no", show_default=False)
    if answer.strip().casefold() != "yes":
        say("Nothing was changed.")
        click.get_current_context().exit(Exit.REFUSED)
    return " ".join(found["words"])


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
@_by
@pass_desk
def add(desk: Desk, /, address: str, words: str | None, by: str | None) -> None:
    """Trust a collective, after comparing eight words by phone."""
    if words is None:
        words = _compare(desk, address)
    result = desk.ask("ally_add", address=address, words=words, by=by or login())
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
        for one in result["allies"]:
            for alarm in one.get("alarms", ()):
                _alarm(one, alarm, zone)

    desk.tell(result, in_words)


def _alarm(one: Mapping[str, Any], alarm: Mapping[str, Any], zone: tzinfo) -> None:
    """What a person must know about keys that nothing leads to, and what there is to do."""
    say()
    say(f"ALARM: the keys of {human(one['name'])} are not those you trust. {WHY.get(alarm['why'], DOES_NOT_HOLD)}")
    say(f"  Seen first: {moment(alarm['at'], zone)}. Nothing signed with them is taken. The words that you trust:")
    say(words_by_four(one["words"]))
    if alarm["words"]:
        say("  the words that their node shows now:")
        say(words_by_four(alarm["words"]))
    say(DO.format(handle=human(one["handle"])))


@ally.add_command
@command(
    "qafila ally repin @birch@birch.example --words 'eight words that birch read out to you by phone'",
)
@_address
@click.option("--words", metavar="WORDS", help="The eight words as you heard them; nothing is asked then.")
@_by
@pass_desk
def repin(desk: Desk, /, address: str, words: str | None, by: str | None) -> None:
    """Trust the new keys of an ally, after comparing eight words by phone again.

    Needed only where its keys changed and its old ones did not sign for that: see 'qafila ally list'.
    """
    if words is None:
        words = _compare(desk, address)
    result = desk.ask("ally_repin", address=address, words=words, by=by or login())
    desk.tell(result, lambda: say(f"The new keys of {human(result['name'])} are trusted now."))


@ally.add_command
@command("qafila ally dismiss @birch@birch.example")
@_address
@_by
@pass_desk
def dismiss(desk: Desk, /, address: str, by: str | None) -> None:
    """Put away the alarms about an ally's keys. The keys that you trust stay; the others are still refused."""
    result = desk.ask("ally_dismiss", address=address, by=by or login())
    desk.tell(result, lambda: say(f"The alarms about {human(result['name'])} are put away. The old keys are trusted."))


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
    sure(f"Stop trusting {human(address)}?", yes=yes)
    result = desk.ask("ally_remove", address=address)
    desk.tell(result, lambda: say(f"{human(result['name'])} is no longer an ally."))


def sure(question: str, *, yes: bool) -> None:
    """Ask before something that is not easily undone; ends the command where the answer is no."""
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
        [(one["name"], one["handle"], _standing(one), moment(one["at"], zone)) for one in rows],
    )


def _standing(one: Mapping[str, Any]) -> str:
    return "lost, asked again" if one.get("asked_again") else str(one["state"])


@command("qafila following")
@pass_desk
def following(desk: Desk, /) -> None:
    """List whom you follow."""
    result = desk.ask("following")
    rows = result["following"]

    def in_words() -> None:
        if not rows:
            say("You follow nobody.")
            return
        _people(desk, rows)
        for one in (one for one in rows if one.get("asked_again")):
            when = moment(one["asked_again"], desk.settings().timezone)
            say(
                f"{human(one['name'])} had lost that you follow it, and was asked again: {when}. Until it says yes, its"
            )
            say("public posts do not come. If that takes long, ask its people to look at: qafila followers")

    desk.tell(result, in_words)


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
