"""Waiting for what other tasks and other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

Answer = TypeVar("Answer")
PAUSE = 0.005


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for something to become true; TimeoutError where it does not."""
    async with asyncio.timeout(seconds):
        for _ in count():
            if true():
                return
            await asyncio.sleep(PAUSE)


async def answered(
    question: Callable[[], Awaitable[Answer]], enough: Callable[[Answer], bool], seconds: float = 20
) -> Answer:
    """Ask again and again until the answer is enough; return the last one, enough or not, when time is up."""
    end = asyncio.get_running_loop().time() + seconds
    for _ in count():
        answer = await question()
        if enough(answer) or asyncio.get_running_loop().time() > end:
            return answer
        await asyncio.sleep(PAUSE)
    raise AssertionError("counting never ends")
