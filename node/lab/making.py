"""Making the lab's folders, and clearing them away."""

import asyncio
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from node.folder import Busy, HeldFolder
from node.founding import found
from node.lab.cast import CAST, LabFolder, Member
from schema.errors import ConfigError, StateError

HIGHEST_FIRST_PORT = 65_533


@contextmanager
def hold(lab: LabFolder) -> Iterator[HeldFolder]:
    """Hold the lab's own folder, made where it is not there yet; `StateError` where a lab runs on it already."""
    if not lab.own.is_made:
        with lab.own.making("lab"):
            pass
    elif not lab.own.is_lab:
        raise ConfigError(f"{lab.path} holds a collective of its own. Choose another folder for the lab with --data.")
    with ExitStack() as stack:
        try:
            held = stack.enter_context(lab.own.lock())
        except Busy:
            raise StateError("This lab already runs. See it with: qafila lab status") from None
        yield held


async def make(lab: LabFolder, port: int) -> list[str]:
    """Make the collectives that are not there yet; their names."""
    new = [member for member in CAST if not lab.of(member.name).is_made]
    await asyncio.gather(*(_make_one(lab, member, port + CAST.index(member)) for member in new))
    return [member.name for member in new]


async def _make_one(lab: LabFolder, member: Member, port: int) -> None:
    values: dict[str, str | int] = {
        "name": member.name,
        "title": member.title,
        "summary": member.summary,
        "language": member.language,
        "url": member.url(port),
        "listen": f"127.0.0.1:{port}",
        "delivery_delay_seconds": 0,
    }
    await found(lab.of(member.name), "lab", values)


def clear(lab: LabFolder) -> None:
    """Remove everything the lab ever made, and nothing that it did not make."""
    if not lab.path.exists():
        return
    if not lab.own.is_lab:
        raise ConfigError(f"{lab.path} was not made by the lab, so the lab does not remove it.")
    with lab.own.lock():
        shutil.rmtree(lab.path)


def choose_port(lab: LabFolder, wanted: int | None, default: int) -> int:
    """The first port: the one the lab was made with, which is part of every address in it."""
    made = lab.port
    if made is not None and wanted is not None and made != wanted:
        raise StateError(
            f"This lab was made with port {made}, which is part of every address in it. "
            f"Leave out --port, or remove all its data and begin anew with: qafila lab --fresh --port {wanted}"
        )
    port = made or wanted or default
    if not 0 < port <= HIGHEST_FIRST_PORT:
        raise ConfigError(f"A lab needs three ports in a row, so --port is at most {HIGHEST_FIRST_PORT}.")
    return port


def check_port(port: int) -> None:
    """Refuse a port that is taken, before anything is started; `ConfigError` says what to do."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} is taken by another program, or closed to you ({error.strerror}). Stop that program, or "
                "run a lab in another folder with: qafila lab --data lab-data-2 --port 9401 "
                "(--fresh would move this one to other ports, but removes the lab's data)"
            ) from None
