"""Actors of other nodes, remembered (`federation.directory.ActorStore`)."""

from datetime import datetime

from sqlalchemy import delete, insert, select

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
        async with self._store.transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def keep(self, address: str, document: bytes, fetched_at: datetime) -> None:
        """Keep it in place of an older one."""
        async with self._store.transaction() as connection:
            await connection.execute(delete(actors).where(actors.c.id == address))
            await connection.execute(insert(actors).values(id=address, document=document, fetched_at=fetched_at))
