from dataclasses import replace
from typing import Any

import pytest

from activitypub.activity import read_activity
from activitypub.actor import RemoteActor, read_actor
from federation.policy import MOST_ASKING, Standing, admit
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
    known: Any = {actor.id: Asked("x", actor) if relation == "asked" else actor}
    return replace(Roster(), **{relation: known})


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


def test_no_more_requests_than_a_person_can_read() -> None:
    """Where as many wait as we take, a further stranger is told to come later; who waits already may ask again."""
    actor = remote(STRANGER)
    activity = read_activity(STRANGER.follow(US), allow_http=True)
    waiting = {f"http://x{number}.localhost/": actor for number in range(MOST_ASKING)}
    with pytest.raises(TooMany):
        admit(activity, Roster(asking=waiting))
    assert admit(activity, Roster(asking=waiting | {actor.id: actor})) is Standing.STRANGER
