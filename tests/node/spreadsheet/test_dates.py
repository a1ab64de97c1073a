from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.aid.spreadsheet.calendar_words import MONTHS
from node.aid.spreadsheet.dates import Calendar, Edge, Order, order_of
from schema.errors import InputError
from tests.node.spreadsheet.writing import NOW

CALENDAR = Calendar(NOW, UTC)

NOVEMBER_27 = [
    "2026-11-27",
    "2026/11/27",
    "27.11.2026",
    "27/11/2026",
    "27-11-26",
    "27 Nov 2026",
    "27-Nov-26",
    "27th of November 2026",
    "November 27, 2026",
    "27 novembre 2026",
    "27 Kasım 2026",
    "27 KASIM 2026",
    "٢٧/\u0661\u0661/٢٠٢٦",
    "۲۷.\u06f1\u06f1.۲۰۲۶",
    "27 تشرين الثاني 2026",
    "٢٧ نوفمبر ٢٠٢٦",
    "27 نونبر 2026",
    "27 Nov",
    "in 4 days",
    "4 days",
    "within 4 days",
    "4 days from now",
    "بعد ٤ أيام",
    "خلال 4 ايام",
    "dans 4 jours",
    "d\u2019ici 4 jours",
    "4 gün",
    "4 gün sonra",
    "4 gün içinde",
]


@pytest.mark.parametrize("cell", NOVEMBER_27)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    """An end without a time is the last full hour of its day, a beginning the first."""
    assert CALENDAR.read(cell, Edge.END, Order.DAY_FIRST).moment == datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert CALENDAR.read(cell, Edge.BEGIN, Order.DAY_FIRST).moment == datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        *((word, 0) for word in ("today", "اليوم", "aujourd'hui", "bugün")),
        *((word, 1) for word in ("Tomorrow", "غداً", "demain", "yarın", "YARIN")),
        *((word, 2) for word in ("day after tomorrow", "بعد غد", "بعد يومين", "après-demain", "öbür gün")),
        *((word, 7) for word in ("in a week", "1 week", "بعد أسبوع", "une semaine", "1 hafta")),
        *((word, 14) for word in ("2 weeks", "بعد أسبوعين", "dans 2 semaines", "2 hafta sonra")),
    ],
)
def test_days_from_today_have_words(cell: str, days: int) -> None:
    """What is said without a date counts from today, and is kept as it was said."""
    when = CALENDAR.read(cell, Edge.END, Order.DAY_FIRST)
    assert (when.moment.date() - NOW.date()).days == days
    assert when.said == f"P{days}D"


@pytest.mark.parametrize(
    ("cell", "hour", "minute"),
    [
        ("2026-11-27T14:30", 14, 30),
        ("2026-11-27 14:30:00", 14, 30),
        ("2026-11-27T14:30:00Z", 14, 30),
        ("2026-11-27T17:30+03:00", 14, 30),
        ("27.11.2026 14.30", 14, 30),
        ("27/11/2026, 2:30 pm", 14, 30),
        ("27 Nov 2026 at 5pm", 17, 0),
        ("27 novembre 2026 à 14h30", 14, 30),
        ("27 novembre 2026 14h", 14, 0),
        ("27 Kasım 2026 saat 14.30", 14, 30),
        ("٢٧/\u0661\u0661/٢٠٢٦ الساعة ٥ مساءً", 17, 0),
        ("in 4 days 12 am", 0, 0),
    ],
)
def test_a_time_of_day_is_read(cell: str, hour: int, minute: int) -> None:
    """With or without a zone, on a clock of 24 hours or of 12."""
    when = CALENDAR.read(cell, Edge.END, Order.DAY_FIRST)
    assert when.moment == datetime(2026, 11, 27, hour, minute, tzinfo=UTC)


def test_a_date_is_one_of_the_collectives_own_zone() -> None:
    """The day that it is, and the end of a day, are those of the place."""
    istanbul = Calendar(datetime(2026, 11, 23, 22, 30, tzinfo=UTC), ZoneInfo("Europe/Istanbul"))
    assert istanbul.read("today", Edge.END, Order.DAY_FIRST).moment == datetime(2026, 11, 24, 20, tzinfo=UTC)


def test_a_date_without_a_year_is_the_next_one() -> None:
    """Nobody posts what is over."""
    assert CALENDAR.read("22 Nov", Edge.END, Order.DAY_FIRST).moment.year == 2027
    assert CALENDAR.read("23 Nov", Edge.END, Order.DAY_FIRST).moment.year == 2026
    assert CALENDAR.read("29 Feb", Edge.END, Order.DAY_FIRST).moment.year == 2028


@pytest.mark.parametrize(
    "cell",
    ["Dec 5", "December 5th", "Dec. 5", "Dec-05", "décembre 5", "déc. 5", "Aralık 5", "كانون الأول ٥", "ديسمبر 5"],
)
def test_a_month_may_stand_before_its_day(cell: str) -> None:
    """Where the number can be no year of two digits, it is a day in every language."""
    assert CALENDAR.read(cell, Edge.BEGIN, Order.DAY_FIRST).moment == datetime(2026, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(("cell", "day"), [("Dec 24", 24), ("Dec 26th", 26), ("Dec 31st 2026", 31)])
def test_a_late_day_after_its_month_is_read_where_nothing_else_can_be_meant(cell: str, day: int) -> None:
    """24 is a year long past, an ordinal is no year, and beside a year there is no other."""
    assert CALENDAR.read(cell, Edge.BEGIN, Order.DAY_FIRST).moment == datetime(2026, 12, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        *("soon", "46353", "½", "7 pm", "27 Mond 2026", "2026-11-27" * 9),
        *("31/02/2027", "29 Feb 2027", "30 Feb", "0 Nov 2026", "27/13/2026", "11.27.2026", "1448-06-17"),
        *("Nov-26", "Nov 2026", "Nov 26", "Dec 25", "Dec 31", "Kasım 26"),  # a day of this year, or a month of that one
        *("27.11.2026 25:00", "2026-11-27T10:00+25:00"),
    ],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    """Days that do not exist and words that are none are named, not bent."""
    with pytest.raises(InputError, match="is not a date"):
        CALENDAR.read(cell, Edge.END, Order.DAY_FIRST)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], Order.DAY_FIRST),
        (["03/04/2027", "soon"], Order.DAY_FIRST),
        (["03/04/2027", "27/11/2026"], Order.DAY_FIRST),
        (["03/04/2027", "11/27/2026"], Order.MONTH_FIRST),
        (["03/04/2027", "11-27-26 14:30"], Order.MONTH_FIRST),
        (["27/11/2026", "11/27/2026"], Order.MIXED),
        (["27.11.2026", "11/27/2026", "x" * 99], Order.MONTH_FIRST),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_column(cells: list[str], order: Order) -> None:
    """The day comes first unless a date of the column is impossible that way."""
    assert order_of(cells) is order


def test_a_column_with_both_orders_is_refused() -> None:
    """Where other dates contradict each other, none of them can be trusted."""
    april = CALENDAR.read("03/04/2027", Edge.BEGIN, Order.MONTH_FIRST).moment
    assert april == datetime(2027, 3, 4, tzinfo=UTC)
    with pytest.raises(InputError, match="Write them all as"):
        CALENDAR.read("03/04/2027", Edge.BEGIN, Order.MIXED)


@given(st.integers(0, 170 * 365 * 24 * 60), st.integers(-14, 14), st.sampled_from(["en", "ar", "fr", "tr"]))
def test_a_written_moment_is_read_back(minutes: int, hours: int, language: str) -> None:
    """ISO 8601 with a zone, and month names of each language without one."""
    zone = timezone(timedelta(hours=hours))
    moment = (NOW + timedelta(minutes=minutes)).astimezone(zone)
    named = f"{moment.day} {MONTHS.table[moment.month].name(language)} {moment:%Y %H:%M}"
    assert CALENDAR.read(moment.isoformat(), Edge.END, Order.DAY_FIRST).moment == moment
    assert Calendar(NOW, zone).read(named, Edge.END, Order.DAY_FIRST).moment == moment


@given(st.text(max_size=70), st.sampled_from(Edge), st.sampled_from(Order))
def test_any_text_is_a_date_or_refused(text: str, edge: Edge, order: Order) -> None:
    """There is no third way out."""
    with suppress(InputError):
        assert CALENDAR.read(text, edge, order).moment.tzinfo is UTC
