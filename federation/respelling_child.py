"""The child process of `federation.respelling`: reads one object after the other and answers each, until none comes.

An empty answer means that there is none. It has a limit of memory; that of time is held by its parent.
"""

import resource
import signal
import sys
from typing import BinaryIO

from activitypub.translate.respell import respell
from federation.respelling import READY, SIZE
from schema.errors import RemoteError

MEMORY = 192 * 1024 * 1024  # bytes of address space: it begins with 50 MB, and the whole service may have 400


def main() -> None:
    """Answer until there is nothing more to read; what a terminal says to the node is not for this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answer_all(sys.stdin.buffer, sys.stdout.buffer)


def answer_all(asked: BinaryIO, answers: BinaryIO) -> None:
    """Say that we are ready, then read and answer."""
    _say(answers, READY)
    while head := asked.read(SIZE.size):
        data = asked.read(SIZE.unpack(head)[0])
        try:
            answer = respell(data)
        except RemoteError:
            answer = b""
        _say(answers, answer)


def _say(answers: BinaryIO, message: bytes) -> None:
    answers.write(SIZE.pack(len(message)) + message)
    answers.flush()


if __name__ == "__main__":
    main()
