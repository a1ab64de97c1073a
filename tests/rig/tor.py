"""A stand-in for Tor: its SOCKS port, which writes down who asked for what, and leads there on this machine."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.rig.raw_server import talking

GRANTED, HOST_UNREACHABLE = 0, 4
NAME = 3
Place: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """One connection that was asked for: `kind` is 3 where it was by its name."""

    kind: int
    name: str
    port: int
    account: str
    password: str


@dataclass(slots=True)
class StandIn:
    """`leads` says to which port of this machine a place leads, `asked` is who wanted to go where."""

    port: int = 0
    leads: dict[Place, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What the setting `socks` is."""
        return f"127.0.0.1:{self.port}"

    @property
    def places(self) -> set[Place]:
        """Where anyone wanted to go."""
        return {(one.name, one.port) for one in self.asked}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            asked = await hear(reader, writer)
            self.asked.append(asked)
            try:
                theirs, to_them = await asyncio.open_connection("127.0.0.1", self.leads[asked.name, asked.port])
            except (KeyError, ConnectionError):
                writer.write(bytes([5, HOST_UNREACHABLE, 0, 1]) + bytes(6))
                return
            writer.write(bytes([5, GRANTED, 0, 1]) + bytes(6))
            await _both_ways(reader, writer, theirs, to_them)


async def carry(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What a web server does for a node: lead a connection to this port of this machine."""
    await _both_ways(reader, writer, *await asyncio.open_connection("127.0.0.1", port))


async def _both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    theirs: asyncio.StreamReader,
    to_them: asyncio.StreamWriter,
) -> None:
    """Carry bytes each way, until one side ends; then end both."""
    tasks = [asyncio.create_task(_pump(reader, to_them)), asyncio.create_task(_pump(theirs, writer))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        to_them.transport.abort()
        writer.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked:
    """Take a client's greeting, its password and what it asks for, as Tor does (RFC 1928, RFC 1929)."""
    version, count = await reader.readexactly(2)
    methods = await reader.readexactly(count)
    assert (version, methods) == (5, b"\x02")
    writer.write(b"\x05\x02")
    assert await reader.readexactly(1) == b"\x01"
    account, password = await _counted(reader), await _counted(reader)
    writer.write(b"\x01\x00")
    version, command, _, kind = await reader.readexactly(4)
    assert (version, command) == (5, 1)
    name = await _counted(reader) if kind == NAME else (await reader.readexactly({1: 4, 4: 16}[kind])).hex()
    return Asked(kind, name, int.from_bytes(await reader.readexactly(2), "big"), account, password)


async def _counted(reader: asyncio.StreamReader) -> str:
    [length] = await reader.readexactly(1)
    return (await reader.readexactly(length)).decode("ascii")


@asynccontextmanager
async def standing_in(leads: Mapping[Place, int], port: int = 0) -> AsyncIterator[StandIn]:
    """A SOCKS port that leads to these ports of this machine, on a port of its own or on this one."""
    tor = StandIn(leads=dict(leads))
    async with talking(tor.talk, port=port) as tor.port:
        yield tor
