"""The `Digest` header (RFC 3230 with RFC 5843's SHA-256) that binds a body to draft-cavage signatures."""

import hmac
from base64 import b64encode
from hashlib import sha256

from activitypub.message import Request
from schema.errors import Unauthenticated


def _encode(body: bytes) -> bytes:
    """Return the base64 of the body's SHA-256."""
    return b64encode(sha256(body).digest())


def write_digest(body: bytes) -> str:
    """Return the header's value for a body."""
    return f"SHA-256={_encode(body).decode('ascii')}"


def check_digest(request: Request) -> None:
    """Check that the one `Digest` header names the body's SHA-256. Raises Unauthenticated.

    Other algorithms may stand beside it, separated by commas (RFC 3230 section 4.3.2); algorithm names are
    case-insensitive (section 4.1.1). The base64 is compared, not decoded, so it has one spelling.
    """
    instances = (instance.strip(" \t").partition("=") for instance in request.one("digest").split(","))
    digests = [value for algorithm, _, value in instances if algorithm.lower() == "sha-256"]
    if len(digests) != 1:
        raise Unauthenticated(f"expected one SHA-256 in the Digest header, found {len(digests)}")
    if not hmac.compare_digest(digests[0].encode("utf-8", "replace"), _encode(request.body)):
        raise Unauthenticated("the Digest header is not of this body")
