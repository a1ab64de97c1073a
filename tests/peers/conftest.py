"""Servers that others wrote. Where they are not installed these tests are left out, and the terminal says so."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from node.house import House
from tests.rig import fedify
from tests.rig.fedify import Peer
from tests.rig.nodes import make_folder, running

collect_ignore_glob = [] if fedify.INSTALLED else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not run."""
    if not fedify.INSTALLED:
        terminalreporter.write_line("peer tests left out: no Fedify; `make peers` installs it")


@pytest.fixture(scope="session", params=["fedify-1", "fedify-2"])
def peers(request: pytest.FixtureRequest) -> Iterator[dict[str, Peer]]:
    """Either version of Fedify in turn, as several servers with habits of their own: see `fedify/peer.js`."""
    with fedify.running(request.param) as actors:
        yield actors


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A running node whom nobody knows yet."""
    folder = await make_folder(tmp_path / "alder", "alder")
    async with running(folder) as (opened, _):
        yield opened
