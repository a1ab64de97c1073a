"""Times about the goods, rounded to the hour: a published minute would tell more than anyone needs to know."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schema.errors import DomainError

HOUR = timedelta(hours=1)
YEARS = range(1970, 3000)  # outside them a date is a slip of the keyboard, and sums with it may overflow


def to_hour(moment: datetime) -> datetime:
    """The full hour that `moment` falls in, in UTC."""
    return _aware(moment).replace(minute=0, second=0, microsecond=0)


def up_to_hour(moment: datetime) -> datetime:
    """The full hour at or after `moment`, in UTC: what ends then has not ended before."""
    down = to_hour(moment)
    return down if down == moment else down + HOUR


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise DomainError("A time needs its zone.", field="window")
    if moment.year not in YEARS:
        raise DomainError("A year between 1970 and 2999.", field="window")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """From `begin` until `end`, each optional, both in UTC."""

    begin: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a window without any side, or one that ends before it begins."""
        if self.begin is None and self.end is None:
            raise DomainError("A time window has a beginning or an end.", field="window")
        for side in (self.begin, self.end):
            if side is not None and side.tzinfo is None:
                raise DomainError("A time needs its zone.", field="window")
        if self.begin is not None and self.end is not None and self.end < self.begin:
            raise DomainError("It would end before it begins.", field="window")

    @property
    def coarse(self) -> "TimeWindow":
        """The same window in full hours, never shorter than it was."""
        return TimeWindow(
            None if self.begin is None else to_hour(self.begin), None if self.end is None else up_to_hour(self.end)
        )
