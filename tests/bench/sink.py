"""Every host that the fan-out goes to, in one process: it answers 202 to all, and says when enough have come.

`python -m tests.bench.sink PORT COUNT` prints the monotonic time of answer number COUNT, and goes on.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from typing import cast

import uvloop

from tests.bench.load import message_ends

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Sink(asyncio.Protocol):
    """One connection; `left` counts down over all of them."""

    def __init__(self, left: Iterator[int]) -> None:
        self._left = left
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer a request that is complete."""
        self._received += data
        if message_ends(self._received):
            self._received = b""
            self._transport.write(ACCEPTED)
            if next(self._left, None) == 0:
                sys.stdout.write(f"{time.monotonic()}\n")
                sys.stdout.flush()


async def _serve(port: int, count: int) -> None:
    left = iter(range(count - 1, -1, -1))
    listening = await asyncio.get_running_loop().create_server(lambda: Sink(left), "127.0.0.1", port, backlog=500)
    await listening.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(*map(int, sys.argv[1:])))
