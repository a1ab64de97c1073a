"""Languages, directions, numbers and times."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.web.i18n import NAMES, choose_language, language, text_direction
from node.web.words import Words

AVAILABLE = tuple(NAMES)
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        (None, None, "en"),
        ("ar", "fr", "ar"),
        ("ar-SD", None, "ar"),
        ("TR", None, "tr"),
        ("xx", "fr", "fr"),
        ("", "ur-PK,ur;q=0.9,en;q=0.8", "ur"),
        (None, "de-DE, fr;q=0.4, tr;q=0.7", "tr"),
        (None, "fr;q=0, *;q=0.5", "en"),
        (None, "en;q=0.5, ar", "ar"),
        (None, "fr;q=nonsense, tr;q=0.1", "tr"),
        (None, ";;,,;q=1", "en"),
        ("../../etc/passwd", "\x00", "en"),
    ],
)
def test_a_reader_is_answered_in_a_language_they_read(query: str | None, accept: str | None, chosen: str) -> None:
    """The address decides, then the browser's wishes by their weight, then English."""
    assert choose_language(query, accept, AVAILABLE) == chosen


@given(st.text(), st.text())
def test_any_wish_gets_a_language_we_have(query: str, accept: str) -> None:
    """Whatever is asked for, the answer is one of our languages."""
    assert choose_language(query, accept, AVAILABLE) in AVAILABLE


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("ur-PK", "rtl"),
        ("ckb", "rtl"),
        ("ur-Latn", "ltr"),
        ("az-Arab-IR", "rtl"),
        ("pt-BR", "ltr"),
        ("und", "auto"),
        ("qqq", "auto"),
        ("not a tag", "auto"),
        (None, "auto"),
    ],
)
def test_a_text_runs_the_way_its_language_does(tag: str | None, direction: str) -> None:
    """A script subtag decides before the language; what nobody knows is left to the first strong letter."""
    assert text_direction(tag) == direction


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("en", "Friday 27 November, 18:00 UTC"),
        ("ar", "الجمعة، ٢٧ نوفمبر، ١٨:٠٠ بالتوقيت العالمي"),
        ("fr", "vendredi 27 novembre, 18:00 UTC"),
        ("tr", "27 Kasım Cuma, 18:00 UTC"),
        ("ur", "جمعہ، 27 نومبر، 18:00 عالمی وقت"),
    ],
)
def test_a_time_is_a_day_and_an_hour_in_utc(tag: str, shown: str) -> None:
    """A time in another zone is shown in UTC, in the reader's words and digits."""
    there = FRIDAY.astimezone(timezone(timedelta(hours=5)))
    assert language(tag).moment(there) == shown


def test_a_time_may_say_its_year() -> None:
    """Where days of several years may meet, the year is shown."""
    assert language("en").moment(FRIDAY, year=True) == "Friday 27 November 2026, 18:00 UTC"


def test_an_unknown_language_is_answered_in_english() -> None:
    """A language without a catalog is English."""
    assert language("xx") is language("en")


@pytest.mark.parametrize(
    ("tag", "text", "shown"),
    [
        ("en", "1 box", "1 box"),
        ("en", "2 box", "2 boxes"),
        ("en", "0.5 litre", "0.5 litres"),
        ("en", "12000 course of treatment", "12,000 courses of treatment"),
        ("ar", "3 box", "٣ صناديق"),
        ("ar", "11 box", "١١ صندوقًا"),
        ("ar", "100 box", "١٠٠ صندوق"),
        ("ar", "2.5 kg", "٢٫٥ كغ"),
        ("fr", "2.5 kg", "2,5\u00a0kg"),
        ("tr", "20 box", "20 kutu"),
        ("ur", "2 box", "2 ڈبے"),
        ("en", "3 jerrycan <20 l>", "3 <bdi>jerrycan &lt;20 l&gt;</bdi>"),
        ("en", "some", "<bdi>some</bdi>"),
    ],
)
def test_a_quantity_is_read_in_every_language(tag: str, text: str, shown: str) -> None:
    """Shipped units are translated with their grammatical number; others are shown as their collective named them."""
    assert Words(language(tag)).quantity(text) == shown


def test_what_is_left_is_said_beside_the_whole() -> None:
    """Where something was taken already, both quantities stand there; otherwise the whole alone."""
    words = Words(language("en"))
    assert words.stock("12 kg", "20 kg") == "12 kg left of 20 kg"
    assert words.stock("20 kg", "20 kg") == words.stock(None, "20 kg") == "20 kg"


def test_numbers_keep_their_decimals() -> None:
    """Up to six decimals, as a quantity may have."""
    assert language("en").number(Decimal("1234.567891")) == "1,234.567891"
