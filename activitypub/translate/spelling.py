"""Proposals whose terms are spelled otherwise than bare: how they are found, and what of them is handed to JSON-LD.

`purpose`, `vf:purpose` and `https://w3id.org/valueflows/ont/vf#purpose` are one term in JSON-LD, and OM2's units too
are written in all three ways; a value may stand as a literal of its own, `{"type": …, "@value": …}`. What is meant is
found out by `respell`, at some cost. Rules:

Rule 1  Only what is meant as a proposal, and spells a term of one otherwise or holds a literal, is handed on;
        everything else is read as it stands.
Rule 2  Who, to whom, when and the texts (`KEPT`) are read as they stand; no context can change them. Who and to whom
        (`_WHO`) is said there or not at all.
Rule 3  Sizes first: what is handed on keeps to `LIMITS`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from activitypub.document import Limits, read_document, written
from activitypub.members import entries

MUTUAL_AID: Final = "https://mutual-aid.app/ns/core#"
PAIR: Final = "http://virtual-assembly.org/ontologies/pair#"
TERMS: Final = frozenset({
    "purpose", "publishes", "reciprocal", "unitBased", "action", "resourceConformsTo", "resourceQuantity",
    "availableQuantity", "minimumQuantity", "hasUnit", "hasNumericalValue", "hasBeginning", "hasEnd", "finished",
})  # fmt: skip
"""What ValueFlows and OM2 say of a proposal, as we read it."""
KEPT: Final = frozenset({
    "id", "attributedTo", "actor", "to", "cc", "published", "updated", "endTime",
    "name", "content", "contentMap", "source", "summary", "url", "tag",
})  # fmt: skip
"""Members that are read as they stand."""
_WHO: Final = frozenset({"id", "attributedTo", "actor", "to", "cc"})
LIMITS: Final = Limits(max_bytes=65_536, max_depth=16, max_members=600, max_items=300, max_string=16_384)
_LITERAL: Final = "@value"
_UNSEEN: Final = frozenset({"@context", "proof", "signature"})
_CONTAINERS: Final = (dict, list)
_SEPARATOR: Final = re.compile("[:/#]")


def is_spelled_otherwise(document: Mapping[str, Any]) -> bool:
    """Whether this, or something attached to it, is a proposal with a term that is spelled otherwise than bare."""
    parts = [document, *(part for part in entries(document, "attachment") if isinstance(part, dict))]
    return any(_is_meant(part) and _has_other(part) for part in parts)


def _is_meant(part: Mapping[str, Any]) -> bool:
    if "purpose" in part and "publishes" in part:
        return True
    kinds = (kind for kind in entries(part, "type") if isinstance(kind, str))
    return {"purpose", "publishes"} <= {_local(name) for name in part} or any(map(_is_aid, kinds))


def _is_aid(kind: str) -> bool:
    return kind.startswith(("maid:", MUTUAL_AID))


def _has_other(part: Mapping[str, Any]) -> bool:
    waiting: list[Any] = [part]
    for value in waiting:  # which grows on the way
        if isinstance(value, list):
            waiting += [inner for inner in value if isinstance(inner, _CONTAINERS)]
            continue
        for name, inner in value.items():
            if (":" in name or "@" in name) and name not in _UNSEEN and _is_other(name):
                return True
            if isinstance(inner, _CONTAINERS) and name not in _UNSEEN:
                waiting.append(inner)
    return False


def _is_other(name: str) -> bool:
    return name == _LITERAL or _local(name) in TERMS or name.startswith((MUTUAL_AID, PAIR))


def _local(name: str) -> str:
    return name if ":" not in name else _SEPARATOR.split(name)[-1]


def prepared(activity: Mapping[str, Any], embedded: Mapping[str, Any]) -> bytes:
    """What `respell` needs of an object: its members but those of `KEPT`, under its own and its activity's contexts.

    Numbers of measures are written as strings, as they came. `TooLarge` where it is over a limit.
    """
    contexts = [*entries(activity, "@context"), *entries(embedded, "@context")]
    members = {key: _as_written(value) for key, value in embedded.items() if key not in KEPT | _UNSEEN}
    data = orjson.dumps({"@context": contexts, **members}, default=float)
    read_document(data, LIMITS)
    return data


def _as_written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _digits(part) if _is_number(key) else _as_written(part) for key, part in value.items()}
    return [_as_written(part) for part in value] if isinstance(value, list) else value


def _is_number(name: str) -> bool:
    return name == _LITERAL or _local(name) == "hasNumericalValue"


def _digits(value: Any) -> Any:
    return written(value) if isinstance(value, float) else _as_written(value)


def joined(respelled: Mapping[str, Any], embedded: Mapping[str, Any]) -> dict[str, Any]:
    """What `respell` made of an object, with the members that are read as they stand; of a literal, what it says."""
    kept = {
        key: value[_LITERAL] if isinstance(value, Mapping) and _LITERAL in value else value
        for key, value in embedded.items()
        if key in KEPT
    }
    return {key: value for key, value in respelled.items() if key not in _WHO} | kept
