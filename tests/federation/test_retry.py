from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.retry import GONE_FOR, LONGEST_ASKED, STEPS, Outcome, asked_delay, classify, delay

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 10), (1, 10), (2, 30), (3, 120), (4, 600), (5, 1800), (6, 3600), (7, 3600), (1_000_000, 3600)],
)
def test_the_wait_grows_to_one_hour_and_stays(attempts: int, seconds: int) -> None:
    """The n-th failure waits for the n-th step, and the last step holds for ever."""
    assert delay(attempts, 0.5) == timedelta(seconds=seconds)


@given(attempts=st.integers(1, 100), random=st.floats(0, 1, exclude_max=True))
def test_the_spread_is_a_fifth_each_way(attempts: int, random: float) -> None:
    """No wait is further than 20 % from its step, so peers that failed together do not return together."""
    step = STEPS[min(attempts, len(STEPS)) - 1]
    assert 0.8 * step <= delay(attempts, random) <= 1.2 * step


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(timedelta(seconds=1), 10), (timedelta(minutes=5), 300), (timedelta(days=30), 86_400)],
)
def test_the_peer_may_lengthen_the_wait_and_never_shorten_it(asked: timedelta, seconds: int) -> None:
    """Retry-After is honoured from our own step up to 24 hours."""
    assert delay(1, 0.5, asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Outcome.DELIVERED),
        (202, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (299, Outcome.DELIVERED),
        (301, Outcome.REFUSED),
        (304, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (405, Outcome.REFUSED),
        (408, Outcome.RETRY),
        (409, Outcome.REFUSED),
        (413, Outcome.REFUSED),
        (415, Outcome.REFUSED),
        (421, Outcome.RETRY),
        (422, Outcome.REFUSED),
        (425, Outcome.RETRY),
        (429, Outcome.RETRY),
        (451, Outcome.REFUSED),
        (500, Outcome.RETRY),
        (501, Outcome.REFUSED),
        (502, Outcome.RETRY),
        (503, Outcome.RETRY),
        (504, Outcome.RETRY),
        (599, Outcome.RETRY),
        (999, Outcome.RETRY),
    ],
)
def test_a_status_means_the_same_however_often_it_comes(status: int, expected: Outcome) -> None:
    """All but 401, 404 and 410 are decided by the status alone."""
    assert classify(status, 1, timedelta()) is expected
    assert classify(status, 500, timedelta(days=90)) is expected


@pytest.mark.parametrize(
    ("status", "attempts", "age", "expected"),
    [
        (401, 1, timedelta(), Outcome.RETRY),
        (401, 2, timedelta(days=90), Outcome.RETRY),
        (401, 3, timedelta(), Outcome.REFUSED),
        (404, 1, timedelta(), Outcome.RETRY),
        (404, 200, GONE_FOR - timedelta(seconds=1), Outcome.RETRY),
        (404, 200, GONE_FOR, Outcome.REFUSED),
        (410, 1, timedelta(), Outcome.RETRY),
        (410, 200, GONE_FOR, Outcome.REFUSED),
    ],
)
def test_some_refusals_must_be_confirmed(status: int, attempts: int, age: timedelta, expected: Outcome) -> None:
    """401 is parked at the third time, 404 and 410 after seven days."""
    assert classify(status, attempts, age) is expected


@pytest.mark.parametrize(
    ("retry_after", "date", "expected"),
    [
        ([], [], None),
        (["0"], [], timedelta()),
        (["120"], [], timedelta(minutes=2)),
        (["1000000000"], [], LONGEST_ASKED),
        (["9" * 5_000], [], LONGEST_ASKED),
        (["-1"], [], None),
        (["1.5"], [], None),
        (["\u0663\u0660"], [], None),
        (["soon"], [NOON], None),
        (["60", "60"], [], None),
        (["Mon, 23 Nov 2026 12:05:00 GMT"], [NOON], timedelta(minutes=5)),
        (["Mon, 23 Nov 2026 11:00:00 GMT"], [NOON], timedelta()),
        (["Fri, 31 Dec 9999 23:59:59 GMT"], [NOON], LONGEST_ASKED),
        (["Mon, 23 Nov 2026 12:05:00 GMT"], [], None),
        (["Mon, 23 Nov 2026 12:05:00 GMT"], [NOON, NOON], None),
        (["Mon, 23 Nov 2026 12:05:00 GMT"], ["yesterday"], None),
    ],
)
def test_retry_after_is_read_as_seconds_or_against_the_answers_own_date(
    retry_after: list[str], date: list[str], expected: timedelta | None
) -> None:
    """Both forms of RFC 9110 are read and bounded; what cannot be read counts as missing."""
    assert asked_delay(retry_after, date) == expected


@given(st.lists(st.text(max_size=60), max_size=2), st.lists(st.text(max_size=60), max_size=2))
def test_no_text_breaks_the_reader(retry_after: list[str], date: list[str]) -> None:
    """Whatever a peer writes into Retry-After, the result is None or within 24 hours."""
    asked = asked_delay(retry_after, date)
    assert asked is None or timedelta() <= asked <= LONGEST_ASKED
