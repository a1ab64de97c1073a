"""The systemd units of `deploy/systemd`."""

import re
import socket
import subprocess
import tempfile
from ipaddress import ip_network
from pathlib import Path

import pytest

from federation.respelling_child import MEMORY
from node.cli.faults import Exit
from node.service import READY, notify
from node.settings import read_settings
from tests.deploy.conftest import SYSTEMD
from tests.node.test_cli import qafila

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
HIGHEST = "15"  # tenths: 0 is a service that may nothing, 100 one that may everything


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (a program of the machine, our own arguments)
        [SYSTEMD or "", *arguments], capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.skipif(not SYSTEMD, reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_gets_little_of_the_machine(unit: Path) -> None:
    """What systemd calls its exposure is at most 1.5 of 10."""
    done = analyze("security", "--offline=true", f"--threshold={HIGHEST}", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout[-200:]


@pytest.mark.skipif(not SYSTEMD, reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path) -> None:
    """Nothing is complained of but that the program is not installed here."""
    said = analyze("verify", str(unit)).stderr
    complaints = [line for line in said.splitlines() if unit.name in line and "is not executable" not in line]
    assert complaints == []


def test_units_agree() -> None:
    """The backup runs as the same account, on the same folder and from the same place as the node."""
    same = re.compile(r"^(?:User|Group|Environment|StateDirectory|StateDirectoryMode|UMask)=.*$", re.MULTILINE)
    said = [set(same.findall(unit.read_text())) for unit in SERVICES]
    assert said[0] == said[1] != set()
    assert all("ExecStart=/opt/qafila/current/bin/qafila " in unit.read_text() for unit in SERVICES)


def test_the_service_and_caddy_speak_of_the_same_door(tmp_path: Path) -> None:
    """The settings of the service are settings; Caddy hands on to where it is believed, and the service may listen."""
    lines = [line for line in (DEPLOY / "service.env").read_text().splitlines() if not line.startswith("#")]
    said = {"QAFILA_NAME": "birch", "QAFILA_TITLE": "Birch", "QAFILA_URL": "https://birch.example"}
    settings = read_settings(tmp_path / "none", said | dict(line.split("=", 1) for line in lines), {})
    unit = (DEPLOY / "systemd" / "qafila.service").read_text()
    host, port = settings.proxy_address
    assert f"reverse_proxy {{$NODE:{host}:{port}}} {{" in (DEPLOY / "Caddyfile").read_text()
    assert settings.trusted_networks == (ip_network("127.0.0.1"),)
    assert "\nEnvironmentFile=-/opt/qafila/current/service.env\n" in unit
    assert {f"tcp:{port}", f"tcp:{settings.listen_address[1]}"} == set(re.findall("SocketBindAllow=(.*)", unit))


def test_a_wrong_setting_is_not_tried_for_ever() -> None:
    """The service is not started again after what only a person can put right; after all else that went wrong it is."""
    unit = (DEPLOY / "systemd" / "qafila.service").read_text()
    assert re.findall("^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE) == [f"{Exit.USAGE} {Exit.CONFIGURATION}"]
    assert "\nRestart=on-failure\n" in unit


def test_a_port_that_is_taken_is_tried_again(tmp_path: Path) -> None:
    """It may be free the next time; a wrong setting is wrong again."""
    folder = ("--data", str(tmp_path / "birch"))
    made = qafila("init", *folder, "--name", "birch", "--title", "Birch", "--url", "https://birch.example")
    assert made.returncode == Exit.DONE
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = qafila("run", *folder, "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    wrong = qafila("run", *folder, "--listen", "nowhere")
    assert (taken.returncode, wrong.returncode) == (Exit.REFUSED, Exit.CONFIGURATION)


def test_respelling_fits_into_the_memory_of_the_service() -> None:
    """What the child process may have leaves the node half of it, so that no post of others ends the service."""
    [unit] = [unit for unit in SERVICES if unit.name == "qafila.service"]
    most = re.search(r"^MemoryMax=(\d+)M$", unit.read_text(), re.MULTILINE)
    assert most is not None
    assert int(most[1]) * 1024 * 1024 / 2 >= MEMORY


def test_systemd_hears_that_the_node_is_ready() -> None:
    """In both forms of an address; without one, or where nobody listens, nothing happens."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        address = f"{folder}/notify"
        listening.bind(address)
        listening.settimeout(5)
        notify({"NOTIFY_SOCKET": address}, READY)
        assert listening.recv(100) == b"READY=1"
        notify({}, READY)
        notify({"NOTIFY_SOCKET": "somewhere"}, READY)
        notify({"NOTIFY_SOCKET": f"{folder}/nobody"}, READY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0qafila-test-notify")
        listening.settimeout(5)
        notify({"NOTIFY_SOCKET": "@qafila-test-notify"}, READY)
        assert listening.recv(100) == b"READY=1"
