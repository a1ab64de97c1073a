"""Names of onion services that lead nowhere: right to the last character, and nobody's."""

import hashlib
from base64 import b32encode


def onion_of(name: str) -> str:
    """The onion service of a collective: always the same for the same name (Tor's rend-spec-v3)."""
    return written(hashlib.sha256(name.encode()).digest())


def written(key: bytes, version: bytes = b"\x03") -> str:
    """A key as the name of an onion service."""
    checksum = hashlib.sha3_256(b".onion checksum" + key + version).digest()[:2]
    return f"{b32encode(key + checksum + version).decode().lower()}.onion"
