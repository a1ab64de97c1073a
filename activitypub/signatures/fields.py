"""Structured Field Values for HTTP (RFC 8941, kept by RFC 9651), as far as Signature-Input and its kin need them.

Rule 1. A field is a dictionary of items and inner lists, with parameters; an item is an integer, a string, a token, a
        byte sequence or a boolean. Decimals, dates and display strings are refused: no field here has them.
Rule 2. Nothing stands there twice. The RFC lets the last of several equal keys win; here they are refused, so that no
        two readers can disagree about what was signed.
Rule 3. A byte sequence has the one spelling of RFC 4648 section 3.5: padded, no spare bits.
Rule 4. What is written is canonical (RFC 8941 section 4.1), however much space stood in what was read.
Rule 5. Reading takes time in proportion to the text, and the text is bounded.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from schema.errors import DomainError, Unauthenticated

MAX_FIELD: Final = 8192
"""Characters of a field."""
MAX_MEMBERS: Final = 64
"""Members of a dictionary, items of an inner list, parameters of one thing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token (RFC 8941 section 3.3.4), which is not a string."""

    text: str


BareItem: TypeAlias = bool | int | str | bytes | Token
Parameters: TypeAlias = Mapping[str, BareItem]


@dataclass(frozen=True, slots=True)
class Item:
    """A value and its parameters, in order."""

    value: BareItem
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Items between brackets, and the parameters of the whole, in order."""

    items: tuple[Item, ...]
    parameters: Parameters = field(default_factory=dict)


Member: TypeAlias = Item | InnerList

# RFC 8941 section 4.2. Possessive: no character is read twice.
_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*+")
_PARAMETER: Final = re.compile(r"; *+([a-z*][a-z0-9_.*-]*+)(=)?")
_EQUALS: Final = re.compile(r"=")
_COMMA: Final = re.compile(r"[ \t]*+,[ \t]*+")
_END: Final = re.compile(r"\Z")
_OPEN: Final = re.compile(r"\( *+")
_SPACE: Final = re.compile(r" ++")
_CLOSE: Final = re.compile(r" *+\)")
_BARE: Final = re.compile(
    r'(?P<str>"(?:[ !#-\[\]-~]|\\["\\])*")'
    r"|(?P<bytes>:[A-Za-z0-9+/=]*+:)"
    r"|(?P<bool>\?[01])"
    r"|(?P<int>-?+[0-9]{1,15}+(?![0-9.]))"
    r"|(?P<Token>[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+)"
)
_ESCAPED: Final = re.compile(r'\\(["\\])')

_Value = TypeVar("_Value")


def _read_bytes(text: str) -> bytes:
    """Read base64 between colons, in its canonical spelling."""
    digits = text[1:-1]
    try:
        data = b64decode(digits, validate=True)
    except ValueError as error:
        raise Unauthenticated("a byte sequence that is not base64") from error
    if b64encode(data).decode("ascii") != digits:
        raise Unauthenticated("a byte sequence that is not canonical base64")
    return data


_READERS: Final[dict[str | None, Callable[[str], BareItem]]] = {
    "str": lambda text: _ESCAPED.sub(r"\1", text[1:-1]),
    "bytes": _read_bytes,
    "bool": lambda text: text == "?1",
    "int": int,
    "Token": Token,
}


class _Reader:
    """A field's text, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what the pattern finds at this place, if it does."""
        match = pattern.match(self._text, self._position)
        self._position = match.end() if match else self._position
        return match

    def _need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Take what the pattern finds at this place."""
        match = self._take(pattern)
        if match is None:
            raise Unauthenticated(f"not a structured field, from character {self._position}")
        return match

    def dictionary(self) -> dict[str, Member]:
        """Section 4.2.2, to the end of the text."""
        members: dict[str, Member] = {}
        while not members or self._take(_COMMA):
            _put(members, self._need(_KEY)[0], self._member())
        self._need(_END)
        return members

    def _member(self) -> Member:
        """What follows a member's key: nothing stands for true."""
        if not self._take(_EQUALS):
            return Item(value=True, parameters=self._parameters())
        return self._inner_list() if self._take(_OPEN) else self._item()

    def _inner_list(self) -> InnerList:
        """Section 4.2.1.2, after its opening bracket."""
        items: list[Item] = []
        while not self._take(_CLOSE):
            if items:
                self._need(_SPACE)
            if len(items) == MAX_MEMBERS:
                raise Unauthenticated("an inner list with too many items")
            items.append(self._item())
        return InnerList(tuple(items), self._parameters())

    def _item(self) -> Item:
        """Section 4.2.3."""
        return Item(self._bare(), self._parameters())

    def _parameters(self) -> dict[str, BareItem]:
        """Section 4.2.3.2; there may be none."""
        parameters: dict[str, BareItem] = {}
        while match := self._take(_PARAMETER):
            _put(parameters, match[1], self._bare() if match[2] else True)
        return parameters

    def _bare(self) -> BareItem:
        """Section 4.2.3.1."""
        match = self._need(_BARE)
        return _READERS[match.lastgroup](match[0])


def _put(mapping: dict[str, _Value], key: str, value: _Value) -> None:
    """Add what is not there yet."""
    if key in mapping:
        raise Unauthenticated("a structured field repeats a key")
    if len(mapping) == MAX_MEMBERS:
        raise Unauthenticated("a structured field with too many members or parameters")
    mapping[key] = value


def read_dictionary(text: str) -> dict[str, Member]:
    """Read a dictionary with at least one member. Raises Unauthenticated."""
    if len(text) > MAX_FIELD:
        raise Unauthenticated("a structured field that is too long")
    return _Reader(text.strip(" ")).dictionary()


def write_dictionary(members: Mapping[str, Member]) -> str:
    """Write a dictionary (section 4.1.2). Raises DomainError for what such a field cannot hold."""
    return ", ".join(
        _write_key(key) + (_write_parameters(member.parameters) if _is_true(member) else f"={write_member(member)}")
        for key, member in members.items()
    )


def write_member(member: Member) -> str:
    """Write an item or an inner list with its parameters (sections 4.1.1.1, 4.1.3). Raises DomainError."""
    if isinstance(member, InnerList):
        text = f"({' '.join(map(write_member, member.items))})"
    else:
        text = _write_bare(member.value)
    return text + _write_parameters(member.parameters)


def _is_true(member: Member) -> bool:
    """Whether the member is the boolean true, which is not written."""
    return isinstance(member, Item) and member.value is True


def _write_parameters(parameters: Parameters) -> str:
    """Section 4.1.1.2."""
    return "".join(
        f";{_write_key(key)}" + ("" if value is True else f"={_write_bare(value)}") for key, value in parameters.items()
    )


def _write_key(key: str) -> str:
    """Section 4.1.1.3."""
    if not _KEY.fullmatch(key):
        raise DomainError("not a key of a structured field")
    return key


def _write_bare(value: BareItem) -> str:
    """Section 4.1.3.1: what is written must read as the same kind of value."""
    text = _spell(value)
    match = _BARE.fullmatch(text)
    if match is None or match.lastgroup != type(value).__name__:
        raise DomainError("a value that a structured field cannot hold")
    return text


def _spell(value: BareItem) -> str:
    """Sections 4.1.4 to 4.1.9, without their checks."""
    match value:
        case bool():
            return f"?{value:d}"
        case int():
            return str(value)
        case str():
            return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
        case bytes():
            return f":{b64encode(value).decode('ascii')}:"
        case Token():
            return value.text
