"""Object Integrity Proofs (FEP-8b32): the suite `eddsa-jcs-2022` of W3C Data Integrity EdDSA Cryptosuites.

What is signed: SHA-256 of the canonical proof configuration (the proof without `proofValue`), followed by SHA-256 of
the canonical document without `proof`; 64 bytes, signed with plain Ed25519 (RFC 8032). Canonical is RFC 8785.

Rule 1. A document with a `proof` that is unreadable or does not hold is refused, never treated as unsigned.
Rule 2. A proof belongs to the map it stands in: a nested object keeps its own, and is signed before the outer one.
Rule 3. The members `proof` and `signature` (a Linked Data signature, added after the proof) are outside of what is
        signed: nothing may be concluded from `signature`.
Rule 4. That the verification method belongs to the owner of the document is not asked here.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from activitypub.signatures.keys import PublicKey, read_base58, write_base58
from activitypub.times import read_time, write_time
from schema.errors import Malformed, Unauthenticated

SUITE: Final = "eddsa-jcs-2022"
TYPE: Final = "DataIntegrityProof"
PURPOSE: Final = "assertionMethod"

MAX_METHOD: Final = 2048
_SIGNATURE_BYTES: Final = 64
_SIGNATURE_DIGITS: Final = 88
_UNSIGNED: Final = frozenset({"proof", "signature"})
_CONTEXT: Final = "@context"
_SORTED: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER  # names by their characters, integers up to 2^53 - 1
_PLAIN: Final = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that is well formed. `config` is the wire's proof without `proofValue`; `value` has 64 bytes."""

    config: dict[str, Any]
    value: bytes
    verification_method: str
    created: datetime
    expires: datetime | None = None

    def expired(self, now: datetime) -> bool:
        """Whether the proof says that it held only until a time that has come."""
        return self.expires is not None and self.expires <= now


def canonical(value: Any) -> bytes:
    """Return the one way to write a JSON value (RFC 8785). Raises Malformed for what JSON cannot carry safely.

    orjson writes what is plain in the same way, ten times faster; a test holds the two together.
    """
    try:
        return orjson.dumps(value, option=_SORTED) if _is_plain(value) else rfc8785.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed("a value that RFC 8785 cannot write: a number, a character or a depth out of range") from error


def _is_plain(value: Any) -> bool:
    """Whether a value holds no fractions and only ASCII names: there alone would RFC 8785 write or sort otherwise."""
    waiting = [value]
    for part in waiting:  # which grows on the way
        kind = type(part)
        if kind is dict:
            if not all(map(str.isascii, part)):
                return False
            waiting += part.values()
        elif kind is list:
            waiting += part
        elif kind not in _PLAIN:
            return False
    return True


def proof_config_hash(config: dict[str, Any]) -> bytes:
    """Return the SHA-256 of a proof configuration."""
    return sha256(canonical(config)).digest()


def document_hash(document: dict[str, Any]) -> bytes:
    """Return the SHA-256 of a document without its own proof; proofs of nested objects stay in."""
    return sha256(canonical({name: document[name] for name in document if name not in _UNSIGNED})).digest()


def sign_document(
    document: dict[str, Any], key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """Return a copy of the document with a proof as its last member, in place of one it had.

    `created` is aware and written in whole seconds. "If unsecuredDocument.@context is present, set proof.@context to
    unsecuredDocument.@context" (create proof, step 2).
    """
    config = {_CONTEXT: document[_CONTEXT]} if _CONTEXT in document else {}
    config |= {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": write_time(created),
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
    }
    signature = key.sign(proof_config_hash(config) + document_hash(document))
    body = {name: document[name] for name in document if name != "proof"}
    return body | {"proof": config | {"proofValue": write_base58(signature)}}


def read_proof(document: dict[str, Any]) -> Proof | None:
    """Read the document's proof; None only if it has no `proof` member at all. Raises Unauthenticated."""
    if "proof" not in document:
        return None
    proof = document["proof"]
    if not isinstance(proof, dict):
        raise Unauthenticated("the proof is not one object; several proofs are not taken")
    for name, expected in (("type", TYPE), ("cryptosuite", SUITE), ("proofPurpose", PURPOSE)):
        if proof.get(name) != expected:
            raise Unauthenticated(f"the proof's {name} is not {expected}")
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not 0 < len(method) <= MAX_METHOD:
        raise Unauthenticated("the proof names no verification method")
    return Proof(
        config={name: proof[name] for name in proof if name != "proofValue"},
        value=_read_value(proof.get("proofValue")),
        verification_method=method,
        created=_read_date_time(proof.get("created")),
        expires=_read_date_time(proof["expires"]) if "expires" in proof else None,
    )


def _read_value(text: object) -> bytes:
    """Read `proofValue`: base58btc of an Ed25519 signature."""
    try:
        value = read_base58(text, _SIGNATURE_DIGITS) if isinstance(text, str) else b""
    except Malformed as error:
        raise Unauthenticated(f"the proof's value is {error}") from error
    if len(value) != _SIGNATURE_BYTES:
        raise Unauthenticated("the proof's value is not a signature of 64 bytes")
    return value


def _read_date_time(text: object) -> datetime:
    """Read an xsd:dateTime with the zone that VC Data Integrity section 2.1 asks for, as UTC."""
    try:
        return read_time(text if isinstance(text, str) else "")
    except Malformed as error:
        raise Unauthenticated("the proof's created or expires is missing or no xsd:dateTime with a zone") from error


def verify_proof(document: dict[str, Any], proof: Proof, public_key: PublicKey) -> None:
    """Check that this key made the document's proof. Raises Unauthenticated, or Malformed if it cannot be hashed.

    The W3C text first: if the proof has a `@context`, the document's must start with it, and is replaced by it. Some
    servers hash the document's `@context` as part of a configuration that does not carry it; tried second.
    """
    if not isinstance(public_key, Ed25519PublicKey):
        raise Unauthenticated("the proof's key is not an Ed25519 key")
    config = proof.config
    if _CONTEXT in config:
        if _CONTEXT not in document or not _starts_with(document[_CONTEXT], config[_CONTEXT]):
            raise Unauthenticated("the document's @context does not start with the proof's")
        document = document | {_CONTEXT: config[_CONTEXT]}
    hashed = document_hash(document)
    if _holds(proof, proof_config_hash(config) + hashed, public_key):
        return
    if _CONTEXT not in config and _CONTEXT in document:
        config = config | {_CONTEXT: document[_CONTEXT]}
        if _holds(proof, proof_config_hash(config) + hashed, public_key):
            return
    raise Unauthenticated("the proof was not made by this key over this document")


def _starts_with(context: object, prefix: object) -> bool:
    """Whether a `@context` begins with all values of another, in the same order; one value counts as a list of it."""
    values, first = (list(item) if isinstance(item, list) else [item] for item in (context, prefix))
    try:
        return values[: len(first)] == first
    except RecursionError:
        return False


def _holds(proof: Proof, message: bytes, public_key: Ed25519PublicKey) -> bool:
    """Whether the proof's value is this key's signature of these bytes."""
    try:
        public_key.verify(proof.value, message)
    except InvalidSignature:
        return False
    return True
