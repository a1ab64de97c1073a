"""A whole Tor network on this machine: four directory authorities, which are its relays too, and one client.

Only `tor` and `tor-gencert` take part, on loopback; nothing is asked of the Tor network of the world. After the manner
of Chutney, with which the Tor project tests its own.
"""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from tests.rig.nodes import free_port

TOR: Final = shutil.which("tor")
AUTHORITIES: Final = 4
OF_ALL = """TestingTorNetwork 1
DataDirectory {folder}
Log notice file {folder}/log
ShutdownWaitLength 0
"""
OF_AN_AUTHORITY = """Nickname {name}
Address 127.0.0.1
AssumeReachable 1
SocksPort 0
OrPort 127.0.0.1:{relay} IPv4Only
DirPort 127.0.0.1:{directory} IPv4Only
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody
TestingV3AuthInitialVotingInterval 20
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
"""


async def _said(program: str, *arguments: str, word: bytes = b"") -> str:
    """What a program says, asked once."""
    process = await asyncio.create_subprocess_exec(
        *(program, *arguments), stdin=-1, stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate(word)
    assert process.returncode == 0, said.decode()
    return said.decode()


async def _authority(folder: Path, name: str) -> tuple[str, str]:
    """The torrc of an authority with new keys, and the line by which others know it."""
    relay, directory = free_port(), free_port()
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    made = [f"{keys}/authority_{one}" for one in ("identity_key", "signing_key", "certificate")]
    files = [part for pair in zip(("-i", "-s", "-c"), made, strict=True) for part in pair]
    place = f"127.0.0.1:{directory}"
    await _said("tor-gencert", "--create-identity-key", "--passphrase-fd", "0", *files, "-a", place, word=b"a word\n")
    [identity] = re.findall(r"^fingerprint (\w+)$", (keys / "authority_certificate").read_text(), re.MULTILINE)
    torrc = OF_AN_AUTHORITY.format(name=name, relay=relay, directory=directory)
    file = folder / "torrc"
    nobody = f"DirAuthority nobody orport=1 v3ident={1:040X} 127.0.0.1:1 {2:040X}\n"
    file.write_text(OF_ALL.format(folder=folder) + torrc + nobody)
    said = await _said(TOR or "", "--defaults-torrc", os.devnull, "-f", str(file), "--list-fingerprint", "--hush")
    fingerprint = said.split("\n")[-2].split(" ", 1)[1].replace(" ", "")
    return torrc, f"DirAuthority {name} orport={relay} no-v2 v3ident={identity} {place} {fingerprint}\n"


@asynccontextmanager
async def _running(folder: Path, torrc: str) -> AsyncIterator[asyncio.subprocess.Process]:
    (folder / "torrc").write_text(OF_ALL.format(folder=folder) + torrc)
    process = await asyncio.create_subprocess_exec(
        *(TOR or "", "--defaults-torrc", os.devnull, "-f", str(folder / "torrc"), "--hush"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def tor_network(folder: Path, torrc: str) -> AsyncIterator[Callable[[str], None]]:
    """The network, and in `client` a client with this torrc; what is given adds lines to that while it runs.

    The client's services have their names at once. Until anybody is reached, half a minute goes by.
    """
    async with AsyncExitStack() as stack:
        made = []
        for name in [f"authority{number}" for number in range(AUTHORITIES)]:
            (folder / name).mkdir(mode=0o700)
            made.append((folder / name, *await _authority(folder / name, name)))
        known = "".join(line for _, _, line in made)
        for home, its_torrc, _ in made:
            await stack.enter_async_context(_running(home, its_torrc + known))
        (folder / "client").mkdir(mode=0o700)
        client = await stack.enter_async_context(_running(folder / "client", torrc + known))

        def add(lines: str) -> None:
            with (folder / "client" / "torrc").open("a") as file:
                file.write(lines)
            client.send_signal(signal.SIGHUP)

        yield add
