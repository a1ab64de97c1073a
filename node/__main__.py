"""`qafila` as a process of its own; `python -m node` is the same.

Rule 1: what was in its memory is never written to a disk: there may be private keys in it.
Rule 2: it ends in good order, as by Ctrl-C, when the machine stops it or the terminal is gone; what it keeps for a
        while is removed on the way.
"""

import resource
import signal
from types import FrameType

from node import cli


def main() -> None:
    """Begin, and do what the command line says."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # else it was started to outlive its terminal (nohup)
            signal.signal(number, _interrupted)
    cli.main(prog_name="qafila")


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does at this moment, also where that itself is ignored (in the background of a shell)."""
    now = signal.getsignal(signal.SIGINT)
    (now if callable(now) else signal.default_int_handler)(number, frame)


if __name__ == "__main__":
    main()
