"""Waiting for what other tasks and other processes do."""

import asyncio
from collections.abc import Callable
from itertools import count


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for something to become true; TimeoutError where it does not."""
    async with asyncio.timeout(seconds):
        for _ in count():
            if true():
                return
            await asyncio.sleep(0.005)
