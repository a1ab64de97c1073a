from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.message import (
    ACTIVITY_JSON,
    LD_JSON,
    Request,
    is_activity_media_type,
    prefers_activity,
    read_http_date,
    takes_pages,
    write_http_date,
)
from schema.errors import Unauthenticated

AS2 = "https://www.w3.org/ns/activitystreams"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "content_type",
    [
        ACTIVITY_JSON,
        LD_JSON,
        "Application/Activity+JSON; charset=utf-8",
        f'application/ld+json;profile="{AS2}"',
        f'application/ld+json ; charset=utf-8 ; PROFILE="https://other.example/ {AS2}" ',
        f'application/ld+json; profile="{AS2[:-1]}\\s"',
        "application/activity+json;",
        'application/activity+json; charset="UTF-8"',
    ],
)
def test_both_activity_media_types_are_taken_however_they_are_written(content_type: str) -> None:
    """The two media types of ActivityPub are recognised, with any case, spacing, quoting and further parameters."""
    assert is_activity_media_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "text/plain",
        "application/ld+json",
        'application/ld+json; profile="https://evil.example/"',
        f'application/ld+json; profile="{AS2}/"',
        f'application/ld+json; profile="{AS2.upper()}"',
        f'application/ld+json; profile="https://evil.example/"; profile="{AS2}"',
        f'application/ld+json; x="; profile={AS2}"',
        f'application/ld+json; profile="{AS2}',
        f"application/ld+json; profile={AS2}",
        'text/html; x="application/activity+json"',
        "application/activity+json, application/activity+json",
        "application/activity+json,",
        "application/activity+jsonx",
        "application /activity+json",
        "application/activity+json; " + "a" * 5000,
        "application/activity+json; charset=utf-16",
        'application/activity+json; charset="UTF-7"',
    ],
)
def test_every_other_media_type_is_refused(content_type: str) -> None:
    """A body of another media type, however like ours it looks, is no ActivityStreams document."""
    assert not is_activity_media_type(content_type)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        (FIREFOX, False),
        ("application/json", False),
        (ACTIVITY_JSON, True),
        (LD_JSON, True),
        ("application/ld+json", True),
        ('application/ld+json; profile="https://other.example/"', False),
        (f"{ACTIVITY_JSON}, {LD_JSON}, text/html;q=0.1", True),
        (f"{ACTIVITY_JSON}, */*;q=0.1", True),
        (f"{ACTIVITY_JSON}, text/html", True),
        (f"{ACTIVITY_JSON};q=0.5, text/html;q=0.6", False),
        (f"{ACTIVITY_JSON};q=0.5, */*", False),
        (f"{ACTIVITY_JSON};q=0.5, text/html;q=0.4, */*", True),
        (f"{ACTIVITY_JSON};q=0, text/html;q=0", False),
        (f"{ACTIVITY_JSON};q=2", False),
        (f"{ACTIVITY_JSON}, ;;", False),
    ],
)
def test_activity_is_served_to_whoever_asks_for_it_by_name(accept: str | None, *, expected: bool) -> None:
    """ActivityStreams goes to clients that name it at least as highly as HTML, a page to all others."""
    assert prefers_activity(accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("application/json", False),
        (ACTIVITY_JSON, False),
        (FIREFOX, True),
        ("text/html", True),
        ("TEXT/HTML;q=0.1, */*", True),
        ("text/html;q=0", False),
        ("text/html;q=nonsense", False),
        (f"{ACTIVITY_JSON}, text/html;q=0.5", False),
        (f"{ACTIVITY_JSON};q=0.5, text/html", True),
        ("text/html, ;;", False),
    ],
)
def test_a_browser_names_html(accept: str | None, *, expected: bool) -> None:
    """Who names HTML, and likes ActivityStreams less, is shown a page also where something is refused."""
    assert takes_pages(accept) is expected


@given(st.text() | st.text(alphabet='application/activity+json;,q=01.\\" *'))
def test_any_text_is_a_media_type_or_not(text: str) -> None:
    """No text in Accept or Content-Type raises anything."""
    assert is_activity_media_type(text) in {True, False}
    assert prefers_activity(text) in {True, False}
    assert takes_pages(text) in {True, False}


def test_a_header_that_must_stand_alone_is_refused_when_missing_or_repeated() -> None:
    """`one` gives the value of a header that is there once, and proves nothing otherwise."""
    request = Request("GET", "/", (("host", " a.example "), ("digest", "x"), ("digest", "x")))
    assert request.one("host") == "a.example"
    for name in ("digest", "signature"):
        with pytest.raises(Unauthenticated, match=name):
            request.one(name)


def test_repeated_headers_combine_in_their_order() -> None:
    """`header` joins values as RFC 9110 says, and is None without any."""
    request = Request("GET", "/", (("accept", "a/b"), ("host", "h"), ("accept", "c/d")))
    assert request.header("accept") == "a/b, c/d"
    assert request.header("date") is None


def test_setting_a_header_replaces_it() -> None:
    """`with_headers` puts lower-case names in place of what was there and leaves the original alone."""
    request = Request("GET", "/", (("host", "a"), ("date", "x"), ("date", "y")))
    assert request.with_headers({"Date": "z"}).headers == (("host", "a"), ("date", "z"))
    assert request.values("date") == ("x", "y")


def test_an_http_date_is_written_in_gmt_and_whole_seconds() -> None:
    """A date from any zone is written as IMF-fixdate, the example of RFC 9110."""
    moment = datetime(1994, 11, 6, 9, 49, 37, 999999, tzinfo=timezone(timedelta(hours=1)))
    assert write_http_date(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"


@given(st.integers(-(10**10), 2 * 10**11))
def test_an_http_date_reads_back(seconds: int) -> None:
    """What was written is read as the same second."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert read_http_date(write_http_date(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "\ud800",
        "",
    ],
)
def test_other_dates_are_not_http_dates(text: str) -> None:
    """A date in another form, or that is not in the calendar, is not read."""
    assert read_http_date(text) is None
