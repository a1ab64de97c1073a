"""Times about the goods are published in full hours."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from schema.errors import DomainError
from schema.window import HOUR, TimeWindow, to_hour, up_to_hour
from tests.schema.strategies import NOW, moments, windows


@given(moments())
def test_rounding(moment: datetime) -> None:
    """Rounded down and up, a time moves by less than an hour, to a full hour in UTC, and then stays."""
    down, up = to_hour(moment), up_to_hour(moment)
    assert down <= moment <= up
    assert up - down in {timedelta(0), HOUR}
    for rounded in (down, up):
        assert rounded.tzinfo is UTC
        assert (rounded.minute, rounded.second, rounded.microsecond) == (0, 0, 0)
        assert to_hour(rounded) == up_to_hour(rounded) == rounded


@given(windows())
def test_coarse_window(window: TimeWindow) -> None:
    """A coarse window is never shorter than the window it stands for."""
    coarse = window.coarse
    assert (coarse.begin is None) == (window.begin is None)
    assert (coarse.end is None) == (window.end is None)
    if coarse.begin is not None and window.begin is not None:
        assert coarse.begin <= window.begin
    if coarse.end is not None and window.end is not None:
        assert coarse.end >= window.end
    assert coarse.coarse == coarse


@pytest.mark.parametrize(
    ("begin", "end"),
    [(None, None), (NOW, NOW - HOUR), (NOW.replace(tzinfo=None), None), (None, NOW.replace(tzinfo=None))],
)
def test_refused_windows(begin: datetime | None, end: datetime | None) -> None:
    """A window has a side, a zone, and does not end before it begins."""
    with pytest.raises(DomainError):
        TimeWindow(begin, end)


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime(3000, 1, 1, tzinfo=UTC),
        NOW.replace(tzinfo=None),
    ],
)
def test_refused_moments(moment: datetime) -> None:
    """A time without a zone, or so far off that sums with it would overflow, is refused and does not crash."""
    with pytest.raises(DomainError):
        up_to_hour(moment)
