"""The child process of `node.store.versions.migrate`."""

import sys

from node.store.migrations import main

main(sys.stdin.read().strip())
