"""One node, those who speak to it, and what must be true after anything they say."""

import re
import resource
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, reduce
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    Text,
    cast,
    delete,
    func,
    literal,
    select,
    union_all,
)

from activitypub.ids import Ids
from node import clock
from node.house import House
from node.store import relations
from node.store.relations import AllyState
from node.store.tables import metadata
from schema.proposal import Proposal
from tests.rig.dials import DIALS
from tests.rig.nodes import make_folder, running
from tests.rig.sender import MARK, Answer, Host, Sender, collective, hosting, keys_of, say

State = dict[str, list[str]]
LONGEST_ANSWER = 200  # bytes
LONGEST_TIME = 1.0  # seconds
MOST_MEMORY = 16 * 1024 * 1024  # bytes more than before
INBOX = frozenset({"inbox"})  # what a remembered activity without an effect changes
TAKEN = INBOX | {"proposals"}  # what a good offer changes
_TOLD = re.compile(rb"[\w.]*[0-9_:/#-][\w.:/#-]{6,}|" + b"|".join(MARK.encode().split(b"-")))  # no word of a sentence


@dataclass(frozen=True, slots=True)
class World:
    """A node, and its peers: allies, one of them suspended, two collectives on one host, and a stranger."""

    node: House
    peers: Host
    ally: Sender
    neighbour: Sender
    canary: Sender
    suspended: Sender
    stranger: Sender
    kept: Proposal
    """An offer of the ally's that is here."""
    neighbours: Proposal
    """One of the neighbour's."""
    tls: ssl.SSLContext | None = None
    """How it is spoken to where a web server stands before it."""

    @property
    def port(self) -> int:
        """Where the node listens."""
        return self.node.ids.origin.port

    @property
    def inbox(self) -> str:
        """Where the node receives."""
        return self.node.ids.inbox

    def post(self, content: Any, *, by: Sender | None = None, to: str | None = None, **deviations: Any) -> bytes:
        """A request of the ally's (or of another's) as it stands on the wire."""
        return (by or self.ally).post(to or self.inbox, content, **deviations)

    async def say(self, *parts: bytes, **how: Any) -> Answer:
        """Say something to the node."""
        return await say(self.port, *parts, tls=self.tls, **how)

    async def status(self, content: Any, **how: Any) -> int:
        """What the node answers to a document."""
        return (await self.say(self.post(content, **how))).status

    async def dump(self) -> State:
        """Every row of every table as text, bytes in hexadecimal; in one statement, since every case asks twice."""
        state: State = {table.name: [] for table in metadata.sorted_tables}
        async with self.node.store.transaction() as connection:
            for name, row in await connection.execute(_everything(connection.dialect.name)):
                state[name].append(row)
        return {name: sorted(rows) for name, rows in state.items()}

    async def befriend(self, sender: Sender) -> Sender:
        """Pin this collective as an ally."""
        async with self.node.relating() as connection:
            document = orjson.dumps(sender.actor())
            await relations.pin(
                connection, actor=sender.ids.actor, document=document, by="a steward", now=self.node.now()
            )
        return sender

    async def forget(self, sender: Sender, *, but: str = "") -> int:
        """Take out all that this collective did, perhaps but one; returns how many proposals that were."""
        whose = {"proposals": "owner", "tombstones": "owner", "inbox": "actor"}
        gone = {}
        async with self.node.store.transaction() as connection:
            for name, column in whose.items():
                table = metadata.tables[name]
                mine = delete(table).where(table.c[column] == sender.ids.actor, table.c.id != but)
                gone[name] = (await connection.execute(mine)).rowcount
        return gone["proposals"]

    async def proposal(self, address: str) -> dict[str, Any] | None:
        """What the node has under this address."""
        table = metadata.tables["proposals"]
        async with self.node.store.transaction() as connection:
            row = (await connection.execute(select(table).where(table.c.id == address))).one_or_none()
        return None if row is None else {**row._mapping, "data": orjson.loads(row.data)}

    async def serves(self) -> bool:
        """Whether an ally's offer is still taken at once, and takes effect; it is not kept."""
        answer = await self.say(self.post(self.canary.create(), by=self.canary))
        return answer.status == 202 and answer.seconds < LONGEST_TIME and await self.forget(self.canary) == 1


@dataclass(frozen=True, slots=True)
class Case:
    """One bad input: the bytes that are said, the answer it must get, and the tables that may change at most.

    `asks` is whether the ally's own node may be asked about its keys, once.
    """

    id: str
    said: Callable[[World], bytes]
    status: int
    changes: frozenset[str] = field(default_factory=frozenset)
    end: bool = False  # whether our side of the connection closes after it
    asks: bool = False


async def check(world: World, *cases: Case) -> None:
    """Say one after the other, and hold every shared expectation; each that may change a table adds one row to it."""
    before, mark, memory = await world.dump(), DIALS.mark, largest()
    heard = {}
    for case in cases:
        said = case.said(world)
        answer = await world.say(said, end=case.end)
        heard[case.id] = answer.status
        assert answer.seconds < LONGEST_TIME, case.id
        assert len(answer.body) <= LONGEST_ANSWER, case.id
        assert not echoed(said, answer.body), case.id
    after, dialled = await world.dump(), DIALS.since(mark, but=world.port)
    assert heard == {case.id: case.status for case in cases}
    assert {name for name in after if not {*before[name]} <= {*after[name]}} == set()
    assert {name: len(after[name]) - len(before[name]) for name in after if after[name] != before[name]} == Counter(
        name for case in cases for name in case.changes
    )
    assert dialled == [world.peers.port] * len(dialled)
    assert len(dialled) <= sum(case.asks for case in cases)
    assert largest() - memory < MOST_MEMORY
    assert await world.serves()
    await world.forget(world.ally, but=world.kept.id)


@cache
def _everything(dialect: str) -> CompoundSelect[Any]:
    """The name of each table with each of its rows."""

    def shown(column: Column[Any]) -> ColumnElement[str]:
        if isinstance(column.type, LargeBinary):
            digits = func.lower(func.hex(column)) if dialect == "sqlite" else func.encode(column, "hex")
            return func.coalesce(digits, "-")
        return func.coalesce(cast(column, Text), "-")

    return union_all(
        *(
            select(literal(table.name), reduce(lambda row, value: row + " | " + value, map(shown, table.columns)))
            for table in metadata.sorted_tables
        )
    )


def largest() -> int:
    """The most memory that this process ever had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2) of each
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def echoed(said: bytes, answer: bytes) -> set[bytes]:
    """Addresses, names, numbers and titles of the request that the answer repeats."""
    return {word for word in _TOLD.findall(answer) if word in said}


@asynccontextmanager
async def living(
    path: Path,
    database: str,
    *,
    tls: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = clock.now,
    **settings: Any,
) -> AsyncIterator[World]:
    """A world for as long as the block lasts, perhaps with a clock that can be moved."""
    DIALS.listen()
    folder = await make_folder(path, "alder", database=database, **settings)
    async with hosting() as peers, running(folder, now) as (node, _):
        ally, canary, suspended, stranger = (
            collective(name, peers.port) for name in ("birch", "cedar", "sorrel", "mallory")
        )
        neighbour = Sender(Ids(ally.ids.base, "bramble"), keys_of("bramble"))
        kept, neighbours = ally.proposal(revision=2), neighbour.proposal(revision=2)
        world = World(node, peers, ally, neighbour, canary, suspended, stranger, kept, neighbours, tls)
        for one in (ally, neighbour, canary, suspended):
            await world.befriend(one)
        async with node.relating() as connection:
            await relations.set_ally_state(connection, suspended.ids.actor, AllyState.SUSPENDED)
        for owner, offer in ((ally, kept), (neighbour, neighbours)):
            assert await world.status(owner.create(owner.note(offer)), by=owner) == 202
        yield world
