"""The collective as an actor."""

from typing import Any

import pytest
from hypothesis import given

from activitypub.actor import RemoteActor, build_actor, read_actor
from activitypub.document import read_document
from activitypub.jsonld import dropped_terms
from schema.errors import Forbidden, Malformed, RemoteError
from tests.activitypub.documents import ALDER, BIRCH, as_bytes, broken

PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
MULTIKEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
BUILT = build_actor(
    ALDER,
    name="Alder Collective",
    summary="Food & tools.\nCome <in>!",
    public_key_pem=PEM,
    ed25519_multikey=MULTIKEY,
)
KEY = BUILT["assertionMethod"][0]
READ = RemoteActor(
    id="https://alder.example/actors/alder",
    type="Organization",
    name="Alder Collective",
    preferred_username="alder",
    inbox="https://alder.example/actors/alder/inbox",
    shared_inbox="https://alder.example/inbox",
    followers="https://alder.example/actors/alder/followers",
    url="https://alder.example/",
    main_key_id="https://alder.example/actors/alder#main-key",
    main_key_pem=PEM,
    ed25519_keys=(("https://alder.example/actors/alder#ed25519-key", MULTIKEY),),
)


def test_builds_the_whole_document() -> None:
    """The actor is exactly this JSON, and loses no term in JSON-LD."""
    actor = "https://alder.example/actors/alder"
    assert {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/v1",
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            {
                "toot": "http://joinmastodon.org/ns#",
                "discoverable": "toot:discoverable",
                "indexable": "toot:indexable",
                "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            },
        ],
        "id": actor,
        "type": "Organization",
        "preferredUsername": "alder",
        "name": "Alder Collective",
        "summary": "<p>Food &amp; tools.<br>Come &lt;in&gt;!</p>",
        "url": "https://alder.example/",
        "inbox": f"{actor}/inbox",
        "outbox": f"{actor}/outbox",
        "followers": f"{actor}/followers",
        "following": f"{actor}/following",
        "endpoints": {"sharedInbox": "https://alder.example/inbox"},
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
        "publicKey": {"id": f"{actor}#main-key", "owner": actor, "publicKeyPem": PEM},
        "assertionMethod": [
            {
                "id": f"{actor}#ed25519-key",
                "type": "Multikey",
                "controller": actor,
                "publicKeyMultibase": MULTIKEY,
            }
        ],
    } == BUILT
    assert dropped_terms(BUILT) == set()


def test_reads_what_it_builds() -> None:
    """Our own document is read as it was meant."""
    assert read_actor(read_document(as_bytes(BUILT)), ALDER.actor) == READ


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"type": ["Service", "https://x.example/Bot"]}, "type", "Service"),
        ({"name": None}, "name", "alder"),
        ({"name": "\u202eevil\u0000\n\u2066" + "x" * 500}, "name", "evil" + "x" * 196),
        ({"url": [{"type": "Link", "href": "https://alder.example/"}]}, "url", None),
        ({"url": "javascript:alert(1)"}, "url", None),
        ({"endpoints": None}, "shared_inbox", None),
        ({"endpoints": {"sharedInbox": "https://evil.example/inbox"}}, "shared_inbox", None),
        ({"followers": "https://evil.example/followers"}, "followers", None),
        ({"publicKey": None}, "main_key_pem", None),
        ({"publicKey": [{"id": "x"}, BUILT["publicKey"]]}, "main_key_pem", PEM),
        ({"publicKey": BUILT["publicKey"] | {"owner": BIRCH.actor}}, "main_key_pem", None),
        ({"publicKey": BUILT["publicKey"] | {"id": BIRCH.main_key}}, "main_key_id", None),
        ({"publicKey": BUILT["publicKey"] | {"publicKeyPem": 1}}, "main_key_id", None),
        ({"assertionMethod": KEY}, "ed25519_keys", READ.ed25519_keys),
        ({"assertionMethod": [ALDER.ed25519_key, None, 7, KEY]}, "ed25519_keys", READ.ed25519_keys),
        ({"assertionMethod": [KEY | {"controller": BIRCH.actor}]}, "ed25519_keys", ()),
        ({"assertionMethod": [KEY | {"id": BIRCH.ed25519_key}]}, "ed25519_keys", ()),
        ({"assertionMethod": [KEY | {"type": "JsonWebKey"}]}, "ed25519_keys", ()),
        ({"assertionMethod": [KEY | {"publicKeyMultibase": "z4MXj1wBzi9jUstyP"}]}, "ed25519_keys", ()),
        ({"assertionMethod": [KEY, KEY | {"publicKeyMultibase": "z6Mkother"}]}, "ed25519_keys", ()),
    ],
)
def test_ignores_what_is_not_well_formed(change: dict[str, Any], field: str, value: object) -> None:
    """FEP-521a: keys that are not the actor's own, and addresses elsewhere, are as if they were not there."""
    assert getattr(read_actor(BUILT | change, ALDER.actor), field) == value


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"id": BIRCH.actor}, Forbidden, id="V01 another id"),
        pytest.param({"id": f"{ALDER.actor}/"}, Forbidden, id="V07 nearly the same id"),
        pytest.param({"id": None}, Malformed, id="no id"),
        pytest.param({"id": "https://ALDER.example/actors/alder"}, Malformed, id="A25 id in capitals"),
        pytest.param({"inbox": BIRCH.inbox}, Forbidden, id="inbox elsewhere"),
        pytest.param({"inbox": "https://alder.example:8443/inbox"}, Forbidden, id="inbox on another port"),
        pytest.param({"inbox": None}, Malformed, id="no inbox"),
        pytest.param({"type": "Note"}, Malformed, id="no actor type"),
        pytest.param({"type": ["Person", "Group"]}, Malformed, id="two actor types"),
        pytest.param({"type": 1}, Malformed, id="J08 type as a number"),
        pytest.param({"name": 1}, Malformed, id="name as a number"),
    ],
)
def test_refuses_documents_of_others(change: dict[str, Any], error: type[RemoteError]) -> None:
    """A document counts only under the id it was asked for, with its inbox on the same origin."""
    with pytest.raises(error):
        read_actor(BUILT | change, ALDER.actor)


@given(broken(BUILT))
def test_only_errors_of_the_tree_leave_the_reader(document: dict[str, Any]) -> None:
    """Any document is the actor that was asked for, malformed or forbidden."""
    try:
        actor = read_actor(document, ALDER.actor)
    except (Malformed, Forbidden):
        return
    assert actor.id == ALDER.actor
    assert actor.inbox.startswith("https://alder.example/")
