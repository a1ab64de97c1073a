"""The child process of `node.store.versions.migrate`."""

import sys

from node.store.migrations import main
from node.store.versions import KEEP

main(sys.stdin.read().strip(), keep=KEEP in sys.argv)
