"""Whatever is said, a node stands: a bounded number of random acts, the same ones at each run."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.fuzz.storm import Weather, storm, weathered

SERIES = 150  # of up to four acts, and half as many of requests


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """Where the node lives while hypothesis, which is not asynchronous, decides what is said."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def weather(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weather]:
    """A node on SQLite."""
    living = weathered(tmp_path_factory.mktemp("storm") / "alder", "sqlite")
    yield runner.run(living.__aenter__())
    runner.run(living.__aexit__(None, None, None))


def test_a_storm(runner: asyncio.Runner, weather: Weather) -> None:
    """Nothing that is said is answered with 5xx, or changes anything without proof, or stops the node from serving."""
    storm(runner, weather, examples=SERIES)
