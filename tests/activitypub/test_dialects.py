"""Dialects of proposals: each is read for what it says, and what is unclear in one is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from activitypub.document import read_document
from activitypub.ids import Ids
from activitypub.signatures.proof import canonical
from activitypub.translate.dialects import DIALECTS, OWN, RESPELLED, Reading, read_proposal
from activitypub.translate.proposal import build_note
from activitypub.translate.spelling import TERMS, is_spelled_otherwise
from schema.category import Category
from schema.errors import Malformed, RuleBroken
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, Proposal
from schema.quantity import Quantity, unit
from schema.visibility import Audience
from tests.activitypub.foreign import (
    AS2,
    ATTACHMENT,
    FOREIGN,
    HALF,
    INTENT,
    MAID,
    MUTUAL_AID,
    OM2,
    OWNER,
    PAIR,
    PROPOSAL,
    RECEIVED,
    VF,
    attaching,
    having,
    listed,
    measured,
    plain,
    read,
)
from tests.activitypub.test_translate_proposal import as_received, sent
from tests.schema.strategies import NODE

IDS = Ids(NODE, "alder")
GOLDEN = Path(__file__).parent / "data" / "golden-proposal.json"
FEDIFY = Path(__file__).parent / "data" / "fedify-create-proposal.json"
PUBLISHED = datetime(2026, 11, 23, 9, 12, 31, tzinfo=UTC)
ENDS = datetime(2026, 12, 23, 10, tzinfo=UTC)
SLOW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)


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


@pytest.mark.parametrize(
    ("document", "asks"),
    [
        (listed(price="0.00"), None),
        (listed(price=""), None),
        (listed(price=None), None),
        (listed(price="25"), "25 CAD"),
        (listed(price=7.5, currency=None), "7.5"),
        (listed(price="25 <b>or</b> \u202enear"), "25 or near CAD"),
        (listed(price="9" * 500), "9" * 120),
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


def prefixed(term: str) -> str:
    return f"{'om2' if term in {'hasUnit', 'hasNumericalValue'} else 'vf'}:{term}"


XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("document", "literal", "expected"),
    [
        (PROPOSAL, measured("one", {"type": f"{XSD}decimal", "@value": "12"}), Quantity.parse("12", unit("C62"))),
        (PROPOSAL, measured("one", {"@type": "xsd:decimal", "@value": 12.50}), Quantity.parse("12.5", unit("C62"))),
        (PROPOSAL, measured({"@value": "kilogram"}, "12"), Quantity.parse("12", unit("KGM"))),
        (
            MUTUAL_AID,
            {
                **MUTUAL_AID,
                "dc:created": {"@value": MUTUAL_AID["dc:created"], "@type": f"{XSD}dateTime"},
                "content": {"@value": MUTUAL_AID["content"], "@language": "en"},
            },
            None,
        ),
    ],
)
def test_literals(document: dict[str, Any], literal: dict[str, Any], expected: Quantity | None) -> None:
    """A value that stands as a literal of its own, as Fedify writes decimals, is read for what it says."""
    plainly, found = read(document).proposal, read(literal).proposal
    assert found == replace(plainly, draft=replace(plainly.draft, quantity=expected))


@pytest.mark.parametrize(
    "terms",
    [
        {"om2": OM2, "vf": VF, **{term: prefixed(term) for term in sorted(TERMS)}, "Proposal": "vf:Proposal"},
        {"vf": VF, **{term: f"vf:{term}" for term in sorted(TERMS)}},
        {term: f"{VF}{term}" for term in sorted(TERMS)},
        {"vf": {"@id": VF, "@prefix": True}, "resourceConformsTo": {"@id": "vf:resourceConformsTo", "@type": "@id"}},
    ],
    ids=["epicyon", "mitra", "whole", "typed"],
)
def test_contexts_that_are_sent(terms: dict[str, Any]) -> None:
    """Contexts that spell the terms out, as servers do that know no context of FEP-0837, change nothing."""
    assert read({**PROPOSAL, "@context": [AS2, terms]}) == read(PROPOSAL)


def test_what_fedify_sends() -> None:
    """A Create as Fedify 2.3.6 makes it: types and terms are whole IRIs, decimals are literals."""
    create = json.loads(FEDIFY.read_bytes())
    reading = read(create["object"], owner=create["actor"], around=create)
    rice = draft(
        "Rice",
        quantity=Quantity.parse("12.5", unit("KGM")),
        available=Quantity.parse("10", unit("KGM")),
        divisible=True,
        note="Long grain",
        place=Place("North"),
    )
    assert (reading.proposal.draft, reading.dialect, reading.asks) == (rice, RESPELLED, None)


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
