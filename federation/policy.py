"""Who may say what to us, decided before a key is fetched or a row is read.

| standing  | who                                         | may send                                     |
| ally      | pinned by a person here                     | everything                                   |
| followed  | we follow it, and it said yes               | Create, Update, Delete, and what a stranger may |
| asked     | we asked to follow it                       | Accept, Reject, and what a stranger may         |
| stranger  | anyone else                                 | Follow; Undo of a Follow that is here           |
| suspended | an ally that a person here put on hold      | nothing                                      |

Rule 1  What this table does not name is refused with 403, and nothing is fetched for it.
Rule 2  In the mode `open` the table is the same: what differs is that a Follow needs no person to say yes.
Rule 3  A Move is taken from nobody: that a collective is now another is for the people here to find out.
Rule 4  No more strangers wait for an answer than a person can look through, and few of one origin, so that no server
        takes the places of all others; further ones are told to come later.
"""

from enum import StrEnum

from activitypub.activity import Activity
from activitypub.origin import origin_of
from federation.roster import Roster
from schema.errors import Forbidden, TooMany


class Mode(StrEnum):
    """The two modes of federation."""

    ALLIES = "allies"
    OPEN = "open"


class Standing(StrEnum):
    """What an actor is to us."""

    ALLY = "ally"
    FOLLOWED = "followed"
    ASKED = "asked"
    STRANGER = "stranger"
    SUSPENDED = "suspended"


POSTS = frozenset({"Create", "Update", "Delete"})
ANSWERS = frozenset({"Accept", "Reject"})
MOST_ASKING = 500
MOST_ASKING_OF_AN_ORIGIN = 5


def standing(roster: Roster, actor: str) -> Standing:
    """What this actor is to us."""
    if actor in roster.suspended:
        return Standing.SUSPENDED
    if actor in roster.allies:
        return Standing.ALLY
    if actor in roster.following:
        return Standing.FOLLOWED
    if actor in roster.asked:
        return Standing.ASKED
    return Standing.STRANGER


def admit(activity: Activity, roster: Roster) -> Standing:
    """The standing of the activity's actor, or `Forbidden` where it may not send this to us at all."""
    known = standing(roster, activity.actor)
    if activity.type == "Move":
        raise Forbidden("a Move, which nothing here could prove")
    match known:
        case Standing.SUSPENDED:
            raise Forbidden("from an ally that is suspended")
        case Standing.ALLY:
            return known
        case Standing.FOLLOWED if activity.type in POSTS | ANSWERS:
            return known
        case Standing.ASKED if activity.type in ANSWERS:
            return known
    if activity.type == "Follow":
        _check_room(roster, activity.actor)
        return known
    if activity.type == "Undo" and (activity.actor in roster.followers or activity.actor in roster.asking):
        return known
    raise Forbidden(f"{activity.type} from a {known} is not taken")


def _check_room(roster: Roster, actor: str) -> None:
    """Rule 4; who waits already, or follows us, takes no further place."""
    if actor in roster.asking or actor in roster.followers:
        return
    if len(roster.asking) >= MOST_ASKING:
        raise TooMany("as many wait to follow us as we take")
    origin = origin_of(actor)
    if sum(one == origin for one in roster.asking.values()) >= MOST_ASKING_OF_AN_ORIGIN:
        raise TooMany("as many of one origin wait to follow us as we take")
