"""Proposals as plain JSON values and back: for the database and for the way from the command line to the node.

The wire form is another matter (`activitypub/translate`): this form is only ever read by the node that wrote it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schema.category import Category
from schema.fact import Fact
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, Proposal, State
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity, Unit
from schema.visibility import Audience
from schema.window import TimeWindow


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _read_moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _quantity(value: Quantity | None) -> list[str] | None:
    return None if value is None else [value.text, value.unit.code, value.unit.name]


def _read_quantity(value: list[str] | None) -> Quantity | None:
    if value is None:
        return None
    number, code, name = value
    known = UNITS.get(code) or COMMUNITY_UNITS.get(code) or Unit.community(code, name)
    return Quantity.parse(number, known)


def _place(value: Place | None) -> list[Any] | None:
    if value is None:
        return None
    return [value.label] if value.cell is None else [value.label, value.cell.latitude, value.cell.longitude]


def _read_place(value: list[Any] | None) -> Place | None:
    if value is None:
        return None
    label, *cell = value
    return Place(label, Cell(*cell) if cell else None)


def _window(value: TimeWindow | None) -> list[str | None] | None:
    return None if value is None else [_moment(value.begin), _moment(value.end)]


def _read_window(value: list[str | None] | None) -> TimeWindow | None:
    return None if value is None else TimeWindow(*(_read_moment(side) for side in value))


def dump_draft(draft: Draft) -> dict[str, Any]:
    """A draft as JSON values; what is not said is left out."""
    values: dict[str, Any] = {
        "kind": draft.kind.value,
        "title": draft.title,
        "category": draft.category.value,
        "quantity": _quantity(draft.quantity),
        "available": _quantity(draft.available),
        "divisible": draft.divisible,
        "note": draft.note,
        "language": draft.language,
        "languages": sorted(draft.languages),
        "place": _place(draft.place),
        "window": _window(draft.window),
        "use_by": _moment(draft.use_by),
        "collect_by": _moment(draft.collect_by),
        "expires": _moment(draft.expires),
        "audience": draft.audience.value,
        "facts": sorted(draft.facts),
    }
    return {key: value for key, value in values.items() if value not in (None, "", [], False)}


def load_draft(values: Mapping[str, Any]) -> Draft:
    """The reverse of `dump_draft`."""
    return Draft(
        kind=Kind(values["kind"]),
        title=values["title"],
        category=Category(values["category"]),
        quantity=_read_quantity(values.get("quantity")),
        available=_read_quantity(values.get("available")),
        divisible=values.get("divisible", False),
        note=values.get("note", ""),
        language=values.get("language"),
        languages=frozenset(values.get("languages", ())),
        place=_read_place(values.get("place")),
        window=_read_window(values.get("window")),
        use_by=_read_moment(values.get("use_by")),
        collect_by=_read_moment(values.get("collect_by")),
        expires=_read_moment(values.get("expires")),
        audience=Audience(values["audience"]),
        facts=frozenset(map(Fact, values.get("facts", ()))),
    )


def dump_proposal(proposal: Proposal) -> dict[str, Any]:
    """A proposal as JSON values."""
    return {
        "id": proposal.id,
        "owner": proposal.owner,
        "draft": dump_draft(proposal.draft),
        "published": _moment(proposal.published),
        "ends": _moment(proposal.ends),
        "updated": _moment(proposal.updated),
        "revision": proposal.revision,
        "state": proposal.state.value,
    }


def load_proposal(values: Mapping[str, Any]) -> Proposal:
    """The reverse of `dump_proposal`."""
    return Proposal(
        id=values["id"],
        owner=values["owner"],
        draft=load_draft(values["draft"]),
        published=datetime.fromisoformat(values["published"]),
        ends=datetime.fromisoformat(values["ends"]),
        updated=_read_moment(values["updated"]),
        revision=values["revision"],
        state=State(values["state"]),
    )
