"""Dialects of proposals: what is unclear in one, or another's, is refused."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activitypub.translate.dialects import RESPELLED, dialect_of, read_proposal
from activitypub.translate.spelling import LIMITS, prepared
from schema.errors import Forbidden, Malformed, RemoteError, RuleBroken, TooLarge
from schema.visibility import Audience
from tests.activitypub.foreign import (
    ATTACHMENT,
    BASE,
    FLOHMARKT,
    FOREIGN,
    HALF,
    INTENT,
    MUTUAL_AID,
    OWNER,
    PROPOSAL,
    RECEIVED,
    VALUEFLOWS,
    VF,
    attaching,
    having,
    listed,
    measured,
    read,
)
from tests.activitypub.test_translate_proposal import json_values

# Refusals.


ELSEWHERE = "https://mallory.example/users/mallory"


@pytest.mark.parametrize(
    "members",
    [
        {"attributedTo": ELSEWHERE},
        {"attributedTo": f"{BASE}/users/another"},
        {"attributedTo": [OWNER, ELSEWHERE]},
        {"actor": ELSEWHERE},
        {"id": "https://mallory.example/proposals/1"},
    ],
)
def test_attached_of_another(members: dict[str, Any]) -> None:
    """A proposal of another author or origin than the Note's is refused."""
    with pytest.raises(Forbidden):
        read(attaching(**members))


def test_attached_of_the_same_owner() -> None:
    """What says that it is of the Note's owner is taken under the Note's id, and seen by those whom the Note is for."""
    members = {"id": f"{BASE}/shares/9", "attributedTo": {"id": OWNER}, "to": [OWNER], "revision": 7}
    assert read(attaching(**members)) == read(ATTACHMENT)


@pytest.mark.parametrize(
    "document",
    [
        attaching(ATTACHMENT["attachment"][1]),
        having(PROPOSAL, attachment=ATTACHMENT["attachment"]),
        having(PROPOSAL, revision=3, attachment=ATTACHMENT["attachment"]),
    ],
    ids=["two-attached", "one-in-the-note", "one-in-ours"],
)
def test_two_proposals_in_one(document: dict[str, Any]) -> None:
    """Of two proposals in one object nobody can say which is meant: they are refused."""
    with pytest.raises(RuleBroken):
        read(document)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (having(PROPOSAL, purpose="gift"), Malformed),
        (measured("stone", "3"), RuleBroken),
        (measured(None, 3), RuleBroken),
        (measured(["one", "kilogram"], "3"), RuleBroken),
        (measured("one", ["3", "4"]), RuleBroken),
        (measured("one", "3-4"), RuleBroken),
        (having(PROPOSAL, availableQuantity={"hasUnit": "kilogram", "hasNumericalValue": "1"}), RuleBroken),
        (having(PROPOSAL, reciprocal="25 CAD"), Malformed),
        (having(PROPOSAL, reciprocal={}), Malformed),
        (having(PROPOSAL, reciprocal={"resourceQuantity": {"hasUnit": "EUR", "hasNumericalValue": [1]}}), Malformed),
        (listed(name=None, description=None), RuleBroken),
        (listed(name=7), Malformed),
        (listed(price={"a": 1}), Malformed),
        (having(MUTUAL_AID, type=["maid:Offer", "maid:Request"]), Malformed),
        (having(MUTUAL_AID, **{"dc:creator": None}), Malformed),
        (having(MUTUAL_AID, **{"dc:creator": ELSEWHERE}), Forbidden),
        (having(MUTUAL_AID, **{"maid:hasTimeCondition": "soon"}), Malformed),
        (having(MUTUAL_AID, **{"maid:expirationDate": "soon"}), Malformed),
    ],
)
def test_what_is_unclear(document: dict[str, Any], error: type[RemoteError]) -> None:
    """What is essential and cannot be read is refused: no quantity, price or end is made up."""
    with pytest.raises(error):
        read(document)


def test_no_proposal() -> None:
    """An object in no dialect is none, and nothing reads it."""
    for document in ({"type": "Note"}, {"attachment": [7, "x", {"type": "Proposal"}]}, {"flohmarkt:data": "x"}):
        assert dialect_of(document) is None
        with pytest.raises(Malformed):
            read_proposal(document, owner=OWNER, received=RECEIVED)


UNKNOWN = "https://unknown.example/context.jsonld"


@pytest.mark.parametrize(
    "changes",
    [
        {"vf:purpose": "request", "purpose": "offer"},
        {f"{VF}purpose": "offer", "vf:purpose": "request"},
        {f"{VF}publishes": [INTENT, INTENT]},
        {"@context": [{"@vocab": "https://other.example/"}], "publishes": INTENT, f"{VF}publishes": None},
        {f"{VF}publishes": {"x:resourceQuantity": HALF}},
        {f"{VF}publishes": {"vf:resourceQuantity": {"https://other.example/hasUnit": "one"}}},
        {f"{VF}publishes": {"vf:resourceQuantity": HALF, "resourceQuantity": {"hasUnit": "one"}}},
        {f"{VF}publishes": {"resourceQuantity": {"om2:hasUnit": "one", "hasUnit": "kilogram"}}},
        {"@context": {"p": "q:x", "q": "p:x"}},
    ],
    ids=lambda changes: json.dumps(changes)[-60:],
)
def test_spellings_that_contradict(changes: dict[str, Any]) -> None:
    """Two values under one term, and terms that only their own spelling would explain, make no proposal."""
    with pytest.raises(RemoteError):
        read(having(VALUEFLOWS, **changes))


def test_unknown_contexts_say_nothing() -> None:
    """A context that is not bundled is not fetched and not missed; the activity's counts as well as the object's."""
    inner = having(VALUEFLOWS, **{"@context": UNKNOWN})
    assert read(inner, around={"@context": [UNKNOWN, {"vf": VF}]}) == read(VALUEFLOWS)
    other = {key.replace("vf:", "v:"): value for key, value in VALUEFLOWS.items()}
    assert read(having(other, **{"@context": None}), around={"@context": {"v": VF}}).dialect == RESPELLED


def test_no_context_changes_who_and_to_whom() -> None:
    """Who, to whom and when stay as they stand, whatever else is said of them in a longer spelling."""
    members = {"as:attributedTo": ELSEWHERE, "as:to": "as:Public", "as:published": "2020-01-01T00:00:00Z"}
    assert read({**VALUEFLOWS, **members}) == read(VALUEFLOWS)


def test_who_and_to_whom_are_said_in_bare_terms() -> None:
    """An owner or an address in a longer spelling is none: what was verified did not know it either."""
    spelled = having(VALUEFLOWS, to=None, cc=None, **{"as:to": {"id": "as:Public"}})
    assert read(spelled).proposal.draft.audience is Audience.ALLIES
    with pytest.raises(Malformed):
        read(having(VALUEFLOWS, attributedTo=None, **{"as:attributedTo": {"id": OWNER}}))


@pytest.mark.parametrize(
    "extra",
    [
        [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]],
        dict.fromkeys(map(str, range(LIMITS.max_members)), 1),
        [1] * (LIMITS.max_items + 1),
        ["x" * 16_000] * 5,
    ],
    ids=["deep", "members", "items", "bytes"],
)
def test_sizes_come_first(extra: Any) -> None:
    """What is deep, wide or large is refused before JSON-LD is asked."""
    with pytest.raises(TooLarge):
        prepared({}, {**VALUEFLOWS, "extra": extra})


keys = st.sampled_from(sorted({*VALUEFLOWS, *PROPOSAL, *MUTUAL_AID, *FLOHMARKT, "reciprocal", "attachment", "vf:x"}))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(FOREIGN)),
    st.dictionaries(keys.filter(lambda key: key != "@context"), json_values, max_size=3),
)
def test_whatever_comes(name: str, changes: dict[str, Any]) -> None:
    """Whatever stands in a proposal of another dialect, it is read, or refused as another's fault."""
    document = {**FOREIGN[name], **changes}
    try:
        reading = read(document)
    except RemoteError:
        return
    assert reading.proposal.owner == OWNER
