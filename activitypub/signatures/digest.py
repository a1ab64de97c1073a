"""The `Digest` header (RFC 3230 with RFC 5843's SHA-256 and SHA-512) that binds a body to draft-cavage signatures.

SHA-256 must be there; it and SHA-512 are compared. All others prove nothing and are left alone.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256, sha512
from typing import Final

from activitypub.message import Request
from schema.errors import Unauthenticated

_REQUIRED: Final = "sha-256"
_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    _REQUIRED: lambda body: b64encode(sha256(body).digest()),
    "sha-512": lambda body: b64encode(sha512(body).digest()),
}


def write_digest(body: bytes) -> str:
    """Return the header's value for a body."""
    return f"SHA-256={_HASHES[_REQUIRED](body).decode('ascii')}"


def check_digest(request: Request) -> None:
    """Check that the one `Digest` header names the body's SHA-256, once. Raises Unauthenticated.

    Other algorithms may stand beside it, separated by commas (RFC 3230 section 4.3.2); algorithm names are
    case-insensitive (section 4.1.1). The base64 is compared, not decoded, so it has one spelling.
    """
    instances = (instance.strip(" \t").partition("=") for instance in request.one("digest").split(","))
    digests = [(algorithm.lower(), value.encode("utf-8", "replace")) for algorithm, _, value in instances]
    found = sum(algorithm == _REQUIRED for algorithm, _ in digests)
    if found != 1:
        raise Unauthenticated(f"expected one SHA-256 in the Digest header, found {found}")
    for algorithm, digest in digests:
        if algorithm in _HASHES and not hmac.compare_digest(digest, _HASHES[algorithm](request.body)):
            raise Unauthenticated("the Digest header is not of this body")
