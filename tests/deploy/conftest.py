"""The files of `deploy/`, tried with the programs they are for. Where one is missing, the terminal says so."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

CADDY = shutil.which("caddy")
TOR = shutil.which("tor")
SYSTEMD = shutil.which("systemd-analyze")
DEPLOY = Path(__file__).parents[2] / "deploy"
CADDYFILE = DEPLOY / "Caddyfile"


@asynccontextmanager
async def web_server(folder: Path, text: str, port: int) -> AsyncIterator[Path]:
    """Caddy with this text as its file, once it listens on the port; its log."""
    (folder / "Caddyfile").write_text(text)
    log = folder / "log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(CADDY or "", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"),
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except ConnectionError:
                    assert process.returncode is None, log.read_text()
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    break
        yield log
    finally:
        process.terminate()
        await process.wait()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not run."""
    if not CADDY:
        terminalreporter.write_line("tests of the Caddyfile left out: no Caddy; `make servers` installs it")
    if not TOR:
        terminalreporter.write_line("tests with a real Tor left out: no tor; `make servers` installs it")
    if not SYSTEMD:
        terminalreporter.write_line("tests of the systemd units left out: no systemd-analyze on this machine")
