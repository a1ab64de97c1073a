"""The load: a process that sends requests made before over a few connections that stay open, and times the answers.

`python -m tests.bench.load PORT FILE CONNECTIONS FIRST LAST` sends the requests from FIRST up to LAST, not included.
"""

import asyncio
import json
import re
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import uvloop

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_SIZE = struct.Struct("!I")


def write_requests(file: Path, requests: Iterable[bytes]) -> None:
    """Keep whole requests, each after its size."""
    file.write_bytes(b"".join(_SIZE.pack(len(request)) + request for request in requests))


def read_requests(file: Path) -> Iterator[bytes]:
    """The reverse of `write_requests`."""
    data = file.read_bytes()
    position = 0
    while position < len(data):
        begin = position + _SIZE.size
        position = begin + _SIZE.unpack_from(data, position)[0]
        yield data[begin:position]


def message_ends(received: bytes) -> bool:
    """Whether these bytes are a whole HTTP message."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


class Caller(asyncio.Protocol):
    """One connection: the next request leaves when the answer to the one before is complete."""

    def __init__(self, requests: Iterator[bytes], answers: list[tuple[int, float]]) -> None:
        self._requests = requests
        self._answers = answers
        self._received = b""
        self._sent_at = 0.0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def call(self, transport: asyncio.WriteTransport) -> None:
        """Send requests for as long as there are any."""
        self._transport = transport
        self._send()
        await self._done
        transport.close()

    def data_received(self, data: bytes) -> None:
        """Count an answer, and ask the next."""
        self._received += data
        if message_ends(self._received):
            self._answers.append((int(self._received[9:12]), time.perf_counter() - self._sent_at))
            self._received = b""
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail where an answer is still owed."""
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("closed before the answer"))

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def _run(port: int, requests: Sequence[bytes], connections: int) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    waiting = iter(requests)
    answers: list[tuple[int, float]] = []
    pairs = [
        await loop.create_connection(lambda: Caller(waiting, answers), "127.0.0.1", port) for _ in range(connections)
    ]
    began = time.perf_counter()
    await asyncio.gather(*(caller.call(transport) for transport, caller in pairs))
    seconds = time.perf_counter() - began
    times = sorted(taken for _, taken in answers)
    return {
        "seconds": seconds,
        "statuses": Counter(status for status, _ in answers),
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[len(times) * 99 // 100] * 1000,
    }


def main() -> None:
    port, file, connections, first, last = sys.argv[1:]
    requests = list(read_requests(Path(file)))[int(first) : int(last)]
    sys.stdout.write(json.dumps(uvloop.run(_run(int(port), requests, int(connections)))) + "\n")


if __name__ == "__main__":
    main()
