"""Dates on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.times import read_time, write_time
from schema.errors import Malformed
from schema.window import to_hour

NINE = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T09:00:00Z", NINE),
        ("2026-11-23T12:30:00+03:30", NINE),
        ("2026-11-22T23:00:00-10:00", NINE),
        ("2026-11-23t09:00:00z", NINE),
        ("2026-11-23T09:00Z", NINE),
        ("2026-11-23T09:00:00.000Z", NINE),
        ("2026-11-23T09:00:00.123456789Z", NINE.replace(microsecond=123456)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC)),
    ],
)
def test_reads_every_form_as_utc(text: str, moment: datetime) -> None:
    """J19: RFC 3339 with any offset becomes an aware moment in UTC."""
    assert read_time(text) == moment
    assert read_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "-001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-11-23T09:00:00",
        "2026-11-23",
        "2026-11-23 09:00:00Z",
        "2026-11-23T23:59:60Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T09:00:00+24:00",
        "2026-11-23T09:00:00+03:60",
        "2026-11-23T09:00:00.Z",
        "2026-11-23T09:00:00." + "1" * 10 + "Z",
        "2026-11-23T09:00:00." + "1" * 1_000_000 + "Z",
        "2026-11-23T09:00:00Z\n",
        "\uff12026-11-23T09:00:00Z",
        "now",
        "",
    ],
)
def test_refuses_dates_that_are_none(text: str) -> None:
    """J19: impossible dates, dates without a zone, leap seconds and endless fractions are malformed."""
    with pytest.raises(Malformed):
        read_time(text)


def test_writes_whole_seconds_and_rounds_down() -> None:
    """What we write is UTC in whole seconds; an hour is rounded down in UTC, also where zones differ by half hours."""
    moment = datetime(2026, 11, 23, 15, 14, 59, 999999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert write_time(moment) == "2026-11-23T09:44:59Z"
    assert to_hour(moment) == NINE


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9998, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_what_is_written_is_read(moment: datetime) -> None:
    """A moment survives the way out and in, to the second."""
    assert read_time(write_time(moment)) == moment.replace(microsecond=0)


@given(st.text(alphabet="0123456789-:TZ+. ", max_size=30))
def test_only_malformed_leaves_the_reader(text: str) -> None:
    """Any text is a moment in UTC or malformed."""
    try:
        moment = read_time(text)
    except Malformed:
        return
    assert moment.tzinfo is UTC
