"""Dates on the wire: RFC 3339 in, whole seconds of UTC out."""

import re
from datetime import UTC, datetime, timedelta, timezone

from schema.errors import Malformed

LAST_YEAR = 9998  # a year later no time zone can be applied to every moment

# RFC 3339 with what ActivityStreams adds (AS2, 2.3): seconds may be missing. No leap second, at most nanoseconds.
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)


def read_time(text: str) -> datetime:
    """An aware moment in UTC, cut to microseconds; `Malformed` where it is no RFC 3339 date and time with a zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Malformed("not a date and time with a zone")
    *whole, fraction, sign, hours, minutes = match.groups()
    year, month, day, hour_, minute, second = (int(part or 0) for part in whole)
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if year > LAST_YEAR:
        raise Malformed("no such date or time")
    try:
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(year, month, day, hour_, minute, second, microsecond, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("no such date or time") from None


def write_time(moment: datetime) -> str:
    """The moment as `2026-11-23T09:00:00Z`, in whole seconds, rounded down."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
