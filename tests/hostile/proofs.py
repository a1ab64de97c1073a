"""Key ids that lead elsewhere (S18), and proofs that do not hold or prove something else (S22)."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import base58

from activitypub.signatures.keys import write_multikey
from activitypub.signatures.proof import document_hash, proof_config_hash
from activitypub.times import write_time
from tests.hostile.signatures import reproven, signed
from tests.hostile.standard import GOOD, plus_order, said
from tests.hostile.world import Case, World
from tests.rig.sender import Sender, changed, now

Document = dict[str, Any]


def with_value(world: World, write: Callable[[bytes], Any]) -> bytes:
    """A Note whose proof is made as it should be and written in another way."""
    note = world.ally.note()
    value = base58.b58decode(note["proof"]["proofValue"][1:])
    return world.post(world.ally.create({**note, "proof": {**note["proof"], "proofValue": write(value)}}))


def with_proof(world: World, proof: Any) -> bytes:
    """A Note with this in the place of its proof."""
    return world.post(world.ally.create({**world.ally.note(), "proof": proof}))


def by(world: World, signer: Sender, *, method: str | None = None, whole: bool = False) -> bytes:
    """The ally's Note, or its whole activity, with a proof by another's key, under whatever name."""
    document = world.ally.create() if whole else world.ally.note()
    bare = {key: value for key, value in document.items() if key != "proof"}
    config = {key: value for key, value in document["proof"].items() if key != "proofValue"}
    config["verificationMethod"] = method or signer.ids.ed25519_key
    made = signer.keys.ed25519.sign(proof_config_hash(config) + document_hash(bare))
    proven = bare | {"proof": config | {"proofValue": f"z{base58.b58encode(made).decode()}"}}
    return world.post(proven if whole else world.ally.create(proven))


def forged_inside(world: World, change: Callable[[Document], Document], *, kind: str = "Create") -> bytes:
    """A Note changed after it was signed, in an activity whose own proof holds."""
    return world.post(world.ally.activity(kind, change(world.ally.note()), to=[world.ally.ids.allies]))


def forged_outside(world: World, **members: Any) -> bytes:
    """A Note whose proof holds, in an activity that was changed after it was signed."""
    return world.post(changed(world.ally.create(), members))


def spoiled(document: Document) -> Document:
    """With the proof of something else."""
    return {**document, "name": "another title"}


def spoiled_follow(world: World) -> bytes:
    """An Undo of a Follow whose own proof does not hold."""
    follow = world.ally.follow(world.node.ids.actor) | {"summary": "one word more"}
    return world.post(world.ally.activity("Undo", follow))


def spoiled_actor(world: World) -> bytes:
    """An Update of itself whose proof does not hold."""
    actor = world.ally.prove(world.ally.actor()) | {"name": "another name"}
    return world.post(world.ally.activity("Update", actor))


# Key ids with a signature that would hold; what is no address proves nothing, an address elsewhere is another's.
KEY_IDS: Final[Mapping[str, tuple[Callable[[World], str], int]]] = {
    "actor-itself": (lambda w: w.ally.ids.actor, 401),
    "other-fragment": (lambda w: f"{w.ally.ids.actor}#main", 401),
    "fragment-in-capitals": (lambda w: f"{w.ally.ids.actor}#MAIN-KEY", 401),
    "encoded-fragment": (lambda w: f"{w.ally.ids.actor}#main%2Dkey", 401),
    "longer-fragment": (lambda w: f"{w.ally.ids.main_key}x", 401),
    "empty-fragment": (lambda w: f"{w.ally.ids.actor}#", 401),
    "two-fragments": (lambda w: f"{w.ally.ids.main_key}#main-key", 401),
    "slash": (lambda w: f"{w.ally.ids.actor}/#main-key", 403),
    "query": (lambda w: f"{w.ally.ids.actor}?x=1#main-key", 403),
    "neighbour": (lambda w: w.neighbour.ids.main_key, 403),
    "user": (lambda w: w.ally.ids.main_key.replace("//", "//evil@"), 401),
    "dots": (lambda w: w.ally.ids.main_key.replace("/actors/", "/x/../actors/"), 401),
    "capital-host": (lambda w: w.ally.ids.main_key.replace("birch.", "BIRCH.", 1), 401),
    "trailing-dot": (lambda w: w.ally.ids.main_key.replace(".localhost", ".localhost."), 401),
    "https": (lambda w: w.ally.ids.main_key.replace("http:", "https:"), 403),
    "other-port": (lambda w: w.ally.ids.main_key.replace(f":{w.peers.port}", ":1"), 403),
    "ours": (lambda w: w.node.ids.main_key, 403),
    "our-node": (lambda w: w.node.ids.node_key, 403),
    "other-ally": (lambda w: w.canary.ids.main_key, 403),
    "elsewhere": (lambda _: "https://evil.example/key", 403),
    "loopback": (lambda w: f"http://127.0.0.1:{w.peers.port}/key", 403),
    "loopback-short": (lambda _: "http://127.1/key", 401),
    "metadata": (lambda _: "http://169.254.169.254/latest/meta-data", 403),
    "private": (lambda _: "http://10.0.0.1/key#k", 403),
    "mapped": (lambda _: "http://[::ffff:127.0.0.1]/key", 401),
    "data": (lambda _: "data:application/activity+json,%7B%7D", 401),
    "file": (lambda _: "file:///etc/passwd", 401),
    "did-key": (lambda w: f"did:key:{write_multikey(w.ally.keys.ed25519_public)}", 401),
    "gopher": (lambda _: "gopher://evil.example/1", 401),
    "acct": (lambda w: f"acct:{w.ally.ids.acct}", 401),
    "fragment-alone": (lambda _: "#main-key", 401),
    "path-alone": (lambda _: "/actors/birch#main-key", 401),
    "without-scheme": (lambda w: w.ally.ids.main_key.removeprefix("http:"), 401),
    "spaces": (lambda w: f" {w.ally.ids.main_key}", 401),
    "a-word": (lambda _: "cinnamon", 401),
}
VALUES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "url-multibase": lambda value: "u" + urlsafe_b64encode(value).decode().rstrip("="),
    "base64-multibase": lambda value: "m" + b64encode(value).decode().rstrip("="),
    "hexadecimal-multibase": lambda value: "f" + value.hex(),
    "capital-z": lambda value: "Z" + base58.b58encode(value).decode(),
    "no-multibase": lambda value: base58.b58encode(value).decode(),
    "z-alone": lambda _: "z",
    "leading-zero": lambda value: "z1" + base58.b58encode(value).decode(),
    "63-bytes": lambda value: "z" + base58.b58encode(value[:-1]).decode(),
    "65-bytes": lambda value: "z" + base58.b58encode(value + b"\1").decode(),
    "space": lambda value: "z " + base58.b58encode(value).decode(),
    "newline": lambda value: "z" + base58.b58encode(value).decode() + "\n",
    "other-alphabet": lambda value: "z" + base58.b58encode(value).decode()[:-1] + "0",
    "long": lambda _: "z" + "2" * 60_000,
    "s-plus-order": lambda value: "z" + base58.b58encode(plus_order(value, b"")).decode(),
    "all-zeros": lambda _: "z" + base58.b58encode(bytes(64)).decode(),
    "r-of-zeros": lambda value: "z" + base58.b58encode(bytes(32) + value[32:]).decode(),
    "a-list": lambda value: ["z" + base58.b58encode(value).decode()],
    "an-object": lambda _: {"value": "z"},
    "a-number": lambda _: 7,
}
CONFIGS: Final[Mapping[str, dict[str, Any]]] = {
    "type-of-old": {"type": "Ed25519Signature2020"},
    "type-linked-data": {"type": "RsaSignature2017"},
    "type-in-a-list": {"type": ["DataIntegrityProof"]},
    "no-type": {"type": None},
    "suite-in-a-list": {"cryptosuite": ["eddsa-jcs-2022"]},
    "suite-in-capitals": {"cryptosuite": "EDDSA-JCS-2022"},
    "suite-ecdsa": {"cryptosuite": "ecdsa-jcs-2019"},
    "no-suite": {"cryptosuite": None},
    "purpose-in-a-list": {"proofPurpose": ["assertionMethod"]},
    "purpose-capability": {"proofPurpose": "capabilityInvocation"},
    "no-purpose": {"proofPurpose": None},
    "no-created": {"created": None},
    "created-number": {"created": 1_795_510_800},
    "created-no-zone": {"created": "2026-11-23T09:00:00"},
    "created-no-day": {"created": "2026-02-30T09:00:00Z"},
    "created-in-2099": {"created": "2099-01-01T00:00:00Z"},
    "created-empty": {"created": ""},
    "expires-at-once": {"expires": "2026-01-01T00:00:00Z"},
    "expires-number": {"expires": 9_999_999_999},
    "expires-null": {"expires": None},
    "expires-no-zone": {"expires": "2099-01-01T00:00:00"},
    "method-in-a-list": {"verificationMethod": ["KEY"]},
    "method-an-object": {"verificationMethod": {"id": "KEY"}},
    "no-method": {"verificationMethod": None},
    "method-empty": {"verificationMethod": ""},
    "method-long": {"verificationMethod": "https://x.example/" + "y" * 3_000},
    "method-actor": {"verificationMethod": "ACTOR"},
    "method-did": {"verificationMethod": "did:key:z6Mk"},
    "method-file": {"verificationMethod": "file:///etc/passwd"},
    "method-metadata": {"verificationMethod": "http://169.254.169.254/"},
    "context-of-another": {"@context": ["https://www.w3.org/ns/credentials/v2"]},
    "context-longer": {"@context": ["https://www.w3.org/ns/activitystreams"] * 16},
}
INSTEAD: Final = {"list": [], "text": "z", "number": 7, "true": True, "false": False, "object": {}, "empty": ""}
INSIDE: Final[Mapping[str, Callable[[Document], Document]]] = {
    "changed": spoiled,
    "one-member-less": lambda note: changed(note, {"unitBased": None}),
    "other-revision": lambda note: {**note, "revision": 2},
    "member-null": lambda note: {**note, "summary": None},
    "list-turned": lambda note: {**note, "@context": note["@context"][::-1]},
    "one-for-a-list": lambda note: {**note, "to": note["to"][0]},
    "list-repeated": lambda note: {**note, "to": note["to"] * 2},
    "space-in-text": lambda note: {**note, "name": note["name"] + " "},
    "type-as-list": lambda note: {**note, "type": ["Note"]},
}


def reproven_with(world: World, config: Mapping[str, Any]) -> bytes:
    """Rightly signed over a configuration that is not taken."""
    names = {"KEY": world.ally.ids.ed25519_key, "ACTOR": world.ally.ids.actor}

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(part) for key, part in value.items()}
        return [filled(part) for part in value] if isinstance(value, list) else names.get(value, value)

    return reproven(world, **filled(dict(config)))


def keyed(world: World, make: Callable[[World], str], *, standard: bool = False) -> bytes:
    """Rightly signed, with this as the id of the key."""
    if standard:
        return said(world, rsa=True, parameters=GOOD.replace("KEY", make(world)))
    return signed(world, key_id=make(world))


CASES: Final = (
    *(Case(f"S18-{name}", partial(keyed, make=make), status) for name, (make, status) in KEY_IDS.items()),
    *(Case(f"S18-standard-{name}", partial(keyed, make=make, standard=True), s) for name, (make, s) in KEY_IDS.items()),
    *(Case(f"S22-value-{name}", partial(with_value, write=write), 401) for name, write in VALUES.items()),
    *(Case(f"S22-config-{name}", partial(reproven_with, config=one), 401) for name, one in CONFIGS.items()),
    *(Case(f"S22-instead-{name}", partial(with_proof, proof=proof), 401) for name, proof in INSTEAD.items()),
    *(Case(f"S22-inside-{name}", partial(forged_inside, change=change), 401) for name, change in INSIDE.items()),
    Case("S22-inside-update", partial(forged_inside, change=spoiled, kind="Update"), 401),
    Case("S22-inside-no-owner", lambda w: forged_inside(w, lambda n: changed(n, {"attributedTo": None})), 401),
    Case("S22-inside-unknown", lambda w: forged_inside(w, lambda n: changed(n, {"purpose": None})), 401),
    Case("S22-inside-announce", partial(forged_inside, change=spoiled, kind="Announce"), 401),
    Case("S22-inside-undo", spoiled_follow, 401),
    Case("S22-inside-actor", spoiled_actor, 401),
    Case("S22-outside-to", lambda w: forged_outside(w, to=["https://www.w3.org/ns/activitystreams#Public"]), 401),
    Case("S22-outside-time", lambda w: forged_outside(w, published="2026-11-23T10:00:00Z"), 401),
    Case("S22-outside-id", lambda w: forged_outside(w, id=w.ally.ids.activity("other")), 401),
    Case(
        "S22-outside-no-proof-inside", lambda w: forged_outside(w, object=changed(w.ally.note(), {"proof": None})), 401
    ),
    Case("S22-proof-of-the-inner", lambda w: forged_outside(w, proof=w.ally.note()["proof"]), 401),
    Case("S22-proof-in-a-list", lambda w: forged_outside(w, proof=[w.ally.create()["proof"]]), 401),
    Case("S22-by-a-neighbour", lambda w: by(w, w.neighbour), 401),
    Case("S22-by-a-neighbour-our-name", lambda w: by(w, w.neighbour, method=w.ally.ids.ed25519_key), 401),
    Case("S22-by-another-ally", lambda w: by(w, w.canary), 401),
    Case("S22-by-a-stranger", lambda w: by(w, w.stranger), 401),
    Case("S22-whole-by-a-neighbour", lambda w: by(w, w.neighbour, whole=True), 401),
    Case("S22-whole-by-a-stranger", lambda w: by(w, w.stranger, whole=True), 401),
    Case(
        "S22-whole-from-the-future",
        lambda w: w.post(w.ally.signer.document(w.ally.create(), now() + timedelta(hours=2))),
        401,
    ),
    Case("S22-config-in-two-hours", lambda w: reproven(w, created=write_time(now() + timedelta(hours=2))), 401),
)
