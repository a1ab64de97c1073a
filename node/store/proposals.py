"""Proposals, ours and those of others, each in its newest version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.translate.dialects import OWN
from node.store.tables import proposals as table
from node.store.tables import tombstones
from schema.plain import dump_proposal, load_proposal
from schema.proposal import LIFE, MAX_REVISION, Act, Proposal, State
from schema.visibility import Audience

MOST_ALIKE = 50
LEAP = 1_000  # revisions


@dataclass(frozen=True, slots=True)
class Stored:
    """A proposal with what this node knows of it.

    `document` is the signed Note as the bytes that were signed, None for what never leaves the node;
    `proven_by` the Multikey whose proof over it held; `seq` the order in which it came here. `dialect` names the form
    it was written in, `asks` is what it asks in return: ours never do.
    """

    proposal: Proposal
    document: bytes | None
    proven_by: str | None
    stored_at: datetime
    seq: int = 0
    dialect: str = OWN
    asks: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which proposals to list; None means any. `before` is the `seq` of the last one of the page before."""

    owner: str | None = None
    not_owner: str | None = None
    kind: str | None = None
    category: str | None = None
    audience: Audience | None = None
    states: tuple[State, ...] = (State.OPEN,)
    before: int | None = None
    limit: int = 50


def values_of(stored: Stored) -> dict[str, Any]:
    """A proposal as a row. What is so of every proposal of ours is not written down."""
    proposal = stored.proposal
    foreign = {} if stored.dialect == OWN else {"dialect": stored.dialect}
    asks = {} if stored.asks is None else {"asks": stored.asks}
    return {
        "id": proposal.id,
        "owner": proposal.owner,
        "kind": proposal.draft.kind.value,
        "category": proposal.draft.category.value,
        "audience": proposal.draft.audience.value,
        "state": proposal.state.value,
        "ends": proposal.ends,
        "data": orjson.dumps(dump_proposal(proposal) | foreign | asks).decode(),
        "document": stored.document,
        "proven_by": stored.proven_by,
        "stored_at": stored.stored_at,
    }


def read_row(row: Row[Any]) -> Stored:
    """The reverse of `values_of`."""
    data = orjson.loads(row.data) | {"state": row.state}
    return Stored(
        load_proposal(data),
        row.document,
        row.proven_by,
        row.stored_at,
        row.seq,
        data.get("dialect", OWN),
        data.get("asks"),
    )


async def proven_by(connection: AsyncConnection, owner: str, keys: Collection[str]) -> Sequence[Stored]:
    """The open proposals of an owner whose proof is by one of these Multikeys, to be changed."""
    here = (table.c.owner == owner, table.c.state == State.OPEN.value, table.c.proven_by.in_(keys))
    query = select(table).where(*here).order_by(table.c.seq).with_for_update()
    return [read_row(row) for row in await connection.execute(query)]


async def find(connection: AsyncConnection, address: str, *, to_change: bool = False) -> Stored | None:
    """The proposal with this address, or None; `to_change` keeps it from others until the transaction ends."""
    query = select(table).where(table.c.id == address)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    return None if row is None else read_row(row)


async def add(connection: AsyncConnection, stored: Stored) -> None:
    """Keep a proposal that is not there yet."""
    await connection.execute(insert(table).values(values_of(stored)))


async def replace(connection: AsyncConnection, stored: Stored) -> None:
    """Keep a newer version in place of the one there."""
    await connection.execute(update(table).where(table.c.id == stored.proposal.id).values(values_of(stored)))


async def leap(connection: AsyncConnection, owner: str, by: int = LEAP) -> None:
    """Let the revisions of all that this owner has here go on from far beyond: which were used is not known.

    The table may be one of an older version.
    """
    for seq, data in (await connection.execute(select(table.c.seq, table.c.data).where(table.c.owner == owner))).all():
        said = orjson.loads(data)
        said["revision"] = min((said.get("revision") or 0) + by, MAX_REVISION)
        ahead = orjson.dumps(said).decode()
        await connection.execute(update(table).where(table.c.seq == seq).values(data=ahead))


async def remove(connection: AsyncConnection, address: str) -> None:
    """Take a proposal out, if it is there."""
    await connection.execute(delete(table).where(table.c.id == address))


async def withdraw(connection: AsyncConnection, proposal: Proposal, at: datetime) -> None:
    """Take a proposal of ours out and leave a tombstone, to be shown where the proposal was public."""
    await remove(connection, proposal.id)
    await bury(connection, proposal.id, proposal.owner, at, was_public=proposal.draft.audience is Audience.PUBLIC)


async def bury(
    connection: AsyncConnection, address: str, owner: str, at: datetime, *, was_public: bool = False
) -> None:
    """Leave a tombstone, also for something that never came here."""
    if not await is_buried(connection, address, owner):
        await connection.execute(insert(tombstones).values(id=address, owner=owner, was_public=was_public, at=at))


async def is_buried(connection: AsyncConnection, address: str, owner: str) -> bool:
    """Whether `owner` withdrew the thing with this address."""
    query = select(tombstones.c.id).where(tombstones.c.id == address, tombstones.c.owner == owner)
    return (await connection.execute(query)).first() is not None


async def tombstone(connection: AsyncConnection, address: str, owner: str) -> datetime | None:
    """When `owner` withdrew a public thing with this address; None for all else."""
    query = select(tombstones.c.at).where(
        tombstones.c.id == address, tombstones.c.owner == owner, tombstones.c.was_public
    )
    return (await connection.execute(query)).scalar_one_or_none()


def _where(query: Select[Any], wanted: Wanted) -> Select[Any]:
    pairs = (
        (table.c.owner, wanted.owner),
        (table.c.kind, wanted.kind),
        (table.c.category, wanted.category),
        (table.c.audience, None if wanted.audience is None else wanted.audience.value),
    )
    for column, value in pairs:
        if value is not None:
            query = query.where(column == value)
    if wanted.not_owner is not None:
        query = query.where(table.c.owner != wanted.not_owner)
    if wanted.states:
        query = query.where(table.c.state.in_([state.value for state in wanted.states]))
    if wanted.before is not None:
        query = query.where(table.c.seq < wanted.before)
    return query


async def listing(connection: AsyncConnection, wanted: Wanted) -> Sequence[Stored]:
    """Newest first, at most `wanted.limit`."""
    query = _where(select(table), wanted).order_by(table.c.seq.desc()).limit(wanted.limit)
    return [read_row(row) for row in await connection.execute(query)]


async def count(connection: AsyncConnection, wanted: Wanted) -> int:
    """How many there are, whatever the page."""
    number: int = (await connection.execute(_where(select(func.count()).select_from(table), wanted))).scalar_one()
    return number


async def starting_with(connection: AsyncConnection, beginning: str) -> Sequence[str]:
    """At most two addresses that begin like this: enough to know whether it means one of them."""
    query = select(table.c.id).where(func.substr(table.c.id, 1, len(beginning)) == beginning).limit(2)
    return (await connection.execute(query)).scalars().all()


async def with_last_part(connection: AsyncConnection, beginning: str) -> Sequence[str]:
    """At most two addresses, of anybody's proposals, whose last part begins like this; `beginning` is alphanumeric."""
    query = select(table.c.id).where(table.c.id.like(f"%/{beginning}%")).limit(MOST_ALIKE)
    found = (await connection.execute(query)).scalars()
    return [address for address in found if address.rsplit("/", 1)[-1].startswith(beginning)][:2]


async def expire(connection: AsyncConnection, now: datetime) -> int:
    """Move every proposal whose last hour is over, and back where a wrong clock moved it; returns how many ended."""
    back = update(table).where(table.c.state == State.EXPIRED.value, table.c.ends > now)
    await connection.execute(back.values(state=State.OPEN.value))
    after = LIFE.after(State.OPEN, Act.EXPIRE)
    query = update(table).where(table.c.state == State.OPEN.value, table.c.ends <= now).values(state=after.value)
    moved: int = (await connection.execute(query)).rowcount
    return moved
