"""Collections and their pages."""

from activitypub.collection import build_collection, build_page
from activitypub.jsonld import dropped_terms
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
