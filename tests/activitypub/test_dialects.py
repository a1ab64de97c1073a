"""Dialects of proposals: each is read for what it says, and what is unclear in one is refused."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activitypub.document import read_document
from activitypub.ids import Ids
from activitypub.signatures.proof import canonical
from activitypub.translate.dialects import DIALECTS, OWN, RESPELLED, Reading, dialect_of, read_proposal
from activitypub.translate.proposal import build_note
from activitypub.translate.respell import respell
from activitypub.translate.spelling import LIMITS, TERMS, is_spelled_otherwise, kept, prepared
from schema.category import Category
from schema.errors import Forbidden, Malformed, RemoteError, RuleBroken, TooLarge
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, Proposal
from schema.quantity import Quantity, unit
from schema.visibility import Audience
from tests.activitypub.foreign import (
    ATTACHMENT,
    BASE,
    FLOHMARKT,
    FOREIGN,
    MAID,
    MUTUAL_AID,
    OM2,
    OWNER,
    PAIR,
    PROPOSAL,
    VALUEFLOWS,
    VF,
)
from tests.activitypub.test_translate_proposal import as_received, json_values, sent
from tests.schema.strategies import NODE

IDS = Ids(NODE, "alder")
GOLDEN = Path(__file__).parent / "data" / "golden-proposal.json"
RECEIVED = datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 23, 9, 12, 31, tzinfo=UTC)
ENDS = datetime(2026, 12, 23, 10, tzinfo=UTC)
SLOW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def plain(document: Mapping[str, Any], around: Mapping[str, Any] = {}) -> dict[str, Any]:
    """An object in bare terms, as a node reads it."""
    if not is_spelled_otherwise(document):
        return dict(document)
    return {**json.loads(respell(prepared(around, document))), **kept(document)}


def read(document: Mapping[str, Any], *, owner: str = OWNER, around: Mapping[str, Any] = {}) -> Reading:
    """What a node makes of an object that came as bytes."""
    came = read_document(json.dumps(document).encode())
    ready = plain(came, around)
    return read_proposal(ready, owner=owner, received=RECEIVED, respelled=ready != came)


def having(document: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """The object with other members; None takes one out."""
    return {key: value for key, value in {**document, **members}.items() if value is not None}


def draft(title: str, *, kind: Kind = Kind.OFFER, **said: Any) -> Draft:
    return Draft(**{"audience": Audience.PUBLIC, "category": Category.HOUSEHOLD, "kind": kind, "title": title, **said})


# What each says.

SAID = {
    "fep-0837": (
        draft(
            "Winter coats",
            quantity=Quantity.parse("12", unit("C62")),
            note="Washed, for children of six to ten.",
            place=Place("Harbour Quarter"),
        ),
        ENDS,
        None,
    ),
    "valueflows": (
        draft(
            "Flour for the bakery",
            kind=Kind.NEED,
            quantity=Quantity.parse("12.5", unit("KGM")),
            note="Flour for the bakery",
            audience=Audience.ALLIES,
        ),
        ENDS,
        None,
    ),
    "attachment": (
        draft("Bicycle", quantity=Quantity.parse("1", unit("C62")), note="Needs a new chain."),
        ENDS,
        "25 CAD",
    ),
    "flohmarkt": (draft("Radio", note="It works."), ENDS, None),
    "mutual-aid-app": (
        draft(
            "Cordless drill",
            note="For a weekend.",
            place=Place("North Hill", Cell.around(45.42, -75.69)),
            audience=Audience.ALLIES,
        ),
        datetime(2026, 12, 20, 18, tzinfo=UTC),
        "loan",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_each_dialect(name: str) -> None:
    """An example of each dialect is read for what it says, without a revision, and known by its dialect."""
    document = FOREIGN[name]
    said, ends, asks = SAID[name]
    proposal = Proposal(
        id=document["id"], owner=OWNER, draft=said, published=PUBLISHED, ends=ends, updated=None, revision=None
    )
    assert read(document) == Reading(proposal, name, asks)


def test_the_table_is_whole() -> None:
    """Each row of the table has an example, and so has what must be respelled."""
    assert {OWN, *FOREIGN} == {RESPELLED, *(dialect.name for dialect in DIALECTS)}


def measured(unit_: Any, number: Any) -> dict[str, Any]:
    """The coats in another measure; None leaves a member out."""
    quantity = having({}, hasUnit=unit_, hasNumericalValue=number)
    return having(PROPOSAL, publishes={**PROPOSAL["publishes"], "resourceQuantity": quantity})


@pytest.mark.parametrize(
    "spelled", ["kilogram", "om2:kilogram", f"{OM2}kilogram", {"id": "om2:kilogram"}, {"id": f"{OM2}kilogram"}]
)
@pytest.mark.parametrize("number", ["12.5", 12.5, "12.50"])
@pytest.mark.parametrize("prefix", ["", "om2:", OM2])
def test_measures(spelled: Any, number: Any, prefix: str) -> None:
    """Units and numbers are one in every spelling, and so are the members that hold them."""
    document = measured(None, None)
    quantity = {f"{prefix}hasUnit": spelled, f"{prefix}hasNumericalValue": number}
    document["publishes"] = {**document["publishes"], "resourceQuantity": quantity}
    assert read(document).proposal.draft.quantity == Quantity.parse("12.5", unit("KGM"))


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("20", "20"),
        ("20.50", "20.5"),
        ("123456789012.123456", "123456789012.123456"),
        ("0.100000", "0.1"),
        ("0.1000000000000000055", None),
        ("12.0000001", None),
        ("1e3", None),
        ("2E0", None),
    ],
)
@pytest.mark.parametrize("name", ["hasNumericalValue", "om2:hasNumericalValue"])
def test_numbers_as_they_were_written(digits: str, number: str | None, name: str) -> None:
    """A JSON number is the decimal that stands there, not the binary fraction next to it, or it is refused."""
    document = measured("kilogram", "NUMBER")
    text = json.dumps(document).replace('"hasNumericalValue": "NUMBER"', f'"{name}": {digits}')
    came = read_document(text.encode())
    if number is None:
        with pytest.raises(RuleBroken):
            read_proposal(plain(came), owner=OWNER, received=RECEIVED)
    else:
        found = read_proposal(plain(came), owner=OWNER, received=RECEIVED).proposal.draft.quantity
        assert found == Quantity.parse(number, unit("KGM"))


INTENT = PROPOSAL["publishes"]
HALF = {"hasUnit": "one", "hasNumericalValue": "6"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (having(PROPOSAL, type=["Note", "Proposal"]), {}),
        (having(PROPOSAL, publishes=[INTENT]), {}),
        (having(PROPOSAL, purpose="vf:request"), {"kind": Kind.NEED}),
        (having(PROPOSAL, purpose=f"{VF}offer"), {}),
        (having(PROPOSAL, availableQuantity=HALF), {"available": Quantity.parse("6", unit("C62"))}),
        (having(PROPOSAL, content=None, summary="In a box"), {"note": "In a box"}),
        (having(PROPOSAL, location="https://places.example/1"), {"place": None}),
    ],
)
def test_small_differences(document: dict[str, Any], expected: dict[str, Any]) -> None:
    """Types or an intent in a list, words of ValueFlows and text elsewhere change nothing but what they say."""
    assert read(document).proposal.draft == replace(SAID["fep-0837"][0], **expected)


def test_without_a_time() -> None:
    """Where another server tells no time, it is that of the coming here; our own dialect is not repaired."""
    assert read(having(PROPOSAL, published=None)).proposal.published == RECEIVED
    own = having(json.loads(canonical(PROPOSAL)), published=None, revision=1)
    with pytest.raises(Malformed):
        read(own)


@pytest.mark.parametrize(
    ("kinds", "more", "kind", "asks"),
    [
        ("maid:GiftOffer", {}, Kind.OFFER, None),
        ("maid:Offer", {"pair:hasType": {"id": f"{MAID}BarterOffer"}}, Kind.OFFER, "barter"),
        (f"{MAID}Request", {}, Kind.NEED, None),
        (["maid:LoanRequest", "as:Object"], {}, Kind.NEED, "loan"),
        (
            "maid:BarterOffer",
            {"maid:hasReciprocityCondition": {"maid:inExchangeOf": "<b>eggs</b>"}},
            Kind.OFFER,
            "eggs",
        ),
        (
            "maid:SaleOffer",
            {"maid:hasReciprocityCondition": {"maid:amount": 5, "maid:currency": "EUR"}},
            Kind.OFFER,
            "5 EUR",
        ),
    ],
)
def test_ways_to_exchange(kinds: Any, more: dict[str, Any], kind: Kind, asks: str | None) -> None:
    """The app's types say whether something is offered or needed, and what for; gifts ask for nothing."""
    reading = read({**having(MUTUAL_AID, **{"type": kinds, "pair:hasType": None}), **more})
    assert (reading.proposal.draft.kind, reading.asks) == (kind, asks)


def test_the_app_with_whole_iris() -> None:
    """The app's own terms too are read in their long spelling."""
    long = {
        key.replace("maid:", MAID).replace("pair:", PAIR): value
        for key, value in having(MUTUAL_AID, type=f"{MAID}Offer").items()
    }
    assert read(long) == read(MUTUAL_AID)


def data(**changes: Any) -> dict[str, Any]:
    return having(FLOHMARKT, **{"flohmarkt:data": having(FLOHMARKT["flohmarkt:data"], **changes)})


@pytest.mark.parametrize(
    ("document", "asks"),
    [
        (data(price="0.00"), None),
        (data(price=""), None),
        (data(price=None), None),
        (data(price="25"), "25 CAD"),
        (data(price=7.5, currency=None), "7.5"),
        (data(price="25 <b>or</b> \u202enear"), "25 or near CAD"),
        (data(price="9" * 500), "9" * 120),
        (having(PROPOSAL, reciprocal={"resourceQuantity": HALF, "resourceConformsTo": "https://money.example/"}),
         "6 https://money.example/"),
        (having(PROPOSAL, reciprocal={"name": "a cake"}), "a cake"),
        (having(ATTACHMENT, **{"flohmarkt:data": {"price": "99"}}), "25 CAD"),
    ],
)  # fmt: skip
def test_what_is_asked_in_return(document: dict[str, Any], asks: str | None) -> None:
    """A price is kept as a line of text, and no price is a gift; what has one is never taken for a gift."""
    assert read(document).asks == asks


def test_a_price_beside_an_attachment() -> None:
    """Where the attached proposal says nothing of a price, that of flohmarkt's data counts."""
    document = attaching(reciprocal=None) | {"flohmarkt:data": {"price": "9", "currency": "EUR"}}
    assert read(document).asks == "9 EUR"


# Spelling what is ours in every dialect.


def as_types(note: dict[str, Any]) -> dict[str, Any]:
    return {**note, "type": ["Note", "Proposal"]}


def as_proposal(note: dict[str, Any]) -> dict[str, Any]:
    return {**note, "type": "Proposal"}


def spelled(how: Callable[[str], str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Every term of ValueFlows and OM2 in another spelling."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {how(key) if key in TERMS else key: part if key == "@context" else change(part)
                    for key, part in value.items()}  # fmt: skip
        return [change(part) for part in value] if isinstance(value, list) else value

    return change


def prefixed(term: str) -> str:
    return f"{'om2' if term in {'hasUnit', 'hasNumericalValue'} else 'vf'}:{term}"


def whole(term: str) -> str:
    return prefixed(term).replace("om2:", OM2).replace("vf:", VF)


def as_attachment(note: dict[str, Any]) -> dict[str, Any]:
    """The Note for people, the rest attached."""
    of_people = {"@context", "id", "type", "attributedTo", "published", "updated", "url", "to", "cc", "tag", "name",
                 "content", "contentMap", "source", "endTime", "location"}  # fmt: skip
    around = {key: value for key, value in note.items() if key in of_people}
    rest = {key: value for key, value in note.items() if key not in of_people}
    return {**around, "attachment": {"type": "Proposal", **rest}}


WAYS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str, bool]] = {
    "types": (as_types, OWN, True),
    "proposal": (as_proposal, OWN, True),
    "prefixes": (spelled(prefixed), RESPELLED, True),
    "iris": (spelled(whole), RESPELLED, True),
    "attachment": (as_attachment, "attachment", False),
}


@pytest.mark.parametrize("way", WAYS)
@SLOW
@given(proposal=sent)
def test_ours_in_every_spelling(way: str, proposal: Proposal) -> None:
    """A proposal of ours, written in another dialect, is the same; an attached one loses its revision."""
    change, name, keeps_revision = WAYS[way]
    expected = as_received(proposal)
    note = change(build_note(proposal, IDS))
    reading = read(note, owner=IDS.actor, around={"@context": note["@context"]})
    if not keeps_revision:
        expected = replace(expected, revision=None, draft=fit(reading.proposal.draft, expected.draft))
    assert reading == Reading(expected, name)


def fit(read_: Draft, expected: Draft) -> Draft:
    """Texts of others are cut to fit, so white space around them may be gone; the words are the same."""
    assert (read_.title.split(), read_.note.split()) == (expected.title.split(), expected.note.split())
    return replace(expected, title=read_.title, note=read_.note)


GIFT = {"name": "Offer: 20 kg rice", "description": "Offer: 20 kg rice\nPick up until Friday. #food"}


@pytest.mark.parametrize(
    ("change", "loses"),
    [
        (as_types, {}),
        (as_proposal, {}),
        (spelled(prefixed), {}),
        (spelled(whole), {}),
        (as_attachment, {}),
        (lambda note: {**bare(note), "flohmarkt:data": GIFT}, {"quantity": None}),
        (lambda note: {**bare(note), "type": "maid:GiftOffer"}, {"quantity": None}),
    ],
)
def test_the_golden_document(change: Callable[[dict[str, Any]], dict[str, Any]], loses: dict[str, Any]) -> None:
    """A plain FEP-0837 Note says the same in each dialect, but for what a dialect has no word for."""
    note = json.loads(GOLDEN.read_bytes())["object"]
    owner = note["attributedTo"]
    golden = read(note, owner=owner).proposal
    assert read(change(note), owner=owner).proposal == replace(golden, draft=replace(golden.draft, **loses))


def bare(note: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in note.items() if key not in TERMS}


def test_an_attachment_in_every_spelling() -> None:
    """What is attached may spell its terms otherwise too."""
    picture, proposal = ATTACHMENT["attachment"]
    for how in (prefixed, whole):
        other = {**ATTACHMENT, "attachment": [picture, spelled(how)(proposal)]}
        assert is_spelled_otherwise(other)
        assert read(other) == read(ATTACHMENT)


# Refusals.


def attaching(*others: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The Note with other members in its attached proposal, and perhaps more attached."""
    picture, proposal = deepcopy(ATTACHMENT["attachment"])
    return having(ATTACHMENT, attachment=[picture, having(proposal, **members), *others])


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
        (data(name=None, description=None), RuleBroken),
        (data(name=7), Malformed),
        (data(price={"a": 1}), Malformed),
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
