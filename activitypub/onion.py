"""The names of onion services, which are keys (Tor's rend-spec-v3, "Encoding onion addresses").

    name = base32(ed25519 public key | checksum | version) ".onion"
    checksum = the first two bytes of SHA3-256(".onion checksum" | public key | version)

One service has one name: version 3 alone, in small letters, and no label before it, although Tor would lead each of
those to the same service.
"""

import hashlib
import re
from base64 import b32decode
from typing import Final

TOP: Final = ".onion"
_NAME: Final = re.compile(r"[a-z2-7]{56}\.onion")
_KEY, _CHECKSUM, _VERSION = slice(0, 32), slice(32, 34), slice(34, 35)


def is_onion_service(host: str) -> bool:
    """Whether this is the name of an onion service, not one character wrong."""
    if not _NAME.fullmatch(host):
        return False
    decoded = b32decode(host.removesuffix(TOP).upper())
    checksum = hashlib.sha3_256(b".onion checksum" + decoded[_KEY] + decoded[_VERSION]).digest()
    return decoded[_VERSION] == b"\x03" and decoded[_CHECKSUM] == checksum[:2]
