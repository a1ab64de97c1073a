import copy
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from activitypub.signatures.keys import PublicKey, read_multikey, read_secret_multikey, write_base58
from activitypub.signatures.proof import (
    canonical,
    document_hash,
    proof_config_hash,
    read_proof,
    sign_document,
    verify_proof,
)
from schema.errors import Malformed, Unauthenticated
from tests.activitypub import vectors

SECRET: Final = read_secret_multikey(vectors.SECRET_MULTIKEY)
PUBLIC: Final = read_multikey(vectors.PUBLIC_MULTIKEY)
CREATED: Final = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
GOLDEN_CREATED: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PUBLISHED: Final = [
    (vectors.W3C_DOCUMENT, vectors.W3C_METHOD, vectors.W3C_PROOF_VALUE),
    (vectors.FEP_8B32_DOCUMENT, vectors.FEP_8B32_METHOD, vectors.FEP_8B32_PROOF_VALUE),
    (vectors.FEP_C390_DOCUMENT, vectors.FEP_C390_METHOD, vectors.FEP_C390_PROOF_VALUE),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def accept(document: dict[str, Any], key: PublicKey = PUBLIC) -> None:
    """Do all that a receiver does with a document that has to carry a proof. Raises Unauthenticated."""
    proof = read_proof(document)
    if proof is None:
        raise Unauthenticated("no proof")
    verify_proof(document, proof, key)


def refused(document: dict[str, Any], why: str) -> None:
    with pytest.raises(Unauthenticated, match=why):
        accept(document)


def signed() -> dict[str, Any]:
    return sign_document(vectors.FEP_8B32_DOCUMENT, SECRET, vectors.FEP_8B32_METHOD, CREATED)


def config_of(document: dict[str, Any]) -> dict[str, Any]:
    proof = read_proof(document)
    assert proof is not None
    return proof.config


@pytest.mark.parametrize(("document", "method", "value"), PUBLISHED)
def test_published_documents_sign_to_the_published_value(document: dict[str, Any], method: str, value: str) -> None:
    """The vectors of W3C, FEP-8b32 and FEP-c390 are reproduced, and hold."""
    result = sign_document(document, SECRET, method, CREATED)
    assert result["proof"]["proofValue"] == value
    assert result["proof"]["created"] == vectors.W3C_CREATED
    accept(result)
    proof = read_proof(result)
    assert proof is not None
    assert (proof.verification_method, proof.created, proof.expires) == (method, CREATED, None)


def test_every_step_of_the_w3c_vector_is_reproduced() -> None:
    """Canonical forms, both hashes and the raw signature are those of w3c/vc-di-eddsa."""
    result = sign_document(vectors.W3C_DOCUMENT, SECRET, vectors.W3C_METHOD, CREATED)
    config = config_of(result)
    assert canonical(vectors.W3C_DOCUMENT).decode() == vectors.W3C_CANONICAL_DOCUMENT
    assert canonical(config).decode() == vectors.W3C_CANONICAL_CONFIG
    assert document_hash(result).hex() == vectors.W3C_DOCUMENT_HASH
    assert proof_config_hash(config).hex() == vectors.W3C_CONFIG_HASH
    proof = read_proof(result)
    assert proof is not None
    assert proof.value.hex() == vectors.W3C_SIGNATURE


def test_both_hashes_of_the_fep_8b32_vector_are_reproduced() -> None:
    """The FEP's document with floating point numbers has the hashes that its signature is over."""
    assert document_hash(signed()).hex() == vectors.FEP_8B32_DOCUMENT_HASH
    assert proof_config_hash(config_of(signed())).hex() == vectors.FEP_8B32_CONFIG_HASH


def test_the_golden_document_is_signed_to_the_same_bytes() -> None:
    """Our golden proposal, stripped and signed again from the inside out, is the file byte for byte."""
    golden = vectors.golden()
    inner = {name: value for name, value in golden["object"].items() if name != "proof"}
    outer = {name: value for name, value in golden.items() if name != "proof"}
    inner = sign_document(inner, SECRET, vectors.GOLDEN_METHOD, GOLDEN_CREATED)
    outer = sign_document(outer | {"object": inner}, SECRET, vectors.GOLDEN_METHOD, GOLDEN_CREATED)
    assert json.dumps(outer, indent=2, ensure_ascii=False).encode() == vectors.GOLDEN.read_bytes()


def test_both_proofs_of_the_golden_document_hold_each_for_its_own_map() -> None:
    """The outer proof covers the inner one; the inner stands alone; both configurations are the same."""
    golden = vectors.golden()
    accept(golden)
    accept(golden["object"])
    assert document_hash(golden).hex() == vectors.GOLDEN_OUTER_HASH
    assert document_hash(golden["object"]).hex() == vectors.GOLDEN_INNER_HASH
    for document in (golden, golden["object"]):
        assert proof_config_hash(config_of(document)).hex() == vectors.GOLDEN_CONFIG_HASH
    del golden["object"]["proof"]
    refused(golden, "not made by this key")


def test_signing_leaves_the_document_alone_and_replaces_an_old_proof() -> None:
    """The result is a copy whose last member is the new proof, with the time in UTC and whole seconds."""
    document = copy.deepcopy(vectors.FEP_8B32_DOCUMENT)
    first = sign_document(document, SECRET, vectors.FEP_8B32_METHOD, CREATED + timedelta(microseconds=5))
    assert document == vectors.FEP_8B32_DOCUMENT
    assert list(first)[-1] == "proof"
    assert first["proof"]["created"] == vectors.W3C_CREATED
    again = sign_document({"proof": "old"} | document, SECRET, vectors.FEP_8B32_METHOD, CREATED)
    assert (again, list(again)[-1]) == (first, "proof")


def test_a_document_without_a_proof_has_none() -> None:
    """None means that there is no `proof` member at all, not that it is empty."""
    assert read_proof({"type": "Note"}) is None
    nothing: list[Any] = [None, {}, [], "", False]
    for empty in nothing:
        refused({"type": "Note", "proof": empty}, "the proof")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"proofPurpose": "authentication"}, "proofPurpose"),
        ({"proofPurpose": ["assertionMethod"]}, "proofPurpose"),
        ({"cryptosuite": "eddsa-rdfc-2022"}, "cryptosuite"),
        ({"cryptosuite": "jcs-eddsa-2022"}, "cryptosuite"),
        ({"type": "Ed25519Signature2020"}, "type"),
        ({"verificationMethod": ""}, "verification method"),
        ({"verificationMethod": {"id": vectors.FEP_8B32_METHOD}}, "verification method"),
        ({"verificationMethod": "x" * 3000}, "verification method"),
        ({"verificationMethod": "https://evil.example/#key"}, "not made by this key"),
        ({"created": None}, "created"),
        ({"created": "2023-02-24"}, "created"),
        ({"created": "2023-02-24T23:36:38"}, "created"),
        ({"created": "2023-02-30T23:36:38Z"}, "created"),
        ({"created": "0001-01-01T00:00:00+14:00"}, "created"),
        ({"created": "2023-02-24T23:36:38Z\n"}, "created"),
        ({"created": "2023-02-24T23:36:39Z"}, "not made by this key"),
        ({"expires": "soon"}, "expires"),
        ({"expires": "2099-01-01T00:00:00Z"}, "not made by this key"),
        ({"proofValue": None}, "64 bytes"),
        ({"proofValue": "u" + vectors.FEP_8B32_PROOF_VALUE[1:]}, "base58btc"),
        ({"proofValue": vectors.FEP_8B32_PROOF_VALUE[:-3]}, "64 bytes"),
        ({"proofValue": vectors.FEP_8B32_PROOF_VALUE + "1" * 100}, "base58btc"),
        ({"proofValue": vectors.FEP_8B32_PROOF_VALUE + " "}, "base58btc"),
        ({"proofValue": vectors.W3C_PROOF_VALUE}, "not made by this key"),
        ({"nonce": "x"}, "not made by this key"),
    ],
)
def test_a_proof_that_is_not_ours_to_take_is_refused(change: dict[str, Any], why: str) -> None:
    """S22: another purpose, suite, method, time, value or member is Unauthenticated, never unsigned."""
    document = signed()
    refused(document | {"proof": document["proof"] | change}, why)


def test_several_proofs_are_refused() -> None:
    """S22: two proofs are not taken, not even twice the same."""
    document = signed()
    refused(document | {"proof": [document["proof"]] * 2}, "several")


def test_a_proof_of_another_object_is_refused() -> None:
    """S22: a proof copied from one document to another does not hold there."""
    refused(vectors.golden() | {"proof": vectors.golden()["object"]["proof"]}, "not made by this key")


def test_a_non_canonical_signature_is_refused() -> None:
    """S19: S raised by the group's order, which adds up to the same point, is another signature, and refused."""
    document = signed()
    proof = read_proof(document)
    assert proof is not None
    order = 2**252 + 27742317777372353535851937790883648493
    raised = proof.value[:32] + (int.from_bytes(proof.value[32:], "little") + order).to_bytes(32, "little")
    refused(document | {"proof": document["proof"] | {"proofValue": write_base58(raised)}}, "not made by this key")


def test_another_key_is_refused() -> None:
    """A proof holds for the key that made it, and never for an RSA key."""
    with pytest.raises(Unauthenticated, match="not made by this key"):
        accept(signed(), Ed25519PrivateKey.generate().public_key())
    with pytest.raises(Unauthenticated, match="not an Ed25519 key"):
        accept(signed(), vectors.signing_keys().rsa_public)


def test_the_context_of_a_proof_is_the_beginning_of_the_documents() -> None:
    """A context added at the end is left out of what is signed; elsewhere, or missing, it breaks the proof (S22)."""
    document = signed()
    context = document["@context"]
    accept(document | {"@context": [*context, {"x": "https://x.example/"}]})
    for other in (["https://x.example/", *context], context[:1], context[::-1], context[0], None):
        refused(document | {"@context": other}, "does not start with")
    refused({name: value for name, value in document.items() if name != "@context"}, "does not start with")


def test_a_context_that_is_one_text_counts_as_a_list_of_it() -> None:
    """A document signed with a single context holds when another one is added behind it."""
    document = sign_document({"@context": "https://a.example/", "id": "x"}, SECRET, "did:key:x", CREATED)
    accept(document)
    accept(document | {"@context": ["https://a.example/", "https://b.example/"]})
    refused(document | {"@context": "https://b.example/"}, "does not start with")


def test_a_proof_without_a_context_is_read_both_ways() -> None:
    """Without a `@context` in the proof, the hash may be of the proof as sent or of one with the document's."""
    document = vectors.FEP_8B32_DOCUMENT
    with_context = signed()["proof"]
    accept(document | {"proof": {name: value for name, value in with_context.items() if name != "@context"}})
    bare = {name: value for name, value in with_context.items() if name not in {"@context", "proofValue"}}
    value = write_base58(SECRET.sign(proof_config_hash(bare) + document_hash(document)))
    accept(document | {"proof": bare | {"proofValue": value}})
    refused(document | {"proof": {"@context": []} | bare | {"proofValue": value}}, "not made by this key")


def test_a_linked_data_signature_beside_the_proof_does_not_matter() -> None:
    """An LD `signature` was added after the proof, so it is taken off before the proof is checked."""
    accept(signed() | {"signature": {"type": "RsaSignature2017"}})
    nested = signed()
    refused(nested | {"object": nested["object"] | {"signature": {}}}, "not made by this key")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-02-24T23:36:38.5Z", CREATED + timedelta(seconds=0.5)),
        ("2023-02-24T23:36:38.123456789Z", CREATED + timedelta(microseconds=123456)),
        ("2023-02-25T00:36:38+01:00", CREATED),
    ],
)
def test_fractions_and_zones_of_a_time_are_read(text: str, expected: datetime) -> None:
    """`created` may have a fraction of a second and any zone; it is read as UTC."""
    document = signed()
    proof = read_proof(document | {"proof": document["proof"] | {"created": text, "expires": text}})
    assert proof is not None
    assert proof.created == expected
    assert proof.expired(expected)
    assert not proof.expired(expected - timedelta(seconds=1))


def test_the_sample_of_rfc_8785_is_written_as_its_bytes() -> None:
    """RFC 8785 sections 3.2.2 to 3.2.4: literals, numbers, strings and the order of names."""
    assert canonical(json.loads(vectors.JCS_INPUT)) == vectors.JCS_OUTPUT
    written = json.loads(canonical(json.loads(vectors.JCS_SORTING)))
    assert list(written.values()) == vectors.JCS_SORTED


@pytest.mark.parametrize(("bits", "text"), vectors.JCS_NUMBERS)
def test_numbers_are_written_as_in_rfc_8785(bits: str, text: str | None) -> None:
    """RFC 8785 appendix B: each double has the text of ECMAScript; NaN and Infinity are errors."""
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    if text is None:
        with pytest.raises(Malformed):
            canonical(number)
    else:
        assert canonical(number).decode() == text


@pytest.mark.parametrize("value", [2**53, "\ud800", {"\ud800": 1}, float("inf"), {1: 2}, object()])
def test_what_json_cannot_carry_safely_is_malformed(value: object) -> None:
    """Whole numbers that a double cannot hold, lone surrogates and what is no JSON at all are Malformed."""
    with pytest.raises(Malformed):
        canonical(value)


@given(JSON)
def test_the_fast_way_writes_as_the_library_of_rfc_8785(value: Any) -> None:
    """Whatever the value: the same bytes, and the same values refused."""
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(Malformed):
            canonical(value)
    else:
        assert canonical(value) == expected


def test_a_document_nested_without_end_is_malformed() -> None:
    """Depth ends in Malformed, not in a crash, in the document as in its context."""
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    document = signed()
    proof = document["proof"] | {"@context": [deep]}
    for hostile in (document | {"x": deep}, document | {"@context": [[deep]], "proof": proof}):
        with pytest.raises((Malformed, Unauthenticated)):
            accept(hostile)


@given(JSON, st.dictionaries(st.sampled_from([*signed()["proof"], "expires"]), JSON))
def test_any_proof_is_at_worst_unauthenticated(whole: Any, parts: dict[str, Any]) -> None:
    """Whatever stands in `proof`, whole or in its members, nothing else is raised and nothing is accepted."""
    document = signed()
    for proof in (whole, document["proof"] | parts):
        if proof != document["proof"]:
            with pytest.raises((Unauthenticated, Malformed)):
                accept(document | {"proof": proof})


@given(JSON)
def test_any_document_that_can_be_written_can_be_signed(value: Any) -> None:
    """Whatever can be canonicalised holds after it went over the wire as JSON."""
    try:
        document = sign_document({"@context": value, "object": value}, SECRET, "did:key:x", CREATED)
    except Malformed:
        return
    accept(json.loads(json.dumps(document)))


@given(st.data())
def test_any_flipped_bit_breaks_the_proof(data: st.DataObject) -> None:
    """One bit changed anywhere in a signed document leaves no JSON, no proof, or one that is refused."""
    raw = bytearray(canonical(vectors.golden()))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        forged = json.loads(raw)
    except ValueError:
        return
    with pytest.raises((Unauthenticated, Malformed)):
        accept(forged)
