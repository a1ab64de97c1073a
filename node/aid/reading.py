"""Looking: what there is here, ours and that of others."""

from typing import Any

from federation.delivery import DeliveryState
from node.aid.views import named, view, views
from node.house import House
from node.store import calls, outbox, pins, proposals
from node.store.proposals import Stored, Wanted
from node.store.versions import SCHEMA_VERSION
from node.version import program_version
from schema.category import Category
from schema.errors import InputError, NotFound
from schema.proposal import Kind, State
from schema.visibility import Audience

MOST = 500


def wanted(
    *,
    owner: str | None = None,
    kind: str | None = None,
    category: str | None = None,
    state: str | None = None,
    limit: int = 100,
    before: int | None = None,
) -> Wanted:
    """What to list, checked; `state` is one state, or "all", or None for what is open."""
    try:
        states = () if state == "all" else (State(state or State.OPEN),)
        return Wanted(
            owner=owner,
            kind=None if kind is None else Kind(kind).value,
            category=None if category is None else Category(category).value,
            states=states,
            before=before,
            limit=max(1, min(limit, MOST)),
        )
    except ValueError as error:
        raise InputError(f"There is no such thing to list: {error}.") from None


async def list_own(house: House, state: str | None = None, kind: str | None = None, limit: int = 100) -> dict[str, Any]:
    """Our own, newest first."""
    which = wanted(owner=house.ids.actor, state=state, kind=kind, limit=limit)
    async with house.store.reading() as connection:
        return {"posts": await views(house, connection, await proposals.listing(connection, which))}


async def feed(
    house: House,
    *,
    kind: str | None = None,
    category: str | None = None,
    owner: str | None = None,
    state: str | None = None,
    limit: int = 100,
    before: int | None = None,
) -> dict[str, Any]:
    """Everything here, of all collectives, newest first; `next` is the `before` of the next page."""
    which = wanted(owner=owner, kind=kind, category=category, state=state, limit=limit, before=before)
    async with house.store.reading() as connection:
        page = await proposals.listing(connection, which)
        posts = await views(house, connection, page)
    return {"posts": posts, "next": page[-1].seq if len(page) == which.limit else None}


async def public_posts(
    house: House,
    *,
    kind: str | None = None,
    category: str | None = None,
    older_than: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """What the world may see: our own, open, public. `older_than` and `next` are local ids, which tell no numbers."""
    async with house.store.reading() as connection:
        last = None if older_than is None else await proposals.find(connection, house.ids.proposal(older_than))
        if older_than is not None and (last is None or last.proposal.draft.audience is not Audience.PUBLIC):
            return {"posts": [], "next": None}  # gone, or its being here is not to be learnt
        page = await proposals.listing(
            connection,
            Wanted(
                owner=house.ids.actor,
                audience=Audience.PUBLIC,
                kind=kind,
                category=category,
                before=None if last is None else last.seq,
                limit=limit,
            ),
        )
    posts = [view(house, one) | {"deliveries": None} for one in page]
    return {"posts": posts, "next": posts[-1]["short"] if len(posts) == limit else None}


async def show(house: House, id: str) -> dict[str, Any]:  # noqa: A002 (as people say it)
    """One proposal."""
    async with house.store.reading() as connection:
        [post] = await views(house, connection, [await named(house, connection, id)])
    return {"post": post}


async def stored(house: House, name: str) -> Stored:
    """One proposal as it is kept, for the pages."""
    async with house.store.reading() as connection:
        return await named(house, connection, name)


async def document(house: House, id: str) -> dict[str, Any]:  # noqa: A002
    """The signed document of one, as the bytes that were signed."""
    async with house.store.reading() as connection:
        found = await named(house, connection, id)
    if found.document is None:
        raise NotFound("This post is for our circle alone: it never left this node, so nothing was signed.")
    return {"document": found.document.decode()}


async def whoami(house: House) -> dict[str, Any]:
    """Our collective, as others come to know it."""
    return {
        "actor": house.ids.actor,
        "handle": f"@{house.ids.acct}",
        "name": house.settings.title,
        "words": list(house.own_words()),
        "mode": house.mode.value,
        "url": house.ids.home,
        "lab": house.lab,
    }


async def status(house: House) -> dict[str, Any]:
    """How much there is here, and what waits; `processes` are those of this node, None where there can be one only."""
    async with house.store.reading() as connection:
        own = await proposals.count(connection, Wanted(owner=house.ids.actor))
        others = await proposals.count(connection, Wanted(not_owner=house.ids.actor))
        waiting = await outbox.count(connection, DeliveryState.WAITING)
        refused = await outbox.count(connection, DeliveryState.REFUSED)
        alarms = await pins.count_alarms(connection)
        processes = await calls.processes(connection) if house.store.shared else None
    return {
        "proposals": {"own": own, "others": others},
        "allies": len(house.roster.allies),
        "key_alarms": alarms,
        "waiting": waiting,
        "refused": refused,
        "processes": processes,
        "database": house.store.engine.dialect.name,
        "schema": SCHEMA_VERSION,
        "version": program_version(),
    }


async def events(house: House, after: int = 0, wait: float = 0) -> dict[str, Any]:
    """What just happened, after event number `after`; waits up to `wait` seconds for the first."""
    found, last = await house.events.after(after, min(max(wait, 0), 60))
    return {"events": found, "last": last}
