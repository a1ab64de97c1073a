"""A server on loopback that talks bytes, and leaves nothing behind: not even a line that was just being accepted.

`asyncio.start_server` of Python 3.11 has no way to end what it has accepted and not handed over yet. So every
connection here is ours from the moment it is accepted.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk, tls: ssl.SSLContext | None = None, *, port: int = 0) -> AsyncIterator[int]:
    """Serve `talk` on a free port, which is what this gives, or on this one."""
    loop = asyncio.get_running_loop()
    lines: list[tuple[socket.socket, asyncio.Task[None]]] = []
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.setblocking(False)  # noqa: FBT003 (its signature)

        def accept() -> None:
            with suppress(BlockingIOError):
                line, _ = listening.accept()
                lines.append((line, asyncio.create_task(_serve(line, talk, tls))))

        loop.add_reader(listening, accept)
        try:
            yield listening.getsockname()[1]
        finally:
            loop.remove_reader(listening)
            for _, task in lines:
                task.cancel()
            await asyncio.gather(*(task for _, task in lines), return_exceptions=True)
            await asyncio.sleep(0)  # what was aborted is closed in the next turn of the loop
            for line, _ in lines:
                line.close()


async def _serve(line: socket.socket, talk: Talk, tls: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    with suppress(OSError):  # no handshake, or the other side left
        line.setblocking(False)  # noqa: FBT003 (its signature)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, line, ssl=tls)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await talk(reader, writer)
            await asyncio.Event().wait()  # it stays open until the other side or the test ends it
        finally:
            writer.transport.abort()
