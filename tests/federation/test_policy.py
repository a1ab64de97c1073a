from dataclasses import replace
from typing import Any

import pytest

from activitypub.activity import read_activity
from activitypub.actor import RemoteActor, read_actor
from activitypub.origin import origin_of
from federation.policy import MOST_ASKING, MOST_ASKING_OF_AN_ORIGIN, admit
from federation.roster import Asked, Roster
from schema.errors import Forbidden, TooMany
from tests.rig.sender import Sender, collective

US = "http://alder.localhost:1/actors/alder"
ALL = ("Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Announce", "Like", "Unknown")
STRANGER = collective("mallory", 1)


def remote(sender: Sender) -> RemoteActor:
    return read_actor(sender.actor(), sender.ids.actor, allow_http=True)


def related(relation: str) -> Roster:
    """A roster in which the stranger is known in this way alone."""
    actor = remote(STRANGER)
    known: Any = {"asked": Asked("x", actor), "asking": origin_of(actor.id)}.get(relation, actor)
    relations: dict[str, Any] = {relation: {actor.id: known}}
    return replace(Roster(), **relations)


def admitted(roster: Roster) -> set[str]:
    """The types that the stranger may send."""
    allowed = set()
    for kind in (*ALL, "Move"):
        activity = read_activity(STRANGER.activity(kind, STRANGER.ids.proposal("1")), allow_http=True)
        try:
            admit(activity, roster)
        except Forbidden:
            continue
        allowed.add(kind)
    return allowed


@pytest.mark.parametrize(
    ("relation", "allowed"),
    [
        ("allies", {*ALL}),
        ("suspended", set()),
        ("following", {"Create", "Update", "Delete", "Accept", "Reject", "Follow"}),
        ("asked", {"Accept", "Reject", "Follow"}),
        ("followers", {"Follow", "Undo"}),
        ("asking", {"Follow", "Undo"}),
    ],
)
def test_the_table(relation: str, allowed: set[str]) -> None:
    """Each standing may send what the table names, and nothing else."""
    assert admitted(related(relation)) == allowed


def test_a_stranger() -> None:
    """A stranger may ask to follow, and nothing else."""
    assert admitted(Roster()) == {"Follow"}


def test_suspension_wins() -> None:
    """Whatever else an actor is to us, on hold it may send nothing."""
    actor = remote(STRANGER)
    assert admitted(Roster(allies={actor.id: actor}, suspended={actor.id: actor})) == set()


@pytest.mark.parametrize("relation", ["asking", "followers", "following", "allies", "asked", None])
@pytest.mark.parametrize("full", ["in all", "of one origin"])
def test_no_more_requests_than_a_person_can_read(full: str, relation: str | None) -> None:
    """Where as many wait as we take, in all or of one origin, only whoever takes no further place may ask."""
    activity = read_activity(STRANGER.follow(US), allow_http=True)
    base = "http://x{}.localhost/" if full == "in all" else f"{STRANGER.ids.base}/{{}}"
    most = MOST_ASKING if full == "in all" else MOST_ASKING_OF_AN_ORIGIN
    waiting = {address: origin_of(address) for address in map(base.format, range(most - 1))}
    roster = Roster() if relation is None else related(relation)
    fits = replace(roster, asking={**waiting, **roster.asking})
    admit(activity, fits)
    last = base.format(most)
    over = replace(fits, asking={**fits.asking, last: origin_of(last)})
    if relation in {"asking", "followers", "allies"}:
        admit(activity, over)
    else:
        with pytest.raises(TooMany):
            admit(activity, over)


def test_other_origins_leave_room() -> None:
    """One server that asks as often as it may takes the place of nobody else."""
    waiting = {f"http://x.localhost/{number}": origin_of("http://x.localhost/") for number in range(9)}
    admit(read_activity(STRANGER.follow(US), allow_http=True), Roster(asking=waiting))
