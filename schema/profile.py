"""The face of a collective: its words about itself in several languages, how to reach it, and its logo.

All of it is for everyone. The name and summary in the collective's own language are settings; here are the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from schema.errors import DomainError
from schema.text import language_tag, plain_line, plain_text

LONGEST_NAME = 100
LONGEST_SUMMARY = 500
LONGEST_LINE = 200
MOST_LANGUAGES = 20
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}")
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}[0-9]")


class Part(StrEnum):
    """What a profile says; the slug is what is typed and kept."""

    NAME = "name"
    SUMMARY = "summary"
    PLACE = "place"
    HOURS = "hours"
    PHONE = "phone"
    EMAIL = "email"
    WEBSITE = "website"
    CHAT = "chat"

    @property
    def label(self) -> str:
        """Its English name, the key of its translations."""
        return _LABELS[self]


_LABELS = {
    Part.NAME: "Name",
    Part.SUMMARY: "About us",
    Part.PLACE: "Where to find us",
    Part.HOURS: "Opening hours",
    Part.PHONE: "Telephone",
    Part.EMAIL: "E-mail",
    Part.WEBSITE: "Website",
    Part.CHAT: "Chat",
}
WORDS = (Part.NAME, Part.SUMMARY)
REACH = tuple(part for part in Part if part not in WORDS)
"""The ways to reach a collective, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of nothing but its pixels. `suffix` is that of its file, without the dot."""

    suffix: str
    media_type: str
    width: int
    height: int
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """Another one for another picture."""
        return sha256(self.data).hexdigest()[:32]

    @property
    def file(self) -> str:
        """The name that it is served under."""
        return f"{self.digest}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said, each part by the tag of its language; `Profile()` says nothing."""

    texts: Mapping[Part, Mapping[str, str]] = field(default_factory=dict)
    logo: Logo | None = None

    def said(self, part: Part) -> Mapping[str, str]:
        """One part in all its languages."""
        return self.texts.get(part, {})

    def best(self, part: Part, *languages: str) -> tuple[str, str] | None:
        """The language and the text of a part in the first of these languages that it is there in, else in any."""
        texts = self.said(part)
        for language in (*languages, *texts):
            if language in texts:
                return language, texts[language]
        return None

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that there are words about the collective in."""
        return tuple(sorted({tag for part in WORDS for tag in self.said(part)}))


def check_part(part: Part, text: str, language: str) -> str:
    """The text itself, where it can stand in a profile; `DomainError` says what is wrong with it."""
    language_tag(language)
    match part:
        case Part.NAME:
            return plain_line(text, part, LONGEST_NAME)
        case Part.SUMMARY:
            return _not_empty(plain_text(text, part, LONGEST_SUMMARY))
        case Part.EMAIL if not EMAIL.fullmatch(text):
            raise DomainError("email: write one address, such as hello@alder.example.", field=part)
        case Part.WEBSITE if not is_web_address(text):
            raise DomainError(
                "website: write its whole address as a browser copies it, such as https://alder.example/", field=part
            )
    return plain_line(text, part, LONGEST_LINE)


def _not_empty(text: str) -> str:
    if not text.strip():
        raise DomainError("summary: must not be empty.", field=Part.SUMMARY)
    return text


def is_web_address(text: str) -> bool:
    """Whether this leads to a page of the web, without anything that could make it look like another place."""
    try:
        parts = urlsplit(text)
        labels = (parts.hostname or "").split(".")
        parts.port  # noqa: B018 (raises for one that is no number)
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not set(text) & set(" <>\"'\\")
    return plain and parts.scheme in {"http", "https"} and len(labels) > 1 and all(labels) and "@" not in parts.netloc
