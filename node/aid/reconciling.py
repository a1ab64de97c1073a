"""Where another collective's list of followers and our own memory differ, the two are made to agree (FEP-8fcf).

Rule 1  That we follow somebody is a decision of people here. It is carried out anew, and never given up because of
        what another server says.
Rule 2  Who trusts whom is not touched: an ally stays an ally. That a Follow was lost is told, and it stands as pending
        until the other side says yes again.
"""

from dataclasses import replace

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.activity import build_follow, build_undo
from activitypub.actor import RemoteActor
from node.aid.following import send
from node.house import House
from node.log import get_log
from node.store import relations
from node.store.relations import Direction, Follow, FollowState

SAID = {
    "lost": "a follow of ours was lost, and is asked for again",
    "accepted": "a yes to a follow of ours was lost, and counts",
    "undone": "a follow that we do not want was counted, and is taken back",
}
log = get_log(__name__)


async def set_right(house: House, address: str, listed: bool) -> bool:  # noqa: FBT001 (as the check calls it)
    """Act on whether an actor lists us among its followers; returns whether anything had to be done.

    Followed, as we thought, and not listed: asked again. Asked, and listed: the yes was lost, and counts. Not followed,
    and listed: taken back.
    """
    async with house.relating() as connection:
        actor = house.roster.known(address)
        if actor is None:
            return False
        kept = await relations.follow(connection, Direction.OUT, address)
        match kept, kept and kept.state, listed:
            case Follow(), FollowState.ACCEPTED, False:
                did = "lost"
                await _ask_again(house, connection, kept, actor)
            case Follow(), FollowState.PENDING, True:
                did = "accepted"
                await relations.set_follow_state(connection, Direction.OUT, address, FollowState.ACCEPTED)
            case _, None | FollowState.REJECTED, True:
                did = "undone"
                await _take_back(house, connection, kept, actor)
            case _:
                return False
    house.wake_delivery()
    house.events.tell("follow", did=did, owner=address)
    log.warning(SAID[did])
    return True


async def _take_back(house: House, connection: AsyncConnection, kept: Follow | None, actor: RemoteActor) -> None:
    """`Undo` of a Follow that we never made, too: most servers tell it by its actor and its object."""
    request = build_follow(house.ids, house.new_id(), actor.id) if kept is None else orjson.loads(kept.document)
    await send(house, connection, build_undo(house.ids, house.new_id(), request), actor)


async def _ask_again(house: House, connection: AsyncConnection, kept: Follow, actor: RemoteActor) -> None:
    request = build_follow(house.ids, house.new_id(), kept.actor)
    signed = await send(house, connection, request, actor)
    again = replace(kept, id=request["id"], state=FollowState.PENDING, document=signed)  # since when, stays as it was
    await relations.keep_follow(connection, again)
