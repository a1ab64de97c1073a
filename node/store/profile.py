"""What the collective says of itself to everyone, beside its settings."""

from contextlib import suppress

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from node.pictures.cleaning import clean
from node.store.tables import pictures, profile
from schema.errors import InputError
from schema.profile import Part, Profile

LOGO = "logo"


async def read(connection: AsyncConnection) -> Profile:
    """All of it. A part that this version does not know, or a logo that it would not take, is left out."""
    texts: dict[Part, dict[str, str]] = {}
    known = {part.value: part for part in Part}
    for part, language, text in await connection.execute(select(profile).order_by(profile.c.language)):
        if part in known:
            texts.setdefault(known[part], {})[language] = text
    data = (await connection.execute(select(pictures.c.data).where(pictures.c.name == LOGO))).scalar_one_or_none()
    logo = None
    with suppress(InputError):
        logo = None if data is None else clean(data)
    return Profile(texts, logo)


async def say(connection: AsyncConnection, part: Part, language: str, text: str) -> None:
    """Say a part in a language, in place of what was said before."""
    await unsay(connection, part, language)
    await connection.execute(insert(profile).values(part=part, language=language, text=text))


async def unsay(connection: AsyncConnection, part: Part, language: str | None = None) -> int:
    """Take a part away, in one language or in all; how many texts that were."""
    here = [profile.c.part == part, *([] if language is None else [profile.c.language == language])]
    gone: int = (await connection.execute(delete(profile).where(*here))).rowcount
    return gone


async def keep_logo(connection: AsyncConnection, data: bytes) -> None:
    """A logo that `clean` made, in place of any before."""
    await drop_logo(connection)
    await connection.execute(insert(pictures).values(name=LOGO, data=data))


async def drop_logo(connection: AsyncConnection) -> int:
    """Take the logo away; how many there were."""
    gone: int = (await connection.execute(delete(pictures).where(pictures.c.name == LOGO))).rowcount
    return gone
