"""A spreadsheet, as CSV (RFC 4180) with headers that `qafila import` reads."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from activitypub.times import write_time
from node.aid.spreadsheet.guard import guarded
from node.aid.spreadsheet.writer import BYTE_ORDER_MARK
from node.feeds.entry import Entry, Source

CONTENT_TYPE: Final = "text/csv; charset=utf-8; header=present"
COLUMNS: Final = (
    *("address", "kind", "title", "category", "quantity", "available", "area", "from", "until", "use by", "collect by"),
    *("shown until", "language", "note", "published", "updated"),
)


def build_sheet(source: Source, entries: Sequence[Entry]) -> bytes:
    """One line for each post."""
    del source
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(map(_cell, _row(entry)))
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _row(entry: Entry) -> tuple[object, ...]:
    proposal = entry.proposal
    draft = proposal.draft
    window = draft.window
    return (
        proposal.id,
        draft.kind.value,
        draft.title,
        draft.category.value,
        draft.quantity,
        proposal.available,
        None if draft.place is None else draft.place.label,
        None if window is None else window.begin,
        None if window is None else window.end,
        draft.use_by,
        draft.collect_by,
        proposal.ends,
        draft.language,
        draft.note,
        proposal.published,
        proposal.updated,
    )


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return write_time(value)
    return guarded("" if value is None else str(value))
