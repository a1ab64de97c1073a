"""When one item is tried again, and when it is not.

Rule 1  The wait grows: 10 s, 30 s, 2 min, 10 min, 30 min, then an hour for ever, each 20 % more or less. Only the
        item's own expiry ends it, which is not known here.
Rule 2  Delivered is 2xx and nothing else: 404 and 410 are no success.
Rule 3  What the peer refuses (3xx, 4xx, 501) is parked for a person to see; trying again would only repeat it.
Rule 4  "Later" is not "no": 408, 421, 425, 429 and the other 5xx are tried again.
Rule 5  401 may be a clock or a new key: three times, then parked. 404 and 410 must be said for seven days, then parked.
Rule 6  A peer may ask for more time than rule 1 gives (`Retry-After`, RFC 9110, 10.2.3), up to 24 hours.

Pure: the random number and the times are passed in. An item is this module's matter, a whole peer that of `breaker`.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from activitypub.message import read_http_date

STEPS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
SPREAD = 0.2
LONGEST_ASKED = timedelta(hours=24)
UNAUTHENTICATED_ATTEMPTS = 3
GONE_FOR = timedelta(days=7)

_LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.MISDIRECTED_REQUEST,  # RFC 9110, 15.5.20: may be sent again over another connection
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_MOST_DIGITS = 9  # 31 years; more is only a burden to read


class Outcome(StrEnum):
    """What an answer means for the item that was sent."""

    DELIVERED = "delivered"
    RETRY = "retry"
    REFUSED = "refused"


def delay(attempts: int, random: float, retry_after: timedelta | None = None) -> timedelta:
    """Return how long to wait after `attempts` failed attempts (1 or more); `random` is in [0, 1).

    The peer's own wish lengthens the wait, never shortens it.
    """
    step = STEPS[min(max(attempts, 1), len(STEPS)) - 1]
    wait = step * (1 - SPREAD + 2 * SPREAD * random)
    return wait if retry_after is None else max(wait, min(retry_after, LONGEST_ASKED))


def classify(status: int, attempts: int, age: timedelta) -> Outcome:
    """Say what a final HTTP status means for an item.

    `attempts` is how many times in a row this status came, this one counted; `age` is the time since the first of them.
    So days in which the peer was silent do not count against an item that meets its first 401 or 404.
    """
    match status // 100:
        case 2:
            return Outcome.DELIVERED
        case 3:
            return Outcome.REFUSED
        case 4:
            return _refused_by_peer(status, attempts, age)
        case _:
            return Outcome.REFUSED if status == HTTPStatus.NOT_IMPLEMENTED else Outcome.RETRY


def _refused_by_peer(status: int, attempts: int, age: timedelta) -> Outcome:
    """Apply rules 3, 4 and 5 to a 4xx."""
    again = (
        status in _LATER
        or (status == HTTPStatus.UNAUTHORIZED and attempts < UNAUTHENTICATED_ATTEMPTS)
        or (status in _GONE and age < GONE_FOR)
    )
    return Outcome.RETRY if again else Outcome.REFUSED


def asked_delay(retry_after: Sequence[str], date: Sequence[str]) -> timedelta | None:
    """Read the `Retry-After` and `Date` fields of an answer: 0 to 24 hours, None where no time can be read.

    RFC 9110, 10.2.3: `Retry-After = HTTP-date / delay-seconds`. A date is measured from the answer's own `Date`, so the
    clocks of the two nodes need not agree. A doubled field counts as missing.
    """
    if len(retry_after) != 1:
        return None
    [text] = retry_after
    if text.isascii() and text.isdigit():
        return LONGEST_ASKED if len(text) > _MOST_DIGITS else min(timedelta(seconds=int(text)), LONGEST_ASKED)
    until, since = read_http_date(text), read_http_date(date[0]) if len(date) == 1 else None
    return None if until is None or since is None else min(max(until - since, timedelta()), LONGEST_ASKED)
