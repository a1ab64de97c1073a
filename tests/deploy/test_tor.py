"""The files of `deploy/tor`: a real Tor that speaks to nobody but this machine, and systemd."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from activitypub.onion import is_onion_service
from federation.addresses import THROUGH_TOR
from federation.socks import Tor
from federation.transport import Limits, Reason, Transport
from tests.deploy.conftest import SYSTEMD, TOR
from tests.federation.test_transport import unreached
from tests.rig.nodes import free_port
from tests.rig.onions import onion_of
from tests.rig.waiting import until

DEPLOY = Path(__file__).parents[2] / "deploy"
needs_tor = pytest.mark.skipif(not TOR, reason="no Tor; `make servers` installs it")
# A directory that nobody keeps, on this machine: with it, Tor looks for no other.
NOBODY = f"DirAuthority nobody orport=1 no-v2 v3ident={1:040X} 127.0.0.1:1 {2:040X}"


def torrc(folder: Path, port: int) -> list[str]:
    """The arguments for Tor with our file, whose service lies in this folder, beside what Debian or a test adds."""
    folder.chmod(0o700)
    text = (DEPLOY / "tor" / "torrc").read_text()
    assert text.count("/var/lib/tor/qafila") == 2
    (folder / "torrc").write_text(text.replace("/var/lib/tor/qafila", f"{folder}/service"))
    (folder / "more").write_text(f"DataDirectory {folder}/data\nSocksPort 127.0.0.1:{port}\n{NOBODY}\n")
    return [TOR or "", "--defaults-torrc", str(folder / "more"), "-f", str(folder / "torrc")]


def verify(arguments: list[str]) -> int:
    done = subprocess.run([*arguments, "--verify-config"], capture_output=True, check=False, timeout=30)  # noqa: S603
    return done.returncode


@asynccontextmanager
async def tor(folder: Path) -> AsyncIterator[int]:
    """Tor with our file; its SOCKS port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *torrc(folder, port),
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until((folder / "service" / "hostname").exists, 20)
        yield port
    finally:
        process.kill()
        await process.wait()


@needs_tor
def test_tor_takes_our_file(tmp_path: Path) -> None:
    """Debian's Tor knows every line of it, those behind a # too, and would not take a line that it does not know."""
    arguments = torrc(tmp_path, free_port())
    assert verify(arguments) == 0
    file = tmp_path / "torrc"
    text = file.read_text().replace("#HiddenServicePort 443", "HiddenServicePort 443")
    file.write_text(f"{text}MapAddress birch.example {onion_of('birch')}\n")
    assert verify(arguments) == 0
    file.write_text(f"{text}HiddenServiceSecrecy 1\n")
    assert verify(arguments) != 0


def test_the_service_leads_to_the_node_and_hides_where_it_is() -> None:
    """Its port is the one that the node's unit may listen on, and it has all hops."""
    lines = (DEPLOY / "tor" / "torrc").read_text().splitlines()
    assert "HiddenServicePort 80 127.0.0.1:8400" in lines
    assert "SocketBindAllow=tcp:8400" in (DEPLOY / "systemd" / "qafila.service").read_text()
    assert {"HiddenServiceSingleHopMode 0", "HiddenServiceNonAnonymousMode 0"} < set(lines)


@needs_tor
async def test_a_real_tor_is_spoken_to(tmp_path: Path) -> None:
    """The name that it gives the service is one for us, and it takes our greeting, password and question."""
    async with tor(tmp_path) as port:
        name = (tmp_path / "service" / "hostname").read_text().strip()
        assert is_onion_service(name)
        await Tor("127.0.0.1", port).greet()
        limits = Limits(deadline=timedelta(seconds=1))
        async with Transport(THROUGH_TOR, tor=Tor("127.0.0.1", port), limits=limits) as transport:
            with unreached(Reason.TIMEOUT):  # it waits for a network that is not there, and says no word against us
                await transport.get(f"http://{name}/", {})


@pytest.mark.skipif(not SYSTEMD, reason="no systemd-analyze on this machine")
def test_systemd_keeps_the_node_to_this_machine(tmp_path: Path) -> None:
    """With the drop-in every address but those of this machine is denied, those of name servers too."""
    units = tmp_path / "etc" / "systemd" / "system"
    more = units / "qafila.service.d"
    more.mkdir(parents=True)
    shutil.copy(DEPLOY / "systemd" / "qafila.service", units)
    (more / "dns.conf").write_text("[Service]\nIPAddressAllow=192.0.2.53\n")  # as deploy/install.sh writes it
    assert "does not define" in allowed_addresses(tmp_path)
    shutil.copy(DEPLOY / "tor" / "qafila.conf", more / "tor.conf")
    assert "only localhost entries" in allowed_addresses(tmp_path)


def allowed_addresses(root: Path) -> str:
    """What systemd says of the addresses that the node may reach; it reads every line of both files for that."""
    done = subprocess.run(  # noqa: S603 (a program of the machine, our own arguments)
        [SYSTEMD or "", "security", "--offline=true", f"--root={root}", "--json=short", "--no-pager", "qafila.service"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "Unknown" not in done.stderr
    return next(str(one["description"]) for one in json.loads(done.stdout) if one["name"] == "IPAddressDeny=")
