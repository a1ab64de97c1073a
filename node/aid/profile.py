"""The collective's profile: its words in other languages, how to reach it, and its logo. All of it is for everyone.

Rule 1  What changes and the `Update` of our actor that tells of it are one transaction.
Rule 2  Name and summary in the collective's own language are settings: they are the words that are always there.
Rule 3  A logo is cleaned before it is kept (`node.pictures.cleaning`), wherever it comes from.
"""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from node.aid.telling import tell_of_us
from node.face import texts_of
from node.house import House
from node.pictures.cleaning import clean
from node.store import identity
from node.store import profile as profiles
from schema.errors import InputError, NotFound
from schema.profile import MOST_LANGUAGES, REACH, WORDS, Part, check_part


async def profile_show(house: House) -> dict[str, Any]:
    """Everything that is said, each part by the tags of its languages; `language` is the collective's own."""
    logo = house.profile.logo
    return {
        "url": house.ids.home,
        "language": house.settings.language,
        "texts": _texts(house),
        "logo": None
        if logo is None
        else {
            "url": house.ids.logo(logo.file),
            "media_type": logo.media_type,
            "width": logo.width,
            "height": logo.height,
            "bytes": len(logo.data),
        },
    }


async def profile_words(
    house: House, language: str, name: str | None = None, summary: str | None = None
) -> dict[str, Any]:
    """Say who we are in another language; what is not given stays as it was."""
    if language == house.settings.language:
        raise InputError(
            f"These are the words in your own language ({language}): write them into qafila.toml, as title and "
            "summary, and start the node again."
        )
    given = {part: text for part, text in ((Part.NAME, name), (Part.SUMMARY, summary)) if text is not None}
    if not given:
        raise InputError("Say what to change: --name, --summary, or both.")
    return await _say(house, {part: {language: text} for part, text in given.items()})


async def profile_reach(house: House, way: str, text: str, language: str | None = None) -> dict[str, Any]:
    """Say how to reach us, for everyone to see."""
    return await _say(house, {_way(way): {language or house.settings.language: text}})


async def profile_logo(house: House, data: str) -> dict[str, Any]:
    """Show this logo; `data` is a PNG, JPEG or WebP file in base64."""
    try:
        logo = clean(b64decode(data, validate=True))
    except ValueError:
        raise InputError("The logo is no base64.") from None
    async with _changing(house) as connection:
        await profiles.keep_logo(connection, logo.data)
    return await profile_show(house)


async def profile_remove(
    house: House, *, words: Iterable[str] = (), reach: Iterable[str] = (), logo: bool = False
) -> dict[str, Any]:
    """Take away the words in these languages, these ways to reach us, and the logo; all of it must be there."""
    ways, languages = [_way(way) for way in reach], list(words)
    if not (ways or languages or logo):
        raise InputError("Say what to take away: --words LANGUAGE, --reach WAY, or --logo.")
    async with _changing(house) as connection:
        gone = [await profiles.unsay(connection, way) for way in ways]
        gone += [sum([await profiles.unsay(connection, part, tag) for part in WORDS]) for tag in languages]
        if logo:
            gone.append(await profiles.drop_logo(connection))
        if not all(gone):
            raise NotFound("That is not there, and nothing was changed. See what is, with: qafila profile show")
    return await profile_show(house)


async def profile_import(house: House, profile: Mapping[str, Any]) -> dict[str, Any]:
    """Take over the profile of an export, in the form that `dumped` gives.

    What it says replaces what we say, except name and summary in our own language: those are settings (rule 2).
    """
    try:
        texts = {
            Part(part): {str(tag): str(text) for tag, text in said.items()} for part, said in profile["texts"].items()
        }
        data = None if profile["logo"] is None else clean(b64decode(profile["logo"], validate=True)).data
    except (KeyError, ValueError, TypeError, AttributeError):
        raise InputError("The profile in this export is damaged.") from None
    for part in WORDS:
        texts.get(part, {}).pop(house.settings.language, None)
    if data is None and not any(texts.values()):
        raise NotFound("There is nothing in this export that would change what everyone sees.")
    return await _say(house, texts, data)


def dumped(house: House) -> dict[str, Any]:
    """Everything that is said and the logo as JSON values, for an export; name and summary of the settings too."""
    logo = house.profile.logo
    return {"texts": _texts(house), "logo": None if logo is None else b64encode(logo.data).decode()}


def _texts(house: House) -> dict[str, dict[str, str]]:
    return {part.value: texts for part, texts in texts_of(house.settings, house.profile).items() if texts}


async def announce(house: House) -> int:
    """Tell everyone who knows us where settings gave us another face than we last told; to how many inboxes it goes."""
    async with house.acting() as connection:
        actor = house.actor_document()
        before = await identity.said(connection, identity.FACE)
        if before == _digest(actor):
            return 0
        await identity.say(connection, identity.FACE, _digest(actor))
        if before is None:
            return 0  # nobody was told of another one
        told = await tell_of_us(house, connection, actor, at=house.send_at(house.now()))
    house.wake_delivery()
    return told


async def _say(house: House, texts: Mapping[Part, Mapping[str, str]], logo: bytes | None = None) -> dict[str, Any]:
    for part, said in texts.items():
        for language, text in said.items():
            check_part(part, text, language)
    async with _changing(house) as connection:
        for part, said in texts.items():
            for language, text in said.items():
                await profiles.say(connection, part, language, text)
        if logo is not None:
            await profiles.keep_logo(connection, logo)
        if len((await profiles.read(connection)).languages) > MOST_LANGUAGES:
            raise InputError(f"A profile has words in at most {MOST_LANGUAGES} languages.")
    return await profile_show(house)


@asynccontextmanager
async def _changing(house: House) -> AsyncIterator[AsyncConnection]:
    """A transaction that changes the profile, and tells of it where that changed what others see (rule 1)."""
    async with house.presenting() as connection:
        yield connection
        actor = house.actor_document(await profiles.read(connection))
        if _digest(actor) != _digest(house.actor_document()):
            await identity.say(connection, identity.FACE, _digest(actor))
            await tell_of_us(house, connection, actor, at=house.send_at(house.now()))
    house.wake_delivery()


def _digest(actor: Mapping[str, Any]) -> str:
    """Of what people see of us."""
    shown = [actor.get(member) for member in ("name", "nameMap", "summary", "summaryMap", "icon", "attachment")]
    return sha256(orjson.dumps(shown)).hexdigest()


def _way(way: str) -> Part:
    known = {part.value: part for part in REACH}
    if way not in known:
        raise InputError(f"A way to reach us is one of: {', '.join(known)}.")
    return known[way]
