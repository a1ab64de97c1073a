"""Nodes as processes of their own, which can be killed as a power cut kills them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from node.control import NotRunning, call
from node.folder import DataFolder

START_SECONDS = 20


class NodeProcess:
    """`qafila run` on a folder."""

    def __init__(self, folder: DataFolder) -> None:
        """`environment` is added to ours, which is given without its own settings; `program` is what Python runs."""
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.program: tuple[str, ...] = ("-m", "node")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process, and wait for nothing."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QAFILA_")}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *self.program, "run", "--data", str(self.folder.path)),
            env=environment | self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def ready(self) -> None:
        """Wait until it takes verbs."""
        async with asyncio.timeout(START_SECONDS):
            while self._process is not None and self._process.returncode is None:
                with suppress(NotRunning):
                    await self.ask("whoami")
                    return
                await asyncio.sleep(0.02)
        raise AssertionError("the node ended before it was ready")

    async def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Let the node do a verb."""
        return await call(self.folder, verb, arguments)

    async def kill(self) -> None:
        """End the process at once: it can write and say nothing more."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@asynccontextmanager
async def processes(*folders: DataFolder) -> AsyncIterator[list[NodeProcess]]:
    """A process for each folder, none of them started; all are gone after the block."""
    nodes = [NodeProcess(folder) for folder in folders]
    try:
        yield nodes
    finally:
        for node in nodes:
            await node.kill()
