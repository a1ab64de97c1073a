"""Statements about a collective's keys, as documents: what `schema.lineage` is folded from.

Rule 1  A statement is signed by the key in force before it (FEP-8b32), and proves itself: that key stands in it.
Rule 2  A rotation is signed by the new key too, over all of it but the two signatures: nobody can hand over to a key
        that they do not hold. This comes first, and the proof covers it.
Rule 3  They are served together, by the collective's own node, to anyone: no more than `MOST`, the newest.
Rule 4  A document with one statement that is no statement, or does not hold, holds none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from activitypub.context import DEFAULT_CONTEXT
from activitypub.ids import Ids
from activitypub.members import reference, text
from activitypub.origin import check_owner
from activitypub.signatures.keys import SigningKeys, read_base58, read_multikey, write_base58, write_multikey
from activitypub.signatures.proof import document_hash, read_proof, sign_document, verify_proof
from activitypub.times import read_time, write_time
from schema.errors import Forbidden, Malformed, Unauthenticated
from schema.lineage import LONGEST_OVERLAP, Revocation, Rotation, Statement
from schema.terms import KEY_CONTEXT

MOST: Final = 40
"""Rotations and revocations together: more than a lifetime's, and within what anyone reads as one document."""
_CONTEXT: Final = (*DEFAULT_CONTEXT, dict(KEY_CONTEXT))
_COUNTERSIGNATURE: Final = "nextKeySignature"
_SIGNATURE_DIGITS: Final = 88
_LAST: Final = 2**31 - 1


def build_rotation(
    ids: Ids, sequence: int, old: SigningKeys, new: SigningKeys, *, now: datetime, until: datetime
) -> dict[str, Any]:
    """The signed statement that `new` takes the place of `old`, whose proofs are taken until `until`."""
    said = {
        "type": "KeyRotation",
        "nextKey": write_multikey(new.ed25519_public),
        "nextRsaKey": write_multikey(new.rsa_public),
        "endTime": write_time(until),
    }
    document = _statement(ids, sequence, old, now, said)
    document[_COUNTERSIGNATURE] = _countersign(document, new.ed25519)
    return sign_document(document, old.ed25519, ids.ed25519_key_of(old.generation), now)


def build_revocation(
    ids: Ids, sequence: int, keys: SigningKeys, *, revoked: str, since: datetime, now: datetime
) -> dict[str, Any]:
    """The signed statement that the Multikey `revoked` was in wrong hands from `since` on."""
    said = {"type": "KeyRevocation", "revokedKey": revoked, "revokedSince": write_time(since)}
    document = _statement(ids, sequence, keys, now, said)
    return sign_document(document, keys.ed25519, ids.ed25519_key_of(keys.generation), now)


def _statement(ids: Ids, sequence: int, by: SigningKeys, now: datetime, said: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@context": list(_CONTEXT),
        "id": ids.key_statement(sequence),
        **said,
        "attributedTo": ids.actor,
        "published": write_time(now),
        "sequence": sequence,
        "currentKey": write_multikey(by.ed25519_public),
    }


def _countersign(document: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return write_base58(key.sign(document_hash(document)))


def build_history(ids: Ids, statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The document that holds them, the oldest first."""
    return {
        "@context": list(_CONTEXT),
        "id": ids.key_history,
        "type": "OrderedCollection",
        "attributedTo": ids.actor,
        "orderedItems": [dict(statement) for statement in statements[-MOST:]],
    }


def read_history(document: Mapping[str, Any], actor: str) -> tuple[dict[str, Any], ...]:
    """The statements in a document that the node of `actor` serves, none of them checked yet. Raises Malformed."""
    if reference(document, "attributedTo") != actor:
        raise Forbidden("a history of another collective's keys")
    items = document.get("orderedItems", [])
    if not isinstance(items, list) or len(items) > MOST or not all(isinstance(item, dict) for item in items):
        raise Malformed("orderedItems: not a list of statements, or more than are taken")
    return tuple(items)


def read_statement(document: dict[str, Any], actor: str) -> Statement:
    """What a statement about the keys of `actor` says, its signatures checked.

    Raises `Malformed`, `Forbidden` where it is another's, and `Unauthenticated` where a signature does not hold.
    """
    identifier = text(document, "id")
    if reference(document, "attributedTo") != actor:
        raise Forbidden("a statement about another collective's keys")
    check_owner(identifier, actor)
    sequence = document.get("sequence")
    if isinstance(sequence, bool) or not isinstance(sequence, int) or not 0 < sequence <= _LAST:
        raise Malformed("sequence: not a whole number from 1")
    at = read_time(text(document, "published"))
    signer = text(document, "currentKey")
    signer_id = _check_proof(document, actor, signer)
    match document.get("type"):
        case "KeyRotation":
            following, until = _read_following(document), read_time(text(document, "endTime"))
            if not at <= until <= at + LONGEST_OVERLAP:
                raise Malformed("endTime: before the statement, or long after it")
            return Rotation(sequence, signer, signer_id, at, following, until)
        case "KeyRevocation":
            revoked = text(document, "revokedKey")
            _ed25519(revoked)
            return Revocation(sequence, signer, signer_id, at, revoked, read_time(text(document, "revokedSince")))
        case _:
            raise Malformed("type: no statement about keys")


def _check_proof(document: dict[str, Any], actor: str, signer: str) -> str:
    """That the key that stands in the statement signed it; returns the address it is listed under."""
    proof = read_proof(document)
    if proof is None or "@context" not in document:
        raise Unauthenticated("a statement about keys that is not signed")
    if not proof.verification_method.startswith(f"{actor}#"):
        raise Forbidden("a statement signed with the key of another")
    verify_proof(document, proof, _ed25519(signer))
    return proof.verification_method


def _read_following(document: dict[str, Any]) -> frozenset[str]:
    """The keys that a rotation leads to, of which the new Ed25519 key signed it too."""
    following, rsa = text(document, "nextKey"), text(document, "nextRsaKey")
    if not isinstance(read_multikey(rsa), RSAPublicKey):
        raise Malformed("nextRsaKey: not an RSA key")
    signature = read_base58(text(document, _COUNTERSIGNATURE), _SIGNATURE_DIGITS)
    unsigned = {name: value for name, value in document.items() if name != _COUNTERSIGNATURE}
    try:
        _ed25519(following).verify(signature, document_hash(unsigned))
    except InvalidSignature:
        raise Unauthenticated("a rotation that the new key did not sign") from None
    return frozenset({following, rsa})


def _ed25519(multikey: str) -> Ed25519PublicKey:
    key = read_multikey(multikey)
    if not isinstance(key, Ed25519PublicKey):
        raise Malformed("a statement about a key that is not Ed25519")
    return key
