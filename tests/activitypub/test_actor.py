"""The collective as an actor."""

from typing import Any

import pytest
from hypothesis import given

from activitypub.actor import RemoteActor, build_actor, build_node_actor, read_actor
from activitypub.capabilities import MAX_CAPABILITIES, RFC_9421, RFC_9421_ED25519
from activitypub.document import read_document
from activitypub.jsonld import dropped_terms, expand
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
NODE = build_node_actor(ALDER, public_key_pem=PEM)
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
    webfinger="alder@alder.example",
    implements=frozenset({RFC_9421, RFC_9421_ED25519}),
)
OWN_DEFINITIONS = {
    "toot": "http://joinmastodon.org/ns#",
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "webfinger": {
        "@id": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "@type": "http://www.w3.org/2001/XMLSchema#string",
    },
    "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@set"},
}
TAKES = [
    {
        "type": "Link",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421",
        "name": "RFC-9421: HTTP Message Signatures",
    },
    {
        "type": "Link",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
        "name": "RFC-9421 signatures using the Ed25519 algorithm",
    },
]


def test_builds_the_whole_document() -> None:
    """The actor is exactly this JSON, and loses no term in JSON-LD."""
    actor = "https://alder.example/actors/alder"
    assert {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/v1",
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            OWN_DEFINITIONS,
        ],
        "id": actor,
        "type": "Organization",
        "preferredUsername": "alder",
        "webfinger": "alder@alder.example",
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
        "generator": {"type": "Application", "implements": TAKES},
    } == BUILT
    assert dropped_terms(BUILT) == set()


def test_builds_the_node_actor() -> None:
    """FEP-2677: the node is an Application with the shared inbox and a key under an id of its own."""
    actor = "https://alder.example/actor"
    assert {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1", OWN_DEFINITIONS],
        "id": actor,
        "type": "Application",
        "preferredUsername": "alder.example",
        "webfinger": "alder.example@alder.example",
        "name": "alder.example",
        "url": "https://alder.example/",
        "inbox": "https://alder.example/inbox",
        "outbox": f"{actor}/outbox",
        "endpoints": {"sharedInbox": "https://alder.example/inbox"},
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
        "publicKey": {"id": f"{actor}#main-key", "owner": actor, "publicKeyPem": PEM},
        "implements": TAKES,
    } == NODE
    assert dropped_terms(NODE) == set()


def test_reads_the_node_actor() -> None:
    """An actor that is an Application may say itself what it can do (FEP-844e)."""
    read = read_actor(read_document(as_bytes(NODE)), ALDER.node_actor)
    assert (read.type, read.main_key_id, read.main_key_pem) == ("Application", ALDER.node_key, PEM)
    assert (read.webfinger, read.implements) == (ALDER.node_acct, READ.implements)


def test_json_ld_keeps_what_the_software_can_do() -> None:
    """Expanded, both new terms have the meaning that their FEPs give them."""
    for document in (BUILT, NODE):
        [expanded] = expand(document)
        assert len(expanded["https://purl.archive.org/socialweb/webfinger#webfinger"]) == 1
        named = expanded.get("https://www.w3.org/ns/activitystreams#generator", [expanded])[0]
        hrefs = [
            link["https://www.w3.org/ns/activitystreams#href"][0]["@id"]
            for link in named["https://w3id.org/fep/844e/implements"]
        ]
        assert hrefs == [RFC_9421, RFC_9421_ED25519]


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
        ({"webfinger": "acct:alder@ALDER.example"}, "webfinger", "alder@alder.example"),
        ({"webfinger": "alder@elsewhere.example"}, "webfinger", "alder@elsewhere.example"),  # a claim, no more
        ({"webfinger": None}, "webfinger", None),
        ({"webfinger": ["alder@alder.example"]}, "webfinger", None),
        ({"webfinger": "https://alder.example/"}, "webfinger", None),
        ({"webfinger": "alder@alder.example\u202e"}, "webfinger", None),
        ({"webfinger": "a" * 600 + "@alder.example"}, "webfinger", None),
        ({"generator": None}, "implements", frozenset()),
        ({"generator": "https://alder.example/actor"}, "implements", frozenset()),
        ({"generator": [{"implements": TAKES}]}, "implements", frozenset()),
        ({"generator": {"implements": TAKES[0]}}, "implements", frozenset({RFC_9421})),
        (
            {"generator": {"implements": [None, 7, RFC_9421, {}, {"href": 7}, TAKES[1]]}},
            "implements",
            {RFC_9421_ED25519},
        ),
        ({"generator": {"implements": [{"href": "javascript:x"}, {"href": "http://a.b/"}]}}, "implements", frozenset()),
        ({"generator": None, "implements": TAKES}, "implements", frozenset()),  # no Application
    ],
)
def test_ignores_what_is_not_well_formed(change: dict[str, Any], field: str, value: object) -> None:
    """FEP-521a: keys that are not the actor's own, and addresses elsewhere, are as if they were not there."""
    assert getattr(read_actor(BUILT | change, ALDER.actor), field) == value


def test_only_so_many_capabilities_are_read() -> None:
    """Whoever says that it can do everything is heard for a while."""
    links = [{"href": f"https://alder.example/can/{number}"} for number in range(MAX_CAPABILITIES * 4)]
    assert len(read_actor(BUILT | {"generator": {"implements": links}}, ALDER.actor).implements) == MAX_CAPABILITIES


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
