"""Nodes as processes of their own, which can be killed as a power cut kills them."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from signal import Signals
from typing import Any

from node.control import NotRunning, call
from node.folder import DataFolder

START_SECONDS = 20


class NodeProcess:
    """`qafila run` on a folder, or another command with these words behind it."""

    def __init__(self, folder: DataFolder, *words: str, before: Sequence[str] = ()) -> None:
        """`environment` is added to ours, which is given without its own settings; `program` is what Python runs.

        `before` is what runs that.
        """
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.program: tuple[str, ...] = ("-m", "node")
        self.log = folder.path.parent / f"{folder.path.name}-{secrets.token_hex(4)}.log"
        self._words = words or ("run",)
        self._before = before
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process, and wait for nothing."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QAFILA_")}
        command, *flags = self._words
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(*self._before, sys.executable, *self.program, command, "--data", str(self.folder.path), *flags),
                env=environment | self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stderr=log,
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

    async def up(self) -> None:
        """Wait until it says itself that it is ready, where another process takes the verbs."""
        async with asyncio.timeout(START_SECONDS):
            while self._process is not None and self._process.returncode is None:
                if b'"ready"' in self.log.read_bytes():
                    return
                await asyncio.sleep(0.02)
        raise AssertionError(f"it ended before it was ready: {self.log.read_text()}")

    def signal(self, number: Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def stop(self) -> int:
        """Tell it to stop, and wait until it has; its exit status."""
        self.signal(Signals.SIGTERM)
        status, self._process = await self.ended(), None
        return status

    async def ended(self) -> int:
        """Its exit status once it ends by itself."""
        assert self._process is not None
        return await self._process.wait()

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
async def processes(*which: DataFolder | NodeProcess) -> AsyncIterator[list[NodeProcess]]:
    """A process for each folder, none of them started; all are gone after the block."""
    nodes = [one if isinstance(one, NodeProcess) else NodeProcess(one) for one in which]
    try:
        yield nodes
    finally:
        for node in nodes:
            await node.kill()
