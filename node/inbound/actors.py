"""Update of an actor by itself.

Rule 1  Nothing but its name is taken, for those lists in which people here see it. Keys and addresses count as its own
        node serves them; an ally's document, name and all, is looked at there before (`federation.verify`).
"""

from activitypub.actor import read_actor
from node.inbound.effect import Arrival, Did, Effect
from node.store import relations
from node.store.engine import savepoint
from schema.errors import RemoteError


async def update(arrival: Arrival) -> Effect:
    """Somebody whom we follow may have another name now; of others no such message is taken (`federation.policy`)."""
    try:
        told = read_actor(arrival.verified.activity.object or {}, arrival.actor, allow_http=arrival.house.lab)
    except RemoteError:
        return Effect(Did.IGNORED)
    async with savepoint(arrival.connection):
        renamed = bool(told.name) and await relations.rename(arrival.connection, arrival.actor, told.name)
    return Effect(Did.CHANGED, roster=True) if renamed else Effect(Did.IGNORED)
