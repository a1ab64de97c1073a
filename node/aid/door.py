"""The operator's way to the pages that are not public: a link that opens one browser session, once, for ten minutes."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from node.house import House
from node.store import doors

SECRET_BYTES = 32


async def open_link(house: House, minutes: int | None = None) -> dict[str, Any]:
    """Make a link that can be used for so many minutes, or for as long as the setting says.

    Whoever has it is the operator, so it is shown on this machine alone, and only its hash is kept.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    now = house.now()
    async with house.store.transaction() as connection:
        await doors.sweep(connection, now)
        lasts = house.settings.link_minutes if minutes is None else minutes
        await doors.add_link(connection, fingerprint(secret), now + timedelta(minutes=lasts))
    return {"url": f"{house.ids.home}open/{secret}", "minutes": lasts}


async def link_is_open(house: House, secret: str) -> bool:
    """Whether a link can still be used."""
    async with house.store.reading() as connection:
        return await doors.is_open(connection, fingerprint(secret), house.now())


async def sign_in(house: House, secret: str) -> str | None:
    """Use a link up and begin a session: returns the session's secret, None where the link cannot be used."""
    now = house.now()
    session = secrets.token_urlsafe(SECRET_BYTES)
    async with house.store.transaction() as connection:
        if not await doors.use_link(connection, fingerprint(secret), now):
            return None
        expires = now + timedelta(hours=house.settings.sign_in_hours)
        await doors.add_session(connection, fingerprint(session), expires)
    return session


async def is_signed_in(house: House, session: str) -> bool:
    """Whether this session goes on."""
    async with house.store.reading() as connection:
        return await doors.is_signed_in(connection, fingerprint(session), house.now())


async def sign_out(house: House, session: str) -> None:
    """End a session."""
    async with house.store.transaction() as connection:
        await doors.end_session(connection, fingerprint(session))


def fingerprint(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: its hash needs no salt and no slowness."""
    return hashlib.sha256(secret.encode()).digest()
