"""Terms in any spelling that JSON-LD allows, made bare: expanded by PyLD, then called by the names that we read.

This loads PyLD, and what comes from elsewhere keeps it busy for as long as it likes: a node runs it in a process of its
own (`federation.respelling`). Nothing is fetched, and nothing is brought into RDF's canonical form. Rules:

Rule 1  Contexts that are not bundled say nothing. A term that only such a one would explain stays as it was, and
        whoever reads the result refuses it.
Rule 2  Two values under one term stay two; none of them is chosen.
Rule 3  A term without a meaning in JSON-LD keeps its name, as everywhere else here.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from activitypub.context import ACTIVITYSTREAMS, CORE_TERMS
from activitypub.document import read_document
from activitypub.jsonld import CONTEXTS, expand
from activitypub.members import entries
from activitypub.translate.spelling import LIMITS, MUTUAL_AID, PAIR
from schema.errors import Malformed
from schema.terms import NAMESPACE

_NAMESPACES: Final[Mapping[str, str]] = {
    **dict.fromkeys(sorted(CORE_TERMS["vf"], key=len, reverse=True), ""),
    **dict.fromkeys([*CORE_TERMS["om2"], *CORE_TERMS["as"], NAMESPACE, "_:"], ""),
    MUTUAL_AID: "maid:",
    PAIR: "pair:",
    "http://purl.org/dc/terms/": "dc:",
}
"""The beginning of an IRI with what stands for it in the plain form; of two that fit the first, the longer one."""
_PREFIXES: Final = {prefix.removesuffix(":"): name for name, prefix in _NAMESPACES.items() if prefix} | {
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
}
_OWN: Final = {"http://schema.org/unitCode": "unitCode", "http://schema.org/unitText": "unitName"}


def respell(data: bytes) -> bytes:
    """The plain form of what `spelling.prepared` gave; `Malformed` where it has none."""
    document = read_document(data, LIMITS)
    contexts = _bundled([ACTIVITYSTREAMS, _PREFIXES, *entries(document, "@context")])
    expanded = expand({**_without_unknown(document), "@context": contexts})
    if len(expanded) != 1 or not isinstance(expanded[0], dict):
        raise Malformed("an object that is not one in JSON-LD")
    return orjson.dumps(_plain(expanded[0]))


def _bundled(contexts: list[Any]) -> list[Any]:
    """Those that say something, each once: an object often repeats what its activity says."""
    kept: list[Any] = []
    for one in contexts:
        if one not in kept and (not isinstance(one, str) or one in CONTEXTS):
            kept.append(one)
    return kept


def _without_unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _bundled(entries(value, key)) if key == "@context" else _without_unknown(part)
            for key, part in value.items()
        }
    return [_without_unknown(part) for part in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        return _name(value) if isinstance(value, str) else value  # a type
    if "@value" in value:
        return value["@value"]
    if "@list" in value:
        return [_plain(part) for part in value["@list"]]
    if value.keys() == {"@id"}:
        return _name(value["@id"])
    said: dict[str, list[Any]] = {}
    for key, parts in value.items():
        if key == "@id":
            said.setdefault("id", []).append(parts)
        else:
            name = "type" if key == "@type" else _name(key)
            said.setdefault(name, []).extend(map(_plain, parts))
    return {name: parts[0] if len(parts) == 1 else parts for name, parts in said.items()}


def _name(iri: str) -> str:
    if iri in _OWN:
        return _OWN[iri]
    return next((prefix + iri.removeprefix(name) for name, prefix in _NAMESPACES.items() if iri.startswith(name)), iri)
