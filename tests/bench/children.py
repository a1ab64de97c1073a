"""Processes of this measurement: started, watched through proc(5), and ended by their process id."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.control import NotRunning, call
from node.folder import DataFolder
from tests.rig.nodes import settings_of

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 10
START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Served:
    """A process that serves, and the seconds from its start until it took a connection."""

    process: Process
    seconds: float

    @property
    def cpu_seconds(self) -> float:
        """Time on a processor so far, of all threads, user and system (proc(5), `stat`)."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / TICKS

    @property
    def memory_mib(self) -> tuple[float, float]:
        """Resident and proportional memory in MiB (proc(5), `smaps_rollup`)."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
        kib = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in lines)}
        return kib["Rss"] / 1024, kib["Pss"] / 1024


@asynccontextmanager
async def python(*arguments: object) -> AsyncIterator[Process]:
    """Python with these arguments, for the length of the block, without settings of a node in its environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, arguments),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("QAFILA_")},
        stdin=DEVNULL,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def answer_of(module: str, *arguments: object) -> Any:
    """What a module prints as JSON when it runs to its end."""
    async with python("-m", module, *arguments) as process:
        printed, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"{module} ended with {process.returncode}")
    return json.loads(printed)


@asynccontextmanager
async def server(port: int, module: str, *arguments: object) -> AsyncIterator[Served]:
    """A module that serves on this port of loopback."""
    began = time.monotonic()
    async with python("-m", module, *arguments) as process:
        while not await _listens(port):
            if process.returncode is not None or time.monotonic() - began > START_SECONDS:
                raise SystemExit(f"{module} does not listen")
            await asyncio.sleep(0.002)
        yield Served(process, time.monotonic() - began)


@asynccontextmanager
async def node(folder: DataFolder) -> AsyncIterator[Served]:
    """A node as people run it: `qafila run`, on a lab folder. It takes verbs too."""
    _, port = settings_of(folder).listen_address
    async with server(port, "node", "run", "--data", folder.path) as served:
        await _takes_verbs(folder)
        yield served


async def _takes_verbs(folder: DataFolder) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            with suppress(NotRunning):
                await call(folder, "whoami", {})
                return
            await asyncio.sleep(0.01)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
