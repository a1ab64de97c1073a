"""Collections, as ActivityPub serves them: ordered, newest first (section 5).

What a stranger may not see is not built at all: no items, and no count either, since a count tells how many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from activitypub.context import DEFAULT_CONTEXT


def build_collection(collection: str, *, first: str | None = None) -> dict[str, Any]:
    """The collection with this URL, and its first page where there is something to show."""
    document: dict[str, Any] = {"@context": list(DEFAULT_CONTEXT), "id": collection, "type": "OrderedCollection"}
    if first is not None:
        document["first"] = first
    return document


def build_page(
    page: str,
    collection: str,
    items: Sequence[str | Mapping[str, Any]],
    *,
    next_page: str | None = None,
) -> dict[str, Any]:
    """One page of it; `items` are ids or whole documents, newest first; `next_page` holds older ones."""
    document: dict[str, Any] = {
        "@context": list(DEFAULT_CONTEXT),
        "id": page,
        "type": "OrderedCollectionPage",
        "partOf": collection,
        "orderedItems": list(items),
    }
    if next_page is not None:
        document["next"] = next_page
    return document
