"""An HTTP client of a few lines: it sends what it is told, and shows every byte of the answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from activitypub.origin import origin_of


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, head and body; header names are lower case."""

    raw: bytes

    @property
    def head(self) -> list[str]:
        """The lines of the head, the status line first."""
        return self.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")

    @property
    def body(self) -> bytes:
        """What comes after the head."""
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        """The number in the status line."""
        return int(self.head[0].split()[1])

    @property
    def headers(self) -> dict[str, str]:
        """Each header, the last of a name."""
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in self.head[1:])}


async def ask(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes = b"",
    port: int | None = None,
) -> Answer:
    """Send one request to a node of the lab, or to the one on this port, and read until it closes the connection."""
    origin = origin_of(url)
    lines = {"Host": origin.authority, "Connection": "close", **(headers or {})}
    if body or method == "POST":
        lines["Content-Length"] = str(len(body))
    target = url.removeprefix(str(origin))
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port or origin.port)
    try:
        writer.write(head.encode() + b"\r\n" + body)
        return Answer(await reader.read())
    finally:
        writer.close()
        await writer.wait_closed()
