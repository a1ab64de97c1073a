"""What stands in for the net where documents alone are fetched."""

from collections.abc import Callable, Mapping
from datetime import datetime

from federation.fetch import Fetcher
from federation.outbox import Signer
from federation.signing import Exchange, SignedExchange
from federation.transport import Reason, Response, Unreached


class TakesNothing:
    """The half of a net that nobody delivers to."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Nobody is there."""
        del url, body, headers
        raise Unreached(Reason.CONNECT)


def fetcher_of(net: Exchange, signer: Signer, clock: Callable[[], datetime], *, allow_http: bool = True) -> Fetcher:
    """A fetcher over this net."""
    return Fetcher(net, SignedExchange(net, signer, clock), allow_http=allow_http)
