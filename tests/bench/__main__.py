"""`python -m tests.bench [inbox] [fanout] [idle] [dialects] [--json]`, or `make bench`: a table, which asserts nothing.

All of it happens on loopback, in a folder that is removed afterwards; every process started is ended by its id.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import dialects, fanout, idle, inbox
from tests.bench.figures import Figure, table

MEASUREMENTS: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "inbox": inbox.measure,
    "fanout": fanout.measure,
    "idle": idle.measure,
    "dialects": dialects.measure,
}


async def _measure(names: list[str]) -> list[Figure]:
    figures = []
    for name in names:
        with TemporaryDirectory(prefix="qafila-bench-") as scratch:
            figures += await MEASUREMENTS[name](Path(scratch))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure speed and memory of a node.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(MEASUREMENTS)} (all)")
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(MEASUREMENTS):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are: {', '.join(MEASUREMENTS)}")
    figures = asyncio.run(_measure(chosen.names or list(MEASUREMENTS)))
    text = json.dumps([asdict(figure) for figure in figures], indent=2) if chosen.json else table(figures)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
