"""What both schemes of HTTP signatures hold a request to."""

from datetime import timedelta
from typing import Final

from activitypub.message import Request

WINDOW: Final = timedelta(hours=1)
"""How far a signature's time may lie from ours, each way, unless the node says otherwise."""
MAX_KEY_ID: Final = 2048
MAX_COVERED: Final = 32
_BODILESS: Final = frozenset({"GET", "HEAD"})


def may_have_body(request: Request) -> bool:
    """Whether a digest of the body must be signed."""
    return request.method not in _BODILESS or bool(request.body)
