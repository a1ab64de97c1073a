"""Telling systemd how far the node is (sd_notify(3)), where systemd started it."""

import socket
from collections.abc import Mapping

READY, STOPPING = "READY=1", "STOPPING=1"


def notify(environment: Mapping[str, str], state: str) -> None:
    """Say it to whoever listens; nothing happens where nobody does."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.settimeout(1)
        try:
            out.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return  # systemd waits, and says so itself
