"""What a node counts of itself.

No label holds a name, an address or a path, and no peer is told from another.
"""

from typing import Protocol


class Meter(Protocol):
    """Is told what happened."""

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """A request of this kind (`inbox`, `document`, `discovery` or `page`) got its answer."""

    def settled(self, state: str) -> None:
        """A delivery was delivered, refused or put off."""

    def limited(self, limit: str) -> None:
        """Somebody was turned away by this limit (`strangers`, `ally` or `links`)."""


class NoMeter:
    """Counts nothing: nobody asks."""

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Nothing."""

    def settled(self, state: str) -> None:
        """Nothing."""

    def limited(self, limit: str) -> None:
        """Nothing."""
