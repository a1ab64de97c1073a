"""What both schemes of HTTP signatures hold a request to."""

from datetime import timedelta
from typing import Final

from activitypub.message import Request

WINDOW: Final = timedelta(hours=1)
"""How far a signature's time may lie from ours, each way, unless the node says otherwise."""
MAX_KEY_ID: Final = 2048
MAX_COVERED: Final = 32
_BODILESS: Final = frozenset({"GET", "HEAD"})
_WRITTEN: Final = frozenset({"host", "content-type"})


def further_headers(request: Request) -> dict[str, str]:
    """The headers of a request to be signed that no scheme writes itself; each stands there once."""
    return {name: request.one(name) for name, _ in request.headers if name not in _WRITTEN}


def may_have_body(request: Request) -> bool:
    """Whether a digest of the body must be signed."""
    return request.method not in _BODILESS or bool(request.body)
