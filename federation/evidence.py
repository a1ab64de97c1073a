"""What a signed document proves, read from the document and its signers' actors alone: no network, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activitypub.actor import RemoteActor
from activitypub.members import reference
from activitypub.origin import check_owner
from activitypub.signatures.proof import read_proof
from federation.verify import check_proof
from schema.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one signed thing: an activity, or the object inside it.

    `signer` is whoever must have signed it: the activity's actor, the object's owner. `key` is the Multikey whose proof
    was checked; `reason` says in words why it does not hold. `by_hand` is whether its key was revoked, and the proof
    claims an earlier time: only people can find out whether that is true.
    """

    what: str
    type: str
    id: str
    title: str | None
    signer: str | None
    name: str | None
    key: str | None
    created: datetime | None
    holds: bool
    reason: str
    by_hand: bool = False


def signers(document: Mapping[str, Any]) -> list[str]:
    """Whose keys are needed to check this document."""
    return list(dict.fromkeys(owner for _, _, owner in _parts(document) if owner is not None))


def examine(document: Mapping[str, Any], actors: Mapping[str, RemoteActor], now: datetime) -> list[Finding]:
    """One finding for the document, and one for the signed object inside it; `actors` are the known signers."""
    return [_finding(what, part, owner, actors, now) for what, part, owner in _parts(document)]


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str | None]]:
    """The document, and its embedded object where that carries a proof of its own."""
    yield ("activity" if "actor" in document else "object"), document, _owner(document)
    embedded = document.get("object")
    if isinstance(embedded, dict) and "proof" in embedded:
        yield "object", embedded, _owner(embedded)


def _owner(document: Mapping[str, Any]) -> str | None:
    """FEP-8b32: an activity's owner is its actor, an object's is `attributedTo`, an actor is its own."""
    for member in ("actor", "attributedTo", "id"):
        if document.get(member) is not None:
            try:
                return reference(document, member)
            except RemoteError:
                return None
    return None


def _finding(
    what: str, part: Mapping[str, Any], owner: str | None, actors: Mapping[str, RemoteActor], now: datetime
) -> Finding:
    actor = None if owner is None else actors.get(owner)

    def words(member: str) -> str | None:
        value = part.get(member)
        return value if isinstance(value, str) else None

    key, created, since, reason = None, None, None, ""
    try:
        if owner is not None and "id" in part:
            check_owner(words("id") or "", owner)  # FEP-fe34: who signs for an id has its origin
        proof = read_proof(dict(part))
        if proof is None:
            reason = "it carries no proof"
        elif actor is None:
            created = proof.created
            reason = "the keys of its signer are not known here"
        else:
            created = proof.created
            key = check_proof(dict(part), actor, now)
            since = actor.revoked.get(key or "")
    except RemoteError as error:
        reason = str(error)
    by_hand = since is not None and created is not None and created < since
    if since is not None:
        reason = "its key was revoked, from a later time on" if by_hand else "its key was revoked before that time"

    return Finding(
        what=what,
        type=words("type") or "",
        id=words("id") or "",
        title=words("name"),
        signer=owner,
        name=None if actor is None else actor.name,
        key=key,
        created=created,
        holds=key is not None and since is None,
        reason=reason,
        by_hand=by_hand,
    )
