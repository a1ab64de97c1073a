"""Our own keys: what they are, a new pair in place of the old, and one that was stolen.

Rule 1  The file of keys is replaced first: from then on the new pair is in force. What must be said of it follows in
        the database; where a crash came between the two, it is said at the next start.
Rule 2  No two processes of the node change keys at the same time, and none signs with keys that are not in force.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.signatures.keys import write_multikey
from node.aid.allies import check_by
from node.aid.publishing import publish_again
from node.aid.telling import tell_of_us
from node.house import House
from node.store import identity, outbox, stamps
from node.store.stamps import KeyStamp
from schema.errors import InputError, NotFound


async def keys_show(house: House) -> dict[str, Any]:
    """The keys in force, those that overlap with them, and those that were revoked."""
    keyring, line, now = house.keyring, house.lineage, house.now()
    keys = keyring.current
    return {
        "actor": house.ids.actor,
        "words": list(house.own_words()),
        "generation": keys.generation,
        "since": None if keyring.since is None else keyring.since.isoformat(),
        "by": keyring.by or None,
        "keys": [
            {"id": house.ids.ed25519_key_of(keys.generation), "multikey": write_multikey(keys.ed25519_public)},
            {"id": house.ids.main_key_of(keys.generation), "multikey": write_multikey(keys.rsa_public)},
        ],
        "overlap": [
            {"id": old.id, "multikey": old.multikey, "until": old.until.isoformat()} for old in line.listed(now)
        ],
        "revoked": [
            {"id": line.replaced[key].id if key in line.replaced else None, "multikey": key, "since": since.isoformat()}
            for key, since in line.revoked.items()
        ],
        "statements": keyring.sequence,
        "history": house.ids.key_history if keyring.statements else None,
    }


async def keys_rotate(house: House, by: str) -> dict[str, Any]:
    """Make a new pair, signed for by the old one, and tell everyone who knows us; `by` is who decided it."""
    check_by(by)
    new = await asyncio.to_thread(house.new_keys)
    days = timedelta(days=house.settings.key_overlap_days)
    async with house.keeping_keys() as connection:
        keyring = house.keyring.without_ended(house.now())
        house.keep_keys(keyring.rotated(house.ids, new, now=house.now(), overlap=days, by=by.strip()))
        told = await _say(house, connection)
    house.wake_delivery()
    return await keys_show(house) | {"told": told}


async def keys_revoke(house: House, key: str, since: str, by: str) -> dict[str, Any]:
    """Say that a key was in wrong hands from `since` on (ISO 8601). The one in force is replaced first, in one act.

    `key` is a Multikey, its address, or the part of that behind #. Either key of a pair stands for both; `pair` in the
    result has their addresses.
    """
    check_by(by)
    now, moment = house.now(), _moment(since)
    if moment > now:
        raise InputError("A key is revoked from a time that has come: say since when it may have been in wrong hands.")
    await house.look()
    multikey, pair = _named(house, key)
    new = await asyncio.to_thread(house.new_keys) if multikey == _in_use(house) else None
    async with house.keeping_keys() as connection:
        keyring = house.keyring.without_ended(now)
        replaced = new is not None and multikey == _in_use(house)
        if new is not None and replaced:
            keyring = keyring.rotated(house.ids, new, now=now, overlap=timedelta(), by=by.strip())
        house.keep_keys(keyring.revoked(house.ids, multikey, since=moment, now=now))
        told = await _say(house, connection)
    house.wake_delivery()
    return await keys_show(house) | {"told": told, "replaced": replaced, "pair": pair}


async def announce(house: House) -> int:
    """Tell everyone who knows us what was said of our keys since we last did; returns how many inboxes get it.

    What a revoked key signed is signed anew: what still waits, and every open post. Where a file of keys from before
    was put back (with PostgreSQL: `node.keyfile`), we said less than we told: that is told too, and allies look and
    ask.
    """
    async with house.keeping_keys() as connection:
        told = await _say(house, connection)
    if told:
        house.wake_delivery()
    return told


async def _say(house: House, connection: AsyncConnection) -> int:
    """The same within a transaction in which our keys may change."""
    number = house.keyring.sequence
    if int(await identity.said(connection, identity.KEYS) or 0) == number:
        return 0
    if house.lineage.revoked:
        await _sign_anew(house, connection)
    told = await tell_of_us(house, connection, house.actor_document(), at=house.now())
    await identity.say(connection, identity.KEYS, str(number))
    await stamps.keys_changed(connection, KeyStamp.of(house.keyring))
    return told


async def _sign_anew(house: House, connection: AsyncConnection) -> None:
    """Nothing of ours that somebody may still read is signed by a revoked key alone."""
    revoked = house.lineage.revoked.keys()
    ids = {old.id for key, old in house.lineage.replaced.items() if key in revoked}
    for seq, document in await outbox.waiting(connection):
        signed = _signed_anew(house, orjson.loads(document), ids)
        if signed is not None:
            await outbox.rewrite(connection, seq, orjson.dumps(signed))
    await publish_again(house, connection, revoked)


def _signed_anew(house: House, document: dict[str, Any], revoked: set[str]) -> dict[str, Any] | None:
    """The document with our proof in place of one by a revoked key, inside first; None where there is no such proof."""
    inner = document.get("object")
    inner_anew = _signed_anew(house, inner, revoked) if isinstance(inner, dict) else None
    proof = document.get("proof")
    stale = isinstance(proof, Mapping) and proof.get("verificationMethod") in revoked
    if inner_anew is None and not stale:
        return None
    if inner_anew is not None:
        document = document | {"object": inner_anew}
    return house.signer.document(document, house.now()) if isinstance(proof, Mapping) else document


async def retire(house: House) -> None:
    """Erase the private keys whose overlap is over."""
    if house.keyring.without_ended(house.now()) is not house.keyring:
        async with house.keeping_keys():
            house.keep_keys(house.keyring.without_ended(house.now()))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError("A time is written as 2026-11-25T08:00+00:00, with its zone.")
    return moment


def _in_use(house: House) -> str:
    return write_multikey(house.keyring.current.ed25519_public)


def _named(house: House, name: str) -> tuple[str, list[str]]:
    """The Ed25519 key (Multikey) of the pair that a person named by either key, and the addresses of both."""
    ids, keys = house.ids, house.keyring.current
    if name == write_multikey(keys.rsa_public):
        name = ids.main_key_of(keys.generation)
    rsa = {ids.ed25519_key_of(number): ids.main_key_of(number) for number in range(1, keys.generation + 1)}
    known = {ids.ed25519_key_of(keys.generation): _in_use(house)}
    known |= {old.id: key for key, old in house.lineage.replaced.items()}
    for address, multikey in known.items():
        pair = [address, *([rsa[address]] if address in rsa else [])]
        parts = [one.partition("#")[2] for one in pair]
        if name.removeprefix("#") in parts or name in {multikey, *pair}:
            return multikey, pair
    raise NotFound("There is no such key. See the keys of this collective with: qafila keys show")
