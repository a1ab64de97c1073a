"""The files of `deploy/`, tried with the programs they are for. Where one is missing, the terminal says so."""

import shutil

import pytest

CADDY = shutil.which("caddy")
TOR = shutil.which("tor")
SYSTEMD = shutil.which("systemd-analyze")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not run."""
    if not CADDY:
        terminalreporter.write_line("tests of the Caddyfile left out: no Caddy; `make servers` installs it")
    if not TOR:
        terminalreporter.write_line("tests with a real Tor left out: no tor; `make servers` installs it")
    if not SYSTEMD:
        terminalreporter.write_line("tests of the systemd units left out: no systemd-analyze on this machine")
