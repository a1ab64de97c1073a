"""Through Tor: connections that its SOCKS port makes for us (RFC 1928, RFC 1929, Tor's socks-extensions.txt).

Rule 1  A name goes to Tor as it is; nobody here looks it up. The port itself is an address in numbers, so that nothing
        is looked up for it either.
Rule 2  Each peer has circuits of its own: Tor keeps streams apart that come with different passwords
        (`IsolateSOCKSAuth`, which is its default), so that no exit sees whom else we speak to.
Rule 3  What the port answers is read to the byte. Whatever is wrong with it, there is no connection; what then happens
        is for whoever asked, and nothing is dialled here in another way.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from schema.errors import PeerUnreachable

VERSION: Final = 5
PASSWORD: Final = 2  # RFC 1929; the only way in that we offer, for rule 2
PASSWORD_VERSION: Final = 1
CONNECT: Final = 1
NAME: Final = 3
GRANTED: Final = 0
ACCOUNT: Final = b"qafila"
_ADDRESS_BYTES: Final = {1: 4, 4: 16}  # of what the port is bound to, by its type; we have no use for it
_PORT_BYTES: Final = 2


class TorSilent(PeerUnreachable):
    """Nothing answers where Tor should, or not as Tor does."""


class NoWay(PeerUnreachable):
    """Tor answered that it has no connection to this peer."""


@dataclass(frozen=True, slots=True)
class Tor:
    """Where Tor listens for SOCKS: an address in numbers, and a port."""

    host: str
    port: int

    async def connect(self, name: str, port: int) -> socket.socket:
        """A connection to this port of the host with this name; `TorSilent` or `NoWay` where there is none."""
        return await self._line(name.encode("ascii"), port)

    async def greet(self) -> None:
        """See whether Tor is there, and ask nothing of it; `TorSilent` where it is not."""
        (await self._line(b"nobody", None)).close()

    async def _line(self, name: bytes, port: int | None) -> socket.socket:
        """A connection to Tor itself, which from then on is one to the peer where a port was asked for."""
        family = socket.AF_INET6 if ip_address(self.host).version == 6 else socket.AF_INET  # noqa: PLR2004 (IPv6)
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.setblocking(False)  # noqa: FBT003 (its signature)
            await asyncio.get_running_loop().sock_connect(line, (self.host, self.port))
            await _enter(line, name)
            if port is not None:
                await _ask(line, name, port)
        except BaseException as error:
            line.close()
            if isinstance(error, OSError):
                raise TorSilent("nothing answers where Tor should") from error
            raise
        return line


async def _enter(line: socket.socket, name: bytes) -> None:
    """Say who comes: one account for all of ours, and a password for each peer (rule 2)."""
    await _say(line, bytes([VERSION, 1, PASSWORD]))
    if await _hear(line, 2) != bytes([VERSION, PASSWORD]):
        raise TorSilent("what answers does not speak SOCKS as Tor does")
    await _say(line, bytes([PASSWORD_VERSION, len(ACCOUNT), *ACCOUNT, len(name), *name]))
    if await _hear(line, 2) != bytes([PASSWORD_VERSION, GRANTED]):
        raise TorSilent("what answers does not take a password as Tor does")


async def _ask(line: socket.socket, name: bytes, port: int) -> None:
    """Ask for a connection; the next byte on the line is then the peer's."""
    await _say(line, bytes([VERSION, CONNECT, 0, NAME, len(name), *name]) + port.to_bytes(_PORT_BYTES, "big"))
    version, said, _, kind = await _hear(line, 4)
    if version != VERSION:
        raise TorSilent("what answers does not speak SOCKS as Tor does")
    if said != GRANTED:
        raise NoWay(f"Tor has no connection to it (SOCKS {said})")
    length = (await _hear(line, 1))[0] if kind == NAME else _ADDRESS_BYTES.get(kind)
    if length is None:
        raise TorSilent("what answers does not speak SOCKS as Tor does")
    await _hear(line, length + _PORT_BYTES)


async def _say(line: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(line, data)


async def _hear(line: socket.socket, length: int) -> bytes:
    """So many bytes, and not one more."""
    heard = b""
    while len(heard) < length:
        more = await asyncio.get_running_loop().sock_recv(line, length - len(heard))
        if not more:
            raise TorSilent("the connection to Tor broke off")
        heard += more
    return heard
