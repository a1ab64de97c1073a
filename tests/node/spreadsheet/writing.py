"""Drafts, and how a collective would write each as a line of a spreadsheet in its own language."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from node.aid.spreadsheet.calendar_words import MONTHS
from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.folding import one_line, trimmed
from node.aid.spreadsheet.goods_words import CATEGORIES, FACTS, UNIT_WORDS
from node.aid.spreadsheet.values import NOTHING
from node.aid.spreadsheet.words import ANSWERS, AUDIENCES, HEADERS, KINDS, LANGUAGE_NAMES
from schema.category import Category
from schema.fact import Fact
from schema.place import Place
from schema.proposal import Draft, Kind
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity
from schema.visibility import Audience
from schema.window import TimeWindow

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LANGUAGES = ("en", "ar", "fr", "tr")
ARABIC_DIGITS = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

_words = st.text(st.sampled_from("abz éçşığİخبزأة آىگ12,;.\"'-/&\t"), min_size=1, max_size=40)
_lines = st.lists(_words, max_size=3).map(lambda lines: trimmed("\n".join(lines)))
_moments = st.integers(60, 300 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
_numbers = st.decimals(Decimal("0.001"), 99999, places=3, allow_nan=False, allow_infinity=False)
_units = st.sampled_from([*UNITS.values(), *COMMUNITY_UNITS.values()])


def _sayable(text: str) -> bool:
    return text not in NOTHING and not text.startswith("=")


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    kind = draw(st.sampled_from(Kind))
    category = draw(st.sampled_from(Category))
    audiences = [audience for audience in Audience if audience is not Audience.PUBLIC or category.may_be_public]
    surplus = kind is Kind.SURPLUS
    unit = draw(_units)
    quantity = draw(_numbers) if surplus or draw(st.booleans()) else None
    left = None if quantity is None else draw(st.none() | st.sampled_from([Decimal(0), quantity]))
    begin, end = draw(st.none() | _moments), draw(st.none() | _moments)
    return Draft(
        kind=kind,
        title=draw(_words.map(one_line).filter(_sayable)),
        category=category,
        quantity=None if quantity is None else Quantity(quantity, unit),
        available=None if left is None else Quantity(left, unit),
        divisible=draw(st.booleans()),
        note=draw(_lines.filter(lambda note: note == "" or _sayable(note))),
        language=draw(st.none() | st.sampled_from(list(LANGUAGE_NAMES.table))),
        languages=draw(st.frozensets(st.sampled_from(list(LANGUAGE_NAMES.table)), max_size=3)),
        place=draw(st.none() | st.sampled_from(["North of the river", "حي الساقية", "Batı yakası"]).map(Place)),
        window=None if begin is end is None or (begin and end and end < begin) else TimeWindow(begin, end),
        use_by=draw(_moments) if surplus else draw(st.none() | _moments),
        collect_by=draw(st.none() | _moments),
        expires=draw(st.none() | _moments),
        audience=draw(st.sampled_from(audiences)),
        facts=draw(st.frozensets(st.sampled_from(Fact), max_size=3)),
    )


def _number(quantity: Quantity | None, language: str) -> str:
    if quantity is None:
        return ""
    text = quantity.text
    if len(text.partition(".")[2]) == 3:
        text += "0"  # three decimals alone could be thousands
    if language == "ar":
        return text.translate(ARABIC_DIGITS)
    return text if language == "en" else text.replace(".", ",")


def _date(moment: datetime | None, language: str) -> str:
    if moment is None:
        return ""
    day = f"{moment.day} {MONTHS.table[moment.month].name(language)} {moment:%Y %H:%M}"
    return day.translate(ARABIC_DIGITS) if language == "ar" else day


def cells(draft: Draft, language: str) -> dict[Field, str]:
    window = draft.window or TimeWindow(end=NOW)
    return {
        Field.KIND: KINDS.table[draft.kind].name(language),
        Field.TITLE: draft.title,
        Field.CATEGORY: CATEGORIES.table[draft.category].name(language),
        Field.QUANTITY: _number(draft.quantity, language),
        Field.UNIT: "" if draft.quantity is None else UNIT_WORDS.table[draft.quantity.unit].name(language),
        Field.AVAILABLE: _number(draft.available, language),
        Field.NOTE: draft.note,
        Field.PLACE: draft.place.label if draft.place else "",
        Field.USE_BY: _date(draft.use_by, language),
        Field.COLLECT_BY: _date(draft.collect_by, language),
        Field.BEGIN: _date(window.begin, language) if draft.window else "",
        Field.UNTIL: _date(window.end, language) if draft.window else "",
        Field.EXPIRES: _date(draft.expires, language),
        Field.AUDIENCE: AUDIENCES.table[draft.audience].name(language),
        Field.FACTS: "; ".join(FACTS.table[fact].name(language) for fact in draft.facts),
        Field.LANGUAGE: LANGUAGE_NAMES.table[draft.language].name(language) if draft.language else "",
        Field.LANGUAGES: "، ".join(LANGUAGE_NAMES.table[tag].name(language) for tag in draft.languages),
        Field.DIVISIBLE: ANSWERS.table[draft.divisible].name(language),
    }


def table(lines: Sequence[Sequence[str]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue()


def spreadsheet(drafted: Sequence[Draft], language: str, fields: Sequence[Field] | None = None) -> str:
    """A whole file, its columns in the order of `fields`."""
    order = fields or [field for field in Field if field is not Field.REFERENCE]
    header = [HEADERS.table[field].name(language) for field in order]
    return table([header, *([cells(draft, language)[field] for field in order] for draft in drafted)])
