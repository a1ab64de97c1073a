"""What people write, checked once for every field: plain text without control or direction-changing characters."""

import re
import unicodedata

from schema.errors import DomainError

# Bidirectional overrides and isolates can make a line read as something it is not.
DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Unassigned characters (Cn) may be new ones that our Unicode tables do not know yet; U+..FFFE and U+..FFFF stay so.
UNSHOWN = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def _is_unshown(character: str) -> bool:
    noncharacter = ord(character) & 0xFFFE == 0xFFFE  # noqa: PLR2004 (the last two of each plane)
    return noncharacter or character in DIRECTION or unicodedata.category(character) in UNSHOWN


def _unshown(text: str, allowed: str) -> list[str]:
    odd = [character for character in set(text).difference(allowed) if not character.isprintable()]
    return sorted(filter(_is_unshown, odd))


def is_shown(text: str, *, lines: bool = False) -> bool:
    """Whether every character can be shown and none changes the direction; `lines` may hold line feeds and tabs."""
    return not _unshown(text, "\n\t" if lines else "")


def _check(text: str, field: str, longest: int, allowed: str) -> str:
    if len(text) > longest:
        raise DomainError(f"{field}: at most {longest} characters, these are {len(text)}.", field=field)
    if unshown := _unshown(text, allowed):
        raise DomainError(f"{field}: a character that cannot be shown (U+{ord(unshown[0]):04X}).", field=field)
    return text


def plain_line(text: str, field: str, longest: int) -> str:
    """A line that is not empty; `DomainError` names the field otherwise."""
    if all(unicodedata.category(character)[0] in "CZ" for character in text):  # nothing that leaves ink
        raise DomainError(f"{field}: must not be empty.", field=field)
    return _check(text, field, longest, "")


def plain_text(text: str, field: str, longest: int) -> str:
    """Several lines, perhaps none."""
    return _check(text, field, longest, "\n\t")


def fitted(text: str, longest: int) -> str:
    """What can be shown of text that others wrote by other rules, cut to `longest` characters; for reading only."""
    kept = "".join(character for character in text if character in "\n\t" or not _is_unshown(character))
    return kept.strip()[:longest]


def language_tag(text: str, field: str = "language") -> str:
    """A language as BCP 47 writes it: `ar`, `pt-BR`."""
    if not LANGUAGE.fullmatch(text):
        raise DomainError(f"{field}: a language is written as ar, en or pt-BR.", field=field)
    return text
