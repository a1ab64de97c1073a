"""Group commit: what arrives together is written in one transaction, and each is answered after it.

While one group is being written the next one gathers, so under load groups grow and each item costs less; an item that
comes alone is written at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from schema.errors import QafilaError, Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Gathers items for `write`, which returns for each its result, or the error that it alone met.

    An error that `write` raises is that of the whole group. Use it as an asynchronous context manager: leaving it
    writes what has been gathered.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Result | QafilaError]]],
        *,
        largest: int = 100,
        waiting: int = 1000,
    ) -> None:
        """`largest` items make one group; with more than `waiting` gathered, further ones are turned away."""
        self._write = write
        self._largest = largest
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[Result]]] = asyncio.Queue(waiting)
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "GroupCommit[Item, Result]":
        """Begin to write."""
        self._writer = asyncio.create_task(self._run(), name="group-commit")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what has been gathered, then stop."""
        await self._queue.join()
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    async def submit(self, item: Item) -> Result:
        """Return the item's result once its group is committed; raise its error, or `Unavailable` if too many wait."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((item, answer))
        except asyncio.QueueFull:
            raise Unavailable("More is waiting to be written than we take on.") from None
        return await answer

    async def _run(self) -> None:
        while True:
            group = [await self._queue.get()]
            while len(group) < self._largest and not self._queue.empty():
                group.append(self._queue.get_nowait())
            try:
                results = await self._write([item for item, _ in group])
            except QafilaError as error:
                _fail(group, error)
            except Exception as error:  # noqa: BLE001 (the next group must not wait for ever)
                unforeseen = Unavailable(f"Writing failed in an unforeseen way: {type(error).__name__}.")
                unforeseen.__cause__ = error
                _fail(group, unforeseen)
            else:
                for (_, answer), result in zip(group, results, strict=True):
                    _settle(answer, result)
            finally:
                for _ in group:
                    self._queue.task_done()


def _settle(answer: "asyncio.Future[Result]", result: Result | QafilaError) -> None:
    if answer.done():  # whoever waited has gone away
        return
    if isinstance(result, QafilaError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _fail(group: "Sequence[tuple[Item, asyncio.Future[Result]]]", error: QafilaError) -> None:
    for _, answer in group:
        _settle(answer, error)
