"""Proposals as other software writes them, one of each dialect, and how a node reads them.

Where a form is from stands in the docstring of its reader.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

from activitypub.document import read_document
from activitypub.translate.dialects import Reading, read_proposal
from activitypub.translate.respell import respell
from activitypub.translate.spelling import is_spelled_otherwise, joined, prepared

AS2: Final = "https://www.w3.org/ns/activitystreams"
VF: Final = "https://w3id.org/valueflows/ont/vf#"
OM2: Final = "http://www.ontology-of-units-of-measure.org/resource/om-2/"
MAID: Final = "https://mutual-aid.app/ns/core#"
PAIR: Final = "http://virtual-assembly.org/ontologies/pair#"
BASE: Final = "https://birch.example"
OWNER: Final = f"{BASE}/users/birch"
PUBLIC: Final = f"{AS2}#Public"

PROPOSAL: Final[dict[str, Any]] = {
    "@context": [AS2, "https://w3id.org/fep/0837"],
    "id": f"{BASE}/shares/1",
    "type": "Proposal",
    "attributedTo": OWNER,
    "name": "Winter coats",
    "content": "Washed, for children of six to ten.",
    "published": "2026-11-23T09:12:31Z",
    "purpose": "offer",
    "unitBased": False,
    "publishes": {
        "type": "Intent",
        "id": f"{BASE}/shares/1#primary",
        "action": "transfer",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "12"},
    },
    "location": {"type": "Place", "name": "Harbour Quarter"},
    "attachment": [{"type": "PropertyValue", "name": "category", "value": "clothes"}],
    "to": PUBLIC,
}

VALUEFLOWS: Final[dict[str, Any]] = {
    "@context": [AS2, {"vf": VF, "om2": OM2}],
    "id": f"{BASE}/needs/2",
    "type": ["Note", "vf:Proposal"],
    "attributedTo": OWNER,
    "content": "<p>Flour for the bakery</p>",
    "published": "2026-11-23T09:12:31Z",
    "vf:purpose": "request",
    f"{VF}publishes": {
        "type": "vf:Intent",
        "vf:action": "transfer",
        "vf:resourceQuantity": {"om2:hasUnit": {"id": "om2:kilogram"}, "om2:hasNumericalValue": 12.50},
    },
    "to": [f"{OWNER}/followers"],
}

ATTACHMENT: Final[dict[str, Any]] = {
    "@context": [AS2, "https://w3id.org/fep/0837"],
    "id": f"{BASE}/users/birch/items/3",
    "type": "Note",
    "attributedTo": OWNER,
    "content": "Bicycle <br> Needs a new chain. Price: 25 CAD",
    "published": "2026-11-23T09:12:31Z",
    "to": [PUBLIC],
    "cc": [f"{OWNER}/followers"],
    "attachment": [
        {"type": "Document", "mediaType": "image/jpeg", "url": f"{BASE}/image/3"},
        {
            "type": "Proposal",
            "name": "Bicycle",
            "content": "Needs a new chain.",
            "purpose": "offer",
            "publishes": {
                "type": "Intent",
                "action": "transfer",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            },
            "reciprocal": {
                "type": "Intent",
                "action": "transfer",
                "resourceQuantity": {"hasUnit": "CAD", "hasNumericalValue": "25"},
            },
        },
    ],
}

FLOHMARKT: Final[dict[str, Any]] = {
    "@context": [AS2],
    "id": f"{BASE}/users/birch/items/4",
    "type": "Note",
    "attributedTo": OWNER,
    "content": "Radio <br> It works. Price: 0 CAD",
    "published": "2026-11-23T09:12:31Z",
    "to": [PUBLIC],
    "cc": [f"{OWNER}/followers"],
    "attachment": [],
    "flohmarkt:data": {
        "name": "Radio",
        "description": "It works.",
        "price": "0",
        "currency": "CAD",
        "original_id": "4",
        "coordinates": {"lat": 45.42, "lng": -75.69},
        "signature": "Please answer with a direct message.",
    },
}

MUTUAL_AID: Final[dict[str, Any]] = {
    "@context": [AS2, {"maid": MAID, "pair": PAIR, "dc": "http://purl.org/dc/terms/"}],
    "id": f"{BASE}/birch/data/maid/offer/5",
    "type": "maid:Offer",
    "dc:creator": OWNER,
    "dc:created": "2026-11-23T09:12:31Z",
    "pair:label": "Cordless drill",
    "pair:hasType": "maid:LoanOffer",
    "maid:offerOfResourceType": "pair:AtomBasedResource",
    "content": "For a weekend.",
    "location": {"type": "Place", "name": "North Hill", "latitude": 45.42, "longitude": -75.69},
    "maid:expirationDate": "2026-12-20T18:00:00Z",
}

FOREIGN: Final[dict[str, dict[str, Any]]] = {
    "fep-0837": PROPOSAL,
    "valueflows": VALUEFLOWS,
    "attachment": ATTACHMENT,
    "flohmarkt": FLOHMARKT,
    "mutual-aid-app": MUTUAL_AID,
}
"""Each by the name of its dialect."""

INTENT: Final = PROPOSAL["publishes"]
HALF: Final = {"hasUnit": "one", "hasNumericalValue": "6"}
RECEIVED: Final = datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)


def plain(document: Mapping[str, Any], around: Mapping[str, Any] = {}) -> dict[str, Any]:
    """An object in bare terms, as a node reads it."""
    if not is_spelled_otherwise(document):
        return dict(document)
    return joined(json.loads(respell(prepared(around, document))), document)


def read(document: Mapping[str, Any], *, owner: str = OWNER, around: Mapping[str, Any] = {}) -> Reading:
    """What a node makes of an object that came as bytes."""
    came = read_document(json.dumps(document).encode())
    ready = plain(came, around)
    return read_proposal(ready, owner=owner, received=RECEIVED, respelled=ready != came)


def having(document: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """The object with other members; None takes one out."""
    return {key: value for key, value in {**document, **members}.items() if value is not None}


def measured(unit: Any, number: Any) -> dict[str, Any]:
    """The coats in another measure; None leaves a member out."""
    quantity = having({}, hasUnit=unit, hasNumericalValue=number)
    return having(PROPOSAL, publishes={**PROPOSAL["publishes"], "resourceQuantity": quantity})


def listed(**changes: Any) -> dict[str, Any]:
    """The radio with other members in flohmarkt's data."""
    return having(FLOHMARKT, **{"flohmarkt:data": having(FLOHMARKT["flohmarkt:data"], **changes)})


def attaching(*others: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The Note with other members in its attached proposal, and perhaps more attached."""
    picture, proposal = deepcopy(ATTACHMENT["attachment"])
    return having(ATTACHMENT, attachment=[picture, having(proposal, **members), *others])
