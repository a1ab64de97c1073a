"""What a proposal is called and what it is about, in our own terms or in those of servers that do not know them.

Rule 1  Our own term comes first, then what FEP-0837 has for it, then what any post has: a hashtag, the text itself.
Rule 2  What a later version of us may add is read as if it were not there; it never makes a post unreadable.
Rule 3  Text of a server that does not know our terms is cut to fit and loses what cannot be shown; of our own dialect
        (it has a `revision`) nothing is repaired: `Malformed` where a character changes the direction or is no text.
"""

from collections.abc import Mapping
from typing import Any, Final

from activitypub.members import optional_text, strings
from activitypub.translate.content import hashtag
from activitypub.translate.html_text import plain_from_html
from schema.category import Category
from schema.errors import Malformed, RuleBroken
from schema.proposal import MAX_NOTE, MAX_TITLE, Kind, Purpose
from schema.terms import NAMESPACE
from schema.text import LANGUAGE, fitted, is_shown

PLAIN: Final = "text/plain"
"""The media type of a `source` that is the note as it was written."""


def read_text(document: Mapping[str, Any]) -> tuple[str, str]:
    """Title and note: from `name` and a plain `source`, else from what `content` says (rule 3)."""
    source, html = document.get("source"), optional_text(document, "content") or ""
    if isinstance(source, Mapping) and source.get("mediaType") == PLAIN:
        note = optional_text(source, "content") or ""
    else:
        note = plain_from_html(html)
    title = optional_text(document, "name") or note.strip().partition("\n")[0]
    if document.get("revision") is not None:
        if not is_shown(title) or not is_shown(note, lines=True):
            raise Malformed("name or source: a character that cannot be shown")
        return title, note
    return fitted(" ".join(title.split()), MAX_TITLE), fitted(note, MAX_NOTE)


def read_kind(document: Mapping[str, Any]) -> Kind:
    """Our own term, else what the purpose says. `Malformed` without a purpose, `RuleBroken` where the two disagree."""
    try:
        purpose = Purpose(document["purpose"])
    except ValueError:
        raise Malformed("purpose: neither offer nor request") from None
    kind = optional_text(document, "kind")
    if kind not in set(Kind):
        return Kind.NEED if purpose is Purpose.REQUEST else Kind.OFFER
    if Kind(kind).purpose is not purpose:
        raise RuleBroken("a proposal's kind and purpose do not agree")
    return Kind(kind)


def read_category(document: Mapping[str, Any]) -> Category:
    """Our own term, else what it conforms to, else a hashtag; `HOUSEHOLD`, the widest, where nobody says."""
    conforms = (iri.removeprefix(NAMESPACE) for iri in strings(document["publishes"], "resourceConformsTo"))
    for slug in (optional_text(document, "category"), *conforms):
        if slug in set(Category):
            return Category(slug)
    tags = document.get("tag")
    names = [tag.get("name") for tag in (tags if isinstance(tags, list) else [tags]) if isinstance(tag, Mapping)]
    return next((category for category in Category if f"#{hashtag(category)}" in names), Category.HOUSEHOLD)


def read_language(document: Mapping[str, Any]) -> str | None:
    """The language whose text in `contentMap` is the `content` itself."""
    html, texts = document.get("content"), document.get("contentMap")
    if not isinstance(texts, Mapping):
        return None
    return next((tag for tag, said in texts.items() if said == html and LANGUAGE.fullmatch(tag)), None)


def with_content(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with `content`, where the text stands in `contentMap` alone (ActivityStreams has both as one property).

    Of several texts it is the first.
    """
    texts = document.get("contentMap")
    if document.get("content") is not None or not isinstance(texts, Mapping):
        return document
    return {**document, "content": next((said for said in texts.values() if said and isinstance(said, str)), None)}
