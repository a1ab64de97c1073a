"""What just happened, for whoever watches this node from its own machine (`qafila lab` prints it as it travels).

It lies in memory alone, the last thousand of them, and is reached only through the control socket.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

KEPT = 1_000


class Events:
    """Numbered from 1 since the node was started."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Nothing has happened yet."""
        self._clock = clock
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last = 0
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, what: str, **details: Any) -> None:
        """Add one; `what` is a word such as published, delivered, received."""
        self._last += 1
        self._kept.append({"seq": self._last, "at": self._clock().isoformat(), "what": what, **details})
        task = asyncio.ensure_future(self._notify())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def after(self, seq: int, wait: float) -> tuple[list[dict[str, Any]], int]:
        """Everything after number `seq`, and the last number; waits up to `wait` seconds for the first."""
        if self._last <= seq and wait > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait), self._news:
                    await self._news.wait_for(lambda: self._last > seq)
        return [event for event in self._kept if event["seq"] > seq], self._last
