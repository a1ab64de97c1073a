"""The words Qafila adds to ActivityStreams and FEP-0837, and the one JSON-LD context that defines them.

`NAMESPACE` is an identifier: nothing is ever fetched from it. Each document carries `CONTEXT` inline, so that no reader
has to fetch anything; a node also serves the same map, and `context.jsonld` holds it for people (a test keeps the two
equal). Where a standard has the word already, the term stands for the standard's word: `vf:` is ValueFlows,
`schema:` is schema.org.
"""

from collections.abc import Mapping
from typing import Final

NAMESPACE: Final = "https://w3id.org/qafila/ns#"
CONTEXT: Final[Mapping[str, str]] = {
    # It stands four times in every activity, so it is short: prefixes, and no datatypes.
    "qafila": NAMESPACE,
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "schema": "http://schema.org/",
    # A word of ActivityStreams that its context leaves out.
    "Hashtag": "as:Hashtag",
    # A version: the whole number that alone decides which of two is newer.
    "revision": "qafila:revision",
    # What it is about, in slugs that every node can show in its own language.
    "kind": "qafila:kind",
    "category": "qafila:category",
    "facts": "qafila:facts",
    "spokenLanguages": "qafila:spokenLanguages",
    # Dates about the goods, in full hours. When the proposal itself ends is ActivityStreams' `endTime`.
    "useBy": "qafila:useBy",
    "collectBy": "qafila:collectBy",
    "hasBeginning": "vf:hasBeginning",
    "hasEnd": "vf:hasEnd",
    # Of an intent: nothing more will come of it.
    "finished": "vf:finished",
    # Of a quantity, beside the name of the unit in OM2: its UN/CEFACT code, or a community's own code and name.
    "unitCode": "schema:unitCode",
    "unitName": "schema:unitText",
}

KEY_CONTEXT: Final[Mapping[str, str]] = {
    # Statements about keys over time; they stand in documents of their own, never in a proposal.
    "qafila": NAMESPACE,
    "KeyRotation": "qafila:KeyRotation",
    "KeyRevocation": "qafila:KeyRevocation",
    "sequence": "qafila:sequence",
    "currentKey": "qafila:currentKey",
    "nextKey": "qafila:nextKey",
    "nextRsaKey": "qafila:nextRsaKey",
    "nextKeySignature": "qafila:nextKeySignature",
    "revokedKey": "qafila:revokedKey",
    "revokedSince": "qafila:revokedSince",
}
KEY_HISTORY: Final[Mapping[str, str]] = {"@id": f"{NAMESPACE}keyHistory", "@type": "@id"}
"""Of an actor: the last statement about its keys, in the document that holds all of them."""
PUBLISHED: Final[Mapping[str, str | Mapping[str, str]]] = {**CONTEXT, **KEY_CONTEXT, "keyHistory": KEY_HISTORY}
"""All of them."""


def category_iri(slug: str) -> str:
    """What `resourceConformsTo` says: the category, as a word of our namespace."""
    return f"{NAMESPACE}{slug}"
