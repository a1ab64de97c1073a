"""A fetcher over what stands in for the net."""

from collections.abc import Callable
from datetime import datetime

from federation.fetch import Fetcher
from federation.outbox import Signer
from federation.signing import Reader, SignedReader


def fetcher_of(net: Reader, signer: Signer, clock: Callable[[], datetime], *, allow_http: bool = True) -> Fetcher:
    """A fetcher over this net."""
    return Fetcher(net, SignedReader(net, signer, clock), allow_http=allow_http)
