"""Lines of spreadsheets that were imported, so that the same line again is no second post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.tables import imports


@dataclass(frozen=True, slots=True)
class Imported:
    """A line that became a proposal; `fingerprint` is that of what it said then."""

    key: str
    fingerprint: str
    proposal: str


async def known(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Imported]:
    """Those of the keys that were imported before."""
    found: dict[str, Imported] = {}
    for start in range(0, len(keys), 500):
        query = select(imports.c.key, imports.c.fingerprint, imports.c.proposal).where(
            imports.c.key.in_(keys[start : start + 500])
        )
        found |= {row[0]: Imported(*row) for row in (await connection.execute(query))}
    return found


async def keep(connection: AsyncConnection, line: Imported, now: datetime) -> None:
    """Remember a line, in place of what it said before."""
    await connection.execute(delete(imports).where(imports.c.key == line.key))
    await connection.execute(
        insert(imports).values(key=line.key, fingerprint=line.fingerprint, proposal=line.proposal, at=now)
    )
