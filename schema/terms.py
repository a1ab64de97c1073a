"""The words Qafila adds to ActivityStreams and FEP-0837, and the one JSON-LD context that defines them.

`NAMESPACE` is an identifier: nothing is ever fetched from it. Each document carries `CONTEXT` inline, so that no reader
has to fetch anything; a node also serves the same map, and `context.jsonld` holds it for people (a test keeps the two
equal). Where a standard has the word already, the term stands for the standard's word: `vf:` is ValueFlows,
`schema:` is schema.org.
"""

from collections.abc import Mapping
from typing import Final

NAMESPACE: Final = "https://w3id.org/qafila/ns#"
VF: Final = "https://w3id.org/valueflows/ont/vf#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SCHEMA_ORG: Final = "http://schema.org/"


def _typed(iri: str, datatype: str) -> dict[str, str]:
    return {"@id": iri, "@type": f"{XSD}{datatype}"}


def _set(iri: str) -> dict[str, str]:
    return {"@id": iri, "@container": "@set"}


Term = str | dict[str, str]

CONTEXT: Final[Mapping[str, Term]] = {
    # Words of ActivityStreams that its context leaves out.
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    # A version: the whole number that alone decides which of two is newer.
    "revision": _typed(f"{NAMESPACE}revision", "positiveInteger"),
    # What it is about, in slugs that every node can show in its own language.
    "kind": f"{NAMESPACE}kind",
    "category": f"{NAMESPACE}category",
    "facts": _set(f"{NAMESPACE}facts"),
    "spokenLanguages": _set(f"{NAMESPACE}spokenLanguages"),
    # Dates about the goods, in full hours. When the proposal itself ends is ActivityStreams' `endTime`.
    "useBy": _typed(f"{NAMESPACE}useBy", "dateTime"),
    "collectBy": _typed(f"{NAMESPACE}collectBy", "dateTime"),
    "hasBeginning": _typed(f"{VF}hasBeginning", "dateTime"),
    "hasEnd": _typed(f"{VF}hasEnd", "dateTime"),
    # Of an intent: nothing more will come of it.
    "finished": _typed(f"{VF}finished", "boolean"),
    # Of a quantity, beside the name of the unit in OM2: its UN/CEFACT code, or a community's own code and name.
    "unitCode": f"{SCHEMA_ORG}unitCode",
    "unitName": f"{SCHEMA_ORG}unitText",
}


def category_iri(slug: str) -> str:
    """What `resourceConformsTo` says: the category, as a word of our namespace."""
    return f"{NAMESPACE}{slug}"
