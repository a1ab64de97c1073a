"""Proving a document: who signed what and when, with which key, and whether it holds.

The keys come from a file, from our own keys, from what this node has pinned or kept, and from the network last and only
where the document itself came from there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activitypub.actor import RemoteActor, read_actor
from activitypub.document import read_document
from activitypub.members import text
from federation.evidence import Finding, examine, signers
from node.house import House
from node.store.actors import StoredActors
from schema.errors import InputError, RemoteError


async def verify(
    house: House, document: str | None = None, address: str | None = None, actor_document: str | None = None
) -> dict[str, Any]:
    """Prove a document that is given as text, or is fetched from `address`."""
    fetched = document is None
    if document is not None:
        parsed = read(document)
    elif address is not None:
        parsed, _ = await house.fetcher.document(address)
    else:
        raise InputError("Give a document, or the address of one.")
    actors, sources = _from_file(actor_document, allow_http=house.lab)
    for signer in signers(parsed):
        if signer not in actors:
            found = await _look_up(house, signer, fetch=fetched)
            if found is not None:
                actors[signer], sources[signer] = found
    return report(examine(parsed, actors, house.now()), sources)


def verify_files(document: str, actor_document: str, now: datetime) -> dict[str, Any]:
    """The same from two files alone: no data folder, no network."""
    actors, sources = _from_file(actor_document, allow_http=True)
    return report(examine(read(document), actors, now), sources)


def read(document: str) -> dict[str, Any]:
    """A document as text; `InputError` where it is none."""
    try:
        return read_document(document.encode())
    except (RemoteError, UnicodeEncodeError) as error:
        raise InputError(f"This is not a document that can be checked: {error}.") from error


def report(findings: list[Finding], sources: Mapping[str, str]) -> dict[str, Any]:
    """The findings as JSON values; the whole holds where every one of them does."""
    return {
        "holds": bool(findings) and all(finding.holds for finding in findings),
        "findings": [
            {
                "what": finding.what,
                "type": finding.type,
                "id": finding.id,
                "title": finding.title,
                "signed_by": finding.signer,
                "name": finding.name,
                "key": finding.key,
                "key_from": sources.get(finding.signer or "", "none"),
                "created": None if finding.created is None else finding.created.isoformat(),
                "holds": finding.holds,
                "reason": finding.reason,
                "by_hand": finding.by_hand,
            }
            for finding in findings
        ],
    }


def _from_file(actor_document: str | None, *, allow_http: bool) -> tuple[dict[str, RemoteActor], dict[str, str]]:
    if actor_document is None:
        return {}, {}
    parsed = read(actor_document)
    try:
        actor = read_actor(parsed, text(parsed, "id"), allow_http=allow_http)
    except RemoteError as error:
        raise InputError(f"The actor's file does not hold an actor: {error}.") from error
    return {actor.id: actor}, {actor.id: "file"}


async def _look_up(house: House, signer: str, *, fetch: bool) -> tuple[RemoteActor, str] | None:
    """The signer's actor and where its keys are from; None where they are not known."""
    if signer == house.ids.actor:
        return house.own_actor(), "store"
    known = house.roster.known(signer)
    if known is not None:
        return known, "store"
    try:
        kept = await StoredActors(house.store).find(signer)
        if kept is not None:
            return house.read_actor(kept[0], signer), "store"
        if fetch:
            return (await house.directory.actor(signer)).actor, "network"
    except RemoteError:
        return None
    return None
