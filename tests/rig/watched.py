"""`python -P -m tests.rig.watched FILE run ...`: as `qafila run ...`, and FILE gets all that leads away from it.

That is every connection and every look-up of a name, a line each, seen where Python does it (PEP 578).
"""

import sys
from pathlib import Path

from node.cli import main

file = Path(sys.argv[1]).open("a", buffering=1)  # noqa: SIM115 (it is needed until the end)


def hear(event: str, arguments: tuple[object, ...]) -> None:
    """Write down what leads away from this process."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(to := arguments[1], tuple):
        file.write(f"{to[0]} {to[1]}\n")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}:
        file.write(f"asks {arguments[0]}\n")


sys.addaudithook(hear)
sys.argv[1:2] = []
main()
