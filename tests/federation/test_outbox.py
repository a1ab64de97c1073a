"""Whom a post goes to."""

from dataclasses import replace

import orjson

from activitypub.actor import RemoteActor, read_actor
from federation.outbox import Recipient, recipients
from federation.roster import Roster
from schema.visibility import Audience
from tests.rig.paper import actor_bytes, address_of, ids_of


def actor(name: str) -> RemoteActor:
    return read_actor(orjson.loads(actor_bytes(name)), address_of(name), allow_http=True)


def test_a_shared_inbox_gets_a_post_once_and_nobody_without_one_is_left_out() -> None:
    """ActivityPub 7.1.3: neighbours share a delivery; who has no shared inbox is reached at its own."""
    birch = actor("birch")
    neighbour = replace(birch, id=birch.id + "-two", inbox=birch.inbox + "-two")
    loner = replace(birch, id=birch.id + "-three", inbox=birch.inbox + "-three", shared_inbox=None)
    roster = Roster(followers={one.id: one for one in (birch, neighbour, loner)})
    peer = ids_of("birch").base
    assert recipients(Audience.PUBLIC, roster) == (
        Recipient(peer, ids_of("birch").shared_inbox),
        Recipient(peer, loner.inbox),
    )


def test_an_audience_is_reached_and_nobody_else() -> None:
    """Allies get what is for allies, followers beside them what is public, and nobody what stays in our circle."""
    roster = Roster(
        allies={address_of("birch"): actor("birch")},
        followers={address_of(name): actor(name) for name in ("cedar", "sorrel")},
        suspended={address_of("sorrel"): actor("sorrel")},
    )
    birch, cedar = (Recipient(ids_of(name).base, ids_of(name).shared_inbox) for name in ("birch", "cedar"))
    assert recipients(Audience.PUBLIC, roster) == (birch, cedar)
    assert recipients(Audience.ALLIES, roster) == (birch,)
    assert recipients(Audience.CIRCLE, roster) == ()
