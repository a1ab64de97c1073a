"""Proofs against code that others wrote (apsig): what we sign holds there, and the other way round."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from apsig import ProofSigner, ProofVerifier
from apsig.exceptions import VerificationFailedError
from hypothesis import HealthCheck, given, settings

from activitypub.activity import build_create
from activitypub.ids import Ids
from activitypub.signatures.keys import read_multikey, read_secret_multikey, write_base58
from activitypub.signatures.proof import read_proof, sign_document, verify_proof
from activitypub.times import write_time
from activitypub.translate.proposal import build_note
from schema.errors import Unauthenticated
from schema.proposal import Proposal
from schema.visibility import Audience
from tests.activitypub import vectors
from tests.schema.strategies import NODE, NOW, drafts, proposals

IDS: Final = Ids(NODE, "alder")
CREATED: Final = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)
OPTIONS: Final = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": write_time(CREATED),
    "verificationMethod": IDS.ed25519_key,
    "proofPurpose": "assertionMethod",
}
sent = proposals(drafts().filter(lambda draft: draft.audience is not Audience.CIRCLE))

CHANGES: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "type": lambda document: document.update(type="Announce"),
    "id": lambda document: document.update(id=document["id"] + "0"),
    "addressees": lambda document: document["to"].append("https://cedar.example/actors/cedar"),
    "more": lambda document: document.update(more=True),
    "less": lambda document: document.pop("published"),
    "time": lambda document: document["proof"].update(created="2026-11-23T09:17:43Z"),
    "key": lambda document: document["proof"].update(verificationMethod=IDS.ed25519_key + "2"),
}


def signed_by_us(document: dict[str, Any]) -> dict[str, Any]:
    return sign_document(document, read_secret_multikey(vectors.SECRET_MULTIKEY), IDS.ed25519_key, CREATED)


def signed_by_them(document: dict[str, Any]) -> dict[str, Any]:
    document = {name: value for name, value in document.items() if name != "proof"}
    signed: dict[str, Any] = ProofSigner(vectors.SECRET_MULTIKEY).sign(document, OPTIONS)
    return signed


def create(proposal: Proposal, sign: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """A Create with its Note, signed from the inside out."""
    note = sign(build_note(proposal, IDS))
    return sign(build_create(IDS, "2", note, to=note["to"], cc=note.get("cc", ()), published=NOW))


def they_accept(document: dict[str, Any]) -> None:
    """Check a document as they do, which takes its proof apart. Raises VerificationFailedError."""
    method = document["proof"]["verificationMethod"]
    assert ProofVerifier(vectors.PUBLIC_MULTIKEY).verify(deepcopy(document), raise_on_fail=True) == method


def we_accept(document: dict[str, Any]) -> None:
    """Do all that a receiver does with a document that has to carry a proof. Raises Unauthenticated."""
    proof = read_proof(document)
    assert proof is not None
    verify_proof(document, proof, read_multikey(vectors.PUBLIC_MULTIKEY))


def changed(document: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = deepcopy(document)
    change(document)
    return document


def without_context(document: dict[str, Any]) -> dict[str, Any]:
    """The document whose proof has lost its own `@context`."""
    return changed(document, lambda one: one["proof"].pop("@context"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_what_we_sign_holds_there(proposal: Proposal) -> None:
    """Both proofs of every proposal that we send, the Create's and its Note's, hold there, and none after a change."""
    activity = create(proposal, signed_by_us)
    for document in (activity, activity["object"]):
        they_accept(document)
        for change in CHANGES.values():
            with pytest.raises(VerificationFailedError):
                they_accept(changed(document, change))
    with pytest.raises(VerificationFailedError):
        they_accept(changed(activity, lambda one: one["object"].pop("proof")))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_what_they_sign_holds_here(proposal: Proposal) -> None:
    """Both proofs of a Create and its Note that they signed hold here, are ours to the byte, and fall with a change."""
    activity = create(proposal, signed_by_them)
    assert activity == create(proposal, signed_by_us)
    for document in (activity, activity["object"]):
        we_accept(document)
        for change in CHANGES.values():
            with pytest.raises(Unauthenticated):
                we_accept(changed(document, change))


def test_the_golden_document_holds_there() -> None:
    """Our golden proposal and its Create, both as they lie in the file, are accepted by them."""
    they_accept(vectors.golden())
    they_accept(vectors.golden()["object"])


def test_a_document_without_a_context_holds_both_ways() -> None:
    """Without a `@context` the proof has none either, and both sides make and take the same."""
    document = signed_by_them(vectors.FEP_C390_DOCUMENT)
    assert "@context" not in document["proof"]
    assert document == signed_by_us(vectors.FEP_C390_DOCUMENT)
    we_accept(document)
    they_accept(document)


def test_a_proof_without_the_context_of_its_document_is_read_as_it_stands() -> None:
    """Their proof of a configuration without `@context` holds on both sides."""
    document = vectors.FEP_8B32_DOCUMENT
    signer = ProofSigner(vectors.SECRET_MULTIKEY)
    hashed = signer.hashing(signer.transform(document, OPTIONS), signer.canonicalize(OPTIONS))
    signed = document | {"proof": OPTIONS | {"proofValue": write_base58(signer.sign_data(hashed))}}
    we_accept(signed)
    they_accept(signed)


def test_a_context_that_the_proof_lost_is_put_back_here_alone() -> None:
    """A proof made with the document's `@context` and sent without it holds here, since servers do so; not there."""
    document = without_context(signed_by_them(vectors.FEP_8B32_DOCUMENT))
    we_accept(document)
    with pytest.raises(VerificationFailedError):
        they_accept(document)


def test_a_context_added_behind_the_signed_one_holds_here_alone() -> None:
    """What the W3C text allows, a context added after signing, is taken here; they hash the document as it came."""
    document = signed_by_them(vectors.FEP_8B32_DOCUMENT)
    document |= {"@context": [*document["@context"], "https://cedar.example/ns"]}
    we_accept(document)
    with pytest.raises(VerificationFailedError):
        they_accept(document)


@pytest.mark.parametrize(
    ("document", "method", "value"),
    [
        (vectors.W3C_DOCUMENT, vectors.W3C_METHOD, vectors.W3C_PROOF_VALUE),
        (vectors.FEP_8B32_DOCUMENT, vectors.FEP_8B32_METHOD, vectors.FEP_8B32_PROOF_VALUE),
        (vectors.FEP_C390_DOCUMENT, vectors.FEP_C390_METHOD, vectors.FEP_C390_PROOF_VALUE),
    ],
)
def test_they_reproduce_what_is_published(document: dict[str, Any], method: str, value: str) -> None:
    """They make and accept the proofs of W3C, FEP-8b32 and FEP-c390: those who check are right."""
    options = OPTIONS | {"created": vectors.W3C_CREATED, "verificationMethod": method}
    signed = ProofSigner(vectors.SECRET_MULTIKEY).sign(document, options)
    assert signed["proof"]["proofValue"] == value
    they_accept(signed)
