"""`python -m tests.fuzz SECONDS` fuzzes each parser that long, then storms a node on each database as long."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.running import fuzz_targets
from tests.fuzz.storm import storm, weathered
from tests.fuzz.targets import TARGETS
from tests.rig.postgres import fresh_database, serving

CRASHES = Path(".fuzz")
AT_ONCE = 200  # series of acts before another seed is thrown


def parsers(names: list[str], seconds: int, seed: int) -> bool:
    """Fuzz each parser; whether all kept their promises."""
    CRASHES.mkdir(exist_ok=True)
    whole = True
    for name in names:
        said = fuzz_targets([name], CRASHES, seconds=seconds, seed=seed)
        sys.stdout.write(f"{name}: {'a fault was found' if said else 'ok'}\n{said}")
        sys.stdout.flush()
        whole = whole and not said
    return whole


def weather(name: str, new_database: Callable[[], Awaitable[str]], seconds: int, seed: int) -> None:
    """Storm a node, with a new seed every now and then; what does not hold is raised, and says how to see it again."""
    end = time.monotonic() + seconds
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        stack = AsyncExitStack()
        database = runner.run(_database(new_database))
        blowing = runner.run(stack.enter_async_context(weathered(Path(folder) / "alder", database)))
        rounds = 0
        while time.monotonic() < end:
            storm(runner, blowing, examples=AT_ONCE, random_seed=seed + rounds)
            rounds += 1
        runner.run(stack.aclose())
    sys.stdout.write(f"storm on {name}: ok, {rounds * AT_ONCE} series\n")


async def _database(new_database: Callable[[], Awaitable[str]]) -> str:
    return await new_database()


async def _embedded() -> str:
    return "sqlite"


def main() -> int:
    """Everything, for as long as was asked; 1 where a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=int)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--only", nargs="*", choices=[*TARGETS, "storm"], default=[*TARGETS, "storm"])
    wanted = parser.parse_args()
    sys.stdout.write(f"seed {wanted.seed}\n")
    whole = True
    if find_spec("atheris") is None:
        sys.stdout.write(f"there is no fuzzer for {sys.platform}: the parsers are left out\n")
    else:
        whole = parsers([name for name in TARGETS if name in wanted.only], wanted.seconds, wanted.seed)
    if "storm" in wanted.only:
        weather("SQLite", _embedded, wanted.seconds, wanted.seed)
        with serving() as server:
            weather("PostgreSQL", lambda: fresh_database(server), wanted.seconds, wanted.seed)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
