"""The proposals that a group of activities is about: read at once before, written at once after.

Between the two, handlers look at them and change them in memory, in the order in which the activities came. A hundred
activities so cost a few statements, not a few hundred.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.proposals import Stored, read_row, values_of
from node.store.tables import proposals, tombstones


class Shelf:
    """What is here under certain addresses, and nothing else: asking for another one is a `KeyError`."""

    def __init__(self, here: dict[str, Stored | None], buried: set[tuple[str, str]]) -> None:
        """`here` has each address, `buried` each withdrawn one with its owner; `Shelf.read` makes both."""
        self._before = here
        self._now = dict(here)
        self._buried = buried
        self._burials: dict[tuple[str, str], datetime] = {}

    @classmethod
    async def read(cls, connection: AsyncConnection, addresses: Collection[str]) -> "Shelf":
        """Take from the database what is there under these addresses."""
        if not addresses:
            return cls({}, set())
        found = await connection.execute(select(proposals).where(proposals.c.id.in_(addresses)))
        buried = await connection.execute(
            select(tombstones.c.id, tombstones.c.owner).where(tombstones.c.id.in_(addresses))
        )
        here: dict[str, Stored | None] = dict.fromkeys(addresses)
        return cls(here | {row.id: read_row(row) for row in found}, {(row.id, row.owner) for row in buried})

    def find(self, address: str) -> Stored | None:
        """The proposal with this address, or None."""
        return self._now[address]

    def is_buried(self, address: str, owner: str) -> bool:
        """Whether `owner` withdrew the thing with this address."""
        return (address, owner) in self._buried or (address, owner) in self._burials

    def put(self, stored: Stored) -> None:
        """Keep a proposal, in place of any older version; new ones are written in the order in which they came."""
        self._now.pop(stored.proposal.id, None)
        self._now[stored.proposal.id] = stored

    def bury(self, address: str, owner: str, at: datetime) -> None:
        """Take a proposal out, if it is there, and leave a tombstone."""
        self._now[address] = None
        if not self.is_buried(address, owner):
            self._burials[address, owner] = at

    async def write(self, connection: AsyncConnection) -> None:
        """Bring the database up to what the shelf holds."""
        changed = {address: now for address, now in self._now.items() if now is not self._before[address]}
        new = [values_of(now) for address, now in changed.items() if now and not self._before[address]]
        newer = [values_of(now) | {"_id": address} for address, now in changed.items() if now and self._before[address]]
        gone = [address for address, now in changed.items() if not now]
        if new:
            await connection.execute(insert(proposals), new)
        if newer:
            await connection.execute(update(proposals).where(proposals.c.id == bindparam("_id")), newer)
        if gone:
            await connection.execute(delete(proposals).where(proposals.c.id.in_(gone)))
        if self._burials:
            rows = [
                {"id": address, "owner": owner, "was_public": False, "at": at}
                for (address, owner), at in self._burials.items()
            ]
            await connection.execute(insert(tombstones), rows)
