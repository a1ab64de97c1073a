"""Collectives that exist on paper alone: they have keys and documents, and no node."""

from functools import cache

import orjson

from activitypub.actor import build_actor
from activitypub.ids import Ids
from activitypub.signatures.keys import SigningKeys, write_multikey, write_pem


@cache
def _keys(_name: str, _which: str) -> SigningKeys:
    return SigningKeys.generate()


def keys_of(name: str, which: str = "now") -> SigningKeys:
    """Keys that stay the same for the length of a test run; `which` names another pair."""
    return _keys(name, which)


def ids_of(name: str) -> Ids:
    """A port that nothing ever listens on, on this machine alone."""
    return Ids(f"http://{name}.localhost:9", name)


def address_of(name: str) -> str:
    return ids_of(name).actor


def actor_bytes(name: str, which: str = "now") -> bytes:
    """The actor document as its node would serve it."""
    keys = keys_of(name, which)
    document = build_actor(
        ids_of(name),
        name=f"{name.title()} Collective",
        summary="",
        public_key_pem=write_pem(keys.rsa_public),
        ed25519_multikey=write_multikey(keys.ed25519_public),
        manually_approves_followers=True,
    )
    return orjson.dumps(document)
