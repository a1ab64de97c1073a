"""From bytes to one JSON object, or to an error: the strict reader of everything that comes from outside.

Rule 1  Sizes first: bytes, then depth, before anything is built from them.
Rule 2  I-JSON (RFC 7493): UTF-8 without a byte order mark, no member twice, no lone surrogates, no integer
        beyond 2^53 - 1.
Rule 3  JSON-LD is read as plain JSON: beside `@context`, held to the rules of `context`, no member may begin
        with `@`, no `id` may be a blank node, and nothing has more types than `members.MAX_TYPES`. A literal written
        out (`{"type": …, "@value": …}`) is let through whole, as something that has no id: Fedify's answers to a
        Follow hold such.
Rule 4  Every refusal is `Malformed` (400) or `TooLarge` (413); its text names a rule, never the input.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from activitypub.context import OWN_TERMS, check_context
from activitypub.members import MAX_TYPES
from schema.errors import Malformed, TooLarge

MAX_INTEGER = 2**53 - 1  # RFC 7493, 2.2
_LONGEST_INTEGER = len(f"-{MAX_INTEGER}")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CONTAINERS = (dict, list)
_LITERAL = frozenset({"@value", "@type", "type", "@language"})
_UNSAFE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document that is read: bytes as received, characters of strings and keys, counts over the whole."""

    max_bytes: int = 262_144
    max_depth: int = 32
    max_members: int = 2_000
    max_items: int = 1_000
    max_string: int = 65_536
    max_key: int = 256


DEFAULT_LIMITS = Limits()


def read_document(data: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The one JSON object that `data` holds; `Malformed` or `TooLarge` where a rule above is broken."""
    if len(data) > limits.max_bytes:
        raise TooLarge("a document has too many bytes")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Malformed("a document begins with a byte order mark")
    _check_depth(data, limits.max_depth)
    document = _read_plain(data)
    if document is None:
        document = _read_strictly(data)
    if not isinstance(document, dict):
        raise Malformed("a document is not one JSON object")
    _check_members(document, limits, escaped=b"\\u" in data)
    return document


def _read_plain(data: bytes) -> Any:
    """What orjson reads, where it writes the same bytes again: so no member stood twice, and no number was bent.

    None where it does not; most servers send what it would write, and this is many times faster.
    """
    try:
        document = orjson.loads(data)
        return document if orjson.dumps(document, option=orjson.OPT_STRICT_INTEGER) == data else None
    except (ValueError, TypeError):
        return None


def _read_strictly(data: bytes) -> Any:
    try:
        return _DECODER.decode(data.decode())
    except UnicodeDecodeError:
        raise Malformed("a document is not UTF-8") from None
    except json.JSONDecodeError:
        raise Malformed("a document is not JSON") from None


def _check_depth(data: bytes, max_depth: int) -> None:
    """Count brackets outside strings, so that no parser recurses deeper than `max_depth`."""
    if data.count(b"[") + data.count(b"{") <= max_depth:
        return
    quoted = data.replace(rb"\\", b"").replace(rb"\"", b"")  # now each quotation mark begins or ends a string
    outside = b"".join(quoted.split(b'"')[::2])
    depth = 0
    for bracket in outside.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise TooLarge("a document is nested too deeply")


def _check_members(document: dict[str, Any], limits: Limits, *, escaped: bool) -> None:
    """Count and look at every part; `escaped` says whether any string can hold what UTF-8 itself refuses."""
    keys: list[str] = []
    strings: list[str] = []
    items = 0
    for container, in_context in _containers(document):
        if isinstance(container, dict):
            keys += container
            strings += [part for part in container.values() if isinstance(part, str)]
            if not in_context:
                _check_keywords(container)
        else:
            items += len(container)
            strings += [part for part in container if isinstance(part, str)]
    if len(keys) > limits.max_members or items > limits.max_items:
        raise TooLarge("a document has too many members or items")
    if max(map(len, keys), default=0) > limits.max_key:
        raise TooLarge("a member's name is too long")
    if max(map(len, strings), default=0) > limits.max_string:
        raise TooLarge("a string is too long")
    if escaped and (any(map(_UNSAFE.search, keys)) or any(map(_UNSAFE.search, strings))):
        raise Malformed("a string holds NUL or half a surrogate pair")


def _containers(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any] | list[Any], bool]]:
    """Every object and list of a document, without recursion, each with whether it belongs to a context.

    Our own terms in a context, which our own dialect repeats in every part, need no look.
    """
    waiting: list[tuple[Any, bool]] = [(document, False)]
    while waiting:
        container, in_context = waiting.pop()
        yield container, in_context
        parts = container.items() if isinstance(container, dict) else enumerate(container)
        for key, part in parts:
            if isinstance(part, _CONTAINERS):
                inside = in_context or key == "@context"
                if not inside or part != OWN_TERMS:
                    waiting.append((part, inside))


def _check_keywords(members: dict[str, Any]) -> None:
    if _is_literal(members):
        return
    for key, value in members.items():
        if key == "@context":
            check_context(value)
        elif key.startswith("@"):
            raise Malformed("a JSON-LD keyword other than @context")
    identifier = members.get("id")
    if isinstance(identifier, str) and identifier.startswith("_:"):
        raise Malformed("a blank node identifier")
    kinds = members.get("type")
    if isinstance(kinds, list) and len(kinds) > MAX_TYPES:
        raise Malformed("more types than anything has")


def _is_literal(members: dict[str, Any]) -> bool:
    """Whether this is a value object (JSON-LD 1.1, 9.5) of one plain value, with nothing else than what it is."""
    return (
        isinstance(members.get("@value"), str | int | float)
        and members.keys() <= _LITERAL
        and all(isinstance(members[key], str) for key in members if key != "@value")
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member stands twice in one object")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER or abs(number := int(digits)) > MAX_INTEGER:
        raise Malformed("an integer is beyond 2^53 - 1")
    return number


class Number(float):
    """A number that knows how it was written: the nearest binary fraction may be another."""

    __slots__ = ("written",)
    written: str


def written(number: float) -> str:
    """The digits of a number as they came.

    Of a plain number they are those that orjson writes: `_read_plain` takes a document only where they are the same.
    """
    return number.written if isinstance(number, Number) else orjson.dumps(number).decode()


def _float(digits: str) -> Number:
    number = Number(digits)
    if not math.isfinite(number):
        raise Malformed("a number is too large")
    number.written = digits
    return number


def _constant(_name: str) -> None:
    raise Malformed("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant)


_SPACE = re.compile(r"[ \t\n\r]*")
_MEASURE = json.JSONDecoder()  # finds where a value ends in what was accepted before


def raw_member(data: bytes, name: str) -> bytes:
    """The bytes of one member of a document that `read_document` accepted, just as they came.

    What carries a proof is kept and handed on as the bytes that were signed, not as a copy written anew.
    `Malformed` where there is no such member.
    """
    plain = _read_plain(data)
    if isinstance(plain, dict) and name in plain:
        return orjson.dumps(plain[name])
    text = data.decode()
    position = _skip(text, 0) + 1  # after the opening brace
    while text[(position := _skip(text, position))] != "}":
        key, position = _MEASURE.raw_decode(text, position)
        position = _skip(text, _skip(text, position) + 1)  # after the colon
        begin = position
        _, position = _MEASURE.raw_decode(text, begin)
        if key == name:
            return text[begin:position].encode()
        position = _skip(text, position)
        position += text[position] == ","
    raise Malformed(f"{name}: missing")


def _skip(text: str, position: int) -> int:
    """The position after any white space."""
    space = _SPACE.match(text, position)
    return position if space is None else space.end()
