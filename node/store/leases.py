"""Which process sends to which peer: turns that several processes of one node take, over the PostgreSQL they share.

Rule 1  A turn is taken in a short transaction, and what another process is changing at that moment is passed over
        (FOR UPDATE SKIP LOCKED). Nobody waits, but where two take the very first turn of a peer: the later one loses.
        No transaction lasts while something is sent.
Rule 2  A turn is held for `LEASE` and renewed while it lasts. Of a process that is gone it ends by itself, soon.
Rule 3  Time is that of the database: clocks of machines differ.
Rule 4  Whoever could not renew its turns stops sending before they end, and what it comes to then counts no more.
Rule 5  With SQLite there is one process, and every turn is its own.
"""

import asyncio
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, Self

from sqlalchemy import BigInteger, ColumnElement, func, literal_column, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.calls import Word, call_out
from node.store.engine import Store
from node.store.tables import peers
from schema.errors import Unavailable

LEASE: Final = timedelta(seconds=15)
_NOW: ColumnElement[int] = literal_column("(extract(epoch FROM clock_timestamp()) * 1000)::bigint", BigInteger)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Leases:
    """The turns of this process. To be entered before the first is taken; on leaving it all are let go."""

    def __init__(self, store: Store, lease: timedelta = LEASE) -> None:
        """Nothing is held yet."""
        self._store = store
        self._lease = lease
        self._me = secrets.token_hex(8)
        self._held: dict[str, float] = {}  # until when for sure, by the clock of the event loop
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._store.shared:
            self._renewing = asyncio.create_task(self._renew_for_ever(), name="leases")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._renewing is None:
            return
        self._renewing.cancel()
        with suppress(asyncio.CancelledError):
            await self._renewing
        with suppress(Unavailable):  # they end by themselves
            async with self._store.transaction() as connection:
                mine = update(peers).where(peers.c.held_by == self._me).values(held_by=None, held_until=None)
                if (await connection.execute(mine)).rowcount:
                    await call_out(connection, Word.DELIVER)

    @property
    def free(self) -> ColumnElement[bool]:
        """Whether a peer's turn can be taken by this process."""
        if not self._store.shared:
            return true()
        return or_(peers.c.held_until.is_(None), peers.c.held_until <= _NOW, peers.c.held_by == self._me)

    async def take(self, connection: AsyncConnection, peer: str) -> bool:
        """Take the turn of this peer within a transaction of the caller's; False where another process has it."""
        if not self._store.shared:
            return True
        began = asyncio.get_running_loop().time()
        taken = await self._take_known(connection, peer) or await self._take_first(connection, peer)
        if taken:
            self._held[peer] = began + self._lease.total_seconds()
        return taken

    async def _take_known(self, connection: AsyncConnection, peer: str) -> bool:
        free = select(peers.c.peer).where(peers.c.peer == peer, self.free).with_for_update(skip_locked=True)
        if (await connection.execute(free)).first() is None:
            return False
        await connection.execute(update(peers).where(peers.c.peer == peer).values(self._term))
        return True

    async def _take_first(self, connection: AsyncConnection, peer: str) -> bool:
        """The same where nobody has sent to the peer yet: an INSERT would wait for whoever is changing its row."""
        if (await connection.execute(select(peers.c.peer).where(peers.c.peer == peer))).first() is not None:
            return False
        turn = insert(peers).values(peer=peer, failures=0, **self._term).on_conflict_do_nothing()
        return bool((await connection.execute(turn)).rowcount)

    def holds(self, peer: str) -> bool:
        """Whether the turn of this peer is still ours for sure."""
        if not self._store.shared:
            return True
        return asyncio.get_running_loop().time() < self._held.get(peer, 0.0)

    async def still_held(self, connection: AsyncConnection, those: Collection[str]) -> set[str]:
        """Those of the peers whose turn is ours, and stays so until the transaction ends."""
        if not self._store.shared:
            return set(those)
        ours = select(peers.c.peer).where(peers.c.peer.in_(those), peers.c.held_by == self._me)
        return set((await connection.execute(ours.order_by(peers.c.peer).with_for_update())).scalars())

    async def let_go(self, connection: AsyncConnection, those: Collection[str]) -> None:
        """End turns, within a transaction of the caller's."""
        for peer in those:
            self._held.pop(peer, None)
        if self._store.shared:
            ours = update(peers).where(peers.c.peer.in_(those), peers.c.held_by == self._me)
            await connection.execute(ours.values(held_by=None, held_until=None))

    async def next_end(self, connection: AsyncConnection) -> timedelta | None:
        """How long it is until the next turn of another process may end; None where none has one."""
        if not self._store.shared:
            return None
        others = (peers.c.held_by != self._me, peers.c.held_until > _NOW)
        wait = (await connection.execute(select(func.min(peers.c.held_until) - _NOW).where(*others))).scalar_one()
        return None if wait is None else max(int(wait), 1) * _MILLISECOND

    @property
    def _term(self) -> dict[str, Any]:
        return {"held_by": self._me, "held_until": _NOW + self._lease // _MILLISECOND}

    async def _renew_for_ever(self) -> None:
        """Three times in each term; where the database is away, again and again."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            with suppress(Unavailable):
                await self._renew()

    async def _renew(self) -> None:
        now = asyncio.get_running_loop().time()
        self._held = {peer: until for peer, until in self._held.items() if now < until}
        if not self._held:
            return
        until = now + self._lease.total_seconds()
        ours = select(peers.c.peer).where(peers.c.peer.in_(self._held), peers.c.held_by == self._me)
        renew = update(peers).where(peers.c.peer.in_(ours.with_for_update(skip_locked=True))).values(self._term)
        async with self._store.claiming() as connection:
            kept = (await connection.execute(renew.returning(peers.c.peer))).scalars().all()
        self._held |= {peer: until for peer in kept if peer in self._held}
