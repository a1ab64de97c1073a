"""What an actor document says to people beside its one name: other languages, a logo, ways to reach the collective.

Rule 1  Everything is plain text here and HTML there: nothing that was typed becomes markup, and only a whole web
        address becomes a link.
Rule 2  What is not there is not said, and needs no definition in the context.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schema.profile import is_web_address

# With `#`, as Mastodon writes it: a reader that expands documents knows a field of a profile by this name alone.
PROPERTY_VALUE: Final[Mapping[str, str]] = {
    "PropertyValue": "http://schema.org#PropertyValue",
    "value": "http://schema.org#value",
}


@dataclass(frozen=True, slots=True)
class Face:
    """All in plain text, and `Face()` is nothing.

    `names` and `summaries` are by language, `icon` is the address of a picture and its media type, `ways` are pairs of
    a label and how to reach the collective.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    icon: tuple[str, str] | None = None
    ways: tuple[tuple[str, str], ...] = ()


def build_face(face: Face) -> dict[str, Any]:
    """The members that a document gets from it."""
    document: dict[str, Any] = {}
    if face.names:
        document["nameMap"] = dict(face.names)
    if face.summaries:
        document["summaryMap"] = {language: paragraphs(text) for language, text in face.summaries.items()}
    if face.icon is not None:
        url, media_type = face.icon
        document["icon"] = {"type": "Image", "mediaType": media_type, "url": url}
    if face.ways:
        document["attachment"] = [
            {"type": "PropertyValue", "name": label, "value": _value(text)} for label, text in face.ways
        ]
    return document


def paragraphs(plain: str) -> str:
    """Plain text as HTML."""
    lines = html.escape(plain, quote=False).split("\n")
    return f"<p>{'<br>'.join(lines)}</p>" if plain else ""


def _value(text: str) -> str:
    escaped = html.escape(text)
    return f'<a href="{escaped}" rel="nofollow noopener">{escaped}</a>' if is_web_address(text) else escaped
