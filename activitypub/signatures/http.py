"""HTTP signatures of either scheme: RFC 9421, or draft-cavage-12 that most servers still send.

Rule 1. A request is signed by one of them: where it has a `Signature-Input`, RFC 9421 alone counts, and a signature
        that fails there is not tried as the other.
Rule 2. Each scheme has its own digest of the body, and needs it signed. Where the other scheme's stands beside it, that
        must be of this body too: whoever trusts either reads the same.
"""

from datetime import datetime, timedelta
from typing import TypeAlias

from activitypub.message import Request
from activitypub.signatures import cavage, rfc9421
from activitypub.signatures.bounds import WINDOW, may_have_body
from activitypub.signatures.content_digest import check_content_digest
from activitypub.signatures.digest import check_digest
from activitypub.signatures.keys import PublicKey
from activitypub.signatures.rfc9421 import Scheme

Signature: TypeAlias = cavage.Signature | rfc9421.Signature


def read_signature(request: Request, *, scheme: Scheme) -> Signature:
    """Read the signature of a request that was sent to a URL of this scheme. Raises Unauthenticated."""
    if request.values("signature-input"):
        return rfc9421.read_signature(request, scheme=scheme)
    return cavage.read_signature(request)


def check_coverage(signature: Signature, request: Request, now: datetime, window: timedelta = WINDOW) -> None:
    """Check that the signature covers enough of this request, its body and a time near `now`. Raises Unauthenticated.

    It is only worth something together with `verify`; it comes first because it needs no key.
    """
    if isinstance(signature, rfc9421.Signature):
        rfc9421.check_coverage(signature, request, now, window)
        other, check = "digest", check_digest
    else:
        cavage.check_coverage(signature, request, now, window)
        other, check = "content-digest", check_content_digest
    if may_have_body(request) and request.values(other):
        check(request)


def verify(signature: Signature, request: Request, public_key: PublicKey) -> None:
    """Check that this key made the signature over this request. Raises Unauthenticated."""
    if isinstance(signature, rfc9421.Signature):
        rfc9421.verify(signature, request, public_key)
    else:
        cavage.verify(signature, request, public_key)
