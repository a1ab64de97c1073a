"""Everything that is the collective's own, to be taken elsewhere: posts, what was signed, and who is who to it."""

from typing import Any

import orjson

from activitypub.times import write_time
from node.aid.profile import dumped
from node.house import House
from node.store import outbox, proposals, relations
from node.store.proposals import Stored, Wanted
from node.store.relations import Direction, FollowState
from schema.plain import dump_proposal

FORMAT = 1
PAGE = 500


async def export(house: House) -> dict[str, Any]:
    """All of it as JSON values, documents with a proof as they were signed. What others wrote is not ours to take."""
    posts: list[Stored] = []
    async with house.store.reading() as connection:
        before: int | None = None
        while True:
            wanted = Wanted(owner=house.ids.actor, states=(), before=before, limit=PAGE)
            page = await proposals.listing(connection, wanted)
            posts += page
            if len(page) < PAGE:
                break
            before = page[-1].seq
        activities = await outbox.said(connection)
        allies = [row.actor for row in await relations.all_allies(connection)]
        follows = {
            direction: [
                kept.actor
                for kept in await relations.all_follows(connection, direction)
                if kept.state is FollowState.ACCEPTED
            ]
            for direction in Direction
        }
    return {
        "qafila_export": FORMAT,
        "made_at": write_time(house.now()),
        "actor": house.actor_document(),
        "profile": dumped(house),
        "posts": [
            dump_proposal(one.proposal) | {"document": None if one.document is None else orjson.loads(one.document)}
            for one in posts
        ],
        "activities": [orjson.loads(document) for document in activities],
        "allies": allies,
        "followers": follows[Direction.IN],
        "following": follows[Direction.OUT],
    }
