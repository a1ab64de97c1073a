"""The `Content-Digest` header (RFC 9530) that binds a body to signatures of RFC 9421.

It is a dictionary of byte sequences, keyed by algorithm. `sha-256` must be there; it and `sha-512` are compared. All
others are deprecated (section 5: no use against an adversary) or not known, prove nothing and are left alone.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256, sha512
from typing import Final

from activitypub.message import Request
from activitypub.signatures.fields import Item, read_dictionary, write_dictionary
from schema.errors import Unauthenticated

_REQUIRED: Final = "sha-256"
_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    _REQUIRED: lambda body: sha256(body).digest(),
    "sha-512": lambda body: sha512(body).digest(),
}


def write_content_digest(body: bytes) -> str:
    """Return the header's value for a body."""
    return write_dictionary({_REQUIRED: Item(_HASHES[_REQUIRED](body))})


def check_content_digest(request: Request) -> None:
    """Check that the one `Content-Digest` header names the body's SHA-256. Raises Unauthenticated."""
    members = read_dictionary(request.one("content-digest"))
    if _REQUIRED not in members:
        raise Unauthenticated("the Content-Digest header has no sha-256")
    for algorithm in _HASHES.keys() & members:
        member = members[algorithm]
        digest = member.value if isinstance(member, Item) else None
        if not isinstance(digest, bytes) or not hmac.compare_digest(digest, _HASHES[algorithm](request.body)):
            raise Unauthenticated("the Content-Digest header is not of this body")
