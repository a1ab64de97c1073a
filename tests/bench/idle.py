"""A node that has nothing to do: how much memory it holds, how soon it is there, how soon help is there."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from statistics import median

from tests.bench.children import Served, node, python, server
from tests.bench.figures import Figure
from tests.rig.nodes import free_port, make_folder

TIMES = 5
SETTLE_SECONDS = 1.0
KEY = "00" * 32


async def measure(scratch: Path) -> list[Figure]:
    """Each beside the bare handler, or beside Python with click alone; of five times the median."""
    folder = await make_folder(scratch / "alder", "alder", log_level="warning")
    port = free_port()
    ours = [await _looked(node(folder)) for _ in range(TIMES)]
    bare = [
        await _looked(server(port, "tests.bench.bare", port, scratch / f"bare{number}.db", KEY))
        for number in range(TIMES)
    ]
    (start, rss, pss), (bare_start, _, bare_pss) = map(_medians, (ours, bare))
    help_, bare_help = await _time("-m", "node", "--help"), await _time("-c", "import click")
    return [
        Figure("idle memory of a node", pss, "MiB", None, pss / bare_pss, f"proportional; resident {rss:.0f} MiB"),
        Figure("start, until it takes a connection", start * 1000, "ms", None, start / bare_start),
        Figure("qafila --help", help_ * 1000, "ms", None, help_ / bare_help),
    ]


async def _looked(serving: AbstractAsyncContextManager[Served]) -> tuple[float, float, float]:
    """Seconds until a process was there, then its memory, resident and proportional."""
    async with serving as served:
        await asyncio.sleep(SETTLE_SECONDS)
        return served.seconds, *served.memory_mib


def _medians(rows: Sequence[tuple[float, float, float]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]


async def _time(*arguments: str) -> float:
    """Seconds from the start of Python to its end."""
    times = []
    for _ in range(TIMES):
        began = time.monotonic()
        async with python(*arguments) as process:
            await process.communicate()
        times.append(time.monotonic() - began)
    return median(times)
