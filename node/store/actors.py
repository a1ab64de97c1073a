"""Actors of other nodes, remembered (`federation.directory.ActorStore`)."""

from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from federation.directory import FRESH, MOST_REMEMBERED
from node.store.engine import Store
from node.store.tables import actors


class StoredActors:
    """The documents of actors, with the time they were fetched."""

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store

    async def find(self, address: str) -> tuple[bytes, datetime] | None:
        """The document and when it was fetched."""
        query = select(actors.c.document, actors.c.fetched_at).where(actors.c.id == address)
        async with self._store.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def keep(self, address: str, document: bytes, fetched_at: datetime) -> None:
        """Keep it in place of an older one; strangers fill no disk: the stale ones and the oldest of too many go."""
        newest = select(actors.c.id).order_by(actors.c.fetched_at.desc()).limit(MOST_REMEMBERED - 1)
        stale = actors.c.fetched_at <= fetched_at - FRESH
        async with self._store.transaction() as connection:
            await connection.execute(
                delete(actors).where(or_(actors.c.id == address, stale, actors.c.id.not_in(newest)))
            )
            await connection.execute(insert(actors).values(id=address, document=document, fetched_at=fetched_at))
