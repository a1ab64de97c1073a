"""Drafts as lines of a spreadsheet, in English, such that the reader makes the same drafts of them."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from activitypub.times import write_time
from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.goods_words import CATEGORIES, FACTS, UNIT_WORDS
from node.aid.spreadsheet.guard import COLUMNS, HEAD, guarded
from node.aid.spreadsheet.words import ANSWERS, AUDIENCES, KINDS, LANGUAGE_NAMES
from schema.proposal import Draft
from schema.quantity import Quantity

BYTE_ORDER_MARK: Final = "\ufeff"  # without it, some programs read Arabic and Turkish wrongly
ENGLISH: Final = "en"
THOUSANDS: Final = 3


def cells(draft: Draft) -> dict[Field, str]:
    """What each column holds; the reference is whatever the caller knows the post by."""
    quantity, window = draft.quantity, draft.window
    return {
        Field.KIND: KINDS.table[draft.kind].name(ENGLISH),
        Field.TITLE: draft.title,
        Field.CATEGORY: CATEGORIES.table[draft.category].name(ENGLISH),
        Field.QUANTITY: _number(quantity),
        Field.UNIT: "" if quantity is None else _unit(quantity),
        Field.AVAILABLE: _number(draft.available),
        Field.NOTE: draft.note,
        Field.PLACE: "" if draft.place is None else draft.place.label,
        Field.USE_BY: _date(draft.use_by),
        Field.COLLECT_BY: _date(draft.collect_by),
        Field.BEGIN: _date(None if window is None else window.begin),
        Field.UNTIL: _date(None if window is None else window.end),
        Field.EXPIRES: _date(draft.expires),
        Field.AUDIENCE: AUDIENCES.table[draft.audience].name(ENGLISH),
        Field.FACTS: "; ".join(FACTS.table[fact].name(ENGLISH) for fact in sorted(draft.facts)),
        Field.LANGUAGE: _language(draft.language) if draft.language else "",
        Field.LANGUAGES: "; ".join(map(_language, sorted(draft.languages))),
        Field.DIVISIBLE: ANSWERS.table[draft.divisible].name(ENGLISH),
    }


def write_sheet(lines: Iterable[tuple[str, Draft]]) -> bytes:
    """A whole file: references and drafts."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for reference, draft in lines:
        said = cells(draft) | {Field.REFERENCE: reference}
        writer.writerow([guarded(said[field]) for field in COLUMNS])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _number(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    text = quantity.text
    return text + "0" if len(text.partition(".")[2]) == THOUSANDS else text  # three decimals could be thousands


def _unit(quantity: Quantity) -> str:
    words = UNIT_WORDS.table.get(quantity.unit)
    return quantity.unit.name if words is None else words.name(ENGLISH)


def _language(tag: str) -> str:
    words = LANGUAGE_NAMES.table.get(tag)
    return tag if words is None else words.name(ENGLISH)


def _date(moment: datetime | None) -> str:
    return "" if moment is None else write_time(moment)
