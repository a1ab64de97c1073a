"""A real Chromium over the pages. Where there is none, these tests are left out, and the terminal says so."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.server import Site, serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
CANDIDATES = (os.environ["QAFILA_CHROMIUM"],) if "QAFILA_CHROMIUM" in os.environ else NAMES
CHROMIUM = next(filter(None, map(shutil.which, CANDIDATES)), None)

collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not run."""
    if not CHROMIUM:
        terminalreporter.write_line("browser tests left out: no Chromium; `make browsers` installs it")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests; each opens contexts of its own."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """The pages on a port of this machine."""
    async with serving() as running:
        yield running
