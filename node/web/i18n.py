"""The languages of the pages.

Rule 1: English is the source. A text without a translation is shown in English.
Rule 2: a translation is plain text: it is escaped like any other text, so a catalog can never bring markup in.
Rule 3: catalogs are read from `.po` files when a language is first asked for, and kept.
Rule 4: what others wrote keeps its own language and direction, whatever the reader's language is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from schema.text import LANGUAGE

SOURCE = "en"
NAMES = {"en": "English", "ar": "العربية", "fr": "Français", "tr": "Türkçe", "ur": "اردو"}
"""Every language of the pages with the name it has for itself, in the order of the language switcher."""

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "azb", "bal", "ckb", "dv", "fa", "glk", "he", "ks", "lrc", "mzn", "ps", "sd", "syr", "ug", "ur", "yi"}
)
RIGHT_TO_LEFT_SCRIPTS = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})
# Where digits other than 0 to 9 are the usual ones on signs and in papers; with them, other marks between digits.
DIGITS = {"ar": str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")}
MAX_ACCEPT_LANGUAGE = 500  # characters; browsers send fewer than 100
MANY = 100  # the grammatical number of fractions
QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def mark(text: str) -> str:
    """The text itself. It only tells the catalogs that this text is translated where it is used."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language a page can be read in; use `language` to have one."""

    tag: str
    locale: Locale
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as HTML's `dir` wants it."""
        return text_direction(self.tag)

    def text(self, source: str, **values: object) -> Markup:
        """The translation of `source` with its `%(name)s` filled in, all of it escaped (Rule 2)."""
        return escape(self.translations.gettext(source)) % values

    def counted(self, one: str, many: str, number: Decimal) -> Markup:
        """The form of a noun that goes with `number`; the number itself is not part of it."""
        whole = int(number) if number == number.to_integral_value() else MANY
        return escape(self.translations.ngettext(one, many, whole))

    def number(self, number: Decimal | int) -> str:
        """A number in the reader's digits."""
        shown = format_decimal(number, "#,##0.######", locale=self.locale)
        return shown.translate(DIGITS.get(self.tag, {}))

    def moment(self, moment: datetime, *, year: bool = False) -> Markup:
        """A day and an hour in UTC, saying so: Friday 27 November, 18:00 UTC."""
        pattern = self.translations.gettext(mark("EEEE d MMMM y") if year else mark("EEEE d MMMM"))
        return self.text(
            mark("%(date)s, %(time)s UTC"), date=self._dated(moment, pattern), time=self._dated(moment, "HH:mm")
        )

    def _dated(self, moment: datetime, pattern: str) -> str:
        shown = format_datetime(moment, pattern, tzinfo=UTC, locale=self.locale)
        return shown.translate(DIGITS.get(self.tag, {}))

    def name_of(self, tag: str) -> str:
        """What a language is called in this one, or its tag where nobody told us."""
        return str(self.locale.languages.get(tag.partition("-")[0], tag))


@cache
def _read(tag: str) -> Language:
    if tag == SOURCE:
        return Language(tag, Locale(tag), NullTranslations())
    catalog = resources.files("node.web").joinpath("locales", tag, "LC_MESSAGES", "qafila.po")
    compiled = BytesIO()
    with catalog.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return Language(tag, Locale(tag), GNUTranslations(compiled))


def language(tag: str) -> Language:
    """The language with this tag; English where we have no such language."""
    return _read(tag if tag in NAMES else SOURCE)


def own_name(tag: str) -> str:
    """What a language calls itself, or its tag where nobody told us."""
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (ValueError, UnknownLocaleError):
        return tag


def text_direction(tag: str | None) -> str:
    """The `dir` of a text in this language: `ltr`, `rtl`, or `auto` where the language is not known."""
    if tag is None or not LANGUAGE.fullmatch(tag):
        return "auto"
    primary, *subtags = tag.split("-")
    for subtag in subtags:
        if len(subtag) == 4 and subtag.isalpha():  # noqa: PLR2004 (BCP 47: a script has four letters)
            return "rtl" if subtag.title() in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    if primary in RIGHT_TO_LEFT:
        return "rtl"
    return "ltr" if primary in _read(SOURCE).locale.languages and primary != "und" else "auto"


def choose_language(query_lang: str | None, accept_language: str | None, available: Sequence[str]) -> str:
    """The language to answer in: the one asked for in the address, else the best of RFC 9110 `Accept-Language`.

    `available` is not empty; its first language is the one for everybody else.
    """
    asked = _nearest(query_lang or "", available)
    if asked is not None:
        return asked
    wishes: list[tuple[float, str]] = []
    for item in (accept_language or "")[:MAX_ACCEPT_LANGUAGE].split(","):
        tag, _, parameter = (part.strip() for part in item.partition(";"))
        quality = QUALITY.fullmatch(parameter) if parameter else None
        if parameter and quality is None:
            continue
        wishes.append((float(quality[1]) if quality else 1.0, tag))
    for weight, tag in sorted(wishes, key=lambda wish: -wish[0]):
        found = _nearest(tag, available)
        if weight > 0 and found is not None:
            return found
    return available[0]


def _nearest(tag: str, available: Sequence[str]) -> str | None:
    """RFC 4647 lookup: the tag itself, then without its last parts."""
    wanted = tag.lower()
    while wanted:
        for known in available:
            if known.lower() == wanted:
                return known
        wanted = wanted.rpartition("-")[0]
    return None
