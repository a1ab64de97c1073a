"""Respelling what came in, in a process of its own that is ended when it takes too long.

PyLD cannot be interrupted, and what it works on was written by others. Rules:

Rule 1  Only what is proven is respelled, and only what may be a proposal (`spelling`); sizes are held before.
Rule 2  One document at a time, in one child process: it has `SECONDS` for each and a limit of memory, and whatever goes
        over is refused and the child ended by its own id. The node's own loop does no work for it.
Rule 3  Few wait, and of one sender fewer, so that nobody takes the places of all others; further ones are told to come
        later.
Rule 4  The child is started when it is first needed and ends when it had nothing to do for `IDLE` seconds, or when the
        node is gone.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from struct import Struct
from types import TracebackType
from typing import Any, Final, Self

import orjson

from activitypub.translate.spelling import joined, prepared
from schema.errors import Malformed, TooLarge, TooMany, Unavailable

SECONDS: Final = 3.0
START_SECONDS: Final = 30.0
IDLE: Final = 60.0
MOST_WAITING: Final = 32
MOST_OF_ONE: Final = 4
SIZE: Final = Struct("!I")
"""Before each message to and from the child: how many bytes it has."""
READY: Final = b"ready"
COMMAND: Final = (sys.executable, "-P", "-m", "federation.respelling_child")


class Respeller:
    """Gives objects in bare terms; an asynchronous context manager, whose child ends with it."""

    def __init__(self, *, seconds: float = SECONDS, idle: float = IDLE, command: Sequence[str] = COMMAND) -> None:
        """`command` is another child in tests: one that never answers, or dies."""
        self._seconds = seconds
        self._idle = idle
        self._command = command
        self._turn = asyncio.Lock()
        self._waiting: Counter[str] = Counter()
        self._child: Process | None = None
        self._rest: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Start nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    @property
    def child(self) -> int | None:
        """The process id of the child that lives, if one does."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    async def respell(self, activity: Mapping[str, Any], embedded: Mapping[str, Any], sender: str) -> dict[str, Any]:
        """The object of an activity of `sender`'s, in bare terms.

        `Malformed` where its words have no meaning, `TooLarge` where it is too large or takes too long, `TooMany` where
        too many wait.
        """
        data = prepared(activity, embedded)
        if self._waiting.total() >= MOST_WAITING or self._waiting[sender] >= MOST_OF_ONE:
            raise TooMany("as many wait to be respelled as we take")
        self._waiting[sender] += 1
        try:
            async with self._turn:
                answer = await self._ask(data)
        finally:
            self._waiting -= Counter([sender])
        if not answer:
            raise Malformed("an object whose words have no meaning")
        return joined(orjson.loads(answer), embedded)

    async def _ask(self, data: bytes) -> bytes:
        if self._rest is not None:
            self._rest.cancel()
        child = await self._living()
        try:
            async with asyncio.timeout(self._seconds):
                return await _exchange(child, data)
        except TimeoutError:
            await self._end()
            raise TooLarge("an object that takes too long to be respelled") from None
        except (ConnectionError, asyncio.IncompleteReadError):
            await self._end()
            raise TooLarge("an object that takes too much to be respelled") from None
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for that to the next
            raise
        finally:
            self._rest = asyncio.get_running_loop().call_later(self._idle, self._let_go)

    async def _living(self) -> Process:
        """The child, started where none lives; it says that it is ready before it is asked anything."""
        if self._child is not None and self._child.returncode is None and not _is_leaving(self._child):
            return self._child
        await self._end()
        try:
            child = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        except OSError:
            raise Unavailable("The process that respells cannot be started.") from None
        self._child = child
        try:
            async with asyncio.timeout(START_SECONDS):
                await _message(child)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            await self._end()
            raise Unavailable("The process that respells did not start.") from None
        except asyncio.CancelledError:
            await self._end()
            raise
        return child

    def _let_go(self) -> None:
        """Tell the child that there is no more to do: it ends by itself."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()

    async def _end(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        await child.communicate()


def _is_leaving(child: Process) -> bool:
    return child.stdin is None or child.stdin.is_closing()


async def _exchange(child: Process, data: bytes) -> bytes:
    if child.stdin is None:
        raise ConnectionError
    child.stdin.write(SIZE.pack(len(data)) + data)
    await child.stdin.drain()
    return await _message(child)


async def _message(child: Process) -> bytes:
    if child.stdout is None:
        raise ConnectionError
    (size,) = SIZE.unpack(await child.stdout.readexactly(SIZE.size))
    return await child.stdout.readexactly(size)
