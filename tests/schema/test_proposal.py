"""The rules of a proposal, each as a property."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.category import Category
from schema.errors import DomainError, StateError
from schema.plain import dump_draft, dump_proposal, load_draft, load_proposal
from schema.proposal import (
    LIFETIME,
    LONGEST,
    MAX_LANGUAGES,
    MAX_REVISION,
    Draft,
    Kind,
    Proposal,
    Purpose,
    State,
    publish,
)
from schema.quantity import UNITS, Quantity
from schema.visibility import Audience
from schema.window import HOUR, to_hour
from tests.schema.strategies import NODE, NOW, OWNER, drafts, proposals

LATER = NOW + timedelta(days=1)


def rice(**changes: Any) -> Draft:
    """An offer of 20 kg of rice."""
    said: dict[str, Any] = {
        "kind": Kind.OFFER,
        "title": "20 kg rice",
        "category": Category.FOOD_DRY,
        "quantity": Quantity(Decimal(20), UNITS["KGM"]),
    }
    return Draft(**{**said, **changes})


def published(draft: Draft) -> Proposal:
    return publish(draft, id=f"{NODE}/proposals/1", owner=OWNER, now=NOW)


def kilograms(number: int) -> Quantity:
    return Quantity(Decimal(number), UNITS["KGM"])


# Rule 1: the revision decides.


@given(proposals(), st.integers(1, MAX_REVISION), st.integers(1, MAX_REVISION))
def test_the_higher_revision_is_newer(proposal: Proposal, one: int, other: int) -> None:
    """Of two versions the one with the higher revision is newer, whatever their times say."""
    first = replace(proposal, revision=one, updated=LATER)
    second = replace(proposal, revision=other, updated=NOW)
    assert first.supersedes(second) == (one > other)
    assert not (first.supersedes(second) and second.supersedes(first))


@given(proposals())
def test_without_a_revision_time_decides(proposal: Proposal) -> None:
    """Where one of two has no revision, the later `updated` is newer, and the same version never is."""
    old = replace(proposal, revision=None, updated=NOW)
    assert replace(proposal, updated=LATER).supersedes(old)
    assert not replace(proposal, updated=NOW).supersedes(old)
    assert not old.supersedes(replace(proposal, updated=LATER))


@given(proposals(), drafts())
def test_each_change_is_the_next_revision(proposal: Proposal, draft: Draft) -> None:
    """A change, a close and a reopening raise the revision by one and are newer than what they follow."""
    whole = proposal.draft.quantity
    said = replace(draft, kind=proposal.draft.kind, quantity=whole, available=None, use_by=LATER + HOUR)
    category, audience = proposal.draft.category, proposal.draft.audience
    said = replace(said, window=None, collect_by=None, expires=None, category=category, audience=audience)
    following = [proposal.changed(said, LATER)]
    if proposal.state is State.OPEN:
        following.append(proposal.closed(LATER))
    for after in following:
        assert after.revision == (proposal.revision or 0) + 1
        assert after.updated == LATER
        assert after.supersedes(proposal)


@pytest.mark.parametrize("revision", [0, -1, MAX_REVISION + 1])
def test_refused_revisions(revision: int) -> None:
    """A revision is a whole number from 1 to a million."""
    with pytest.raises(DomainError):
        replace(published(rice()), revision=revision)


# Rule 2: what never changes.


@pytest.mark.parametrize(
    "change",
    [
        lambda new: replace(new, id=f"{NODE}/proposals/2"),
        lambda new: replace(new, owner="https://birch.example/actor"),
        lambda new: replace(new, draft=rice(kind=Kind.NEED)),
        lambda new: replace(new, draft=rice(quantity=Quantity(Decimal(20), UNITS["LTR"]))),
        lambda new: replace(new, draft=rice(audience=Audience.PUBLIC)),
    ],
)
def test_what_never_changes(change: Callable[[Proposal], Proposal]) -> None:
    """A version with another id, owner, kind, unit or audience is not the next version."""
    old = published(rice())
    with pytest.raises(DomainError):
        change(replace(old, revision=2)).check_follows(old)


def test_what_may_change() -> None:
    """Everything else a person said may be said anew."""
    old = published(rice())
    new = old.changed(rice(title="Rice", quantity=kilograms(30), category=Category.HOUSEHOLD, note="New sack"), LATER)
    new.check_follows(old)
    assert new.available == kilograms(30)


# Rule 3: everything expires.


@given(drafts())
def test_everything_expires(draft: Draft) -> None:
    """A proposal ends at the first of its dates as published, or after thirty days; never later than in a year."""
    proposal = published(draft)
    shown = proposal.draft
    handed_over = None if shown.window is None else shown.window.end
    dates = [moment for moment in (shown.expires, shown.use_by, shown.collect_by, handed_over) if moment is not None]
    due = min(dates, default=NOW + LIFETIME)
    assert due <= proposal.ends < due + HOUR
    assert proposal.changed(shown, NOW).ends == proposal.ends
    assert NOW < proposal.ends <= NOW + LONGEST


@pytest.mark.parametrize("field", ["use_by", "collect_by", "expires"])
@pytest.mark.parametrize("moment", [NOW - HOUR, NOW + LONGEST + HOUR, datetime.max.replace(tzinfo=UTC)])
def test_refused_ends(field: str, moment: datetime) -> None:
    """What is over already, or would stay for more than a year, is not published."""
    with pytest.raises(DomainError):
        published(rice(**{field: moment}))


@given(proposals())
def test_expired(proposal: Proposal) -> None:
    """An expired proposal is the same version with nothing left, and only an open one expires."""
    if proposal.state is not State.OPEN:
        with pytest.raises(StateError):
            proposal.expired()
        return
    expired = proposal.expired()
    assert expired.revision == proposal.revision
    assert expired.available is None or expired.available.is_zero
    draft = proposal.draft
    said = rice(kind=draft.kind, quantity=draft.quantity, use_by=LATER + HOUR, audience=draft.audience)
    assert expired.changed(said, LATER).state is State.OPEN


# Rule 4: what protects people is never public.


@given(drafts(), st.sampled_from(Category))
def test_protection_is_never_public(draft: Draft, category: Category) -> None:
    """Nothing of a category that may not be public can be made public, by any way."""
    assert draft.audience is not Audience.PUBLIC or draft.category.may_be_public
    if category is Category.SAFETY_PROTECTION:
        with pytest.raises(DomainError):
            replace(draft, category=category, audience=Audience.PUBLIC)
    else:
        assert replace(draft, category=category, audience=Audience.PUBLIC).category is category


# Rule 5: stock.


@given(proposals())
def test_available(proposal: Proposal) -> None:
    """What is available is never more than the whole nor less than nothing, and nothing once it is closed."""
    whole, left = proposal.draft.quantity, proposal.available
    assert (whole is None) == (left is None)
    if whole is not None and left is not None:
        assert 0 <= left.number <= whole.number
        assert left.unit == whole.unit
        assert proposal.state is State.OPEN or left.is_zero


@pytest.mark.parametrize(
    "said",
    [
        {"available": kilograms(21)},
        {"available": Quantity(Decimal(1), UNITS["LTR"])},
        {"quantity": None, "available": kilograms(1)},
        {"quantity": kilograms(0)},
        {"kind": Kind.SURPLUS},
        {"kind": Kind.SURPLUS, "quantity": None, "use_by": LATER},
    ],
)
def test_refused_stock(said: dict[str, Any]) -> None:
    """More than there is, another unit, nothing at all, or a surplus without amount or date is refused."""
    with pytest.raises(DomainError):
        rice(**said)


# What a person says, and what is published of it.


@pytest.mark.parametrize(
    "said",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"note": "x" * 4_001},
        {"language": "Arabic"},
        {"languages": frozenset({"x"})},
        {"languages": frozenset(f"a{chr(97 + index)}" for index in range(MAX_LANGUAGES + 1))},
        {"use_by": LATER.replace(tzinfo=None)},
    ],
)
def test_refused_words(said: dict[str, Any]) -> None:
    """Titles, notes, languages and dates that could not be shown are refused."""
    with pytest.raises(DomainError):
        rice(**said)


@given(drafts())
def test_minutes_stay_at_home(draft: Draft) -> None:
    """No date of a published proposal tells a minute."""
    proposal = published(draft)
    coarse = proposal.draft
    window = coarse.window
    dates = [proposal.published, proposal.ends, coarse.use_by, coarse.collect_by, coarse.expires]
    dates += [window.begin, window.end] if window is not None else []
    assert all(moment == to_hour(moment) for moment in dates if moment is not None)
    assert coarse.coarse == coarse


def test_purpose() -> None:
    """A surplus is an offer in the words of FEP-0837."""
    assert [kind.purpose for kind in Kind] == [Purpose.OFFER, Purpose.REQUEST, Purpose.OFFER]


def test_withdrawn_is_the_end() -> None:
    """Nothing follows a withdrawal."""
    gone = published(rice()).withdrawn()
    assert gone.state is State.WITHDRAWN
    acts: list[Callable[[], Proposal]] = [
        lambda: gone.changed(rice(), LATER),
        lambda: gone.closed(LATER),
        gone.expired,
        gone.withdrawn,
    ]
    for act in acts:
        with pytest.raises(StateError):
            act()


# Plain values.


@given(drafts())
def test_plain_draft(draft: Draft) -> None:
    """A draft comes back from plain values as it was."""
    assert load_draft(dump_draft(draft)) == draft


@given(proposals(), st.booleans())
def test_plain_proposal(proposal: Proposal, foreign: bool) -> None:  # noqa: FBT001 (a random value)
    """A proposal comes back from plain values as it was, with or without a revision."""
    one = replace(proposal, revision=None) if foreign else proposal
    assert load_proposal(dump_proposal(one)) == one
