"""What the software says about itself."""

from collections.abc import Iterator
from typing import Any

from activitypub.nodeinfo import build_nodeinfo, build_nodeinfo_links
from tests.activitypub.documents import ALDER

BUILT = build_nodeinfo(version="0.1.0", name="Alder Collective", description="Food & tools.")


def test_the_whole_document() -> None:
    """NodeInfo 2.1 is exactly this: everything that its schema asks for, and who we are."""
    assert BUILT == {
        "version": "2.1",
        "software": {"name": "qafila", "version": "0.1.0"},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {"nodeName": "Alder Collective", "nodeDescription": "Food & tools."},
    }


def test_nothing_is_counted() -> None:
    """There is no number in it: not of people, posts or peers."""
    assert not [value for value in values(BUILT) if isinstance(value, int) and not isinstance(value, bool)]


def values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for member in value.values():
            yield from values(member)
    elif isinstance(value, list):
        for member in value:
            yield from values(member)
    else:
        yield value


def test_where_it_stands() -> None:
    """The links lead to NodeInfo 2.1 and to the node actor (FEP-2677)."""
    assert build_nodeinfo_links(ALDER) == {
        "links": [
            {
                "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1",
                "href": "https://alder.example/nodeinfo/2.1",
            },
            {
                "rel": "https://www.w3.org/ns/activitystreams#Application",
                "href": "https://alder.example/actor",
            },
        ]
    }
