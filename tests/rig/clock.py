"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)


class Clock:
    """Call it for the time."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return this moment."""
        return self.now

    def move(self, **distance: float) -> None:
        """Let time pass; arguments as those of `timedelta`."""
        self.now += timedelta(**distance)
