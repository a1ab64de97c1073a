"""Collections and their pages."""

import pytest

from activitypub.collection import build_collection, build_opened, build_page, build_set, read_members
from activitypub.jsonld import dropped_terms
from schema.errors import Malformed
from tests.activitypub.documents import ALDER

DEFAULT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]


def test_a_stranger_learns_that_it_exists() -> None:
    """A collection that is not shown has neither items nor a count."""
    built = build_collection(ALDER.allies)
    assert built == {
        "@context": DEFAULT,
        "id": "https://alder.example/actors/alder/allies",
        "type": "OrderedCollection",
    }
    assert dropped_terms(built) == set()


def test_a_collection_leads_to_its_pages() -> None:
    """A collection that is shown tells where it begins."""
    built = build_collection(ALDER.outbox, first=ALDER.page(ALDER.outbox, "9"))
    assert built == {
        "@context": DEFAULT,
        "id": "https://alder.example/actors/alder/outbox",
        "type": "OrderedCollection",
        "first": "https://alder.example/actors/alder/outbox?page=9",
    }
    assert dropped_terms(built) == set()


def test_a_page_keeps_order_and_documents() -> None:
    """Items stay in the order given, newest first, each with its own context; ends of the chain have no link."""
    newer = {"@context": DEFAULT, "id": ALDER.activity("2"), "type": "Follow", "object": "https://birch.example/"}
    page = ALDER.page(ALDER.outbox, "2")
    built = build_page(page, ALDER.outbox, [newer, ALDER.activity("1")], next_page=ALDER.page(ALDER.outbox, "0"))
    assert built == {
        "@context": DEFAULT,
        "id": "https://alder.example/actors/alder/outbox?page=2",
        "type": "OrderedCollectionPage",
        "partOf": "https://alder.example/actors/alder/outbox",
        "orderedItems": [newer, "https://alder.example/activities/1"],
        "next": "https://alder.example/actors/alder/outbox?page=0",
    }
    assert dropped_terms(built) == set()


@pytest.mark.parametrize(
    ("ordered", "kind", "held"), [(True, "OrderedCollection", "orderedItems"), (False, "Collection", "items")]
)
def test_a_collection_brings_its_first_page(ordered: bool, kind: str, held: str) -> None:  # noqa: FBT001
    """A conversation is ordered and answers are not; whoever fetches either has the first page at once."""
    thread = ALDER.conversation(ALDER.proposal("1"))
    page = build_page(ALDER.page(thread, "first"), thread, [ALDER.proposal("1")], ordered=ordered)
    built = build_opened(page, owner=ALDER.actor)
    assert built == {
        "@context": DEFAULT,
        "id": "https://alder.example/proposals/1/conversation",
        "type": kind,
        "attributedTo": "https://alder.example/actors/alder",
        "first": {
            "id": "https://alder.example/proposals/1/conversation?page=first",
            "type": f"{kind}Page",
            "partOf": "https://alder.example/proposals/1/conversation",
            held: ["https://alder.example/proposals/1"],
        },
    }
    assert dropped_terms(built) == dropped_terms(page) == set()


def test_a_set_is_told_whole() -> None:
    """A collection that is told whole has no pages, and its members are read as they stand there, by id."""
    built = build_set(ALDER.followers_of_reader, ["https://birch.example/actors/birch"])
    assert built == {
        "@context": DEFAULT,
        "id": "https://alder.example/actors/alder/followers_synchronization",
        "type": "Collection",
        "items": ["https://birch.example/actors/birch"],
    }
    assert dropped_terms(built) == set()
    assert read_members(built) == {"https://birch.example/actors/birch"}
    whole = {"id": "https://cedar.example/actors/cedar", "type": "Organization"}
    assert read_members({"type": "OrderedCollectionPage", "orderedItems": [whole, "x:1"]}) == {whole["id"], "x:1"}
    assert read_members({"type": "Collection", "items": "x:1"}) == {"x:1"}
    assert read_members({"type": ["Collection"]}) == set()


@pytest.mark.parametrize("wrong", [{"type": "Note", "items": []}, {"items": []}, {"type": "Collection", "items": [1]}])
def test_what_is_no_collection_has_no_members(wrong: dict[str, object]) -> None:
    """What is no collection, or holds what is no id, is refused."""
    with pytest.raises(Malformed):
        read_members(wrong)
