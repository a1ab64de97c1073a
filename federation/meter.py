"""A connection that counts what a peer sends.

The client bounds headers and we bound bodies, but there is more to an answer: extensions of chunks, interim answers,
empty lines. So the bytes of each answer are counted as they come from the socket, whatever they are.
"""

import asyncio
from typing import Any

from aiohttp import ClientError
from aiohttp.client_proto import ResponseHandler


class TooMuch(ClientError):
    """A peer sent more bytes than any answer that we take can have."""


class Metered(ResponseHandler):
    """What the client makes of a connection; it is given up once an answer has more than `most` bytes in all."""

    def __init__(self, most: int, loop: asyncio.AbstractEventLoop) -> None:
        """`most` counts anew with each answer."""
        super().__init__(loop)
        self._most = most
        self._left = most

    def set_response_params(self, **how: Any) -> None:
        """The next answer begins."""
        self._left = self._most
        super().set_response_params(**how)

    def data_received(self, data: bytes) -> None:
        """Count, then read."""
        self._left -= len(data)
        if self._left >= 0:
            super().data_received(data)
        elif self.transport is not None:
            error = TooMuch("more bytes than any answer that we take can have")
            if self._payload is not None:
                self._payload.set_exception(error)
            self.set_exception(error)
            self._parser = self._payload = None
            self.transport.abort()
