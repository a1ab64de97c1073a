"""Looking after the node itself."""

import asyncio
import os
import shutil
import sqlite3
import statistics
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.message import read_http_date
from activitypub.onion import is_onion_service
from federation.fetch import ACCEPT
from federation.socks import Tor, TorSilent
from federation.transport import Transport, Unreached
from node.holding import scratch_called, sweep
from node.house import House, words_of
from node.store.engine import loses_writes
from schema.errors import InputError, PeerUnreachable, RemoteError, StateError, Unavailable

MIB: Final = 1024 * 1024
SIZE: Final = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
RESERVE: Final = 50 * MIB
"""What a backup leaves for the node itself."""
SERVER_SETTINGS: Final = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
EMBEDDED_SETTINGS: Final = ("journal_mode", "locking_mode", "synchronous", "foreign_keys")
MOST_ADDRESSES: Final = 8
MOST_ASKED: Final = 5  # allies, for the time


async def snapshot(house: House, into: str) -> dict[str, Any]:
    """Copy the embedded database, as it is at this moment, into the `scratch` of its folder that is called `into`.

    Whoever asked holds that, and it goes with them; if they are gone before the copy is there, it goes at once.
    """
    if house.store.engine.dialect.name != "sqlite":
        raise StateError("Only the embedded database is copied this way.")
    copy = scratch_called(house.folder.path, into) / house.folder.database.name
    async with house.store.transaction() as connection:
        size = (await connection.exec_driver_sql(SIZE)).scalar_one()
    check_room(size, shutil.disk_usage(house.folder.path).free)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        await house.store.copy_to(copy)
    finally:
        sweep(house.folder.path)
    return {"path": str(copy)}


def check_room(size: int, free: int) -> None:
    """Whether a database of `size` bytes can be backed up where `free` are; `Unavailable` says what is missing.

    Its copy takes as much again, and what is packed and encrypted of it less than that.
    """
    needed = 2 * size + RESERVE
    if free < needed:
        raise Unavailable(
            f"A backup needs {needed // MIB} MiB in the data folder for a while, and {free // MIB} MiB are free. "
            "Free some space first."
        )


async def database_health(house: House) -> dict[str, Any]:
    """Look at every page of an embedded database, and at how either is set to keep what it took.

    `problems` are the database's own words, none where all is well.
    """
    async with house.store.reading() as connection:
        if house.store.engine.dialect.name != "sqlite":
            product = f"PostgreSQL {(await connection.exec_driver_sql('SHOW server_version')).scalar_one()}"
            settings = {name: await _asked(connection, f"SHOW {name}") for name in SERVER_SETTINGS}
            return {"product": product, "embedded": False, "settings": settings, "problems": []}
        said = list((await connection.exec_driver_sql("PRAGMA integrity_check(10)")).scalars())
        broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).scalars().all()
        settings = {name: await _asked(connection, f"PRAGMA {name}") for name in EMBEDDED_SETTINGS}
    return {
        "product": f"SQLite {sqlite3.sqlite_version}",
        "embedded": True,
        "settings": settings,
        "loses_writes": loses_writes(sqlite3.sqlite_version_info),
        "problems": [*(line for line in said if line != "ok"), *(f"{name} lacks a row" for name in broken)],
    }


async def _asked(connection: AsyncConnection, question: str) -> str:
    return str((await connection.exec_driver_sql(question)).scalar_one())


async def own_name(house: House) -> dict[str, Any]:
    """Every address that our name has, whether others can reach such, what answers there, and its certificate.

    `reason` is why there is none: among others `onion`, for such a service has no name in the DNS. Where everything
    goes through Tor, the name goes to it as well, and stands for its addresses.
    """
    origin = house.ids.origin
    said: dict[str, Any] = {"host": origin.host, "encrypted": origin.scheme == "https", "reason": "", "addresses": []}
    if is_onion_service(origin.host):
        return said | {"reason": "onion"}
    if house.settings.tor_alone:
        there = {"address": origin.host, "public": True} | await _seen(house, house.transport)
        return said | {"reason": "tor-alone", "addresses": [there]}
    try:
        found = await house.transport.addresses(origin.host)
    except Unreached as error:
        return said | {"reason": error.reason.value}
    some = list(found.items())[:MOST_ADDRESSES]
    return said | {"addresses": await asyncio.gather(*(_seen_at(house, *one) for one in some))}


async def _seen_at(house: House, address: str, public: bool) -> dict[str, Any]:  # noqa: FBT001 (a row of `addresses`)
    async with house.transport.at(address) as narrow:
        return {"address": address, "public": public} | await _seen(house, narrow)


async def _seen(house: House, transport: Transport) -> dict[str, Any]:
    said = {"reached": False, "reason": "", "certificate": None}
    try:
        answer = await transport.get(f"{house.ids.home}health", {})
    except Unreached as error:
        return said | {"reason": error.reason.value}
    if answer.certificate is None:
        return said | {"reached": True}
    certificate = {"begins": answer.certificate.begins.isoformat(), "ends": answer.certificate.ends.isoformat()}
    return said | {"reached": True, "certificate": certificate}


async def others_clocks(house: House) -> dict[str, Any]:
    """How many seconds our clock is behind those of a few allies, as the `Date` of their answers says: the median."""
    asked = sorted(house.roster.allies, key=lambda _: house.random())[:MOST_ASKED]
    found = await asyncio.gather(*(_seconds_behind(house, actor) for actor in asked))
    known = [one for one in found if one is not None]
    behind = round(statistics.median(known)) if known else None
    return {"asked": len(asked), "answered": len(known), "seconds_behind": behind}


async def _seconds_behind(house: House, actor: str) -> float | None:
    """None where it does not answer, or another than its node did, from memory (RFC 9111, 5.1)."""
    try:
        answer = await house.exchange.get(actor, {"Accept": ACCEPT})
    except PeerUnreachable:
        return None
    dates = answer.values("date")
    theirs = read_http_date(dates[0]) if len(dates) == 1 and not answer.values("age") else None
    return None if theirs is None else (theirs - house.now()).total_seconds()


async def tor_health(house: House) -> dict[str, Any]:
    """See whether Tor is where the settings say; nothing is asked of it."""
    settings = house.settings
    said = {"socks": settings.socks, "alone": settings.tor_alone, "answers": False}
    if settings.tor_address is None:
        return said
    try:
        async with asyncio.timeout(settings.fetch_deadline.total_seconds()):
            await Tor(*settings.tor_address).greet()
    except (TorSilent, TimeoutError):
        return said
    return said | {"answers": True}


async def own_address(house: House) -> dict[str, Any]:
    """Look ourselves up as a stranger would: name, certificate, web server, WebFinger, actor and key."""
    said = {"url": house.ids.home, "handle": f"@{house.ids.acct}", "reached": False, "reason": "", "text": ""}
    try:
        found = (await house.fetcher.find(house.ids.acct)).actor
    except (RemoteError, InputError) as error:
        return said | {"reason": getattr(error, "reason", "answer"), "text": str(error)}
    if words_of(found) != house.own_words():
        return said | {"reason": "stranger", "text": "another node answers, with other keys."}
    return said | {"reached": True}


async def own_onion(house: House) -> dict[str, Any]:
    """Look ourselves up under our second name, the onion service."""
    said = {"onion": house.settings.onion, "reached": False, "reason": "", "text": ""}
    try:
        subject = await house.fetcher.subject(house.known_as[-1].acct)
    except RemoteError as error:
        return said | {"reason": getattr(error, "reason", "answer"), "text": str(error)}
    if subject != house.ids.acct:
        return said | {"reason": "stranger", "text": "another node answers."}
    return said | {"reached": True}
