"""Bad inputs at the level of signatures (the S list of the security rules)."""

from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from functools import partial
from hmac import digest as hmac_digest
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from activitypub.signatures.keys import write_base58, write_pem
from activitypub.signatures.proof import document_hash, proof_config_hash
from tests.hostile.world import Case, World
from tests.rig.sender import ALL, Headers, address_of, http, keys_of, now, replaced

HOUR: Final = timedelta(minutes=61)
ORDER: Final = 2**252 + 27742317777372353535851937790883648493  # of the group of Ed25519


def rewritten(world: World, name: str, *values: str) -> bytes:
    """A good request with other values of one header, the signature left as it was."""
    body = orjson.dumps(world.ally.create())
    return _sent(world, replaced(world.ally.headers(world.inbox, body), name, *values), body)


def twice(world: World, name: str) -> bytes:
    """A good request with one header standing there a second time."""
    body = orjson.dumps(world.ally.create())
    headers = world.ally.headers(world.inbox, body)
    return _sent(world, [*headers, next(pair for pair in headers if pair[0] == name)], body)


def spelled(world: World, old: str, new: str) -> bytes:
    """A good request with something in its `Signature` header spelled in another way."""
    body = orjson.dumps(world.ally.create())
    headers = world.ally.headers(world.inbox, body)
    line = dict(headers)["Signature"]
    return _sent(world, replaced(headers, "Signature", line.replace(old, new)), body)


def _sent(world: World, headers: Headers, body: bytes) -> bytes:
    return http(address_of(world.inbox)[1], headers, body)


def signed(world: World, **deviations: Any) -> bytes:
    """A good offer in a request whose signature deviates."""
    return world.post(world.ally.create(), **deviations)


def other_body(world: World) -> bytes:
    """One byte of the body is another than was signed."""
    body = orjson.dumps(world.ally.create())
    return world.post(body.replace(b'"published"', b'"publishee"', 1), signed_body=body)


def ed25519(world: World, *, add: int = 0) -> bytes:
    """Signed with Ed25519, S plus a multiple of the group's order."""

    def sign(message: bytes) -> bytes:
        value = world.ally.keys.ed25519.sign(message)
        s = int.from_bytes(value[32:], "little") + add * ORDER
        return value[:32] + s.to_bytes(32, "little")

    return signed(world, sign=sign, algorithm="hs2019", key_id=world.ally.ids.ed25519_key)


def rfc9421(world: World, signature: str, *inputs: str) -> bytes:
    """The headers of RFC 9421 in place of the draft's."""
    body = orjson.dumps(world.ally.create())
    headers = replaced(world.ally.headers(world.inbox, body), "Signature", signature)
    return _sent(world, [*headers, *(("Signature-Input", line) for line in inputs)], body)


def object_proof(world: World, **members: Any) -> bytes:
    """An offer whose Note carries a proof with other members."""
    note = world.ally.note()
    return world.post(world.ally.create({**note, "proof": {**note["proof"], **members}}))


def reproven(world: World, **config: Any) -> bytes:
    """An offer whose Note carries a proof that is rightly made over a wrong configuration."""
    note = world.ally.note()
    wrong = {key: value for key, value in note["proof"].items() if key != "proofValue"} | config
    value = world.ally.keys.ed25519.sign(proof_config_hash(wrong) + document_hash(note))
    return world.post(world.ally.create({**note, "proof": wrong | {"proofValue": write_base58(value)}}))


def borrowed_proof(world: World) -> bytes:
    """The proof of another Note."""
    return world.post(world.ally.create({**world.ally.note(), "proof": world.ally.note()["proof"]}))


def two_proofs(world: World) -> bytes:
    """A list of proofs, each of which would hold."""
    note = world.ally.note()
    return world.post(world.ally.create({**note, "proof": [note["proof"], note["proof"]]}))


def proof_beside(world: World, owner: Any) -> bytes:
    """A proof that does not hold, in a Note that names its owner in another shape."""
    note = world.ally.note() | {"attributedTo": owner, "proof": world.ally.note()["proof"]}
    return world.post(world.ally.create(note))


def proof_without_context(world: World) -> bytes:
    """A proof over a Note that states no context, so that its words mean whatever stands around it."""
    return world.post(world.ally.create(world.ally.note(**{"@context": None})))


def extra_member(world: World) -> bytes:
    """One more member in a signed Note."""
    return world.post(world.ally.create({**world.ally.note(), "deliverTo": "somewhere else"}))


def activity_proof(world: World) -> bytes:
    """An activity changed after its proof was made."""
    return world.post({**world.ally.create(), "summary": "one word more"})


CASES: Final = (
    Case("S01-no-signature", lambda w: rewritten(w, "Signature"), 401),
    Case("S01-empty-signature", lambda w: rewritten(w, "Signature", ""), 401),
    Case("S01-bearer", lambda w: rewritten(w, "Signature", "Bearer 0123456789"), 401),
    Case("S02-date-alone", partial(signed, covered=("date",)), 401),
    Case("S02-no-digest", partial(signed, covered=("(request-target)", "host", "date")), 401),
    Case("S02-no-host", partial(signed, covered=("(request-target)", "date", "digest")), 401),
    Case("S02-no-target", partial(signed, covered=("host", "date", "digest")), 401),
    Case("S02-no-time", partial(signed, covered=("(request-target)", "host", "digest")), 401),
    Case("S04-other-body", other_body, 401),
    Case("S05-other-digest", lambda w: rewritten(w, "Digest", "SHA-256=" + "A" * 43 + "="), 401),
    Case("S05-no-digest", lambda w: rewritten(w, "Digest"), 401),
    Case("S05-weak-digest", lambda w: rewritten(w, "Digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg=="), 401),
    Case("S06-other-host", partial(signed, signed_host="cedar.example"), 401),
    Case("S07-other-path", partial(signed, signed_target="/inbox"), 401),
    Case(
        "S07-replayed-elsewhere", lambda w: w.post(w.ally.create()).replace(b"/actors/alder/inbox", b"/inbox", 1), 401
    ),
    Case("S08-get-as-post", partial(signed, signed_method="GET"), 401),
    Case("S08-get-signature", partial(signed, signed_method="GET", covered=("(request-target)", "host", "date")), 401),
    Case("S10-future", lambda w: signed(w, date=now() + HOUR), 401),
    Case("S10-past", lambda w: signed(w, date=now() - HOUR), 401),
    Case("S10-no-date", lambda w: rewritten(w, "Date", "yesterday"), 401),
    Case(
        "S11-expired",
        lambda w: signed(
            w,
            algorithm="hs2019",
            covered=("(request-target)", "(created)", "(expires)", "host", "digest"),
            created=int(now().timestamp()) - 60,
            expires=int(now().timestamp()) - 1,
        ),
        401,
    ),
    Case("S11-created-with-rsa", lambda w: signed(w, covered=(*ALL, "(created)"), created=int(now().timestamp())), 401),
    Case("S13-two-signatures", lambda w: twice(w, "Signature"), 401),
    Case("S13-two-digests", lambda w: twice(w, "Digest"), 401),
    Case("S13-two-dates", lambda w: twice(w, "Date"), 401),
    Case("S14-none", partial(signed, algorithm="none"), 401),
    Case(
        "S14-hmac-of-public-key",
        lambda w: signed(
            w,
            algorithm="hmac-sha256",
            sign=lambda message: hmac_digest(write_pem(w.ally.keys.rsa_public).encode(), message, "sha256"),
        ),
        401,
    ),
    Case("S14-sha1", lambda w: signed(w, algorithm="rsa-sha1", sign=partial(_sha1, w)), 401),
    Case("S14-sha1-by-another-name", lambda w: signed(w, sign=partial(_sha1, w)), 401),
    Case("S16-neighbours-key", lambda w: signed(w, keys=w.neighbour.keys, key_id=w.neighbour.ids.main_key), 403),
    Case("S16-neighbours-key-our-id", lambda w: signed(w, keys=w.neighbour.keys), 401),
    Case("S16-key-of-a-stranger", lambda w: signed(w, keys=w.stranger.keys, key_id=w.stranger.ids.main_key), 403),
    Case("S17-another-key-than-pinned", lambda w: signed(w, keys=keys_of("a new one")), 401),
    Case("S17-unknown-key", lambda w: signed(w, key_id=f"{w.ally.ids.actor}#key-2"), 401),
    Case("S19-ed25519-s-plus-order", partial(ed25519, add=1), 401),
    Case("S19-truncated", lambda w: signed(w, encode=lambda value: b64encode(value[:-1]).decode()), 401),
    Case("S19-too-long", lambda w: signed(w, encode=lambda value: b64encode(value + b"\0").decode()), 401),
    Case("S19-base64url", lambda w: signed(w, encode=lambda value: urlsafe_b64encode(value).decode().rstrip("=")), 401),
    Case(
        "S19-white-space", lambda w: signed(w, encode=lambda value: b64encode(value).decode().replace("A", " A")), 401
    ),
    Case("S19-empty", lambda w: signed(w, encode=lambda _: ""), 401),
    Case("S20-rfc9421-malformed", lambda w: rfc9421(w, "sig1=:AAAA:", 'sig1=("@method"'), 401),
    Case(
        "S20-rfc9421-other-label", lambda w: rfc9421(w, "sig1=:AAAA:", 'sig2=("@method" "@target-uri");created=1'), 401
    ),
    Case("S20-rfc9421-many", lambda w: rfc9421(w, "sig1=:AAAA:", ",".join(f"s{n}=()" for n in range(1000))), 401),
    Case(
        "S20-rfc9421-no-digest",
        lambda w: rfc9421(w, "sig1=:AAAA:", 'sig1=("@method" "@target-uri" "@authority");keyid="k"'),
        401,
    ),
    Case("S20-parameter-twice", lambda w: spelled(w, "keyId=", 'keyId="a",keyId='), 401),
    Case("S20-a-long-list", lambda w: spelled(w, 'headers="', 'headers="' + "x " * 1000), 401),
    Case("S22-owner", lambda w: object_proof(w, verificationMethod=w.neighbour.ids.ed25519_key), 401),
    Case("S22-rsa-key", lambda w: object_proof(w, verificationMethod=w.ally.ids.main_key), 401),
    Case("S22-purpose", partial(reproven, proofPurpose="authentication"), 401),
    Case("S22-suite", partial(reproven, cryptosuite="eddsa-rdfc-2022"), 401),
    Case("S22-unknown-suite", partial(reproven, cryptosuite="none"), 401),
    Case("S22-expired", partial(reproven, expires="2020-01-01T00:00:00Z"), 401),
    Case("S22-two-proofs", two_proofs, 401),
    Case("S22-copied", borrowed_proof, 401),
    Case("S22-no-proof-in-proof", lambda w: object_proof(w, proofValue=None), 401),
    Case("S22-null", lambda w: w.post(w.ally.create({**w.ally.note(), "proof": None})), 401),
    Case("S22-no-context", proof_without_context, 401),
    Case("S22-owner-as-object", lambda w: proof_beside(w, {"id": w.ally.ids.actor}), 401),
    Case("S22-owner-in-a-list", lambda w: proof_beside(w, [w.ally.ids.actor]), 401),
    Case("S22-activity", activity_proof, 401),
    Case("J16-one-member-more", extra_member, 401),
)


def _sha1(world: World, message: bytes) -> bytes:
    return world.ally.keys.rsa.sign(message, PKCS1v15(), SHA1())  # noqa: S303 (that it is weak is the point)
