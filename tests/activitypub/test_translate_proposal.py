"""Proposals on the wire: what is built is read back, and what is hostile is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activitypub.activity import build_create, read_activity
from activitypub.context import check_context
from activitypub.document import read_document
from activitypub.ids import Ids
from activitypub.jsonld import dropped_terms, expand
from activitypub.signatures.proof import canonical
from activitypub.translate.html_text import paragraphs, plain_from_html
from activitypub.translate.proposal import build_note, is_proposal, read_note
from activitypub.translate.words import LANGUAGES, Words
from schema.category import Category
from schema.errors import DomainError, Forbidden, Malformed, RemoteError, RuleBroken, StateError
from schema.fact import Fact
from schema.place import Cell, Place
from schema.proposal import Draft, Kind, Proposal, State, publish
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity, Unit
from schema.terms import CONTEXT
from schema.visibility import Audience
from schema.window import TimeWindow
from tests.schema.strategies import NODE, NOW, drafts, notes, proposals

IDS = Ids(NODE, "alder")
GOLDEN = Path(__file__).parent / "data" / "golden-proposal.json"
LATER = datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)

ours = drafts().map(lambda draft: replace(draft, audience=Audience.ALLIES) if is_circle(draft) else draft)
sent = proposals(ours)


def is_circle(draft: Draft) -> bool:
    return draft.audience is Audience.CIRCLE


def rice(**changes: Any) -> Proposal:
    """An offer of 20 kg of rice, published at `NOW`."""
    said: dict[str, Any] = {
        "kind": Kind.OFFER,
        "title": "20 kg rice",
        "category": Category.FOOD_DRY,
        "quantity": Quantity(Decimal(20), UNITS["KGM"]),
    }
    return publish(Draft(**{**said, **changes}), id=IDS.proposal("1"), owner=IDS.actor, now=NOW)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def as_received(proposal: Proposal) -> Proposal:
    """What other nodes know of a proposal.

    `expires` is said by `ends` alone; "all of it" is said in one way; of what is closed nothing is left.
    """
    draft = proposal.draft
    all_or_none = draft.available == draft.quantity or proposal.state is State.CLOSED
    available = None if all_or_none else draft.available
    return replace(proposal, draft=replace(draft, expires=None, available=available))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_round_trip(proposal: Proposal) -> None:
    """Every proposal that leaves the node comes back from its bytes as it was, but for what `as_received` names."""
    document = read_document(canonical(build_note(proposal, IDS)))
    assert is_proposal(document)
    assert read_note(document, owner=IDS.actor) == as_received(proposal)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_nothing_is_lost_to_linked_data(proposal: Proposal) -> None:
    """A Note and its Create expand without losing a term, carry a context that we take ourselves, and are ours."""
    note = build_note(proposal, IDS)
    create = build_create(IDS, "1", note, to=note["to"], cc=note.get("cc", ()), published=NOW)
    for document in (note, create):
        assert dropped_terms(document) == set()
        check_context(document["@context"])
    assert read_activity(create).object == note


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_what_other_servers_need(proposal: Proposal) -> None:
    """A Note has one type, a text, an address and no summary; quantities are strings; no date tells a minute."""
    note = build_note(proposal, IDS)
    assert note["type"] == "Note"
    assert note["name"]
    assert note["content"]
    assert "summary" not in note
    assert isinstance(note["unitBased"], bool)
    assert ("updated" in note) == (proposal.revision != 1)
    public = "https://www.w3.org/ns/activitystreams#Public" in note["to"]
    assert (IDS.followers in note.get("cc", ())) == public == (proposal.draft.audience is Audience.PUBLIC)
    for key in ("resourceQuantity", "availableQuantity"):
        assert all(isinstance(value, str) for value in note["publishes"].get(key, {}).values())
    dates = [note.get(key) for key in ("published", "endTime", "useBy", "collectBy")]
    dates += [note["publishes"].get(key) for key in ("hasBeginning", "hasEnd")]
    assert all(date.endswith(":00:00Z") for date in dates if date is not None)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent)
def test_content_is_escaped(proposal: Proposal) -> None:
    """Nothing a person wrote becomes markup, and the title can be read in the text."""
    html = build_note(proposal, IDS)["content"]
    tags = {part.partition(">")[0].partition(" ")[0] for part in html.split("<")[1:]}
    assert tags <= {"p", "/p", "strong", "/strong", "br", "a", "/a"}
    assert html.count("<a ") == 2


# One whole document of each kind.


def context() -> list[Any]:
    urls = ("activitystreams", "data-integrity/v2", "0837")
    bases = ("https://www.w3.org/ns/", "https://w3id.org/security/", "https://w3id.org/fep/")
    return [base + url for base, url in zip(bases, urls, strict=True)] + [dict(CONTEXT)]


def tags(*names: str) -> list[dict[str, str]]:
    return [{"type": "Hashtag", "name": f"#{name}", "href": f"{NODE}/tags/{name}"} for name in names]


def links(*names: str) -> str:
    each = (f'<a href="{NODE}/tags/{name}" class="mention hashtag" rel="tag">#{name}</a>' for name in names)
    return f"<p>{' '.join(each)}</p>"


def common(**members: Any) -> dict[str, Any]:
    return {
        "@context": context(),
        "id": f"{NODE}/proposals/1",
        "type": "Note",
        "attributedTo": f"{NODE}/actors/alder",
        "published": "2026-11-23T09:00:00Z",
        "url": f"{NODE}/proposals/1",
        "context": f"{NODE}/proposals/1/conversation",
        "replies": f"{NODE}/proposals/1/replies",
        **members,
    }


def test_an_offer() -> None:
    """A public offer with all that can be said."""
    offer = rice(
        audience=Audience.PUBLIC,
        available=Quantity(Decimal("12.5"), UNITS["KGM"]),
        divisible=True,
        note="Bring a bag.\n\nAsk for <Ali> & Co.",
        language="en",
        languages=frozenset({"en", "ar"}),
        place=Place("North of the river", Cell.around(36.2, 36.16)),
        window=TimeWindow(at(24, 8), at(24, 18)),
        collect_by=at(27, 18),
        facts=frozenset({Fact.HEAVY, Fact.HALAL}),
    )
    html = (
        "<p><strong>Offer: 20 kg rice</strong></p>"
        "<p>🍚 Food to keep<br>Quantity: 20 kg<br>Still available: 12.5 kg<br>Area: North of the river"
        "<br>From: 2026-11-24 08:00 UTC<br>Until: 2026-11-24 18:00 UTC<br>Collect by: 2026-11-27 18:00 UTC"
        "<br>Languages spoken: ar, en<br>Good to know: Halal, Heavy"
        "<br>May be taken in parts</p>"
        "<p>Bring a bag.</p><p>Ask for &lt;Ali&gt; &amp; Co.</p>" + links("offer", "FoodDry")
    )
    assert build_note(offer, IDS) == common(
        name="20 kg rice",
        content=html,
        contentMap={"en": html},
        source={"content": "Bring a bag.\n\nAsk for <Ali> & Co.", "mediaType": "text/plain"},
        to=["https://www.w3.org/ns/activitystreams#Public"],
        cc=[f"{NODE}/actors/alder/followers"],
        tag=tags("offer", "FoodDry"),
        endTime="2026-11-24T18:00:00Z",
        location={
            "type": "Place",
            "name": "North of the river",
            "latitude": 36.2,
            "longitude": 36.16,
            "radius": 5,
            "units": "km",
        },
        purpose="offer",
        unitBased=True,
        publishes={
            "type": "Intent",
            "id": f"{NODE}/proposals/1#primary",
            "action": "transfer",
            "resourceConformsTo": "https://w3id.org/qafila/ns#food-dry",
            "resourceQuantity": {"hasUnit": "kilogram", "hasNumericalValue": "20", "unitCode": "KGM"},
            "availableQuantity": {"hasUnit": "kilogram", "hasNumericalValue": "12.5", "unitCode": "KGM"},
            "hasBeginning": "2026-11-24T08:00:00Z",
            "hasEnd": "2026-11-24T18:00:00Z",
        },
        revision=1,
        kind="offer",
        category="food-dry",
        facts=["halal", "heavy"],
        spokenLanguages=["ar", "en"],
        collectBy="2026-11-27T18:00:00Z",
    )


def test_a_need() -> None:
    """A need for allies, in Arabic, of a service without an amount."""
    need = rice(kind=Kind.NEED, category=Category.LANGUAGE_PAPERWORK_LEGAL, title="ترجمة", quantity=None, language="ar")
    html = (
        "<p><strong>احتياج: ترجمة</strong></p>"
        "<p>📝 لغة وأوراق وقانون<br>ينتهي هذا المنشور: 2026-12-23 10:00 UTC</p>"
        + links("need", "LanguagePaperworkLegal")
    )
    assert build_note(need, IDS) == common(
        name="ترجمة",
        content=html,
        contentMap={"ar": html},
        source={"content": "", "mediaType": "text/plain"},
        to=[f"{NODE}/actors/alder/allies"],
        tag=tags("need", "LanguagePaperworkLegal"),
        endTime="2026-12-23T10:00:00Z",
        purpose="request",
        unitBased=False,
        publishes={
            "type": "Intent",
            "id": f"{NODE}/proposals/1#primary",
            "action": "deliverService",
            "resourceConformsTo": "https://w3id.org/qafila/ns#language-paperwork-legal",
            "resourceQuantity": {"hasUnit": "one"},
        },
        revision=1,
        kind="need",
        category="language-paperwork-legal",
    )


def test_a_surplus() -> None:
    """A surplus counted in a community's own unit is "one" of something that has a name."""
    basket = Unit.community("veg-crate", "crate of vegetables")
    surplus = rice(kind=Kind.SURPLUS, title="Vegetables", quantity=Quantity(Decimal(4), basket), use_by=at(25, 12))
    note = build_note(surplus, IDS)
    html = (
        "<p><strong>Surplus: Vegetables</strong></p>"
        "<p>🍚 Food to keep<br>Quantity: 4 \N{MULTIPLICATION SIGN} crate of vegetables<br>Use by: 2026-11-25 12:00 UTC"
        "</p>" + links("surplus", "FoodDry")
    )
    crates = {
        "hasUnit": "one",
        "hasNumericalValue": "4",
        "unitCode": "veg-crate",
        "unitName": "crate of vegetables",
    }
    assert note == common(
        name="Vegetables",
        content=html,
        source={"content": "", "mediaType": "text/plain"},
        to=[f"{NODE}/actors/alder/allies"],
        tag=tags("surplus", "FoodDry"),
        endTime="2026-11-25T12:00:00Z",
        purpose="offer",
        unitBased=False,
        publishes={
            "type": "Intent",
            "id": f"{NODE}/proposals/1#primary",
            "action": "transfer",
            "resourceConformsTo": "https://w3id.org/qafila/ns#food-dry",
            "resourceQuantity": crates,
            "availableQuantity": crates,
        },
        revision=1,
        kind="surplus",
        category="food-dry",
        useBy="2026-11-25T12:00:00Z",
    )


def test_a_closed_offer() -> None:
    """A closed offer says so first, has nothing left, and is the next revision."""
    html = (
        "<p><strong>[closed] Offer: 20 kg rice</strong></p>"
        "<p>🍚 Food to keep<br>Quantity: 20 kg<br>Still available: 0 kg<br>This post ends: 2026-12-23 10:00 UTC</p>"
        + links("offer", "FoodDry")
    )
    assert build_note(rice().closed(LATER), IDS) == common(
        name="20 kg rice",
        content=html,
        source={"content": "", "mediaType": "text/plain"},
        updated="2026-11-24T08:30:05Z",
        to=[f"{NODE}/actors/alder/allies"],
        tag=tags("offer", "FoodDry"),
        endTime="2026-12-23T10:00:00Z",
        purpose="offer",
        unitBased=False,
        publishes={
            "type": "Intent",
            "id": f"{NODE}/proposals/1#primary",
            "action": "transfer",
            "resourceConformsTo": "https://w3id.org/qafila/ns#food-dry",
            "resourceQuantity": {"hasUnit": "kilogram", "hasNumericalValue": "20", "unitCode": "KGM"},
            "availableQuantity": {"hasUnit": "kilogram", "hasNumericalValue": "0", "unitCode": "KGM"},
            "finished": True,
        },
        revision=2,
        kind="offer",
        category="food-dry",
    )


def test_our_circle_stays_at_home() -> None:
    """What is for the members alone is never built."""
    with pytest.raises(DomainError):
        build_note(rice(audience=Audience.CIRCLE), IDS)


@pytest.mark.parametrize("gone", [rice().expired(), rice().withdrawn()], ids=["expired", "withdrawn"])
def test_what_is_gone_is_not_sent(gone: Proposal) -> None:
    """What has expired or was withdrawn is never built."""
    with pytest.raises(StateError):
        build_note(gone, IDS)


# Reading other servers.


def test_golden_document() -> None:
    """A plain FEP-0837 Note, without any term of ours, is read for what it says."""
    note = json.loads(GOLDEN.read_bytes())["object"]
    proposal = read_note(note, owner="https://server.example/users/alice")
    assert proposal == Proposal(
        id="https://server.example/proposals/1",
        owner="https://server.example/users/alice",
        draft=Draft(
            kind=Kind.OFFER,
            title="Offer: 20 kg rice",
            category=Category.HOUSEHOLD,
            quantity=Quantity(Decimal(20), UNITS["KGM"]),
            note="Offer: 20 kg rice\nPick up until Friday. #food",
            audience=Audience.PUBLIC,
        ),
        published=at(23, 9),
        ends=at(27, 18),
        revision=None,
    )


def received(**changes: Any) -> Proposal:
    """The rice as another node reads it, after a change to its document."""
    return read_note(build_note(rice(), IDS) | changes, owner=IDS.actor)


def intent(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = build_note(rice(), IDS)["publishes"]
    return {**said, **changes}


def foreign(**changes: Any) -> Proposal:
    """The same from a server that does not know our terms."""
    without = dict.fromkeys(("revision", "kind", "category", "source", "endTime"))
    return received(**{**without, "publishes": intent(resourceConformsTo="https://other.example/rice"), **changes})


@pytest.mark.parametrize("unit", ["kilogram", "om2:kilogram", {"id": "om2:kilogram"}])
@pytest.mark.parametrize("number", ["20", 20, 20.0])
def test_foreign_measures(unit: Any, number: Any) -> None:
    """Units and numbers are taken in the spellings that other servers use."""
    quantity = {"hasUnit": unit, "hasNumericalValue": number}
    read = foreign(publishes=intent(resourceQuantity=quantity, availableQuantity=None))
    assert read.draft.quantity == Quantity(Decimal(20), UNITS["KGM"])


def test_foreign_text() -> None:
    """Foreign text loses its markup and what cannot be shown, and is cut to fit."""
    html = "<p>Rice &amp; &#8238;beans</p><script>alert(1)</script><p>&lt;b&gt; two<br>lines</p>" + "x" * 5_000
    read = foreign(content=html, name=None)
    assert read.draft.title == "Rice & beans"
    assert read.draft.note.startswith("Rice & beans\n<b> two\nlines\nxxx")
    assert len(read.draft.note) == 4_000
    assert len(foreign(name="long " * 100).draft.title) <= 120


def test_foreign_text_in_a_map_alone() -> None:
    """A text may stand in `contentMap` alone; of several the first is read, and its language is that of the post."""
    texts = {"x y": 7, "fr": "<p>Du riz</p>", "en": "<p>Rice</p>"}
    read = foreign(content=None, name=None, contentMap=texts)
    assert (read.draft.title, read.draft.note, read.draft.language) == ("Du riz", "Du riz", "fr")
    assert foreign(content=None, contentMap={"fr": {}}).draft.note == ""


def test_foreign_category_and_end() -> None:
    """A hashtag may say what it is about; without an end it ends thirty days after it was published."""
    assert foreign().draft.category is Category.FOOD_DRY
    assert foreign(tag={"type": "Hashtag", "name": "#rice"}).draft.category is Category.HOUSEHOLD
    assert foreign(publishes=intent(), tag=None).draft.category is Category.FOOD_DRY
    assert foreign().ends == datetime(2026, 12, 23, 9, tzinfo=UTC)
    assert foreign(purpose="request").draft.kind is Kind.NEED


def test_too_exact_places_are_left_out() -> None:
    """A place with a street number's postcode is left out, and a point becomes its cell."""
    assert received(location={"type": "Place", "name": "Long Street 4, 10115"}).draft.place is None
    exact = received(location={"type": "Place", "name": "North", "latitude": 36.20417, "longitude": 36.1606})
    assert exact.draft.place == Place("North", Cell.around(36.2, 36.16))
    off_the_globe = {"name": "North", "latitude": 99, "longitude": 0}
    nowhere: list[Any] = ["North", {"name": 7}, {"type": "Place"}, [], off_the_globe]
    assert all(received(location=location).draft.place is None for location in nowhere)
    assert received(location={"name": "North", "latitude": True, "longitude": "0"}).draft.place == Place("North")


def test_later_versions_are_read() -> None:
    """Facts, categories and kinds that we do not know yet make no post unreadable."""
    read = received(facts=["halal", "gluten-free-2030"], kind="loan", category="space-travel", somethingNew={"a": 1})
    assert read.draft.facts == {Fact.HALAL}
    assert read.draft.kind is Kind.OFFER
    assert read.draft.category is Category.FOOD_DRY


@pytest.mark.parametrize("spelling", ["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"])
def test_public_in_three_spellings(spelling: str) -> None:
    """Public may stand in `to` or `cc`, alone or in a list; anything else is for allies."""
    assert received(to=spelling).draft.audience is Audience.PUBLIC
    assert received(to=[IDS.inbox, spelling]).draft.audience is Audience.PUBLIC
    assert received(to=[IDS.inbox], cc=[spelling]).draft.audience is Audience.PUBLIC
    assert received(to=[f"{NODE}/actors/alder/followers"]).draft.audience is Audience.ALLIES


# Refusals.


def measure(value: Any, unit: Any = "kilogram", **more: Any) -> dict[str, Any]:
    return {"publishes": intent(resourceQuantity={"hasUnit": unit, "hasNumericalValue": value, **more})}


BAD_NUMBERS: list[Any] = [
    *("-1", "-0", "0", "1e308", "1e3", "0.30000000000000004", "1" + "0" * 19, "NaN", "", "٢٠", " 20"),
    *(-1, -0.0, 0, 1e308, 0.1 + 0.2, 10**19, True, [], {}),
]
BAD_UNITS: list[Any] = [None, "", "кг", "kg", "Kilogram", 7, {}, [], {"id": 1}]


@pytest.mark.parametrize(
    "change",
    [
        *map(measure, BAD_NUMBERS),
        *(measure("20", unit) for unit in BAD_UNITS),
        *(measure("20", unitCode=code) for code in ("LTR", "кг", "XXX", "meal", "own-unit", "")),
        {"publishes": intent(availableQuantity={"hasUnit": "kilogram", "hasNumericalValue": "21"})},
        {"publishes": intent(availableQuantity={"hasUnit": "litre", "hasNumericalValue": "1"})},
        {"publishes": intent(hasBeginning="2026-11-25T00:00:00Z", hasEnd="2026-11-24T00:00:00Z")},
        {"revision": 0},
        {"revision": -1},
        {"revision": 1_000_001},
        {"revision": 1.0},
        {"revision": 1.5},
        {"kind": "need"},
        {"kind": "surplus"},
        {"purpose": "request"},
        {"category": "safety-protection", "to": ["as:Public"]},
        {"name": "x" * 121},
        {"name": " "},
        {"source": {"content": "x" * 4_001, "mediaType": "text/plain"}},
        {"spokenLanguages": ["English"]},
        {"spokenLanguages": [f"a{chr(97 + index)}" for index in range(13)]},
        {"endTime": "2026-11-23T09:00:00Z"},
        {"endTime": "2028-01-01T00:00:00Z"},
        {"published": "9998-12-31T23:59:59Z", "endTime": None},
    ],
    ids=lambda change: json.dumps(change)[-60:],
)
def test_broken_rules(change: dict[str, Any]) -> None:
    """What is well formed but breaks a rule of the domain is answered with 422, and never quoted."""
    with pytest.raises(RuleBroken) as caught:
        received(**change)
    assert caught.value.status == 422
    assert "кг" not in str(caught.value)


BAD_TIMES = (
    *("2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-001-01-01T00:00:00Z"),
    *("2026-11-23T09:00:00", "2026-11-23", "2026-12-31T23:59:60Z", f"2026-11-23T09:00:00.{'1' * 1_000}Z", "now", ""),
)


@pytest.mark.parametrize("key", ["published", "updated", "endTime", "useBy", "collectBy", "hasBeginning", "hasEnd"])
@pytest.mark.parametrize("value", [*BAD_TIMES, 1_795_510_800, True, [], {}])
def test_bad_times(key: str, value: Any) -> None:
    """A date that does not exist, has no zone or is no string is answered with 400, wherever it stands."""
    with pytest.raises(Malformed):
        received(**({"publishes": intent(**{key: value})} if key.startswith("has") else {key: value}))


def test_time_zones() -> None:
    """A date with an offset means the same moment in UTC."""
    assert received(useBy="2026-11-24T03:00:00+05:00").draft.use_by == at(23, 22)


BAD_SHAPES: dict[str, list[Any]] = {
    "revision": [True, "1", [1], {}],
    "unitBased": ["true", 1, []],
    "purpose": [None, "gift", 1, ["offer"]],
    "publishes": [None, "x", [], 1],
    "published": [None],
    "name": [["a"]],
    "kind": [1],
    "category": [[]],
    "facts": [[1]],
    "to": [[{"type": "Link", "href": "as:Public"}]],
    "id": [None],
    "attributedTo": [None, [IDS.actor]],
}
BAD_INTENTS: dict[str, list[Any]] = {
    "finished": ["true", 1],
    "resourceQuantity": ["20", [], 20],
    "resourceConformsTo": [{"href": "x"}],
}


@pytest.mark.parametrize(
    "change",
    [
        *({key: value} for key, values in BAD_SHAPES.items() for value in values),
        *({"publishes": intent(**{key: value})} for key, values in BAD_INTENTS.items() for value in values),
        {"name": None, "source": {"content": [], "mediaType": "text/plain"}},
        {"content": {}, "source": None},
        *({"name": f"a{sign}b"} for sign in "\u202e\u2066\x07\u2028\ue000\uffff"),
        {"source": {"content": "a\u202eb", "mediaType": "text/plain"}},
        {"source": {"content": "a\0b", "mediaType": "text/plain"}},
        measure("20", "one", unitCode="own-unit", unitName="a\u202eb"),
    ],
    ids=lambda change: json.dumps(change)[-60:],
)
def test_wrong_shapes(change: dict[str, Any]) -> None:
    """A member of another shape than the protocol asks for, or of text that cannot be shown, is answered with 400."""
    with pytest.raises(Malformed) as caught:
        received(**change)
    assert "\u202e" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"attributedTo": f"{NODE}/actors/birch"},
        {"attributedTo": {"id": "https://birch.example/actors/birch"}},
    ],
)
def test_of_another(change: dict[str, Any]) -> None:
    """A proposal of another than its sender is answered with 403."""
    with pytest.raises(Forbidden):
        received(**change)


def test_on_another_origin() -> None:
    """A proposal that lies on another origin than its owner is answered with 403, whoever says so."""
    stranger = "https://birch.example/actors/birch"
    with pytest.raises(Forbidden):
        read_note(build_note(rice(), IDS) | {"attributedTo": stranger}, owner=stranger)


keys = st.sampled_from([*build_note(rice().closed(LATER), IDS), *CONTEXT, "location", "cc"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "name", "hasUnit", "hasNumericalValue", "content", "mediaType"]), inner
        )
    ),
    max_leaves=5,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(keys, json_values, max_size=3), st.dictionaries(keys, json_values, max_size=3), st.booleans())
def test_whatever_comes(top: dict[str, Any], inner: dict[str, Any], known: bool) -> None:  # noqa: FBT001 (a random value)
    """Whatever stands in a document, it is read or refused as another's fault, and never crashes us."""
    document = build_note(rice(), IDS) | ({} if known else {"revision": None, "source": None}) | top
    if isinstance(document["publishes"], dict):
        document["publishes"] |= inner
    try:
        proposal = read_note(document, owner=IDS.actor)
    except RemoteError:
        return
    assert proposal.owner == IDS.actor


@given(st.dictionaries(st.sampled_from(["purpose", "publishes", "type"]), json_values))
def test_is_proposal(document: dict[str, Any]) -> None:
    """Only what has a purpose and an intent is meant as a proposal, whatever its type and whatever shape they have."""
    assert is_proposal(document) == all(document.get(key) is not None for key in ("purpose", "publishes"))


# Words and text.


def test_words_are_complete() -> None:
    """Every kind, category, fact and unit has a word in each of the five languages."""
    for language in LANGUAGES:
        words = Words(language)
        assert all(words.kind(kind) for kind in Kind)
        assert len({words.category(category) for category in Category}) == len(Category)
        assert len({words.fact(fact) for fact in Fact}) == len(Fact)
        known = [*UNITS.values(), *COMMUNITY_UNITS.values()]
        assert len({words.unit(unit) for unit in known}) == len(known)
    assert Words("pt-BR").label("place") == Words(None).label("place") == "Area"
    assert Words("fr-CA").label("place") == "Secteur"


@given(notes())
def test_text_survives_html(note: str) -> None:
    """Plain text written as HTML and read back has the same words on it."""
    assert plain_from_html(paragraphs(note)).split() == note.split()


def test_expansion_means_what_it_says() -> None:
    """In linked data the terms stand for ValueFlows, schema.org and our own namespace."""
    [note] = expand(build_note(rice(use_by=at(27, 9)).closed(LATER), IDS))
    vf = "https://w3id.org/valueflows/ont/vf#"
    [primary] = note[f"{vf}publishes"]
    assert primary[f"{vf}finished"][0]["@value"] is True
    assert primary[f"{vf}resourceQuantity"][0]["http://schema.org/unitCode"] == [{"@value": "KGM"}]
    assert note["https://w3id.org/qafila/ns#revision"][0]["@value"] == 2
    assert note["https://w3id.org/qafila/ns#useBy"][0]["@value"] == "2026-11-27T09:00:00Z"
