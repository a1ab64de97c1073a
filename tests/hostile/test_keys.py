"""Strangers whose actor shows a key that proves nothing, or somebody else's (S15, S16, S17, S18)."""

import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, x25519
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from activitypub.signatures.keys import SigningKeys, write_base58, write_multikey, write_pem
from tests.hostile.world import World
from tests.rig.dials import DIALS
from tests.rig.sender import Sender, address_of, collective, keys_of

pytestmark = pytest.mark.asyncio(loop_scope="package")
NAMES: Iterator[str] = (f"clover{number}" for number in range(1_000_000))
KEYS: Final = keys_of("a stranger")
ED25519: Final = b"\xed\x01"
PRIME: Final = 2**255 - 19
SHA256_PREFIX: Final = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2, note 1
Changes = Mapping[str, Any]


@cache
def rsa(bits: int, exponent: int) -> RSAPrivateKey:
    """A key of this size and exponent."""
    return generate_private_key(public_exponent=exponent, key_size=bits)


def pem(der: bytes) -> str:
    """A public key as PEM."""
    return f"-----BEGIN PUBLIC KEY-----\n{b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"


def der_of(key: Any) -> bytes:
    """A public key as DER."""
    der: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def exponent_1() -> str:
    """The modulus of a good key, and an exponent with which whatever is signed is its own signature."""
    return pem(der_of(rsa(2048, 3).public_key())[:-1] + b"\1")


def even(which: str) -> str:
    """A good key with an even modulus or exponent."""
    der = der_of(KEYS.rsa_public)
    assert der.endswith(b"\x02\x03\x01\x00\x01")
    return pem(der[:-1] + b"\0" if which == "exponent" else der[:-6] + b"\0" + der[-5:])


def as_message(message: bytes) -> bytes:
    """The padded message itself: its own signature where the exponent is 1."""
    end = SHA256_PREFIX + sha256(message).digest()
    return b"\0\1" + b"\xff" * (256 - 3 - len(end)) + b"\0" + end


def multikey(point: bytes) -> str:
    """These 32 bytes as an Ed25519 Multikey."""
    return write_base58(ED25519 + point)


def stranger(world: World, keys: SigningKeys = KEYS) -> Sender:
    """Somebody whose name was never heard before."""
    return collective(next(NAMES), world.peers.port, keys)


async def refused(world: World, one: Sender, changes: Changes, **deviations: Any) -> None:
    """Its Follow is answered with 401, its actor asked for once, and nothing else changes."""
    world.peers.serve(one.ids.actor, {**one.actor(), **changes})
    before, mark = await world.dump(), DIALS.mark
    answer = await world.say(world.post(one.follow(world.node.ids.actor), by=one, **deviations))
    assert (answer.status, len(answer.body) < 200, answer.seconds < 1) == (401, True, True)
    assert DIALS.since(mark, but=world.port) in ([world.peers.port], [])  # a connection may be open already
    assert world.peers.asked.count(address_of(one.ids.actor)[1]) == 1
    after = await world.dump()
    assert {name for name in after if after[name] != before[name]} <= {"actors"}
    assert one.ids.actor not in world.node.roster.asking
    assert await world.serves()


def listing(one: Sender, text: Any) -> Changes:
    """An actor that lists this as its PEM."""
    return {"publicKey": {"id": one.ids.main_key, "owner": one.ids.actor, "publicKeyPem": text}}


PEMS: Final[Mapping[str, Callable[[], Any]]] = {
    "1024-bits": lambda: write_pem(rsa(1024, 65_537).public_key()),
    "exponent-3": lambda: write_pem(rsa(2048, 3).public_key()),
    "exponent-1": exponent_1,
    "even-modulus": lambda: even("modulus"),
    "even-exponent": lambda: even("exponent"),
    "p-256": lambda: pem(der_of(ec.generate_private_key(ec.SECP256R1()).public_key())),
    "secp256k1": lambda: pem(der_of(ec.generate_private_key(ec.SECP256K1()).public_key())),
    "x25519": lambda: pem(der_of(x25519.X25519PrivateKey.generate().public_key())),
    "ed448": lambda: pem(der_of(ed448.Ed448PrivateKey.generate().public_key())),
    "private": lambda: KEYS.rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "certificate": lambda: write_pem(KEYS.rsa_public).replace("PUBLIC KEY", "CERTIFICATE"),
    "ssh": lambda: KEYS.rsa_public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    "der-in-base64": lambda: b64encode(der_of(KEYS.rsa_public)).decode(),
    "cut-off": lambda: write_pem(KEYS.rsa_public)[:200],
    "more-after-it": lambda: pem(der_of(KEYS.rsa_public) + b"\0" * 8),
    "long": lambda: "\n" * 5_000 + write_pem(KEYS.rsa_public),
    "empty": lambda: "",
    "not-ascii": lambda: "ключ",
    "a-list": lambda: [write_pem(KEYS.rsa_public)],
    "of-another": lambda: write_pem(keys_of("another").rsa_public),
}


@pytest.mark.parametrize("name", PEMS)
async def test_a_pem_that_proves_nothing(world: World, name: str) -> None:
    """S15: a weak key, one of another kind, or none at all: whatever is signed with it is not signed."""
    weak = {"1024-bits": rsa(1024, 65_537), "exponent-3": rsa(2048, 3)}.get(name, KEYS.rsa)
    one = stranger(world, SigningKeys(KEYS.ed25519, weak))
    sign = {"sign": as_message} if name == "exponent-1" else {}
    await refused(world, one, listing(one, PEMS[name]()), **sign)


MULTIKEYS: Final[Mapping[str, Any]] = {
    "zeros": multikey(bytes(32)),
    "identity": multikey(b"\1" + bytes(31)),
    "minus-1": multikey((PRIME - 1).to_bytes(32, "little")),
    "identity-not-canonical": multikey((PRIME + 1).to_bytes(32, "little")),
    "no-point": multikey(b"\2" + bytes(31)),
    "all-ones": multikey(b"\xff" * 32),
    "31-bytes": multikey(bytes(31)),
    "x25519": write_base58(b"\xec\x01" + KEYS.ed25519_public.public_bytes_raw()),
    "rsa": write_multikey(KEYS.rsa_public),
    "url-multibase": "u" + b64encode(ED25519 + KEYS.ed25519_public.public_bytes_raw()).decode(),
    "not-base58": "z6Mk" + "0OIl" * 11,
    "long": "z6Mk" + "2" * 20_000,
    "a-list": [write_multikey(KEYS.ed25519_public)],
    "of-another": write_multikey(keys_of("another").ed25519_public),
}


@pytest.mark.parametrize("name", MULTIKEYS)
async def test_a_multikey_that_proves_nothing(world: World, name: str) -> None:
    """S15: a key of small order, of another kind, or none at all; the signature would hold for some of them."""
    one = stranger(world)
    entry = {"id": one.ids.ed25519_key, "type": "Multikey", "controller": one.ids.actor}
    changes = {"publicKey": None, "assertionMethod": [entry | {"publicKeyMultibase": MULTIKEYS[name]}]}

    def sign(message: bytes) -> bytes:
        return KEYS.ed25519.sign(message) if name in {"rsa", "a-list", "of-another"} else b"\1" + bytes(63)

    await refused(world, one, changes, sign=sign, key_id=one.ids.ed25519_key, algorithm="hs2019")


def named(one: Sender, **members: Any) -> Changes:
    """An actor with its own key under other members."""
    key = {"id": one.ids.main_key, "owner": one.ids.actor, "publicKeyPem": write_pem(KEYS.rsa_public)}
    return {"publicKey": key | members}


DOCUMENTS: Final[Mapping[str, Callable[[World, Sender], Changes]]] = {
    "owner-ally": lambda w, one: named(one, owner=w.ally.ids.actor),
    "owner-missing": lambda _, one: named(one, owner=None),
    "owner-in-a-list": lambda _, one: named(one, owner=[one.ids.actor]),
    "owner-as-object": lambda _, one: named(one, owner={"id": one.ids.actor}),
    "owner-in-capitals": lambda _, one: named(one, owner=one.ids.actor.upper()),
    "owner-cyclic": lambda _, one: named(one, owner={"id": one.ids.main_key, "owner": one.ids.main_key}),
    "key-elsewhere": lambda w, one: named(one, id=w.ally.ids.main_key),
    "key-of-another-name": lambda _, one: named(one, id=f"{one.ids.actor}#key-2"),
    "key-without-id": lambda _, one: named(one, id=None),
    "key-as-a-link": lambda _, one: {"publicKey": one.ids.main_key},
    "key-in-a-list-of-lists": lambda _, one: {"publicKey": [[named(one)["publicKey"]]]},
    "key-after-sixteen": lambda _, one: {"publicKey": [{}] * 16 + [named(one)["publicKey"]]},
    "key-in-another-member": lambda _, one: {"publicKey": None, "key": named(one)["publicKey"]},
    "no-key": lambda _w, _one: {"publicKey": None, "assertionMethod": None},
    "id-of-an-ally": lambda w, _: {"id": w.ally.ids.actor},
    "id-ours": lambda w, _: {"id": w.node.ids.actor},
    "id-with-a-fragment": lambda _, one: {"id": f"{one.ids.actor}#x"},
    "id-with-a-slash": lambda _, one: {"id": f"{one.ids.actor}/"},
    "id-in-capitals": lambda _, one: {"id": one.ids.actor.replace("clover", "CLOVER")},
    "id-in-a-list": lambda _, one: {"id": [one.ids.actor]},
    "id-missing": lambda _w, _one: {"id": None},
    "whole-of-an-ally": lambda w, _: w.ally.actor(),
    "type-note": lambda _w, _one: {"type": "Note"},
    "type-key": lambda _w, _one: {"type": "Key"},
    "type-tombstone": lambda _w, _one: {"type": "Tombstone", "formerType": "Person"},
    "two-types": lambda _w, _one: {"type": ["Person", "Group"]},
    "inbox-elsewhere": lambda w, _: {"inbox": w.ally.ids.inbox},
    "inbox-metadata": lambda _w, _one: {"inbox": "http://169.254.169.254/"},
    "inbox-file": lambda _w, _one: {"inbox": "file:///etc/passwd"},
    "inbox-missing": lambda _w, _one: {"inbox": None},
    "context-redefined": lambda _w, _one: {"@context": {"publicKey": "https://evil.example/x"}},
    "graph": lambda _, one: {"@graph": [one.actor()]},
    "nested": lambda _, one: {"publicKey": None, "object": one.actor()},
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_that_proves_nothing(world: World, name: str) -> None:
    """S16, S18: a key is its actor's where each names the other, at the actor's own address, and nowhere else."""
    one = stranger(world)
    await refused(world, one, DOCUMENTS[name](world, one))


async def test_an_actor_that_leads_everywhere(world: World) -> None:
    """F11: an actor full of addresses makes us ask for itself and for none of them, however often it comes."""
    one = stranger(world)
    lead = {
        name: f"{one.ids.base}/loop/{name}"
        for name in ("outbox", "followers", "following", "featured", "liked", "streams", "alsoKnownAs", "movedTo")
    }
    asked = len(world.peers.asked)
    world.peers.serve(one.ids.actor, {**one.actor(), **lead, "url": [f"{one.ids.base}/loop/url"] * 100})
    for _ in range(5):
        assert await world.status(one.follow(world.node.ids.actor), by=one) == 202
    assert world.peers.asked[asked:] == [address_of(one.ids.actor)[1]]


async def test_a_key_id_that_leads_elsewhere(world: World) -> None:
    """S18: a stranger's key id on another origin, or that is no address, is refused before anything is fetched."""
    for key_id, status in (
        (world.ally.ids.main_key, 403),
        (world.node.ids.main_key, 403),
        ("http://127.0.0.1:1/key", 403),
        ("http://169.254.169.254/latest/meta-data", 403),
        ("https://evil.example/key", 403),
        ("data:application/activity+json,%7B%7D", 401),
        ("file:///etc/passwd", 401),
        ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", 401),
        ("#main-key", 401),
    ):
        one = stranger(world)
        mark = DIALS.mark
        assert await world.status(one.follow(world.node.ids.actor), by=one, key_id=key_id) == status
        assert DIALS.since(mark, but=world.port) == []


@pytest.mark.parametrize("path", ["/actors/alder", "/actor", "/actors/mallory", "/"])
async def test_an_actor_of_our_own(world: World, path: str) -> None:
    """S18: whoever writes in our own name, or from our own origin, is refused, and we do not ask ourselves."""
    actor = f"{world.node.ids.base}{path}"
    body = {
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "id": f"{world.node.ids.base}/activities/{secrets.token_hex(8)}",
        "type": "Follow",
        "actor": actor,
        "object": world.node.ids.actor,
    }
    before, mark = await world.dump(), DIALS.mark
    assert await world.status(body, key_id=f"{actor}#main-key") == 403
    assert (await world.dump(), DIALS.ports[mark[0] :]) == (before, [world.port])


async def test_an_ally_that_says_it_has_new_keys(world: World, friend: Sender) -> None:
    """S17: neither an Update nor a Follow with another document replaces what was pinned: the old key signs on."""
    fresh = Sender(friend.ids, keys_of("fresh"))
    asked = len(world.peers.asked)
    world.peers.serve(friend.ids.actor, fresh.actor())
    pinned = (await world.dump())["allies"]
    update = friend.activity("Update", friend.prove(fresh.actor()))
    assert await world.status(update, by=friend) == 202
    for kind in (fresh.create(), fresh.follow(world.node.ids.actor), friend.create()):
        assert await world.status(kind, by=fresh) == 401
    assert await world.status(fresh.create(), by=friend) == 401
    assert await world.status(friend.create(), by=friend) == 202
    assert (await world.dump())["allies"] == pinned
    assert len(world.peers.asked[asked:]) <= 1  # its own node, about its keys
