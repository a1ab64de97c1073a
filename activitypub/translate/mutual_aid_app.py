"""The dialect of the Mutual Aid app of ActivityPods: `maid:Offer` and `maid:Request`.

Source: https://github.com/activitypods/mutual-aid.app, where `maid:` is `https://mutual-aid.app/ns/core#` and `pair:`
is `http://virtual-assembly.org/ontologies/pair#`. Its first version has a type for each way to exchange
(`maid:GiftOffer`, `maid:BarterOffer`, `maid:PurchaseRequest` ...), `pair:label`, `pair:description` and conditions for
place, time and return; the present one has `maid:Offer` or `maid:Request` with the way to exchange in `pair:hasType`,
and `name`, `content` and `location` of ActivityStreams. Both name who wrote it in `dc:creator`, and no quantity.

Gifts ask for nothing. For a loan, a barter or a sale the way is kept as what is asked in return, with its condition.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from activitypub.members import entries
from activitypub.translate.spelling import MUTUAL_AID
from schema.errors import Malformed

_KIND: Final = re.compile(r"(Gift|Barter|Loan|Sale|Purchase)?(Offer|Request)")
_SERVICE: Final = "HumanBasedResource"


def is_mutual_aid_app(document: Mapping[str, Any]) -> bool:
    """Whether an object has one of the app's types."""
    return bool(_kinds(document, "type"))


def read_mutual_aid_app(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of such an object; `Malformed` where it is an offer and a request, or a condition has no shape."""
    kinds = _kinds(document, "type")
    purposes = {purpose for _, purpose in kinds}
    if len(purposes) != 1:
        raise Malformed("type: an offer and a request at once")
    time, place, gives = (_condition(document, name) for name in ("Time", "Geo", "Reciprocity"))
    ways = {way for way, _ in kinds + _kinds(document, "pair:hasType")} - {"", "Gift"}
    resource = [_iri(one) for name in ("offer", "request") for one in entries(document, f"maid:{name}OfResourceType")]
    service = any(iri.endswith(_SERVICE) for iri in resource)
    return {
        **document,
        "attributedTo": document.get("attributedTo") or document.get("dc:creator"),
        "published": document.get("published") or document.get("dc:created"),
        "updated": document.get("updated") or document.get("dc:modified"),
        "name": document.get("name") or document.get("pair:label"),
        "content": document.get("content") or document.get("pair:description"),
        "location": document.get("location") or place.get("pair:hasLocation"),
        "endTime": document.get("maid:expirationDate") or time.get("maid:expirationDate") or document.get("endTime"),
        "purpose": "offer" if purposes == {"Offer"} else "request",
        "publishes": {"type": "Intent", "action": "deliverService" if service else "transfer"},
        "reciprocal": _return(sorted(ways), gives) or document.get("reciprocal"),
        "revision": None,
    }


def _kinds(document: Mapping[str, Any], member: str) -> list[tuple[str, str]]:
    """How something is exchanged, or "", and whether it is an Offer or a Request, for each type of the app's."""
    found = []
    for one in entries(document, member):
        name = _iri(one)
        for prefix in ("maid:", MUTUAL_AID):
            match = _KIND.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if match is not None:
                found.append((match[1] or "", match[2]))
    return found


def _iri(value: Any) -> str:
    value = value.get("id") if isinstance(value, Mapping) else value
    return value if isinstance(value, str) else ""


def _condition(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(f"maid:has{name}Condition")
    if value is not None and not isinstance(value, Mapping):
        raise Malformed("a condition is not an object")
    return value or {}


def _return(ways: list[str], gives: Mapping[str, Any]) -> dict[str, Any] | None:
    amount = gives.get("maid:amount") or gives.get("maid:maxAmount")
    if amount is not None:
        return {"resourceQuantity": {"hasUnit": gives.get("maid:currency"), "hasNumericalValue": amount}}
    wanted = gives.get("maid:inExchangeOf")
    if wanted is None and not ways:
        return None
    return {"name": ", ".join(way.lower() for way in ways) if wanted is None else wanted}
