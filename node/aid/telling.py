"""Telling everyone who knows us that something about us has changed: an `Update` of our actor as a whole."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.activity import build_actor_update
from federation.outbox import DIRECT, recipient, recipients
from node.house import House
from node.store import outbox
from schema.visibility import Audience

TOLD_FOR = timedelta(days=366)


async def tell_of_us(house: House, connection: AsyncConnection, actor: Mapping[str, Any], *, at: datetime) -> int:
    """Queue our actor document for allies and followers, in a transaction of the caller's; to how many inboxes it goes.

    It leaves at `at` and takes the place of what is still waiting, so of many changes only the last is told.
    """
    now = house.now()
    update = build_actor_update(house.ids, house.new_id(), actor, published=now)
    outgoing = house.signer.outgoing(update, about=house.ids.actor, audience=DIRECT, now=now, expires=now + TOLD_FOR)
    on_hold = map(recipient, house.roster.suspended.values())  # theirs waits until they are allies again
    to = dict.fromkeys([*recipients(Audience.PUBLIC, house.roster), *on_hold])
    return await outbox.enqueue(connection, outgoing, to, now=now, not_before=at)
