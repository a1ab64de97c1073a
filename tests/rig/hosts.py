"""Machines of their own for processes: network namespaces, each with an address that only this machine reaches."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

IP = shutil.which("ip")


@dataclass(frozen=True, slots=True)
class Machine:
    """`before` is what runs a program there, `address` is where it is reached, `seen_from` who it sees then."""

    before: tuple[str, ...]
    address: str
    seen_from: str


async def ip(*words: str) -> bool:
    """Tell iproute2 something; whether it did it."""
    process = await asyncio.create_subprocess_exec(
        IP or "", *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0


@asynccontextmanager
async def machine(number: int) -> AsyncIterator[Machine | None]:
    """One machine; None where this one allows no such thing. `number` is below 60."""
    name, near, far = f"qafila-{os.getpid()}-{number}", f"qn{os.getpid() % 100_000}-{number}", f"qf{number}"
    ours, its = f"10.231.{number}.1", f"10.231.{number}.2"
    if IP is None or os.geteuid() != 0 or not await ip("netns", "add", name):
        yield None
        return
    try:
        done = (
            await ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
            and await ip("address", "add", f"{ours}/30", "dev", near)
            and await ip("link", "set", near, "up")
            and await ip("-n", name, "address", "add", f"{its}/30", "dev", far)
            and await ip("-n", name, "link", "set", far, "up")
            and await ip("-n", name, "link", "set", "lo", "up")
        )
        yield Machine((IP, "netns", "exec", name), its, ours) if done else None
    finally:
        await ip("link", "delete", near)
        await ip("netns", "delete", name)
