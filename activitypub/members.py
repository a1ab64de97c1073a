"""Members of a document in the shapes that ActivityStreams allows, one accessor a shape.

A member that is absent and one that is null are the same. Each raises `Malformed`, with the member's name and never
its value.
"""

from collections.abc import Mapping
from typing import Any

from schema.errors import Malformed

MAX_TYPES = 8


def text(document: Mapping[str, Any], key: str) -> str:
    """A string that is there and not empty."""
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{key}: a string is missing")
    return value


def optional_text(document: Mapping[str, Any], key: str) -> str | None:
    """A string, or nothing."""
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise Malformed(f"{key}: not a string")
    return value


def reference(document: Mapping[str, Any], key: str) -> str:
    """One object by its id: the id itself, or the object with an `id`. Lists and Links are refused."""
    return _id(document.get(key), key)


def optional_reference(document: Mapping[str, Any], key: str) -> str | None:
    """The same, or nothing."""
    return None if document.get(key) is None else reference(document, key)


def strings(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Any number of strings or objects by their ids: one alone, a list, or nothing."""
    value = document.get(key)
    if value is None:
        return ()
    return tuple(_id(entry, key) for entry in (value if isinstance(value, list) else [value]))


def entries(document: Mapping[str, Any], key: str) -> list[Any]:
    """What stands there, of whatever shape: one alone, a list, or nothing."""
    value = document.get(key)
    return value if isinstance(value, list) else [] if value is None else [value]


def types(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The `type` as a tuple of one to eight strings."""
    value = document.get("type")
    names = value if isinstance(value, list) else [value]
    if not 1 <= len(names) <= MAX_TYPES or not all(isinstance(name, str) and name for name in names):
        raise Malformed("type: not one to eight names")
    return tuple(names)


def _id(value: Any, key: str) -> str:
    if isinstance(value, Mapping) and value.get("type") != "Link" and "href" not in value:
        value = value.get("id")
    if not isinstance(value, str) or not value:
        raise Malformed(f"{key}: neither an id nor an object with one")
    return value
