"""iCalendar (RFC 5545): when things can be handed over, or must be fetched or used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from icalendar import Calendar, Event

from node.feeds.entry import Entry, Source
from schema.proposal import Draft

PRODUCT: Final = "-//Qafila//Qafila//EN"
CONTENT_TYPE: Final = "text/calendar; charset=utf-8"


def build_calendar(source: Source, entries: Sequence[Entry]) -> bytes:
    """Every post with a date about the goods, as an event."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", source.title)
    for entry in entries:
        begins, ends = span(entry.proposal.draft)
        if begins is not None:
            calendar.add_component(_event(entry, begins, ends))
    made: bytes = calendar.to_ical()
    return made


def span(draft: Draft) -> tuple[datetime | None, datetime | None]:
    """From when to when it can be handed over; else the moment by which it must be collected or used."""
    if draft.window is not None and draft.window.begin is not None:
        return draft.window.begin, draft.window.end
    dates = [draft.collect_by, draft.use_by, None if draft.window is None else draft.window.end]
    return min((date for date in dates if date is not None), default=None), None


def _event(entry: Entry, begins: datetime, ends: datetime | None) -> Event:
    proposal = entry.proposal
    draft = proposal.draft
    event = Event()
    event.add("uid", proposal.id)
    event.add("url", proposal.id)
    event.add("dtstamp", entry.updated)
    event.add("sequence", (proposal.revision or 1) - 1)
    event.add("summary", draft.title)
    event.add("dtstart", begins)
    if ends is not None and ends > begins:
        event.add("dtend", ends)
    if draft.place is not None:
        event.add("location", draft.place.label)
    if draft.note:
        event.add("description", draft.note)
    event.add("categories", [draft.kind.value, draft.category.value])
    return event
