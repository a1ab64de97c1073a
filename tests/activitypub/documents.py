"""Documents and strategies that the tests of the protocol share."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from activitypub.ids import Ids

ALDER = Ids("https://alder.example", "alder")
BIRCH = Ids("https://birch.example", "birch")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
words = st.sampled_from(
    [
        "id",
        "type",
        "@context",
        "Link",
        "Create",
        "Note",
        "href",
        "https://alder.example/actors/alder",
        "@id",
        "_:b0",
        "",
    ]
)
json_values = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def broken(document: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A valid document of which up to three members were replaced by any JSON, or taken away."""
    changes = st.dictionaries(st.sampled_from(sorted(document)), json_values | st.just(...), min_size=1, max_size=3)
    return changes.map(
        lambda changed: {key: value for key, value in {**document, **changed}.items() if value is not ...}
    )


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
