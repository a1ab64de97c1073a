"""Collections, as ActivityPub serves them (section 5): what we show of ours, and what is read of another's.

Rule 1  What a stranger may not see is not built at all: no items, and no count either, since a count tells how many.
Rule 2  Ordered collections are newest first (ActivityPub, 5). A conversation alone is oldest first: FEP-f228 asks for
        that, and names the erratum that would allow it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from activitypub.context import DEFAULT_CONTEXT
from activitypub.members import strings, types
from schema.errors import Malformed

COLLECTION_TYPES: Final = frozenset({
    "Collection", "CollectionPage", "OrderedCollection", "OrderedCollectionPage",
})  # fmt: skip


def build_collection(collection: str, *, first: str | None = None) -> dict[str, Any]:
    """The ordered collection with this URL, and its first page where there is something to show."""
    document: dict[str, Any] = {"@context": list(DEFAULT_CONTEXT), "id": collection, "type": "OrderedCollection"}
    if first is not None:
        document["first"] = first
    return document


def build_set(collection: str, members: Sequence[str]) -> dict[str, Any]:
    """A collection without an order, told whole: the ids of its members."""
    return {"@context": list(DEFAULT_CONTEXT), "id": collection, "type": "Collection", "items": list(members)}


def build_opened(page: Mapping[str, Any], *, owner: str) -> dict[str, Any]:
    """The collection that this first page is of, with the page inside: whoever asks need not ask twice."""
    return {
        "@context": list(DEFAULT_CONTEXT),
        "id": page["partOf"],
        "type": page["type"].removesuffix("Page"),
        "attributedTo": owner,
        "first": {key: value for key, value in page.items() if key != "@context"},
    }


def build_page(
    page: str,
    collection: str,
    items: Sequence[str | Mapping[str, Any]],
    *,
    ordered: bool = True,
    next_page: str | None = None,
) -> dict[str, Any]:
    """One page of it; `items` are ids or whole documents, in the order of the collection; `next_page` goes on."""
    document: dict[str, Any] = {
        "@context": list(DEFAULT_CONTEXT),
        "id": page,
        "type": "OrderedCollectionPage" if ordered else "CollectionPage",
        "partOf": collection,
        "orderedItems" if ordered else "items": list(items),
    }
    if next_page is not None:
        document["next"] = next_page
    return document


def read_members(document: Mapping[str, Any]) -> frozenset[str]:
    """The ids that a collection or a page holds itself; `Malformed` where it is neither."""
    if COLLECTION_TYPES.isdisjoint(types(document)):
        raise Malformed("type: neither a collection nor a page")
    return frozenset((*strings(document, "items"), *strings(document, "orderedItems")))
