"""The dialect of flohmarkt, a flea market: a `Note` with `flohmarkt:data`.

Sources: flohmarkt (https://codeberg.org/flohmarkt/flohmarkt, older: https://github.com/prototypefund/Flohmarkt), and an
example in the tests of Unfathomably (https://github.com/fbxl-sj0/unfathomably-be). The data has `name`, `description`,
`price`, `currency` (not in older ones), `original_id`, `coordinates` and a `signature` for people. It is always an
offer of one thing, and says no quantity. What a person typed stands in `description`; `content` repeats it as HTML
together with the price.

A price is kept as what is asked in return. The point is that of the market, and without a name no area: it is left out.
"""

from collections.abc import Mapping
from typing import Any, Final

from activitypub.members import optional_text

DATA: Final = "flohmarkt:data"


def is_flohmarkt(document: Mapping[str, Any]) -> bool:
    """Whether an object carries flohmarkt's data."""
    return isinstance(document.get(DATA), Mapping)


def read_flohmarkt(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of such an object."""
    data = document[DATA]
    said: dict[str, Any] = {
        "name": optional_text(data, "name"),
        "source": {"content": optional_text(data, "description"), "mediaType": "text/plain"},
        "purpose": "offer",
        "publishes": {"type": "Intent", "action": "transfer"},
        "reciprocal": price(document) or document.get("reciprocal"),
    }
    return {**document, **said, "revision": None}


def price(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is asked for it, as a `reciprocal` intent; None where nothing is said."""
    data = document.get(DATA)
    if not isinstance(data, Mapping) or data.get("price") in (None, ""):
        return None
    return {"resourceQuantity": {"hasUnit": data.get("currency"), "hasNumericalValue": data["price"]}}
