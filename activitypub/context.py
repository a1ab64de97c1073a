"""The `@context` of documents: the URLs that we write, and what another server's may say.

We read documents as plain JSON: nothing is ever fetched, and a term means what ActivityStreams says it means. Rules:

Rule 1  A context is a URL, an object of definitions, or a short list of those. URLs we do not know are left alone.
Rule 2  Definitions may add terms. A term that decides who, what, how much or to whom (`CORE_TERMS`) may only be stated
        again as it is, and what says how much has no second name.
Rule 3  No keyword that gives the same JSON another shape (`@graph`, `@included`, `@reverse`, `@nest`, `@import`,
        `@json`), and no second name for one: CVE-2026-46349, CVE-2026-42462 and CVE-2026-46713 came in through those.
"""

from collections.abc import Mapping
from typing import Any, Final

from schema.errors import Malformed
from schema.terms import CONTEXT

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
DID: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
FEP_0837: Final = "https://w3id.org/fep/0837"

DEFAULT_CONTEXT: Final = (ACTIVITYSTREAMS, DATA_INTEGRITY)
"""What an activity and its proof need."""

OWN_TERMS: Final = dict(CONTEXT)
"""What our own dialect adds, as an object of definitions: it stands in every proposal of ours."""

MAX_CONTEXTS = 16

_NAMESPACES: Final[Mapping[str, tuple[str, ...]]] = {
    "as": ("https://www.w3.org/ns/activitystreams#",),
    "ldp": ("http://www.w3.org/ns/ldp#",),
    "sec": ("https://w3id.org/security#",),
    "vf": ("https://w3id.org/valueflows/ont/vf#", "https://w3id.org/valueflows/", "https://w3id.org/valueflows#"),
    "om2": ("http://www.ontology-of-units-of-measure.org/resource/om-2/",),
}
_PROPOSAL: Final = "purpose publishes reciprocal unitBased resourceQuantity availableQuantity minimumQuantity"
_MEASURE: Final = "hasUnit hasNumericalValue"
_TERMS: Final[Mapping[str, str]] = {  # the prefixes under which terms are known, and the terms
    "as": "actor object to cc bto bcc attributedTo content name url tag published updated endTime",
    "ldp": "inbox",
    "sec": "proof publicKey signature",
    "vf": _PROPOSAL,
    "om2 vf": _MEASURE,  # some who send them take those of OM2 for ValueFlows'
}
CORE_TERMS: Final[Mapping[str, frozenset[str]]] = {
    "id": frozenset({"@id"}),
    "type": frozenset({"@type"}),
    **{prefix: frozenset(names) for prefix, names in _NAMESPACES.items()},
    **{
        term: frozenset(name + term for prefix in prefixes.split() for name in (f"{prefix}:", *_NAMESPACES[prefix]))
        for prefixes, terms in _TERMS.items()
        for term in terms.split()
    },
}
"""Each core term with the only definitions it may be given again."""
_ONE_NAME: Final = {
    meaning: term for term in f"{_PROPOSAL} {_MEASURE}".split() for meaning in (term, *CORE_TERMS[term])
}

_DECLARATIONS = frozenset({"@base", "@direction", "@language", "@propagate", "@protected", "@version", "@vocab"})
_DEFINITION: Final[Mapping[str, frozenset[str]]] = {  # each member of a definition with the keywords it may name
    "@id": frozenset(),
    "@type": frozenset({"@id", "@none", "@vocab"}),
    "@container": frozenset({"@id", "@index", "@language", "@list", "@set", "@type"}),
    "@direction": frozenset(),
    "@index": frozenset(),
    "@language": frozenset(),
    "@prefix": frozenset(),
    "@protected": frozenset(),
}


def check_context(context: Any) -> None:
    """Nothing where the rules above hold; `Malformed` otherwise. The depth of the document must be limited before."""
    entries = context if isinstance(context, list) else [context]
    if len(entries) > MAX_CONTEXTS:
        raise Malformed("more contexts than any document needs")
    for entry in entries:
        if entry == OWN_TERMS:
            continue
        if isinstance(entry, dict):
            for term, definition in entry.items():
                _check_term(term, definition)
        elif not isinstance(entry, str) or not entry.startswith(("https://", "http://")):
            raise Malformed("a context is neither a URL nor an object")


def _check_term(term: str, definition: Any) -> None:
    if term.startswith("@"):
        if term not in _DECLARATIONS:
            raise Malformed("a context holds a keyword that is not taken")
        return
    if isinstance(definition, dict):
        _check_definition(term, definition)
        meaning = definition.get("@id", term)
    else:
        meaning = definition
    if not isinstance(meaning, str | None):
        raise Malformed("a context defines a term as something that is no IRI")
    if term in CORE_TERMS:
        if meaning not in CORE_TERMS[term]:
            raise Malformed("a context redefines a core term")
    elif isinstance(meaning, str) and meaning.startswith("@"):
        raise Malformed("a context gives a keyword another name")
    elif _ONE_NAME.get(meaning or "") != _ONE_NAME.get(term):
        raise Malformed("a context gives a term of a proposal another name")


def _check_definition(term: str, definition: Mapping[str, Any]) -> None:
    for key, value in definition.items():
        if key == "@context":
            check_context(value)
            continue
        if key not in _DEFINITION:
            raise Malformed("a context holds a keyword that is not taken")
        for word in value if isinstance(value, list) else [value]:
            keyword = isinstance(word, str) and word.startswith("@")
            if keyword and word not in _DEFINITION[key] and (key != "@id" or word not in CORE_TERMS.get(term, ())):
                raise Malformed("a context holds a keyword that is not taken")
