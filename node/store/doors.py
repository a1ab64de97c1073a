"""One-time links for the operator, and the browser sessions they open. Only hashes of the secrets are kept."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.tables import links, sessions


async def add_link(connection: AsyncConnection, token: bytes, expires: datetime) -> None:
    """Keep a link that opens one session until it expires."""
    await connection.execute(insert(links).values(token=token, expires=expires))


async def is_open(connection: AsyncConnection, token: bytes, now: datetime) -> bool:
    """Whether the link can still be used."""
    query = select(links.c.token).where(links.c.token == token, links.c.used_at.is_(None), links.c.expires > now)
    return (await connection.execute(query)).first() is not None


async def use_link(connection: AsyncConnection, token: bytes, now: datetime) -> bool:
    """Use the link up; False where it was used, has expired or never was. Of many at once, one wins."""
    query = (
        update(links)
        .where(links.c.token == token, links.c.used_at.is_(None), links.c.expires > now)
        .values(used_at=now)
    )
    return (await connection.execute(query)).rowcount == 1


async def add_session(connection: AsyncConnection, token: bytes, expires: datetime) -> None:
    """Begin a session."""
    await connection.execute(insert(sessions).values(token=token, expires=expires))


async def is_signed_in(connection: AsyncConnection, token: bytes, now: datetime) -> bool:
    """Whether a session goes on."""
    query = select(sessions.c.token).where(sessions.c.token == token, sessions.c.expires > now)
    return (await connection.execute(query)).first() is not None


async def end_session(connection: AsyncConnection, token: bytes) -> None:
    """End one session."""
    await connection.execute(delete(sessions).where(sessions.c.token == token))


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Forget what is over."""
    await connection.execute(delete(links).where(links.c.expires <= now))
    await connection.execute(delete(sessions).where(sessions.c.expires <= now))
