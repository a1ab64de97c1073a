"""One node of the lab: a process of its own, started and stopped by its id."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from node.control import NotRunning, call
from node.lab.cast import LabFolder
from node.setting import PREFIX
from schema.errors import Unavailable

START_SECONDS = 30.0
STOP_SECONDS = 10.0
PAUSE = 0.1
PR_SET_PDEATHSIG = 1  # prctl(2)


def _end_with_parent() -> None:
    """Ask the kernel to stop this process when the lab is gone, however that ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """The process of one collective."""

    def __init__(self, lab: LabFolder, name: str) -> None:
        """Nothing is started yet."""
        self.name = name
        self.wanted = False
        self._folder = lab.of(name)
        self._log = lab.log_of(name)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process, while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start it and wait until it answers; `Unavailable` with the end of its log where it does not."""
        if self.pid is not None:
            return
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        command = [sys.executable, "-P", "-m", "node", "run", "--data", str(self._folder.path)]
        self._log.touch(mode=0o600)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the lab, which stops its nodes one by one
                preexec_fn=_end_with_parent,
            )
        self.wanted = True
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while self.pid is not None:
                    with suppress(NotRunning):
                        await self.ask("whoami")
                        return
                    await asyncio.sleep(PAUSE)
        await self.stop()
        last = self._log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise Unavailable(f"{self.name} did not start: {last[0]:.300}", shown="A node of the lab did not start.")

    async def stop(self) -> None:
        """Stop it, gently, then for good."""
        self.wanted = False
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def ended(self) -> int | None:
        """Wait until the process ends; its exit status, negative for a signal."""
        return None if self._process is None else await self._process.wait()

    async def ask(self, verb: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Let the node do a verb."""
        return await call(self._folder, verb, arguments or {})
