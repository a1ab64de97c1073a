"""Proposals on the wire: a plain `Note` that carries the properties of FEP-0837.

Rule 1  One form is sent: a single-typed Note, the whole text in `content`, a short `name`, never `summary`; `unitBased`
        always said, quantities always strings, `endTime` is when the post itself ends.
Rule 2  More is read than is sent: whatever has `purpose` and `publishes` is a proposal, whatever its type.
Rule 3  Each refusal says whose it is: `Forbidden` who, `Malformed` what shape, `RuleBroken` which rule of the domain.

Two things do not come back: `Draft.expires`, which `ends` has taken up, and what was left of a closed proposal.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from activitypub.audience import addressees, is_public
from activitypub.context import ACTIVITYSTREAMS, DATA_INTEGRITY, FEP_0837
from activitypub.ids import Ids
from activitypub.members import optional_text, reference, strings, text
from activitypub.origin import check_owner
from activitypub.times import read_time, write_time
from activitypub.translate.content import content, hashtags
from activitypub.translate.dialect import PLAIN, read_category, read_kind, read_language, read_text, with_content
from activitypub.translate.place import build_place, read_place
from activitypub.translate.quantity import build_measure, read_measure
from schema.category import Category
from schema.errors import DomainError, Forbidden, Malformed, RuleBroken, StateError
from schema.fact import Fact
from schema.proposal import LIFETIME, LONGEST, Draft, Proposal, State
from schema.terms import CONTEXT, category_iri
from schema.visibility import Audience
from schema.window import HOUR, TimeWindow, up_to_hour

SERVICES: Final = frozenset({
    Category.CARE,
    Category.LEARNING_SKILLS,
    Category.LANGUAGE_PAPERWORK_LEGAL,
    Category.LISTENING_WELLBEING,
    Category.TRANSPORT_CARRYING,
})  # fmt: skip
"""What is done for someone (FEP-0837 `deliverService`); the other categories are handed over (`transfer`)."""


def build_note(proposal: Proposal, ids: Ids) -> dict[str, Any]:
    """The Note of an open or closed proposal of ours, without a proof.

    `DomainError` where it is for our circle alone, `StateError` where it has expired or was withdrawn: neither is sent.
    """
    if proposal.state not in {State.OPEN, State.CLOSED}:
        raise StateError(f"A proposal that is {proposal.state.value} is not sent.")
    draft = proposal.draft
    to_whom = addressees(ids, draft.audience)
    html = content(proposal, ids)
    note: dict[str, Any] = {
        "@context": [ACTIVITYSTREAMS, DATA_INTEGRITY, FEP_0837, dict(CONTEXT)],
        "id": proposal.id,
        "type": "Note",
        "attributedTo": proposal.owner,
        "name": draft.title,
        "content": html,
        "contentMap": None if draft.language is None else {draft.language: html},
        "source": {"content": draft.note, "mediaType": PLAIN},
        "published": write_time(proposal.published),
        "updated": _written(proposal.updated),
        "url": proposal.id,
        "context": ids.conversation(proposal.id),
        "replies": ids.replies(proposal.id),
        "to": list(to_whom.to),
        "cc": list(to_whom.cc),
        "tag": hashtags(proposal, ids),
        "endTime": write_time(proposal.ends),
        "location": None if draft.place is None else build_place(draft.place),
        "purpose": draft.kind.purpose.value,
        "unitBased": draft.divisible,
        "publishes": _build_intent(proposal, ids),
        "revision": proposal.revision,
        "kind": draft.kind.value,
        "category": draft.category.value,
        "facts": sorted(draft.facts),
        "spokenLanguages": sorted(draft.languages),
        "useBy": _written(draft.use_by),
        "collectBy": _written(draft.collect_by),
    }
    return _said(note)


def _build_intent(proposal: Proposal, ids: Ids) -> dict[str, Any]:
    draft = proposal.draft
    window = draft.window
    return _said({
        "type": "Intent",
        "id": ids.intent(proposal.id),
        "action": "deliverService" if draft.category in SERVICES else "transfer",
        "resourceConformsTo": category_iri(draft.category.value),
        "resourceQuantity": build_measure(draft.quantity),
        "availableQuantity": None if proposal.available is None else build_measure(proposal.available),
        "hasBeginning": None if window is None else _written(window.begin),
        "hasEnd": None if window is None else _written(window.end),
        "finished": True if proposal.state is State.CLOSED else None,
    })  # fmt: skip


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else write_time(moment)


def _said(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not said: a member that is null or an empty list means the same as none."""
    return {key: value for key, value in members.items() if value is not None and value != []}


def is_proposal(document: Mapping[str, Any]) -> bool:
    """Whether an object is meant as a proposal, whatever its type, and whatever is wrong with it."""
    return document.get("purpose") is not None and document.get("publishes") is not None


def read_note(document: Mapping[str, Any], *, owner: str) -> Proposal:
    """The proposal in a document that `owner` is proven to have sent.

    `Forbidden` where it is another's, `Malformed` where its shape or a date is wrong, `RuleBroken` where a rule of the
    domain is.
    """
    identifier = text(document, "id")
    if reference(document, "attributedTo") != owner:
        raise Forbidden("a proposal belongs to another than its sender")
    check_owner(identifier, owner)
    if not isinstance(document.get("purpose"), str) or not isinstance(document.get("publishes"), Mapping):
        raise Malformed("a proposal has a purpose and an intent")
    published, updated = read_time(text(document, "published")), _moment(document, "updated")
    with _domain_rules():
        return Proposal(
            id=identifier,
            owner=owner,
            draft=_read_draft(document),
            published=published,
            updated=updated,
            ends=_read_end(_moment(document, "endTime"), published, updated or published),
            revision=_read_revision(document),
            state=State.CLOSED if _flag(document["publishes"], "finished") else State.OPEN,
        )


@contextmanager
def _domain_rules() -> Iterator[None]:
    """A rule that another's proposal breaks is their fault; only the field is told, for texts may quote the value."""
    try:
        yield
    except DomainError as error:
        raise RuleBroken(f"a proposal breaks a rule of the domain: {error.field}") from None


def _read_draft(document: Mapping[str, Any]) -> Draft:
    document = with_content(document)
    intent = document["publishes"]
    title, note = read_text(document)
    whole, available = read_measure(intent, "resourceQuantity"), read_measure(intent, "availableQuantity")
    all_or_none = available == whole or _flag(intent, "finished")
    return Draft(
        kind=read_kind(document),
        title=title,
        category=read_category(document),
        quantity=whole,
        available=None if all_or_none else available,
        divisible=_flag(document, "unitBased"),
        note=note,
        language=read_language(document),
        languages=frozenset(strings(document, "spokenLanguages")),
        place=read_place(document.get("location")),
        window=_read_window(intent),
        use_by=_moment(document, "useBy"),
        collect_by=_moment(document, "collectBy"),
        audience=Audience.PUBLIC if is_public(strings(document, "to"), strings(document, "cc")) else Audience.ALLIES,
        facts=frozenset(map(Fact, set(strings(document, "facts")) & set(Fact))),
    )


def _read_window(intent: Mapping[str, Any]) -> TimeWindow | None:
    begin, end = _moment(intent, "hasBeginning"), _moment(intent, "hasEnd")
    return None if begin is None and end is None else TimeWindow(begin, end)


def _read_end(end: datetime | None, published: datetime, newest: datetime) -> datetime:
    """Rule 3 of `schema.proposal`: everything expires, and within a year of its newest version."""
    if end is None:
        return up_to_hour(published + LIFETIME)
    if end <= published or end - newest > LONGEST + HOUR:
        raise DomainError("It ends before it begins, or stays for more than a year.", field="expires")
    return end


def _read_revision(document: Mapping[str, Any]) -> int | None:
    revision = document.get("revision")
    if revision is not None and type(revision) not in {int, float}:
        raise Malformed("revision: not a number")
    if isinstance(revision, float):  # `2.0` too: a proof does not tell it from 2 (RFC 8785), and nobody writes it so
        raise RuleBroken("a revision is a whole number")
    return revision


def _flag(members: Mapping[str, Any], key: str) -> bool:
    value = members.get(key)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{key}: neither true nor false")
    return value is True


def _moment(members: Mapping[str, Any], key: str) -> datetime | None:
    value = optional_text(members, key)
    return None if value is None else read_time(value)
